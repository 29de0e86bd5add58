"""Vetoes: tracks that somebody took out of a drop before it was written, and that never come again."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.merging import present_id
from storage.mutes import is_muted
from storage.owners import Owner
from storage.schema import feedback
from storage.schema_drops import drops
from storage.schema_vetoes import mutes, previews, ratings, reroll_tracks, rerolls, vetoes
from storage.stamps import to_ms
from storage.upsert import insert

MOST = 3
"""Vetoes that one person has in a week: enough to spare a mishap, too few to write the list by hand."""

_OPEN = (None, "planned")  # states of a drop whose picks are not recorded yet


class Vetoed(StrEnum):
    """What became of a veto."""

    DONE = "done"
    TOO_MANY = "too many"
    TOO_LATE = "too late"


class Vetoes:
    """Keep vetoes, and say what must not be picked for somebody."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def veto(self, person_id: int, week: str, track_ids: Collection[int]) -> Vetoed:
        """Keep these tracks from ever coming to that person; all of them, or none where that is too many or too late.

        Too late is once the picks of that week's drop are recorded.
        """
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> Vetoed:
            if not await _is_open(conn, person_id, week):
                return Vetoed.TOO_LATE
            stand = await _of_week(conn, person_id, week)
            wanted = {await present_id(conn, track_id) for track_id in track_ids} - {None}
            if len(stand | wanted) > MOST:
                return Vetoed.TOO_MANY
            rows = [{"person_id": person_id, "track_id": each, "week": week, "at": at} for each in wanted - stand]
            if rows:
                await conn.execute(insert(conn, vetoes).on_conflict_do_nothing(), rows)
            return Vetoed.DONE

        return await self._db.write(job)

    async def take_back(self, person_id: int, week: str) -> int | None:
        """Take that week's vetoes back and return how many there were; None once it is too late."""

        async def job(conn: AsyncConnection) -> int | None:
            if not await _is_open(conn, person_id, week):
                return None
            gone = delete(vetoes).where(vetoes.c.person_id == person_id, vetoes.c.week == week)
            return (await conn.execute(gone)).rowcount

        return await self._db.write(job)

    async def of_week(self, person_id: int, week: str) -> set[int]:
        """Return the tracks that the person took out of that week's drop."""
        async with self._db.read() as conn:
            return await _of_week(conn, person_id, week)

    async def kept_out(self, person_id: int) -> set[int]:
        """Return the tracks that must not come to that person: vetoed, or known to them and not their taste."""
        vetoed = select(vetoes.c.track_id).where(vetoes.c.person_id == person_id)
        muted = select(feedback.c.track_id).where(feedback.c.person_id == person_id, is_muted())
        async with self._db.read() as conn:
            found = set((await conn.scalars(vetoed)).all())
            if await conn.scalar(select(func.count()).where(mutes.c.person_id == person_id)):
                found.update((await conn.scalars(muted)).all())
        return found

    async def export(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return all that a person took back, table by table, as rows."""
        async with self._db.read() as conn:
            return {
                table.name: [dict(row) for row in (await conn.execute(query)).mappings()]
                for table, query in ((table, select(table).where(_of(table, person_id))) for table in _TABLES)
            }

    async def forget(self, person_id: int) -> None:
        """Remove all that a person took back; to be done before their drops are removed."""

        async def job(conn: AsyncConnection) -> None:
            await forget_vetoes(conn, person_id)

        await self._db.write(job)


async def forget_vetoes(conn: AsyncConnection, person_id: int) -> None:
    """Remove, inside a transaction, all that a person took back."""
    for table in _TABLES:
        await conn.execute(delete(table).where(_of(table, person_id)))


_TABLES = (vetoes, mutes, ratings, previews, reroll_tracks, rerolls)


def _of(table: Table, person_id: int) -> Any:
    if table is previews:
        return (previews.c.owner_kind == "person") & (previews.c.owner_id == person_id)
    if table in {rerolls, reroll_tracks}:
        mine = select(drops.c.id).where(drops.c.owner_kind == "person", drops.c.owner_id == person_id)
        return table.c.drop_id.in_(mine)
    return table.c.person_id == person_id


async def vetoed_by(conn: AsyncConnection, owner: Owner) -> set[int]:
    """Return, inside a transaction, the tracks that the owner ever vetoed; a server vetoes nothing."""
    if owner.kind != "person":
        return set()
    return set((await conn.scalars(select(vetoes.c.track_id).where(vetoes.c.person_id == owner.id))).all())


async def _is_open(conn: AsyncConnection, person_id: int, week: str) -> bool:
    of_it = (drops.c.week == week, drops.c.owner_kind == "person", drops.c.owner_id == person_id)
    return await conn.scalar(select(drops.c.state).where(*of_it)) in _OPEN


async def _of_week(conn: AsyncConnection, person_id: int, week: str) -> set[int]:
    query = select(vetoes.c.track_id).where(vetoes.c.person_id == person_id, vetoes.c.week == week)
    return set((await conn.scalars(query)).all())
