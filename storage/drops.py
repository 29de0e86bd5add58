"""The ledger of drops: each a row of an owner and a week, whose state says what is still to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Pick
from storage.database import Database
from storage.merging import present_id
from storage.owners import Owner
from storage.pick_rows import from_row, to_row
from storage.previews import end_preview
from storage.runs import Run, Runs
from storage.schema_drops import drops, picks
from storage.schema_vetoes import reroll_tracks
from storage.showings import record_showings
from storage.stamps import from_ms, maybe_from_ms, to_ms
from storage.upsert import chunks, insert
from storage.vetoes import vetoed_by

__all__ = ["Drop", "DropState", "Drops", "Owner", "Run"]


class DropState(StrEnum):
    """How far a drop has come; skipped ones have come as far as they will."""

    PLANNED = "planned"
    PICKED = "picked"
    WRITTEN = "written"
    ANNOUNCED = "announced"
    SKIPPED = "skipped"


_DONE = (DropState.ANNOUNCED.value, DropState.SKIPPED.value)


@dataclass(frozen=True, slots=True)
class Drop:
    """One owner's playlist of one ISO week (`YYYY-Www`)."""

    id: int
    week: str
    owner: Owner
    state: DropState
    due_at: datetime
    note: str = ""
    picked_at: datetime | None = None
    written_at: datetime | None = None
    announced_at: datetime | None = None


class Drops(Runs):
    """Keep drops, their picks and the runs they belong to; every step can be repeated."""

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db, clock)

    async def plan(self, week: str, owner: Owner, due_at: datetime) -> Drop:
        """Return the owner's drop of that week, planning it if it is new; a planned one keeps its hour."""

        async def job(conn: AsyncConnection) -> Drop:
            statement = insert(conn, drops).values(
                week=week,
                owner_kind=owner.kind,
                owner_id=owner.id,
                state=DropState.PLANNED.value,
                due_at=to_ms(due_at),
                note="",
            )
            await conn.execute(statement.on_conflict_do_nothing(index_elements=["week", "owner_kind", "owner_id"]))
            return _drop((await conn.execute(select(drops).where(drops.c.week == week, *_of(owner)))).one())

        return await self._db.write(job)

    async def unfinished(self, now: datetime) -> list[Drop]:
        """Return the drops that are due and neither announced nor skipped, the longest due first."""
        query = select(drops).where(drops.c.due_at <= to_ms(now), drops.c.state.not_in(_DONE))
        return await self._all(query.order_by(drops.c.due_at, drops.c.id))

    async def record_picks(self, drop_id: int, chosen: Sequence[Pick], note: str = "") -> list[Pick]:
        """Keep the picks, whole, and return those that stand: a drop picked before keeps what it had.

        What the owner vetoed meanwhile is left out.
        """
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> list[Pick]:
            moved = await conn.execute(
                update(drops)
                .where(drops.c.id == drop_id, drops.c.state == DropState.PLANNED.value)
                .values(state=DropState.PICKED.value, picked_at=at, note=note)
            )
            if moved.rowcount:
                await insert_picks(conn, drop_id, chosen, at)
            return await picks_of(conn, drop_id)

        return await self._db.write(job)

    async def picks(self, drop_id: int) -> list[Pick]:
        """Return the picks of that drop in their order, as they were when chosen."""
        async with self._db.read() as conn:
            return await picks_of(conn, drop_id)

    async def add_note(self, drop_id: int, sentence: str) -> None:
        """Let a drop say one thing more of itself; the same sentence twice is one."""

        async def job(conn: AsyncConnection) -> None:
            note = await conn.scalar(select(drops.c.note).where(drops.c.id == drop_id))
            if note is not None and sentence not in note:
                longer = f"{note} {sentence}".strip()
                await conn.execute(update(drops).where(drops.c.id == drop_id).values(note=longer))

        await self._db.write(job)

    async def mark_written(self, drop_id: int) -> None:
        """Keep that the playlist stands; only a picked drop can come so far."""
        at = to_ms(self._clock.now())
        await self._move([drop_id], DropState.PICKED, state=DropState.WRITTEN.value, written_at=at)

    async def mark_announced(self, drop_ids: Collection[int]) -> None:
        """Keep that these drops were announced; only written ones can come so far."""
        at = to_ms(self._clock.now())
        await self._move(drop_ids, DropState.WRITTEN, state=DropState.ANNOUNCED.value, announced_at=at)

    async def skip(self, drop_id: int, note: str) -> None:
        """Keep that there will be no such drop, and why; a written one is not taken back."""
        for state in (DropState.PLANNED, DropState.PICKED):
            await self._move([drop_id], state, state=DropState.SKIPPED.value, note=note)

    async def latest(self, owner: Owner) -> Drop | None:
        """Return the newest drop of the owner that was written, or None."""
        query = select(drops).where(*_of(owner), drops.c.written_at.is_not(None))
        found = await self._all(query.order_by(drops.c.written_at.desc(), drops.c.week.desc()).limit(1))
        return found[0] if found else None

    async def written(self, owner: Owner) -> list[Drop]:
        """Return every drop of the owner that was written, the newest week first."""
        query = select(drops).where(*_of(owner), drops.c.written_at.is_not(None))
        return await self._all(query.order_by(drops.c.week.desc()))

    async def get(self, week: str, owner: Owner) -> Drop | None:
        """Return the owner's drop of that week, or None."""
        found = await self._all(select(drops).where(drops.c.week == week, *_of(owner)))
        return found[0] if found else None

    async def by_id(self, drop_id: int) -> Drop | None:
        """Return that drop, or None."""
        found = await self._all(select(drops).where(drops.c.id == drop_id))
        return found[0] if found else None

    async def of_week(self, week: str) -> list[Drop]:
        """Return all drops of that week, in the order they were planned."""
        return await self._all(select(drops).where(drops.c.week == week).order_by(drops.c.id))

    async def dropped_since(self, owner: Owner, since: datetime) -> set[int]:
        """Return the tracks picked for the owner since then, also those of a list that gave way to a new one."""
        dropped = _ever_dropped()
        query = (
            select(dropped.c.track_id)
            .join(drops, drops.c.id == dropped.c.drop_id)
            .where(*_of(owner), drops.c.picked_at >= to_ms(since))
        )
        async with self._db.read() as conn:
            return set((await conn.scalars(query)).all())

    async def last_dropped(self, owner: Owner) -> dict[int, datetime]:
        """Return every track that was ever picked for the owner, with when it was last."""
        dropped = _ever_dropped()
        query = (
            select(dropped.c.track_id, func.max(drops.c.picked_at))
            .join(drops, drops.c.id == dropped.c.drop_id)
            .where(*_of(owner), drops.c.picked_at.is_not(None))
            .group_by(dropped.c.track_id)
        )
        async with self._db.read() as conn:
            return {track_id: from_ms(at) for track_id, at in (await conn.execute(query)).all()}

    async def _all(self, query: Select[Any]) -> list[Drop]:
        async with self._db.read() as conn:
            return [_drop(row) for row in (await conn.execute(query)).all()]

    async def _move(self, drop_ids: Collection[int], start: DropState, **values: str | int) -> None:
        async def job(conn: AsyncConnection) -> None:
            for chunk in chunks(drop_ids):
                await conn.execute(
                    update(drops).where(drops.c.id.in_(chunk), drops.c.state == start.value).values(**values)
                )

        await self._db.write(job)


