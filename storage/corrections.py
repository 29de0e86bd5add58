"""Corrections: what somebody wants more or less of, whatever the model made of their feedback."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.people import Author, ensure
from storage.schema import people
from storage.schema_corrections import corrections
from storage.stamps import from_ms, to_ms
from storage.upsert import insert

MOST = 25
"""Corrections that one person may have: as many as a menu on Discord can offer to take back."""


class Way(IntEnum):
    """Which way a correction goes."""

    LESS = -1
    MORE = 1


@dataclass(frozen=True, slots=True)
class Correction:
    """One person's wish for more or less of a subject: `tag:shoegaze`, `side:energy`."""

    subject: str
    way: Way
    at: datetime


class Corrections:
    """Keep corrections, the newest word on a subject in the place of the older."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def all(self) -> dict[int, dict[str, int]]:
        """Return everybody's corrections by person: the way of each subject; not of those who opted out."""
        query = (
            select(corrections.c.person_id, corrections.c.subject, corrections.c.way)
            .join(people, people.c.id == corrections.c.person_id)
            .where(people.c.opted_out.is_(False))
        )
        found: dict[int, dict[str, int]] = {}
        async with self._db.read() as conn:
            for person_id, subject, way in (await conn.execute(query)).all():
                found.setdefault(person_id, {})[subject] = way
        return found

    async def of(self, person_id: int) -> list[Correction]:
        """Return that person's corrections, the newest first."""
        query = (
            select(corrections)
            .where(corrections.c.person_id == person_id)
            .order_by(corrections.c.at.desc(), corrections.c.subject)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        return [Correction(row.subject, Way(row.way), from_ms(row.at)) for row in rows]

    async def correct(self, author: Author, subject: str, way: Way) -> bool:
        """Keep what the person wants more or less of; False when they opted out or have too many already."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> bool:
            person = await ensure(conn, author)
            others = (corrections.c.person_id == person.id) & (corrections.c.subject != subject)
            kept = await conn.scalar(select(func.count()).select_from(corrections).where(others))
            if person.opted_out or (kept or 0) >= MOST:
                return False
            row: Mapping[str, object] = {"person_id": person.id, "subject": subject, "way": way.value, "at": at}
            statement = insert(conn, corrections).values(**row)
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["person_id", "subject"], set_={"way": way.value, "at": at}
                )
            )
            return True

        return await self._db.write(job)

    async def take_back(self, discord_id: int, subject: str) -> bool:
        """Forget a correction; False if there is none."""
        mine = select(people.c.id).where(people.c.discord_id == discord_id).scalar_subquery()

        async def job(conn: AsyncConnection) -> bool:
            gone = delete(corrections).where(corrections.c.person_id == mine, corrections.c.subject == subject)
            return (await conn.execute(gone)).rowcount > 0

        return await self._db.write(job)
