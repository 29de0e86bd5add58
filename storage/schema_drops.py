"""The tables of drops: runs, the ledger, what was picked, written and announced."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema_base import RowId, metadata

runs = Table(
    "runs",
    metadata,
    Column("week", Text, primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("fitted_at", BigInteger),
    Column("finished_at", BigInteger),
)

drops = Table(
    "drops",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("week", Text, nullable=False),
    Column("owner_kind", Text, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("picked_at", BigInteger),
    Column("written_at", BigInteger),
    Column("announced_at", BigInteger),
    UniqueConstraint("week", "owner_kind", "owner_id"),
    Index(None, "owner_kind", "owner_id"),
    Index(None, "state", "due_at"),
)

# A pick is kept whole, so that a list of last year reads as it did then; `track_id` is for exclusions.
picks = Table(
    "picks",
    metadata,
    Column("drop_id", BigInteger, ForeignKey("drops.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("artists", JSON, nullable=False),
    Column("refs", JSON, nullable=False),
    Column("album", Text),
    Column("year", Integer),
    Column("duration_ms", Integer),
    Column("explicit", Boolean),
    Column("isrc", Text),
    Column("score", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("explores", Boolean, nullable=False),
    Column("shared_by", JSON, nullable=False),
    Column("std", Float, nullable=False, server_default="0"),
    Column("propensity", Float, nullable=False, server_default="1"),
    Column("slot", Text, nullable=False, server_default="best"),
    Column("made_for", JSON, nullable=False, server_default="[]"),
)

playlists = Table(
    "playlists",
    metadata,
    Column("owner_kind", Text, primary_key=True),
    Column("owner_id", BigInteger, primary_key=True),
    Column("spotify_id", Text),
    Column("url", Text),
    Column("marker", Text, nullable=False),
    Column("written_week", Text),
    Column("recreated", Integer, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    Column("week", Text, primary_key=True),
    Column("server_id", BigInteger, primary_key=True),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("marker", Text, nullable=False),
)
