"""Where gathered candidates come from: tracks of artists near to one that somebody likes.

Kept apart from shares, so that what was only shared in one server never becomes a candidate in another.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.merging import present_id
from storage.schema import asked_artists, related_tracks
from storage.stamps import maybe_from_ms, to_ms
from storage.upsert import insert


class Related:
    """Keep which artists were asked about, and the tracks that were found near them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def record(self, artist_id: int, track_ids: Sequence[int]) -> None:
        """Keep that the liked artist was asked about now, and what was found, in one transaction."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, asked_artists).values(artist_id=artist_id, at=at)
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["artist_id"], set_={"at": statement.excluded.at})
            )
            found = [await present_id(conn, track_id) for track_id in dict.fromkeys(track_ids)]
            rows = [{"artist_id": artist_id, "track_id": one} for one in dict.fromkeys(found) if one is not None]
            if rows:
                await conn.execute(insert(conn, related_tracks).on_conflict_do_nothing(), rows)

        await self._db.write(job)

    async def by_track(self) -> dict[int, list[int]]:
        """Return the found tracks, each with the liked artists it was found near."""
        query = select(related_tracks).order_by(related_tracks.c.track_id, related_tracks.c.artist_id)
        found: dict[int, list[int]] = {}
        async with self._db.read() as conn:
            for row in (await conn.execute(query)).all():
                found.setdefault(row.track_id, []).append(row.artist_id)
        return found

    async def asked(self, since: datetime) -> set[int]:
        """Return the artists that were asked about since then."""
        query = select(asked_artists.c.artist_id).where(asked_artists.c.at >= to_ms(since))
        async with self._db.read() as conn:
            return set((await conn.scalars(query)).all())

    async def last_asked(self) -> datetime | None:
        """Return when an artist was last asked about, or None if none ever was."""
        async with self._db.read() as conn:
            return maybe_from_ms(await conn.scalar(select(func.max(asked_artists.c.at))))
