"""Copies of a SQLite database: taken while it is in use, read back and judged. Synchronous: call them in a thread."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.errors import StorageError
from storage.stamps import from_ms

OWNER_ONLY = 0o600
PART = ".part"  # what is still being written is named so, and is nobody's backup

# Where something of the newest hour leaves its instant.
_INSTANTS = (
    ("feedback", "at"),
    ("shares", "at"),
    ("drops", "announced_at"),
    ("drops", "written_at"),
    ("imports", "at"),
    ("memberships", "active_at"),
    ("accounts", "consented_at"),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: the revision of its tables, rows a table, and when the newest of them came."""

    revision: str
    rows: dict[str, int]
    newest: datetime | None

    @property
    def total(self) -> int:
        """Return the rows of all tables."""
        return sum(self.rows.values())


class Damaged(StorageError):
    """A file is no sound database of Tastebud's."""


def copy(source: Path, target: Path) -> Contents:
    """Copy the database of one moment into one new file, readable by its owner alone, and return what it held.

    Writers go on meanwhile. The file stands under its name once all of it is on the disk.
    """
    part = target.with_name(target.name + PART)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    try:
        with _reading(source) as here, closing(sqlite3.connect(part)) as there:
            here.execute("BEGIN")  # what is counted and what is copied are of one moment
            held = _contents(here)
            here.backup(there)
            here.rollback()
            there.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        flush(part)
        part.replace(target)
        flush(target.parent)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise _told(source, error) from error
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return held


def check(path: Path) -> Contents:
    """Return what a database file holds, or raise Damaged when it is no sound one."""
    try:
        with _reading(path) as conn:
            wrong = [str(row[0]) for row in conn.execute("PRAGMA integrity_check(3)")]
            if wrong != ["ok"]:
                raise Damaged(f"{path} is damaged ({wrong[0]}): use another backup.")
            if conn.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise Damaged(f"{path} is damaged (rows refer to what is not there): use another backup.")
            return _contents(conn)
    except sqlite3.Error as error:
        raise _told(path, error) from error


def flush(path: Path) -> None:
    """Bring a file, or a folder's list of files, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise Damaged(f"{path} is not there: name an existing file.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as conn:
        conn.execute("PRAGMA busy_timeout=10000")
        yield conn


def _contents(conn: sqlite3.Connection) -> Contents:
    names = [
        str(row[0])
        for row in conn.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'")
    ]
    if "alembic_version" not in names:
        raise Damaged("That file is a database, but not one of Tastebud's: name another.")
    revision = conn.execute("SELECT version_num FROM alembic_version").fetchone()
    rows = {
        name: int(conn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - names of its own
        for name in sorted(names)
    }
    instants = [
        found
        for table, column in _INSTANTS
        if table in rows and (found := conn.execute(f"SELECT max({column}) FROM {table}").fetchone()[0])  # noqa: S608
    ]
    newest = from_ms(int(max(instants))) if instants else None
    return Contents(str(revision[0]) if revision else "", rows, newest)


def _told(path: Path, error: sqlite3.Error) -> StorageError:
    if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
        return StorageError("The disk is full, so no backup could be made: free some space.")
    return Damaged(f"{path} cannot be read as a database ({error}): name another file.")
