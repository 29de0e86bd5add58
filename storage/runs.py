"""The runs: all drops of one ISO week, fitted once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema_drops import runs
from storage.stamps import from_ms, maybe_from_ms, to_ms
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Run:
    """All drops of one week, and how far they have come together."""

    week: str
    started_at: datetime
    fitted_at: datetime | None = None
    finished_at: datetime | None = None


class Runs:
    """Keep the runs."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def start_run(self, week: str) -> Run:
        """Return the run of that week, starting it if it is new."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> Run | None:
            statement = insert(conn, runs).values(week=week, started_at=at)
            await conn.execute(statement.on_conflict_do_nothing(index_elements=["week"]))
            return await _run(conn, week)

        return await self._db.write(job) or Run(week, from_ms(at))

    async def run(self, week: str) -> Run | None:
        """Return the run of that week, or None if it has not started."""
        async with self._db.read() as conn:
            return await _run(conn, week)

    async def mark_fitted(self, week: str) -> None:
        """Keep that the taste models of that week are fitted."""
        await self._mark(week, "fitted_at")

    async def finish_run(self, week: str) -> None:
        """Keep that every drop of that week which was due is done."""
        await self._mark(week, "finished_at")

    async def _mark(self, week: str, column: str) -> None:
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(runs).where(runs.c.week == week).values({column: at}))

        await self._db.write(job)


async def _run(conn: AsyncConnection, week: str) -> Run | None:
    row = (await conn.execute(select(runs).where(runs.c.week == week))).one_or_none()
    if row is None:
        return None
    return Run(row.week, from_ms(row.started_at), maybe_from_ms(row.fitted_at), maybe_from_ms(row.finished_at))
