"""Signs of life: when what should happen by itself last happened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import blocks, feedback, memberships, people, share_tracks, shares, tracks
from storage.schema_drops import drops
from storage.stamps import maybe_from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Signs:
    """What was read at one instant.

    `active` are people who may expect drops; `first` is when anybody first said anything, `written` when a playlist
    was last written. `waiting` are tracks shared before a given instant of which no source was asked yet, and
    `described` is when one was last asked.
    """

    active: int
    first: datetime | None
    written: datetime | None
    waiting: int
    described: datetime | None


class Pulse:
    """Read the signs of life."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def read(self, active_since: datetime, shared_before: datetime) -> Signs:
        """Read them all at one instant."""
        undescribed = (
            select(func.count(func.distinct(share_tracks.c.track_id)))
            .join(shares, shares.c.id == share_tracks.c.share_id)
            .join(tracks, tracks.c.id == share_tracks.c.track_id)
            .where(
                shares.c.at < to_ms(shared_before),
                tracks.c.title != "",
                ~exists().where(blocks.c.track_id == share_tracks.c.track_id),
            )
        )
        async with self._db.read() as conn:
            return Signs(
                active=await self._active(conn, active_since),
                first=maybe_from_ms(await conn.scalar(select(func.min(feedback.c.at)))),
                written=maybe_from_ms(await conn.scalar(select(func.max(drops.c.written_at)))),
                waiting=int(await conn.scalar(undescribed) or 0),
                described=maybe_from_ms(await conn.scalar(select(func.max(blocks.c.at)))),
            )

    async def _active(self, conn: AsyncConnection, since: datetime) -> int:
        query = select(func.count(func.distinct(memberships.c.person_id))).join(
            people, people.c.id == memberships.c.person_id
        )
        willing = (people.c.opted_out.is_(False), people.c.paused.is_(False))
        return int(await conn.scalar(query.where(memberships.c.active_at >= to_ms(since), *willing)) or 0)
