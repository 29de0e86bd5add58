"""The connections: one that writes and a few that read, with SQLite's transactions made real."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import StorageError

READERS = 4  # reads are short; more connections only hold more memory
BUSY_SECONDS = 10  # how long to wait for another process, such as a backup, that is writing

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit is on the disk before it is acknowledged
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
)


def parse_url(text: str) -> URL:
    """Return the database URL with its async driver, or say what is wrong with it."""
    hint = "write sqlite+aiosqlite:///path/to/tastebud.db or postgresql+asyncpg://user:password@host/name"
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StorageError(f"storage.url cannot be read: {hint}.") from error
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _DRIVERS.values():
        raise StorageError(f"storage.url names {url.drivername}, which is not supported: {hint}.")
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StorageError(f"storage.url must name a file: {hint}.")
    return url


def make_folder(path: Path) -> None:
    """Make the folder that a file will stand in, or say why not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {path.parent} cannot be made ({error.strerror}): check the path in config.toml."
        ) from error


def make_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the writing engine, of one connection, and the reading one; nothing is opened yet."""
    try:
        if url.get_backend_name() != "sqlite":
            return (
                create_async_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True),
                create_async_engine(url, pool_size=READERS, pool_pre_ping=True),
            )
        make_folder(Path(str(url.database)))
        writer = create_async_engine(url, pool_size=1, max_overflow=0)
        reader = create_async_engine(url, pool_size=READERS)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageError(
            "The driver for storage.url is not installed: pip install 'tastebud[postgres]' for PostgreSQL."
        ) from error
    prepare(writer, "BEGIN IMMEDIATE", _PRAGMAS)
    prepare(reader, "BEGIN", (*_PRAGMAS, "PRAGMA query_only=ON"))
    return writer, reader


def prepare(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> None:
    """Set pragmas on each new connection and open its transactions ourselves.

    Python's sqlite3 begins transactions late and never before a SELECT or DDL; with isolation_level None it
    leaves them to us (SQLAlchemy, "Serializable isolation / Savepoints / Transactional DDL").
    """

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
