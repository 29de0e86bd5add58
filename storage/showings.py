"""What was shown to whom, when and why: the record by which exploring and evaluating stay honest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Pick, Slot
from storage.database import Database
from storage.merging import present_id
from storage.schema import people
from storage.schema_showings import showings
from storage.stamps import from_ms, to_ms
from storage.upsert import insert

DISCOVER = "discover"
"""The occasion of tracks shown because a member asked; a drop's is its week."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One track shown to one person; `propensity` is the chance with which it came to that place."""

    person_id: int
    track_id: int
    at: datetime
    occasion: str
    position: int
    score: float
    std: float
    propensity: float
    slot: Slot
    reasons: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    @property
    def explores(self) -> bool:
        """Tell whether it was drawn for what it teaches."""
        return self.slot is Slot.WILDCARD


@dataclass(frozen=True, slots=True)
class ShowingColumns:
    """Showings in columns of one length, the oldest first; `at` in milliseconds UTC."""

    person_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    at: NDArray[np.int64]
    position: NDArray[np.int64]
    score: NDArray[np.float64]
    std: NDArray[np.float64]
    propensity: NDArray[np.float64]
    explores: NDArray[np.bool_]
    occasion: list[str]

    def __len__(self) -> int:
        return len(self.person_id)


class Showings:
    """Keep what was shown to whom."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def record(self, person_id: int, occasion: str, picks: Sequence[Pick]) -> None:
        """Keep that these picks were shown to that person now, in this order; nothing of who opted out."""
        at = to_ms(self._clock.now())
        await self._db.write(lambda conn: record_showings(conn, person_id, occasion, picks, at))

    async def shown_since(self, person_id: int, since: datetime, occasion: str = "") -> set[int]:
        """Return the tracks shown to that person since then, on that occasion if one is named."""
        query = select(showings.c.track_id).where(showings.c.person_id == person_id, showings.c.at >= to_ms(since))
        if occasion:
            query = query.where(showings.c.occasion == occasion)
        async with self._db.read() as conn:
            return set((await conn.scalars(query)).all())

    async def last(self, person_id: int, track_id: int) -> Shown | None:
        """Return the last time that the track was shown to that person, or None."""
        query = _of(person_id).where(showings.c.track_id == track_id).order_by(showings.c.at.desc(), showings.c.id)
        found = await self._all(query.limit(1))
        return found[0] if found else None

    async def of(self, person_id: int) -> list[Shown]:
        """Return all that was shown to that person, the oldest first."""
        return await self._all(_of(person_id).order_by(showings.c.at, showings.c.id))

    async def all_since(self, since: datetime | None = None) -> list[Shown]:
        """Return all that was shown to anybody since then, the oldest first."""
        query = select(showings).order_by(showings.c.at, showings.c.id)
        return await self._all(query if since is None else query.where(showings.c.at >= to_ms(since)))

    async def columns(self, since: datetime | None = None) -> ShowingColumns:
        """Return the same in columns."""
        names = ("person_id", "track_id", "at", "position", "score", "std", "propensity", "slot", "occasion")
        query = select(*(showings.c[name] for name in names)).order_by(showings.c.at, showings.c.id)
        if since is not None:
            query = query.where(showings.c.at >= to_ms(since))
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        person_id, track_id, at, position = (np.array(column, dtype=np.int64) for column in columns[:4])
        score, std, propensity = (np.array(column, dtype=np.float64) for column in columns[4:7])
        explores = np.array([slot == Slot.WILDCARD for slot in columns[7]], dtype=np.bool_)
        return ShowingColumns(
            person_id, track_id, at, position, score, std, propensity, explores, occasion=list(columns[8])
        )

    async def forget(self, person_id: int) -> int:
        """Remove all that was shown to that person and return how many rows that were."""

        async def job(conn: AsyncConnection) -> int:
            return (await conn.execute(delete(showings).where(showings.c.person_id == person_id))).rowcount

        return await self._db.write(job)

    async def _all(self, query: Select[Any]) -> list[Shown]:
        async with self._db.read() as conn:
            return [_shown(row) for row in (await conn.execute(query)).all()]


async def record_showings(conn: AsyncConnection, person_id: int, occasion: str, picks: Iterable[Pick], at: int) -> None:
    """Keep, inside a transaction, that these picks were shown to that person at `at` ms, unless they opted out."""
    if await conn.scalar(select(people.c.opted_out).where(people.c.id == person_id)) is not False:
        return
    rows = []
    for position, pick in enumerate(picks):
        track_id = None if pick.track.id is None else await present_id(conn, pick.track.id)
        if track_id is not None:
            rows.append(_row(person_id, track_id, occasion, position, pick, at))
    if rows:
        await conn.execute(insert(conn, showings), rows)


def _row(person_id: int, track_id: int, occasion: str, position: int, pick: Pick, at: int) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "track_id": track_id,
        "at": at,
        "occasion": occasion,
        "position": position,
        "score": float(pick.score),
        "std": float(pick.std),
        "propensity": float(pick.propensity),
        "slot": Slot(pick.slot).value,
        "reasons": list(pick.reasons),
        "origins": list(pick.origins),
    }


def _of(person_id: int) -> Select[Any]:
    return select(showings).where(showings.c.person_id == person_id)


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        person_id=row.person_id,
        track_id=row.track_id,
        at=from_ms(row.at),
        occasion=row.occasion,
        position=row.position,
        score=row.score,
        std=row.std,
        propensity=row.propensity,
        slot=Slot(row.slot),
        reasons=tuple(row.reasons),
        origins=tuple(row.origins),
    )
