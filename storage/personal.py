"""Which rows of which tables are somebody's: read off the tables themselves, so that a new one is not forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import emojis, people, shares, tracks
from storage.schema_all import metadata
from storage.stamps import from_ms
from storage.upsert import chunks

DISCORD_COLUMNS = ("discord_id", "asker_id")
"""Columns that hold somebody's id on Discord."""

OWNED_BY_PEOPLE = ("person", "own")
"""What `owner_kind` says where `owner_id` is a person's key."""

SEED, PERSON_SEED = "seed_id", "person"
PLACE, PERSON_PLACE = "place_id", ("person", "dm", "user")

_INSTANTS = ("at", "since", "until")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person by our key (None: we have none) and by Discord's id."""

    person_id: int | None
    discord_id: int


def personal_tables() -> list[Table]:
    """Return every table with rows of persons, those that others refer to last."""
    return [table for table in reversed(metadata.sorted_tables) if _is_personal(table)]


def rows_of(table: Table, somebody: Somebody) -> ColumnElement[bool]:
    """Return the condition for that person's rows in a table; false where it has none of anybody's."""
    found = [*_direct(table, somebody)]
    if not found:
        found = [
            column.in_(select(key.column).where(rows_of(key.column.table, somebody)))
            for column in table.columns
            for key in column.foreign_keys
            if _is_personal(key.column.table)
        ]
    return or_(false(), *found)


class Personal:
    """Read everything that is kept of one person."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def everything(self, somebody: Somebody) -> dict[str, list[dict[str, Any]]]:
        """Return the person's rows by table, in words where there are some; secrets and bare bytes are left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        async with self._db.read() as conn:
            for table in sorted(personal_tables(), key=lambda table: table.name):
                columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
                query = select(*columns).where(rows_of(table, somebody)).order_by(*table.primary_key.columns)
                rows = [dict(row) for row in (await conn.execute(query)).mappings()]
                found[table.name] = await _in_words(conn, rows)
        return found


def _is_personal(table: Table) -> bool:
    if table is people or any(True for _ in _direct(table, Somebody(0, 0))):
        return True
    parents = (key.column.table for column in table.columns for key in column.foreign_keys)
    return any(parent is not table and _is_personal(parent) for parent in parents)


def _direct(table: Table, somebody: Somebody) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions by the table's own columns."""
    columns, person_id = table.c, somebody.person_id
    if table is people:
        yield people.c.discord_id == somebody.discord_id
        return
    for column in columns:
        refers = any(key.column is people.c.id for key in column.foreign_keys)
        if refers or column.name == "person_id":
            yield column == person_id if person_id is not None else false()
        elif column.name in DISCORD_COLUMNS:
            yield column == somebody.discord_id
    if "owner_kind" in columns and "owner_id" in columns:
        yield and_(columns.owner_kind.in_(OWNED_BY_PEOPLE), columns.owner_id == person_id)
    if "kind" in columns and SEED in columns:
        yield and_(columns.kind == PERSON_SEED, columns[SEED] == person_id)
    if "kind" in columns and PLACE in columns:
        yield and_(columns.kind.in_(PERSON_PLACE), columns[PLACE] == somebody.discord_id)


async def _in_words(conn: AsyncConnection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what tracks, emoji and messages the numbers mean, and write instants as dates."""
    titles = await _texts(conn, tracks.c.id, tracks.c.title, rows, "track_id")
    signs = await _texts(conn, emojis.c.id, emojis.c.text, rows, "emoji_id")
    messages = await _texts(conn, shares.c.id, shares.c.message_id, rows, "share_id")
    told = []
    for row in rows:
        words = {name: _told(name, value) for name, value in row.items()}
        for name, key, texts in (("track", "track_id", titles), ("emoji", "emoji_id", signs)):
            words |= {name: texts[row[key]]} if row.get(key) in texts and name not in row else {}
        words |= {"message_id": messages[row["share_id"]]} if row.get("share_id") in messages else {}
        told.append(words)
    return told


async def _texts(
    conn: AsyncConnection, key: ColumnElement[Any], text: ColumnElement[Any], rows: list[dict[str, Any]], name: str
) -> dict[int, Any]:
    wanted = {row[name] for row in rows if row.get(name) is not None}
    found: dict[int, Any] = {}
    for chunk in chunks(wanted):
        found |= {row[0]: row[1] for row in (await conn.execute(select(key, text).where(key.in_(chunk)))).all()}
    return found


def _told(name: str, value: Any) -> Any:
    """Return an instant as a date, anything else as it is."""
    is_instant = name in _INSTANTS or name.endswith("_at")
    if is_instant and isinstance(value, int) and from_ms(value) > _EARLIEST:
        return from_ms(value).isoformat()
    return value
