"""The table of corrections: what people said of their taste itself, rather than of a track."""

from sqlalchemy import BigInteger, Column, ForeignKey, SmallInteger, Table, Text

from storage.schema_base import metadata

# `subject` is `tag:shoegaze` or `side:energy`; `way` is 1 for more of it and -1 for less.
corrections = Table(
    "corrections",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("way", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
