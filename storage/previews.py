"""Previews: the list of a drop that its owner has seen before its time."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Pick
from storage.database import Database
from storage.owners import Owner
from storage.pick_rows import from_row, to_row
from storage.schema_vetoes import previews
from storage.stamps import to_ms
from storage.upsert import insert


class Previews:
    """Keep previewed lists whole, one an owner and week: the first stays."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def get(self, week: str, owner: Owner) -> list[Pick] | None:
        """Return the list that was previewed, spares at its end, or None."""
        async with self._db.read() as conn:
            rows = await conn.scalar(select(previews.c.picks).where(*_of(week, owner)))
        return None if rows is None else unpacked(rows)

    async def keep(self, week: str, owner: Owner, picks: Sequence[Pick]) -> list[Pick]:
        """Keep what is previewed and return what stands."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> list[Pick]:
            statement = insert(conn, previews).values(
                week=week, owner_kind=owner.kind, owner_id=owner.id, picks=packed(picks), at=at
            )
            await conn.execute(statement.on_conflict_do_nothing(index_elements=["week", "owner_kind", "owner_id"]))
            return unpacked(await conn.scalar(select(previews.c.picks).where(*_of(week, owner))) or [])

        return await self._db.write(job)


def packed(picks: Sequence[Pick]) -> list[dict[str, Any]]:
    """Return picks as JSON holds them, whole."""
    return [to_row(0, position, pick) for position, pick in enumerate(picks)]


def unpacked(rows: Sequence[Mapping[str, Any]]) -> list[Pick]:
    """Return the picks that JSON held."""
    return [from_row(cast(Row[Any], SimpleNamespace(**row))) for row in rows]


async def end_preview(conn: AsyncConnection, week: str, owner: Owner) -> None:
    """Remove a preview, inside the transaction that records what became of it."""
    await conn.execute(delete(previews).where(*_of(week, owner)))


def _of(week: str, owner: Owner) -> tuple[ColumnElement[bool], ...]:
    return previews.c.week == week, previews.c.owner_kind == owner.kind, previews.c.owner_id == owner.id
