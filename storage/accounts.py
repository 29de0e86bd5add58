"""The bot-owned Spotify account; its tokens are encrypted at rest."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.models import Grant, Service
from storage.database import Database
from storage.schema import accounts
from storage.stamps import from_ms, maybe_from_ms, maybe_ms, to_ms
from storage.upsert import insert
from storage.vault import Vault


class Accounts:
    """Keep what the consent at Spotify gave us."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    async def grant(self) -> Grant | None:
        """Return the grant, or None before the account is linked; raise WrongKey if it cannot be read."""
        query = select(accounts).where(accounts.c.service == Service.SPOTIFY.value)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).one_or_none()
        if row is None:
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
        """Keep the grant in place of the one before."""
        values = {
            "account_id": grant.account_id,
            "refresh_token": self._vault.encrypt(grant.refresh_token),
            "access_token": None if grant.access_token is None else self._vault.encrypt(grant.access_token),
            "scopes": " ".join(grant.scopes),
            "consented_at": to_ms(grant.consented_at),
            "expires_at": maybe_ms(grant.expires_at),
        }

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, accounts).values(service=Service.SPOTIFY.value, **values)
            await conn.execute(statement.on_conflict_do_update(index_elements=["service"], set_=values))

        await self._db.write(job)

    async def discard(self) -> None:
        """Forget the grant, once Spotify says it is lost."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(accounts).where(accounts.c.service == Service.SPOTIFY.value))

        await self._db.write(job)
