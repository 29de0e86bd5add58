"""The tables of what members take back: vetoes, ratings to undo, feedback that is not their taste, lists made anew."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, SmallInteger, Table, Text

from storage.schema_base import RowId, metadata

# A vetoed track never comes again; `week` is that of the drop it was taken out of.
vetoes = Table(
    "vetoes",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id"), primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True, index=True),
    Column("week", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Feedback that learning leaves out: all of the person's that meets every condition a row names. Feedback itself is
# never touched, so that removing the row undoes it exactly.
mutes = Table(
    "mutes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id"), nullable=False, index=True),
    Column("server_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), index=True),
    Column("since", BigInteger),
    Column("until", BigInteger),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,  # a button on an old message names a mute by its id
)

# Each rating, click and taking back, with the rows of feedback (source, value, at) that it found and left.
ratings = Table(
    "ratings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id"), nullable=False),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), nullable=False, index=True),
    Column("value", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Index(None, "person_id", "track_id"),
    sqlite_autoincrement=True,  # a button on an old message names a rating by its id
)

# The list that an owner has seen before its time: what is written then, less what they vetoed.
previews = Table(
    "previews",
    metadata,
    Column("week", Text, primary_key=True),
    Column("owner_kind", Text, primary_key=True),
    Column("owner_id", BigInteger, primary_key=True),
    Column("picks", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# One new list in place of a written one. `picks` waits here until it stands in the playlist, `before` is the list
# that it replaced; both are kept whole.
rerolls = Table(
    "rerolls",
    metadata,
    Column("drop_id", BigInteger, ForeignKey("drops.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False, index=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("picked_at", BigInteger),
    Column("written_at", BigInteger),
    Column("note", Text, nullable=False),
    Column("picks", JSON),
    Column("before", JSON),
)

# The tracks that a reroll took out of a drop: they were dropped all the same.
reroll_tracks = Table(
    "reroll_tracks",
    metadata,
    Column("drop_id", BigInteger, ForeignKey("drops.id"), primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
