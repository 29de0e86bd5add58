"""The tables of people, tracks, what is known of them, and what people said."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.schema_base import RowId, metadata

servers = Table(
    "servers",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("announce_channel_id", BigInteger),
)

people = Table(
    "people",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("discord_id", BigInteger, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("timezone", Text),
    Column("weekday", Text),
    Column("hour", SmallInteger),
    Column("opted_out", Boolean, nullable=False),
    Column("dial", SmallInteger),
    Column("paused", Boolean, server_default=false(), nullable=False),
    Column("by_dm", Boolean, server_default=false(), nullable=False),
    Column("hushed", Boolean, server_default=false(), nullable=False),
    Column("hinted", Boolean, server_default=false(), nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id"), primary_key=True),
    Column("server_id", BigInteger, primary_key=True),
    Column("active_at", BigInteger, nullable=False),
    Index(None, "active_at"),
    sqlite_with_rowid=False,
)

artists = Table(
    "artists",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("search", Text, nullable=False, index=True),
    Column("deezer_id", Text, unique=True),
)

tracks = Table(
    "tracks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", Text, nullable=False),
    Column("album", Text),
    Column("year", Integer),
    Column("duration_ms", Integer),
    Column("explicit", Boolean),
    Column("isrc", Text, unique=True),
    Column("search", Text, nullable=False),
    Column("recording", Text, index=True),  # the title as `catalog.matching` folds it, None for placeholders
    sqlite_autoincrement=True,  # the id of a merged track is never given again
)

# Buttons on old messages name tracks by id, also those that have since been merged into another.
merges = Table(
    "merges",
    metadata,
    Column("gone_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kept_id", BigInteger, ForeignKey("tracks.id"), nullable=False, index=True),
)

track_artists = Table(
    "track_artists",
    metadata,
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("artist_id", BigInteger, ForeignKey("artists.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

refs = Table(
    "refs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("service", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), nullable=False, index=True),
    UniqueConstraint("service", "ref"),
)

shares = Table(
    "shares",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_id", BigInteger, nullable=False, unique=True),
    Column("server_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, ForeignKey("people.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("said", Text),  # what its author wrote beside the links, None where that was not noted
    Index(None, "channel_id", "at"),
    Index(None, "server_id", "at"),
    Index(None, "at"),
)

share_tracks = Table(
    "share_tracks",
    metadata,
    Column("share_id", BigInteger, ForeignKey("shares.id"), primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True, index=True),
    Column("position", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

emojis = Table(
    "emojis",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("text", Text, nullable=False, unique=True),
)

# The one table that grows with every reaction, so its rows are narrow: small integers, clustered by
# message, `among` instead of a float (the weight is 1 / among), and one other index. Its ids refer to
# other tables without foreign keys, which would be looked up for each row; tests hold them together.
feedback = Table(
    "feedback",
    metadata,
    Column("share_id", BigInteger, primary_key=True),
    Column("track_id", BigInteger, primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("source", SmallInteger, primary_key=True),
    Column("emoji_id", Integer, primary_key=True),
    Column("value", SmallInteger, nullable=False),
    Column("among", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "person_id", "track_id"),
    sqlite_with_rowid=False,
)

blocks = Table(
    "blocks",
    metadata,
    Column("block", Text, primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True, index=True),
    Column("version", Text, nullable=False),
    Column("numbers", LargeBinary),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

refusals = Table(
    "refusals",
    metadata,
    Column("block", Text, primary_key=True),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True, index=True),
    Column("retry_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

track_tags = Table(
    "track_tags",
    metadata,
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("count", Float, nullable=False),
    Column("genre", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# What each source of candidates was asked about, and what it proposed: candidates that no server owns. A seed is an
# artist, a track or a person, as `kind` says.
asked_seeds = Table(
    "asked_seeds",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("seed_id", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

proposals = Table(
    "proposals",
    metadata,
    Column("track_id", BigInteger, ForeignKey("tracks.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("seed_id", BigInteger, primary_key=True),
    Index(None, "kind", "seed_id"),
    sqlite_with_rowid=False,
)

models = Table(
    "models",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("service", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("refresh_token", LargeBinary, nullable=False),
    Column("access_token", LargeBinary),
    Column("scopes", Text, nullable=False),
    Column("consented_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("server_id", BigInteger, nullable=False),
    Column("newest_message_id", BigInteger),
    Column("history_before", BigInteger),
    Column("history_done", Boolean, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("service", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("service", Text, primary_key=True),
    Column("bucket", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("calls", Integer, nullable=False),
)

misses = Table(
    "misses",
    metadata,
    Column("service", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# Long texts in the leaves of a table WITHOUT ROWID would slow every look-up down: this one keeps its row ids.
answers = Table(
    "answers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("text", Text),
    Column("at", BigInteger, nullable=False),
)
