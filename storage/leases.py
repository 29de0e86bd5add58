"""Who leads: one process at a time does the work, and one that was overtaken writes nothing any more."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.errors import StorageError
from storage.schema_watch import leases
from storage.stamps import from_ms, to_ms
from storage.upsert import insert

LEADER = "leader"
LASTS = timedelta(seconds=60)
"""How long a lease holds without being renewed; who leads renews it three times in that time."""

ADVISORY = 0x7A57EB0D
"""The number of our advisory lock on a PostgreSQL server, which ends with the connection that holds it."""

log = logging.getLogger(__name__)


class Held(StorageError):
    """Another process leads."""


class Overtaken(StorageError):
    """Another process leads in place of this one: nothing of ours may be written any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who leads until when; the epoch grows by one with every change of hands."""

    holder: str
    epoch: int
    until: datetime


class Leases:
    """Keep who leads. An outside effect is begun only after `check`; every write of a leader checks by itself."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.mine: Lease | None = None
        """What this process holds, if it leads."""

    async def take(self, holder: str, *, alone: bool = False, locked: bool = False) -> Lease:
        """Take the lead, or raise Held while another holder's lease lasts.

        `alone` says that no other process of this machine is at work on this database, as its lock file tells: the
        lease that a killed process of the same holder left is then nobody's. `locked` says that we hold the
        server's lock, so that whatever lease there is was left by a process that is gone.
        """
        now = self._clock.now()

        async def job(conn: AsyncConnection) -> Lease:
            row = (await conn.execute(select(leases).where(leases.c.name == LEADER))).one_or_none()
            gone = locked or (alone and row is not None and row.holder == holder)
            if row is not None and from_ms(row.until) > now and not gone:
                raise Held(
                    f"Another Tastebud ({row.holder}) works on this database until {from_ms(row.until):%H:%M:%S} UTC."
                )
            lease = Lease(holder, (row.epoch if row else 0) + 1, now + LASTS)
            values = {"holder": holder, "epoch": lease.epoch, "until": to_ms(lease.until)}
            statement = insert(conn, leases).values(name=LEADER, **values)
            await conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
            return lease

        self.mine = await self._db.write(job)
        self._db.guard(self._refuse_if_overtaken)
        return self.mine

    async def renew(self) -> Lease:
        """Lead on, also after the lease has run out with nobody taking it; raise Overtaken if somebody has."""
        lease = self._mine()
        until = self._clock.now() + LASTS

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(leases).where(leases.c.name == LEADER).values(until=to_ms(until)))

        await self._db.write(job)  # the guard sees to it that it is ours
        self.mine = replace(lease, until=until)
        return self.mine

    async def check(self) -> None:
        """Raise Overtaken if another process leads now; to be asked right before an effect outside the database."""
        if self.mine is None:
            return
        async with self._db.read() as conn:
            await self._refuse_if_overtaken(conn)

    async def release(self) -> None:
        """Leave the lead to whoever wants it; the epoch stays, so that an old one is never new again."""
        if self.mine is None:
            return

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(leases).where(leases.c.name == LEADER).values(until=0))

        try:
            await self._db.write(job)
        finally:
            self._db.guard(None)
            self.mine = None

    async def forget(self) -> None:
        """Take the row away; for a database that was copied from another place."""
        await self._db.write(lambda conn: conn.execute(delete(leases)))

    @asynccontextmanager
    async def server_lock(self) -> AsyncIterator[AsyncConnection | None]:
        """Hold PostgreSQL's advisory lock; it is free again as soon as this process is gone. Raise Held without it."""
        if self._db.dialect != "postgresql":
            yield None
            return
        async with self._db.connection() as conn:
            if not await conn.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY}):
                raise Held("Another Tastebud works on this database: stop it first.")
            await conn.commit()  # an advisory lock of a session outlives its transactions
            try:
                yield conn
            finally:  # the connection goes back into its pool
                await conn.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY})

    async def _refuse_if_overtaken(self, conn: AsyncConnection) -> None:
        lease = self._mine()
        row = (await conn.execute(select(leases.c.epoch, leases.c.holder).where(leases.c.name == LEADER))).one_or_none()
        if row is None or row.epoch != lease.epoch:
            who = f" ({row.holder})" if row else ""
            raise Overtaken(f"Another Tastebud{who} has taken over this database: this one writes nothing any more.")

    def _mine(self) -> Lease:
        if self.mine is None:
            raise Overtaken("This process does not lead.")
        return self.mine
