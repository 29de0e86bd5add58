"""Members' own accounts at Spotify; tokens are encrypted at rest, and end with the link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.models import Grant
from storage.database import Database
from storage.people import Author, ensure
from storage.schema import accounts, people
from storage.schema_accounts import consent_asks, member_accounts
from storage.schema_drops import playlists
from storage.stamps import from_ms, maybe_from_ms, maybe_ms, to_ms
from storage.upsert import insert
from storage.vault import Vault

OPTED_OUT = "You asked me to leave you alone, so I keep nothing of yours: opt in again first."
FULL = "My Spotify app may have no more members linked just now. Your list goes on in the playlist that I keep for you."
ANOTHERS = "That Spotify account is linked to somebody else here: they would have to `/unlink` it first."
THE_BOTS = "That is my own Spotify account: log in with yours."


class NotLinkable(Exception):
    """An account is not linked; the message is a sentence for who wanted it."""


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """Whose account it is and since when; `ended` is one whose consent Spotify has ended or taken back.

    `told` is which warning its owner was given last: 30, 7 or 1 days ahead, 0 that it has ended.
    """

    person_id: int
    discord_id: int
    account_id: str
    scopes: tuple[str, ...]
    consented_at: datetime
    ended: bool = False
    told: int | None = None


class MemberGrants:
    """One member's grant, as `catalog.tokens.Tokens` keeps it: an account that was unlinked stays unlinked."""

    def __init__(self, db: Database, vault: Vault, person_id: int) -> None:
        self._db = db
        self._vault = vault
        self._mine = member_accounts.c.person_id == person_id

    async def grant(self) -> Grant | None:
        """Return the grant, or None; raise WrongKey if it cannot be read."""
        async with self._db.read() as conn:
            row = (await conn.execute(select(member_accounts).where(self._mine))).one_or_none()
        if row is None or row.refresh_token is None:
            return None
        return Grant(
            account_id=row.account_id,
            refresh_token=self._vault.decrypt(row.refresh_token),
            scopes=tuple(row.scopes.split()),
            consented_at=from_ms(row.consented_at),
            access_token=None if row.access_token is None else self._vault.decrypt(row.access_token),
            expires_at=maybe_from_ms(row.expires_at),
        )

    async def save(self, grant: Grant) -> None:
        """Keep fresh tokens, unless the account was unlinked or its consent ended meanwhile."""
        values = _tokens(self._vault, grant)
        await self._change(member_accounts.c.refresh_token.is_not(None), **values)

    async def discard(self) -> None:
        """Forget the tokens, once Spotify says that the consent has ended."""
        await self._change(refresh_token=None, access_token=None, expires_at=None, told=None)

    async def _change(self, *conditions: ColumnElement[bool], **values: Any) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(member_accounts).where(self._mine, *conditions).values(**values))

        await self._db.write(job)


