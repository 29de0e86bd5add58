"""The table of what was shown to whom, and why."""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, SmallInteger, Table, Text

from storage.schema_base import RowId, metadata

# `propensity` is the chance with which the track came to stand there, given those before it: without it nobody can tell
# what people think of what they were not shown.
showings = Table(
    "showings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("people.id"), nullable=False),
    Column("track_id", BigInteger, ForeignKey("tracks.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("std", Float, nullable=False),
    Column("propensity", Float, nullable=False),
    Column("slot", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Index(None, "person_id", "at"),
)