def _of(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return drops.c.owner_kind == owner.kind, drops.c.owner_id == owner.id


def _ever_dropped() -> Subquery:
    """Return which tracks stood in which drop, also those that gave way to a new list."""
    gone = select(reroll_tracks.c.drop_id, reroll_tracks.c.track_id)
    return union_all(select(picks.c.drop_id, picks.c.track_id), gone).subquery()


async def picks_of(conn: AsyncConnection, drop_id: int) -> list[Pick]:
    """Return a drop's picks, inside a transaction."""
    query = select(picks).where(picks.c.drop_id == drop_id).order_by(picks.c.position)
    return [from_row(row) for row in (await conn.execute(query)).all()]


async def insert_picks(conn: AsyncConnection, drop_id: int, chosen: Sequence[Pick], at: int) -> None:
    """Write a drop's picks, inside a transaction, less what its owner vetoed; what they previewed has come true."""
    drop = (await conn.execute(select(drops).where(drops.c.id == drop_id))).one()
    owner = Owner(drop.owner_kind, drop.owner_id)
    vetoed = await vetoed_by(conn, owner)
    rows: list[dict[str, Any]] = []
    for pick in chosen:
        row = to_row(drop_id, len(rows), pick)
        row["track_id"] = await present_id(conn, row["track_id"])
        if row["track_id"] not in vetoed:
            rows.append(row)
    if rows:
        await conn.execute(insert(conn, picks), rows)
        await _remember_shown(conn, drop_id, at)
    await end_preview(conn, drop.week, owner)


async def _remember_shown(conn: AsyncConnection, drop_id: int, at: int) -> None:
    """Keep that a person's new picks were shown to them."""
    drop = (await conn.execute(select(drops).where(drops.c.id == drop_id))).one()
    if drop.owner_kind == "person":
        await record_showings(conn, drop.owner_id, drop.week, await picks_of(conn, drop_id), at)


def _drop(row: Row[Any]) -> Drop:
    return Drop(
        id=row.id,
        week=row.week,
        owner=Owner(row.owner_kind, row.owner_id),
        state=DropState(row.state),
        due_at=from_ms(row.due_at),
        note=row.note,
        picked_at=maybe_from_ms(row.picked_at),
        written_at=maybe_from_ms(row.written_at),
        announced_at=maybe_from_ms(row.announced_at),
    )
