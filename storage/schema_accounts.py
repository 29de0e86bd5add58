"""The tables of members' own accounts at Spotify, and of consents that are still to come."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, SmallInteger, Table, Text

from storage.schema_base import metadata

# Without a refresh token the consent has ended: the row says so until its person links again or unlinks. `told` is
# which of the warnings ahead of the end they were given last, in days; 0 is that it has ended.
member_accounts = Table(
    "member_accounts",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("account_id", Text, nullable=False, unique=True),
    Column("refresh_token", LargeBinary),
    Column("access_token", LargeBinary),
    Column("scopes", Text, nullable=False),
    Column("consented_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("told", SmallInteger),
)

# One consent that somebody is giving right now; whoever begins anew forgets the one before. State and check word are
# kept as hashes, verifier and code encrypted: the database alone is not enough to finish anybody's consent.
consent_asks = Table(
    "consent_asks",
    metadata,
    Column("discord_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state_hash", LargeBinary, nullable=False, unique=True),
    Column("verifier", LargeBinary, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("code", LargeBinary),
    Column("check_hash", LargeBinary),
    Column("tries", SmallInteger, nullable=False),
)
