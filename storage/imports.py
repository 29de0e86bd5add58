"""What members brought along: imports with their lines, and the weak feedback that comes of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.imports import ImportKind, ImportLine, Understood
from storage.database import Database
from storage.import_rows import WaitingLine, feedback_row, known_tracks, line_of, line_values, report_of, waiting_line
from storage.merging import present_id
from storage.people import Author, ensure, touch
from storage.reactions import KEY
from storage.schema import feedback, people
from storage.schema_asked import import_lines, imports
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks, insert

ROWS_AT_ONCE = 2_000  # thirteen values each fit into one statement

OPTED_OUT = "You asked me to leave you alone, so I keep nothing of yours: opt in again first."
RUNNING = "I am still looking up what you imported before: wait for it, or undo it first."
TWICE = "You have imported that very file before: undo that import first if you want it anew."


class ImportState(StrEnum):
    """How far an import has come."""

    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"


class LineState(IntEnum):
    """How far a line has come."""

    WAITING = 0
    RESOLVED = 1
    MISSED = 2
    LATER = 3  # whoever may know it could not be asked; every other line comes first


OPEN = (LineState.WAITING, LineState.LATER)


class NotImported(Exception):
    """An import is not begun; the message is a sentence for who wanted it."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import: whose, from where, and how many of its `total` lines were resolved or missed so far.

    `report` is what its file came to, without the lines; `channel_id` and `message_id` name the message that shows its
    progress, `shown` how many lines were settled when that was last written.
    """

    id: int
    person_id: int
    discord_id: int
    kind: ImportKind
    name: str
    at: datetime
    state: ImportState
    total: int
    resolved: int
    missed: int
    report: Mapping[str, Any]
    channel_id: int | None = None
    message_id: int | None = None
    shown: int | None = None

    @property
    def settled(self) -> int:
        """Return how many lines are resolved or missed."""
        return self.resolved + self.missed


class Imports:
    """Keep the imports; only its own person ever learns of one."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def begin(
        self, author: Author, name: str, digest: str, understood: Understood, server_id: int | None = None
    ) -> Import:
        """Keep the lines of a file, to be resolved later; in one transaction.

        Raises:
            NotImported: the person opted out, has another import running, or has imported this very file.
        """
        stamp = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> int:
            person = await ensure(conn, author)
            if person.opted_out:
                raise NotImported(OPTED_OUT)
            await _refuse_twice(conn, person.id, digest)
            values = {
                "person_id": person.id,
                "kind": understood.kind.value,
                "name": name,
                "digest": digest,
                "at": stamp,
                "state": ImportState.RUNNING.value,
                "total": len(understood.lines),
                "report": report_of(understood),
            }
            made = await conn.execute(insert(conn, imports).values(**values).returning(imports.c.id))
            import_id = int(made.scalar_one())
            for chunk in chunks(enumerate(understood.lines), ROWS_AT_ONCE):
                rows = [line_values(import_id, place, line) | {"state": LineState.WAITING} for place, line in chunk]
                await conn.execute(insert(conn, import_lines), rows)
            if server_id is not None:  # what an owner imports for somebody is no sign of life of theirs
                await touch(conn, (person.id,), server_id, stamp)
            return import_id

        found = await self.get(await self._db.write(job))
        if found is None:
            raise NotImported("That import has been undone meanwhile.")
        return found

    async def get(self, import_id: int) -> Import | None:
        """Return an import, or None if there is none of that id."""
        found = await self._where(imports.c.id == import_id)
        return found[0] if found else None

    async def of(self, discord_id: int) -> list[Import]:
        """Return the imports of a person, the newest first."""
        return await self._where(people.c.discord_id == discord_id)

    async def waiting(self, limit: int) -> list[WaitingLine]:
        """Return lines to resolve, of all imports in turns, each import's strongest first; of nobody who opted out."""
        query = (
            select(import_lines, imports.c.person_id)
            .join(imports, imports.c.id == import_lines.c.import_id)
            .join(people, people.c.id == imports.c.person_id)
            .where(import_lines.c.state.in_(OPEN), people.c.opted_out.is_(False))
            .order_by(import_lines.c.state, import_lines.c.position, import_lines.c.import_id)
            .limit(limit)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        return [waiting_line(row, later=row.state == LineState.LATER) for row in rows]

    async def known(self, lines: Sequence[WaitingLine]) -> dict[WaitingLine, int]:
        """Return the ids of the tracks that lines name and that are stored: by ref, by ISRC, by title and artist."""
        async with self._db.read() as conn:
            return await known_tracks(conn, lines)

    async def resolve(self, found: Mapping[WaitingLine, int], missed: Collection[WaitingLine] = ()) -> int:
        """Let lines count for the tracks found, and close those that are nowhere; return how many count now.

        What was undone meanwhile, or is of somebody who opted out meanwhile, stays as it is.
        """
        if not found and not missed:
            return 0

        async def job(conn: AsyncConnection) -> int:
            standing = await _standing(conn, {line.import_id for line in (*found, *missed)})
            resolved = [line for line in found if line.import_id in standing]
            present = [(line, await present_id(conn, found[line])) for line in resolved]
            rows = [
                feedback_row(line, track_id, standing[line.import_id])
                for line, track_id in present
                if track_id is not None
            ]
            if rows:
                # Two lines may be one track: the stronger came first and stands.
                await conn.execute(insert(conn, feedback).on_conflict_do_nothing(index_elements=KEY), rows)
            await _settle(conn, resolved, LineState.RESOLVED)
            await _settle(conn, [line for line in missed if line.import_id in standing], LineState.MISSED)
            await _finish(conn, standing)
            return len(rows)

        return await self._db.write(job)

    async def postpone(self, line: WaitingLine) -> None:
        """Let every other line come before this one."""

        async def job(conn: AsyncConnection) -> None:
            await _settle(conn, [line], LineState.LATER)

        await self._db.write(job)

    async def undo(self, import_id: int, discord_id: int) -> int | None:
        """Take back what came of a person's import and forget its lines; return how many tracks no longer count.

        None where that person has no such import, or has undone it before.
        """

        async def job(conn: AsyncConnection) -> int | None:
            person_id = select(people.c.id).where(people.c.discord_id == discord_id).scalar_subquery()
            change = update(imports).where(
                imports.c.id == import_id, imports.c.person_id == person_id, imports.c.state != ImportState.UNDONE
            )
            if not (await conn.execute(change.values(state=ImportState.UNDONE.value, report={}))).rowcount:
                return None
            return await _take_away(conn, [import_id])

        return await self._db.write(job)

    async def forget(self, person_id: int) -> int:
        """Remove everything that a person ever imported; return how many imports that were."""

        async def job(conn: AsyncConnection) -> int:
            mine = imports.c.person_id == person_id
            ids = list((await conn.scalars(select(imports.c.id).where(mine))).all())
            await _take_away(conn, ids)
            await conn.execute(delete(imports).where(mine))
            return len(ids)

        return await self._db.write(job)

    async def missed(self, import_id: int, limit: int) -> list[ImportLine]:
        """Return lines that no service knows, the strongest first."""
        query = (
            select(import_lines)
            .where(import_lines.c.import_id == import_id, import_lines.c.state == LineState.MISSED)
            .order_by(import_lines.c.position)
            .limit(limit)
        )
        async with self._db.read() as conn:
            return [line_of(row) for row in (await conn.execute(query)).all()]

    async def posted(self, import_id: int, channel_id: int, message_id: int, shown: int) -> None:
        """Keep which message shows the progress, and how far it tells."""
        await self._change(import_id, channel_id=channel_id, message_id=message_id, shown=shown)

    async def told(self, import_id: int, shown: int) -> None:
        """Keep how far the message tells."""
        await self._change(import_id, shown=shown)

    async def untold(self) -> list[Import]:
        """Return the imports whose message tells less than there is to tell."""
        waiting = (
            imports.c.message_id.is_not(None),
            imports.c.state != ImportState.UNDONE,
            imports.c.shown < imports.c.total,
        )
        return [found for found in await self._where(*waiting) if found.settled != found.shown]

    async def _change(self, import_id: int, **values: int) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(imports).where(imports.c.id == import_id).values(**values))

        await self._db.write(job)

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Import]:
        def count(state: LineState) -> ColumnElement[int]:
            of_it = select(func.count()).where(import_lines.c.import_id == imports.c.id, import_lines.c.state == state)
            return of_it.correlate(imports).scalar_subquery()

        query = (
            select(
                imports,
                people.c.discord_id,
                count(LineState.RESOLVED).label("resolved"),
                count(LineState.MISSED).label("missed"),
            )
            .join(people, people.c.id == imports.c.person_id)
            .where(*conditions)
            .order_by(imports.c.id.desc())
        )
        async with self._db.read() as conn:
            return [_import(row) for row in (await conn.execute(query)).all()]


