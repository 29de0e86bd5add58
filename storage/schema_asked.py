"""The tables of what waits for an answer: offers of tracks, and what members brought along."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint

from storage.schema_base import RowId, metadata

# Tracks that somebody was asked to choose from: what a link may mean, or what is on the album it leads to.
offers = Table(
    "offers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("server_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("asker_id", BigInteger, nullable=False),
    Column("link", Text, nullable=False),
    Column("album", Text),
    Column("refs", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("reply_id", BigInteger),
    Column("asked_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, index=True),
    Column("chosen", JSON, nullable=False),
    UniqueConstraint("message_id", "link"),
)

# What members brought along. The feedback that came of an import has -id as its share_id: undoing it leaves alone what
# another import or the person themselves said of the same tracks. `shown` is the progress its message tells of.
imports = Table(
    "imports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("report", JSON, nullable=False),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("shown", Integer),
    sqlite_autoincrement=True,  # a button on an old message names an import by its id
)

import_lines = Table(
    "import_lines",
    metadata,
    Column("import_id", BigInteger, ForeignKey("imports.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("artist", Text, nullable=False),
    Column("album", Text),
    Column("isrc", Text),
    Column("service", Text),
    Column("ref", Text),
    Column("mbid", Text),
    Column("value", SmallInteger, nullable=False),
    Column("among", SmallInteger, nullable=False),
    Column("plays", Integer, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Index(None, "state", "position"),
    sqlite_with_rowid=False,
)
