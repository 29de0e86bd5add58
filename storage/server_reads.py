"""Who said what in one server: columns for pictures and lists that its members see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, not_, select

from storage.database import Database
from storage.mutes import counts, who_muted
from storage.schema import feedback, people, share_tracks, shares
from storage.schema_base import NO_SERVER
from storage.stamps import to_ms

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """All standing feedback of those who said something in a server, also what they said elsewhere.

    Columns of one length, int64: `server_id` and `sharer_id` (whose share it was said of) are 0 for what belongs to no
    share; `value` is +1 or -1, `at` milliseconds UTC.
    """

    person_id: Column
    track_id: Column
    source: Column
    value: Column
    at: Column
    server_id: Column
    sharer_id: Column

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self.person_id)


@dataclass(frozen=True, slots=True)
class SharedTracks:
    """What was shared in a server: a row a track of each share; int64, `at` in milliseconds UTC."""

    person_id: Column
    track_id: Column
    share_id: Column
    at: Column

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.person_id)


class ServerReads:
    """Read what a server's members may see of each other; people who opted out are in nothing of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def words(self, server_id: int) -> Words:
        """Return the words of everybody who said something on a share in that server."""
        there = (
            select(feedback.c.person_id)
            .join(shares, shares.c.id == feedback.c.share_id)
            .where(shares.c.server_id == server_id)
            .distinct()
        )
        query = (
            select(
                *(feedback.c[name] for name in ("person_id", "track_id", "source", "value", "at")),
                func.coalesce(shares.c.server_id, NO_SERVER),
                func.coalesce(shares.c.person_id, 0),
            )
            .outerjoin(shares, shares.c.id == feedback.c.share_id)
            .join(people, people.c.id == feedback.c.person_id)
            .where(feedback.c.person_id.in_(there), people.c.opted_out.is_(False))
        )
        # Few have muted anything: nobody else's rows are looked at one by one.
        parts = [
            await self._columns(part, 7)
            for part in (query.where(not_(who_muted())), query.where(who_muted(), counts()))
        ]
        return Words(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    async def shared(self, server_id: int, since: datetime | None = None) -> SharedTracks:
        """Return what was shared in that server from `since` on, the oldest first."""
        query = (
            select(shares.c.person_id, share_tracks.c.track_id, shares.c.id, shares.c.at)
            .join(share_tracks, share_tracks.c.share_id == shares.c.id)
            .join(people, people.c.id == shares.c.person_id)
            .where(shares.c.server_id == server_id, people.c.opted_out.is_(False))
            .order_by(shares.c.at, shares.c.id, share_tracks.c.position)
        )
        if since is not None:
            query = query.where(shares.c.at >= to_ms(since))
        return SharedTracks(*await self._columns(query, 4))

    async def _columns(self, query: Select[Any], count: int) -> Sequence[Column]:
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, count)
        return [column.copy() for column in table.T]