async def _refuse_twice(conn: AsyncConnection, person_id: int, digest: str) -> None:
    query = select(imports.c.state, imports.c.digest).where(
        imports.c.person_id == person_id, imports.c.state != ImportState.UNDONE
    )
    rows = (await conn.execute(query)).all()
    if any(row.digest == digest for row in rows):
        raise NotImported(TWICE)
    if any(row.state == ImportState.RUNNING for row in rows):
        raise NotImported(RUNNING)


async def _standing(conn: AsyncConnection, ids: Collection[int]) -> dict[int, int]:
    """Return the imports that still may count, with the instants at which they were begun."""
    query = (
        select(imports.c.id, imports.c.at)
        .join(people, people.c.id == imports.c.person_id)
        .where(imports.c.id.in_(ids), imports.c.state == ImportState.RUNNING, people.c.opted_out.is_(False))
    )
    return {row.id: row.at for row in (await conn.execute(query)).all()}


async def _settle(conn: AsyncConnection, lines: Sequence[WaitingLine], state: LineState) -> None:
    for line in lines:
        place = (import_lines.c.import_id == line.import_id) & (import_lines.c.position == line.position)
        await conn.execute(update(import_lines).where(place).values(state=state))


async def _finish(conn: AsyncConnection, ids: Collection[int]) -> None:
    """Close the imports that have no line left to resolve."""
    left = select(import_lines.c.import_id).where(import_lines.c.import_id.in_(ids), import_lines.c.state.in_(OPEN))
    change = update(imports).where(imports.c.id.in_(ids), imports.c.id.not_in(left))
    await conn.execute(change.values(state=ImportState.DONE.value))


async def _take_away(conn: AsyncConnection, ids: Collection[int]) -> int:
    """Remove the feedback and the lines of these imports; return how many rows of feedback went."""
    gone = await conn.execute(delete(feedback).where(feedback.c.share_id.in_([-import_id for import_id in ids])))
    await conn.execute(delete(import_lines).where(import_lines.c.import_id.in_(ids)))
    return gone.rowcount


def _import(row: Row[Any]) -> Import:
    return Import(
        id=row.id,
        person_id=row.person_id,
        discord_id=row.discord_id,
        kind=ImportKind(row.kind),
        name=row.name,
        at=from_ms(row.at),
        state=ImportState(row.state),
        total=row.total,
        resolved=row.resolved,
        missed=row.missed,
        report=row.report,
        channel_id=row.channel_id,
        message_id=row.message_id,
        shown=row.shown,
    )
