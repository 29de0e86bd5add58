"""The ledger of calls: how many a day, and who asked us to wait until when, kept across restarts."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.errors import StorageError
from storage.schema import pauses, spending
from storage.stamps import from_ms, to_ms
from storage.upsert import insert

WRITTEN_AFTER = 2.0
"""Seconds that counts wait in memory: what a kill loses of them, which no budget of 400 a day notices."""

MOST_UNWRITTEN = 500
"""Calls that wait in memory at most."""

log = logging.getLogger(__name__)

Place = tuple[str, str, int]  # service, bucket, day


class Quota:
    """Keep pauses and calls.

    A row and a commit a call would be a main cost of asking, so counts gather in memory, each for the day on which it
    was made, and are written together. Whoever reads them here gets what is not yet written too.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._unwritten: Counter[Place] = Counter()
        self._one_at_a_time = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._complained = False

    async def pause(self, service: str, until: datetime, reason: str) -> None:
        """Leave the service alone until then."""

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, pauses).values(service=service, until=to_ms(until), reason=reason)
            new = statement.excluded
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["service"], set_={"until": new.until, "reason": new.reason}
                )
            )

        await self._db.write(job)

    async def paused_until(self, service: str) -> datetime | None:
        """Return until when the service is to be left alone, or None if it may be asked now."""
        query = select(pauses.c.until).where(pauses.c.service == service, pauses.c.until > to_ms(self._clock.now()))
        async with self._db.read() as conn:
            until = await conn.scalar(query)
        return None if until is None else from_ms(until)

    async def spend(self, service: str, bucket: str, n: int = 1) -> None:
        """Count calls made now, for today (UTC), without waiting for the disk."""
        self._unwritten[service, bucket, _day(self._clock.now())] += n
        if self._unwritten.total() >= MOST_UNWRITTEN:
            self._begin_writing()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITTEN_AFTER, self._begin_writing)

    async def settle(self) -> None:
        """Write every call counted so far; before the database closes, that is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._one_at_a_time:
            taken, self._unwritten = self._unwritten, Counter()
            try:
                if taken:
                    await self._write(taken)
            except BaseException:
                self._unwritten.update(taken)
                raise
        self._complained = False

    async def spent(self, service: str, bucket: str, since: datetime) -> int:
        """Return how many calls were made since the beginning of that day (UTC)."""
        first = _day(since)
        query = select(func.sum(spending.c.calls)).where(
            spending.c.service == service, spending.c.bucket == bucket, spending.c.day >= first
        )
        async with self._one_at_a_time:  # what is just being written is neither missed nor counted twice
            async with self._db.read() as conn:
                written = int(await conn.scalar(query) or 0)
            return written + sum(
                calls
                for (of, kind, day), calls in self._unwritten.items()
                if (of, kind) == (service, bucket) and day >= first
            )

    async def today(self) -> list[tuple[str, str, int]]:
        """Return (service, bucket, calls) of today (UTC), for people to read."""
        return await self.since(self._clock.now())

    async def since(self, instant: datetime) -> list[tuple[str, str, int]]:
        """Return (service, bucket, calls) since the beginning of that day (UTC), for people to read."""
        first = _day(instant)
        query = (
            select(spending.c.service, spending.c.bucket, func.sum(spending.c.calls).label("calls"))
            .where(spending.c.day >= first)
            .group_by(spending.c.service, spending.c.bucket)
        )
        calls: Counter[tuple[str, str]] = Counter()
        async with self._one_at_a_time:
            async with self._db.read() as conn:
                for row in (await conn.execute(query)).all():
                    calls[row.service, row.bucket] = int(row.calls)
            for (service, bucket, day), number in self._unwritten.items():
                if day >= first:
                    calls[service, bucket] += number
        return [(*place, number) for place, number in sorted(calls.items())]

    async def pauses(self) -> list[tuple[str, datetime, str]]:
        """Return (service, until, reason) of the pauses that are not over, for people to read."""
        query = select(pauses).where(pauses.c.until > to_ms(self._clock.now())).order_by(pauses.c.service)
        async with self._db.read() as conn:
            return [(row.service, from_ms(row.until), row.reason) for row in (await conn.execute(query)).all()]

    def _begin_writing(self) -> None:
        self._timer = None
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self.settle_if_possible(), name="call ledger")

    async def settle_if_possible(self) -> None:
        """Write, or say once why not: the counts stay, and are written with the next ones."""
        try:
            await self.settle()
        except StorageError as error:
            if not self._complained:
                log.warning("The calls made are not written down for now: %s", error)
            self._complained = True

    async def _write(self, taken: Counter[Place]) -> None:
        rows = [
            {"service": service, "bucket": bucket, "day": day, "calls": calls}
            for (service, bucket, day), calls in taken.items()
        ]

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, spending)
            more = statement.on_conflict_do_update(
                index_elements=["service", "bucket", "day"],
                set_={"calls": spending.c.calls + statement.excluded.calls},
            )
            await conn.execute(more, rows)

        await self._db.write(job)


@asynccontextmanager
async def opened_quota(db: Database, clock: Clock) -> AsyncIterator[Quota]:
    """Lend the ledger, and write at the end what was counted last."""
    quota = Quota(db, clock)
    try:
        yield quota
    finally:
        await quota.settle_if_possible()


def _day(instant: datetime) -> int:
    return instant.astimezone(UTC).date().toordinal()
