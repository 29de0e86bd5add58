"""What members wrote beside the links they shared: learned from, shown to nobody, written into no log."""

from collections import Counter

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import people, share_tracks, shares

MOST_TRACKS = 3
"""Tracks of a message up to which its words are about each of them."""


class Said:
    """Read what was said of tracks; it stands in the shares, and goes with them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self) -> dict[int, tuple[str, ...]]:
        """Return what was said of each track, by its id, in the order of the shares; nothing of who opted out."""
        query = (
            select(shares.c.id, share_tracks.c.track_id, shares.c.said)
            .join(share_tracks, share_tracks.c.share_id == shares.c.id)
            .join(people, people.c.id == shares.c.person_id)
            .where(shares.c.said.is_not(None), shares.c.said != "", people.c.opted_out.is_(False))
            .order_by(shares.c.id)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        among = Counter(row.id for row in rows)
        found: dict[int, tuple[str, ...]] = {}
        for row in rows:
            if among[row.id] <= MOST_TRACKS:
                found[row.track_id] = (*found.get(row.track_id, ()), row.said)
        return found

    async def forget(self) -> None:
        """Forget all that was ever said; the shares stay."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(shares).where(shares.c.said.is_not(None)).values(said=None))

        await self._db.write(job)
