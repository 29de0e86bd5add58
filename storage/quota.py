"""The ledger of calls: how many a day, and who asked us to wait until when, kept across restarts."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema import pauses, spending
from storage.stamps import from_ms, to_ms
from storage.upsert import insert


class Quota:
    """Keep pauses and calls."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

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
        """Count calls made today (UTC)."""
        day = _day(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, spending).values(service=service, bucket=bucket, day=day, calls=n)
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["service", "bucket", "day"],
                    set_={"calls": spending.c.calls + statement.excluded.calls},
                )
            )

        await self._db.write(job)

    async def spent(self, service: str, bucket: str, since: datetime) -> int:
        """Return how many calls were made since the beginning of that day (UTC)."""
        query = select(func.sum(spending.c.calls)).where(
            spending.c.service == service, spending.c.bucket == bucket, spending.c.day >= _day(since)
        )
        async with self._db.read() as conn:
            return int(await conn.scalar(query) or 0)

    async def today(self) -> list[tuple[str, str, int]]:
        """Return (service, bucket, calls) of today (UTC), for people to read."""
        return await self.since(self._clock.now())

    async def since(self, instant: datetime) -> list[tuple[str, str, int]]:
        """Return (service, bucket, calls) since the beginning of that day (UTC), for people to read."""
        query = (
            select(spending.c.service, spending.c.bucket, func.sum(spending.c.calls).label("calls"))
            .where(spending.c.day >= _day(instant))
            .group_by(spending.c.service, spending.c.bucket)
            .order_by(spending.c.service, spending.c.bucket)
        )
        async with self._db.read() as conn:
            return [(row.service, row.bucket, int(row.calls)) for row in (await conn.execute(query)).all()]

    async def pauses(self) -> list[tuple[str, datetime, str]]:
        """Return (service, until, reason) of the pauses that are not over, for people to read."""
        query = select(pauses).where(pauses.c.until > to_ms(self._clock.now())).order_by(pauses.c.service)
        async with self._db.read() as conn:
            return [(row.service, from_ms(row.until), row.reason) for row in (await conn.execute(query)).all()]


def _day(instant: datetime) -> int:
    return instant.astimezone(UTC).date().toordinal()
