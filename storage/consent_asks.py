"""Consents that members are giving right now: bound to one person, good once, for ten minutes."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema_accounts import consent_asks
from storage.stamps import to_ms
from storage.upsert import insert
from storage.vault import Vault

ASK_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
"""Wrong words that somebody may type before they have to begin anew."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What finishing a consent needs; `code` is there where the web server has received it."""

    verifier: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]
    code: str | None = field(default=None, repr=False)


class ConsentAsks:
    """Keep the consents under way; each can be finished once, by the person who began it."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock

    async def begin(self, discord_id: int, state: str, ask: Ask) -> None:
        """Keep what a consent will come back to; the person's earlier one ends, and so does whatever is too old."""
        values = {
            "discord_id": discord_id,
            "state_hash": _hash(state),
            "verifier": self._vault.encrypt(ask.verifier),
            "redirect_uri": ask.redirect_uri,
            "scopes": " ".join(ask.scopes),
            "at": to_ms(self._clock.now()),
            "tries": 0,
        }

        async def job(conn: AsyncConnection) -> None:
            gone = (consent_asks.c.discord_id == discord_id) | (consent_asks.c.at <= self._oldest())
            await conn.execute(delete(consent_asks).where(gone))
            await conn.execute(insert(conn, consent_asks).values(**values))

        await self._db.write(job)

    async def arrive(self, state: str, code: str, word: str) -> bool:
        """Keep the code that a browser brought, under the word it is shown; tell whether it was waited for.

        A second browser with the same state is told no: the first may have been another person's.
        """
        values = {"code": self._vault.encrypt(code), "check_hash": _hash(word)}

        waiting = (
            consent_asks.c.state_hash == _hash(state),
            consent_asks.c.at > self._oldest(),
            consent_asks.c.code.is_(None),
        )

        async def job(conn: AsyncConnection) -> bool:
            return bool((await conn.execute(update(consent_asks).where(*waiting).values(**values))).rowcount)

        return await self._is_known(state) and await self._db.write(job)

    async def end(self, state: str) -> bool:
        """Forget a consent that was refused; tell whether it was waited for."""

        async def job(conn: AsyncConnection) -> bool:
            mine = (consent_asks.c.state_hash == _hash(state), consent_asks.c.at > self._oldest())
            return bool((await conn.execute(delete(consent_asks).where(*mine))).rowcount)

        return await self._is_known(state) and await self._db.write(job)

    async def take_by_state(self, discord_id: int, state: str) -> Ask | None:
        """Return what this person began under that state, once; None for anything else."""
        return await self._take(discord_id, "state_hash", state)

    async def take_by_word(self, discord_id: int, word: str) -> Ask | None:
        """Return what this person began and a browser brought back under that word, once; else None."""
        return await self._take(discord_id, "check_hash", word)

    async def forget(self, discord_id: int) -> None:
        """Forget what a person has begun."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(consent_asks).where(consent_asks.c.discord_id == discord_id))

        await self._db.write(job)

    async def _take(self, discord_id: int, column: str, said: str) -> Ask | None:
        async def job(conn: AsyncConnection) -> Ask | None:
            mine = consent_asks.c.discord_id == discord_id
            row = (await conn.execute(select(consent_asks).where(mine))).one_or_none()
            if row is None or row.at <= self._oldest():
                return None
            kept = getattr(row, column)
            right = kept is not None and hmac.compare_digest(kept, _hash(said))
            if right or row.tries + 1 >= MOST_TRIES:
                await conn.execute(delete(consent_asks).where(mine))
            else:
                await conn.execute(update(consent_asks).where(mine).values(tries=row.tries + 1))
            if not right:
                return None
            code = None if row.code is None else self._vault.decrypt(row.code)
            return Ask(self._vault.decrypt(row.verifier), row.redirect_uri, tuple(row.scopes.split()), code)

        return await self._db.write(job)

    async def _is_known(self, state: str) -> bool:
        """Look before writing: whoever guesses states makes no work for the one who writes."""
        query = select(consent_asks.c.discord_id).where(consent_asks.c.state_hash == _hash(state))
        async with self._db.read() as conn:
            return (await conn.execute(query)).first() is not None

    def _oldest(self) -> int:
        return to_ms(self._clock.now() - ASK_LASTS)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