class MemberAccounts:
    """Keep who linked which account, one a person and one person an account."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    def grants_of(self, person_id: int) -> MemberGrants:
        """Return where one member's tokens are kept."""
        return MemberGrants(self._db, self._vault, person_id)

    async def link(self, author: Author, grant: Grant, most: int) -> MemberAccount:
        """Keep a member's account in place of the one before, in one transaction.

        Raises:
            NotLinkable: they opted out, `most` others are linked, or the account is another's or the bot's own.
        """

        async def job(conn: AsyncConnection) -> None:
            person = await ensure(conn, author)
            if person.opted_out:
                raise NotLinkable(OPTED_OUT)
            await _refuse_foreign(conn, person.id, grant.account_id, most)
            values = _tokens(self._vault, grant) | {
                "account_id": grant.account_id,
                "scopes": " ".join(grant.scopes),
                "consented_at": to_ms(grant.consented_at),
                "told": None,
            }
            before = select(member_accounts.c.account_id).where(member_accounts.c.person_id == person.id)
            if await conn.scalar(before) not in (None, grant.account_id):
                await conn.execute(delete(playlists).where(*_own_playlist(person.id)))
            statement = insert(conn, member_accounts).values(person_id=person.id, **values)
            await conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))

        await self._db.write(job)
        found = await self.of(author.discord_id)
        if found is None:
            raise NotLinkable("That account was unlinked meanwhile.")
        return found

    async def unlink(self, discord_id: int) -> MemberAccount | None:
        """Forget a member's account, tokens first of all, and where their own playlist stands; None without one."""
        found = await self.of(discord_id)
        if found is not None:
            await self._forget(found.person_id, discord_id)
        return found

    async def of(self, discord_id: int) -> MemberAccount | None:
        """Return that member's account, or None."""
        found = await self._where(people.c.discord_id == discord_id)
        return found[0] if found else None

    async def get(self, person_id: int) -> MemberAccount | None:
        """Return that person's account by our own key, or None."""
        found = await self._where(member_accounts.c.person_id == person_id)
        return found[0] if found else None

    async def all(self) -> list[MemberAccount]:
        """Return everybody's account, also those whose consent has ended."""
        return await self._where()

    async def count(self, except_discord_id: int = 0) -> int:
        """Return how many accounts other than this member's count towards what the app allows."""
        return sum(not one.ended and one.discord_id != except_discord_id for one in await self.all())

    async def set_told(self, person_id: int, days: int) -> None:
        """Keep which warning that person was given."""

        async def job(conn: AsyncConnection) -> None:
            mine = member_accounts.c.person_id == person_id
            await conn.execute(update(member_accounts).where(mine).values(told=days))

        await self._db.write(job)

    async def export(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return what is kept of a person, by table, without the tokens."""
        found = await self.get(person_id)
        if found is None:
            return {"member_accounts": []}
        row = {
            "account_id": found.account_id,
            "scopes": " ".join(found.scopes),
            "consented_at": found.consented_at.isoformat(),
            "ended": found.ended,
        }
        return {"member_accounts": [row]}

    async def _forget(self, person_id: int, discord_id: int) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(member_accounts).where(member_accounts.c.person_id == person_id))
            await conn.execute(delete(consent_asks).where(consent_asks.c.discord_id == discord_id))
            await conn.execute(delete(playlists).where(*_own_playlist(person_id)))

        await self._db.write(job)

    async def _where(self, *conditions: ColumnElement[bool]) -> list[MemberAccount]:
        query = (
            select(member_accounts, people.c.discord_id)
            .join(people, people.c.id == member_accounts.c.person_id)
            .where(*conditions)
            .order_by(member_accounts.c.person_id)
        )
        async with self._db.read() as conn:
            return [_account(row) for row in (await conn.execute(query)).all()]


async def _refuse_foreign(conn: AsyncConnection, person_id: int, account_id: str, most: int) -> None:
    if await conn.scalar(select(func.count()).where(accounts.c.account_id == account_id)):
        raise NotLinkable(THE_BOTS)
    owner = await conn.scalar(select(member_accounts.c.person_id).where(member_accounts.c.account_id == account_id))
    if owner not in (None, person_id):
        raise NotLinkable(ANOTHERS)
    others = (member_accounts.c.person_id != person_id, member_accounts.c.refresh_token.is_not(None))
    if (await conn.scalar(select(func.count()).select_from(member_accounts).where(*others)) or 0) >= most:
        raise NotLinkable(FULL)


def _tokens(vault: Vault, grant: Grant) -> dict[str, Any]:
    return {
        "refresh_token": vault.encrypt(grant.refresh_token),
        "access_token": None if grant.access_token is None else vault.encrypt(grant.access_token),
        "expires_at": maybe_ms(grant.expires_at),
    }


def _own_playlist(person_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return playlists.c.owner_kind == "own", playlists.c.owner_id == person_id


def _account(row: Row[Any]) -> MemberAccount:
    return MemberAccount(
        person_id=row.person_id,
        discord_id=row.discord_id,
        account_id=row.account_id,
        scopes=tuple(row.scopes.split()),
        consented_at=from_ms(row.consented_at),
        ended=row.refresh_token is None,
        told=row.told,
    )
