"""What the owner is told of: since when it lasts, and when they were told last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema_watch import troubles
from storage.stamps import from_ms, maybe_from_ms, maybe_ms, to_ms
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be, in a sentence that says what to do."""

    name: str
    sentence: str
    since: datetime
    told_at: datetime | None = None


class Troubles:
    """Keep the troubles that last."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def all(self) -> list[Trouble]:
        """Return the troubles that last, the oldest first."""
        async with self._db.read() as conn:
            rows = (await conn.execute(select(troubles).order_by(troubles.c.since, troubles.c.name))).all()
        return [Trouble(row.name, row.sentence, from_ms(row.since), maybe_from_ms(row.told_at)) for row in rows]

    async def keep(self, name: str, sentence: str, told_at: datetime | None = None) -> None:
        """Keep a trouble, its sentence as it is now; it lasts since it was kept first, and told stays told."""
        values = {"sentence": sentence} | ({"told_at": maybe_ms(told_at)} if told_at else {})

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, troubles).values(name=name, since=to_ms(self._clock.now()), **values)
            await conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

        await self._db.write(job)

    async def over(self, name: str) -> None:
        """Forget a trouble that has passed."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(troubles).where(troubles.c.name == name))

        await self._db.write(job)
