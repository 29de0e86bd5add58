"""What a service was asked for and does not have, so that it is not asked again soon."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema import misses
from storage.stamps import to_ms
from storage.upsert import insert

# Catalogues grow: after two weeks it is worth asking again.
MISS_STANDS = timedelta(days=14)


def track_key(track_id: int) -> str:
    """Return the key under which a miss of one of our tracks is kept."""
    return f"track:{track_id}"


class Misses:
    """Keep misses, apart from refusals: only a service that answered can miss."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def remember(self, service: str, key: str) -> None:
        """Keep that the service has nothing under the key, as of now."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, misses).values(service=service, key=key, at=at)
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["service", "key"], set_={"at": statement.excluded.at})
            )

        await self._db.write(job)

    async def known(self, service: str, key: str, since: datetime) -> bool:
        """Tell whether the service missed that key since then."""
        query = select(misses.c.at).where(misses.c.service == service, misses.c.key == key, misses.c.at >= to_ms(since))
        async with self._db.read() as conn:
            return await conn.scalar(query) is not None
