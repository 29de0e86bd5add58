"""Rerolls: one new list a drop, in place of the one that was written. Rows are the truth here too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Pick
from storage.database import Database
from storage.drops import DropState, insert_picks, picks_of
from storage.previews import packed, unpacked
from storage.schema_drops import drops, picks
from storage.schema_vetoes import reroll_tracks, rerolls
from storage.stamps import from_ms, maybe_from_ms, to_ms
from storage.upsert import insert


class RerollState(StrEnum):
    """How far a reroll has come; once written, the drop itself says whether it is announced."""

    PLANNED = "planned"
    PICKED = "picked"
    WRITTEN = "written"
    SKIPPED = "skipped"


_OPEN = (RerollState.PLANNED.value, RerollState.PICKED.value)
_STANDING = (DropState.WRITTEN.value, DropState.ANNOUNCED.value)


@dataclass(frozen=True, slots=True)
class Reroll:
    """A new list for a drop: `picks` while it waits to be written, `before` the list that it has replaced."""

    drop_id: int
    state: RerollState
    asked_at: datetime
    note: str = ""
    picks: tuple[Pick, ...] = ()
    before: tuple[Pick, ...] = ()
    written_at: datetime | None = None


class Rerolls:
    """Keep rerolls: planned, picked, written; until then the drop keeps the list that it had."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def plan(self, drop_id: int) -> bool:
        """Keep that a new list is wanted; False if this drop has had one, or has no list to replace.

        One that came to nothing may be asked for again.
        """
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> bool:
            if await conn.scalar(select(drops.c.state).where(drops.c.id == drop_id)) not in _STANDING:
                return False
            row = {"drop_id": drop_id, "state": RerollState.PLANNED.value, "asked_at": at, "note": ""}
            statement = insert(conn, rerolls).values(**row)
            statement = statement.on_conflict_do_update(
                index_elements=["drop_id"], set_=row, where=rerolls.c.state == RerollState.SKIPPED.value
            )
            return (await conn.execute(statement)).rowcount > 0

        return await self._db.write(job)

    async def get(self, drop_id: int) -> Reroll | None:
        """Return the reroll of that drop, or None."""
        found = await self._where(rerolls.c.drop_id == drop_id)
        return found[0] if found else None

    async def unfinished(self) -> list[Reroll]:
        """Return the rerolls that are neither written nor skipped, the longest wanted first."""
        return await self._where(rerolls.c.state.in_(_OPEN))

    async def record(self, drop_id: int, chosen: Sequence[Pick], note: str) -> None:
        """Keep the new list, whole; one recorded before stays."""
        at = to_ms(self._clock.now())
        planned = (rerolls.c.drop_id == drop_id) & (rerolls.c.state == RerollState.PLANNED.value)
        change = update(rerolls).where(planned)
        values = {"state": RerollState.PICKED.value, "picked_at": at, "picks": packed(chosen), "note": note}
        await self._db.write(lambda conn: conn.execute(change.values(**values)))

    async def swap(self, drop_id: int) -> None:
        """Let the drop's list be the new one, which stands in the playlist now; the old one is kept with the reroll.

        The drop is written anew, so that its announcement follows.
        """
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            query = select(rerolls).where(rerolls.c.drop_id == drop_id, rerolls.c.state == RerollState.PICKED.value)
            row = (await conn.execute(query)).one_or_none()
            if row is None:
                return
            before = await picks_of(conn, drop_id)
            await _set_aside(conn, drop_id)
            await insert_picks(conn, drop_id, unpacked(row.picks), at)
            written = {"state": DropState.WRITTEN.value, "written_at": at, "announced_at": None}
            change = update(drops).where(drops.c.id == drop_id)
            await conn.execute(change.values(picked_at=row.picked_at, note=row.note, **written))
            done = {"state": RerollState.WRITTEN.value, "written_at": at, "picks": None, "before": packed(before)}
            await conn.execute(update(rerolls).where(rerolls.c.drop_id == drop_id).values(**done))

        await self._db.write(job)

    async def skip(self, drop_id: int, note: str) -> None:
        """Keep that there will be no new list, and why."""
        change = update(rerolls).where(rerolls.c.drop_id == drop_id, rerolls.c.state.in_(_OPEN))
        skipped = change.values(state=RerollState.SKIPPED.value, note=note, picks=None)
        await self._db.write(lambda conn: conn.execute(skipped))

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Reroll]:
        query = select(rerolls).where(*conditions).order_by(rerolls.c.asked_at, rerolls.c.drop_id)
        async with self._db.read() as conn:
            return [_reroll(row) for row in (await conn.execute(query)).all()]


async def _set_aside(conn: AsyncConnection, drop_id: int) -> None:
    """Take a drop's picks out, and keep which tracks they were."""
    ids = set((await conn.scalars(select(picks.c.track_id).where(picks.c.drop_id == drop_id))).all())
    rows = [{"drop_id": drop_id, "track_id": track_id} for track_id in ids]
    if rows:
        await conn.execute(insert(conn, reroll_tracks).on_conflict_do_nothing(), rows)
    await conn.execute(delete(picks).where(picks.c.drop_id == drop_id))


def _reroll(row: Row[Any]) -> Reroll:
    return Reroll(
        drop_id=row.drop_id,
        state=RerollState(row.state),
        asked_at=from_ms(row.asked_at),
        note=row.note,
        picks=tuple(unpacked(row.picks or [])),
        before=tuple(unpacked(row.before or [])),
        written_at=maybe_from_ms(row.written_at),
    )
