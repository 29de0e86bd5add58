"""The tables of what servers wish, and of who wished to be forgotten."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Table, Text

from storage.schema_base import metadata

# An empty list or None leaves a thing to the settings of Tastebud's owner.
server_wishes = Table(
    "server_wishes",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channels", JSON, nullable=False),
    Column("likes", JSON, nullable=False),
    Column("dislikes", JSON, nullable=False),
    Column("announce_channel_id", BigInteger),
    Column("announces", Boolean, nullable=False),
    Column("recaps", Boolean, nullable=False),
    Column("repeats", Boolean, nullable=False),
    Column("bots", Boolean),
    Column("settings_role_id", BigInteger),
    Column("server_role_id", BigInteger),
)

# A one-way mark of who was forgotten, and when: their old reactions still stand on Discord, and are not read back.
forgotten = Table(
    "forgotten",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
