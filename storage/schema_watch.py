"""The tables of who leads, what is to be sent on Discord, and what went wrong."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from storage.schema_base import RowId, metadata

# Who does the work that only one process may do. The epoch grows with every change of hands: who comes with an older
# one writes nothing any more, however sure it is of itself.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# What is to be sent on Discord, to a channel or to a person. The same `word` is sent once, whoever puts it in again.
outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("word", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("place_id", BigInteger, nullable=False),
    Column("server_id", BigInteger),
    Column("payload", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("code", Integer),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("message_id", BigInteger),
    UniqueConstraint("word"),
    Index(None, "state", "due_at"),
    Index(None, "kind", "place_id"),
    sqlite_autoincrement=True,  # a message's nonce is made of its id
)

# What the owner is told of: since when it lasts, and when they were told last.
troubles = Table(
    "troubles",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("told_at", BigInteger),
    Column("sentence", Text, nullable=False),
)
