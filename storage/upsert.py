"""INSERT .. ON CONFLICT for either database, and lists of values that fit into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

# Both drivers take at most 32,766 bound values a statement; leave room for the others in it.
VALUES_PER_STATEMENT = 30_000


def insert(conn: AsyncConnection, table: Table) -> sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT in the dialect of this connection."""
    return insert_for(conn.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT in that dialect.

    Both dialects spell it alike; the type of SQLite's stands for both.
    """
    if dialect == "postgresql":
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)


def chunks(values: Iterable[T], size: int = VALUES_PER_STATEMENT) -> Iterator[list[T]]:
    """Yield the values in lists that fit into one statement."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
