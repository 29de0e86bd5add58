"""Reading a database as it is: nothing is migrated, locked or written, and the bot may run meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import Database
from storage.engines import BUSY_SECONDS, parse_url, prepare
from storage.errors import REFUSALS, NewerDatabase, StorageError, explain
from storage.migrate import NEWER, behind, revisions
from storage.writer import Writer

EMPTY = "The database holds nothing of Tastebud's: run the bot once, or name another database."
OLDER = "The database was written by an older Tastebud: start the bot of this version once, which brings it up to date."


@asynccontextmanager
async def look(url: str) -> AsyncIterator[Database]:
    """Open a database for reading; whatever tries to write is refused by the database itself.

    Raise StorageError when there is none, or when an older or newer Tastebud wrote it.
    """
    engine = _engine(parse_url(url))
    try:
        try:
            async with engine.connect() as conn:
                await conn.run_sync(_check)
        except REFUSALS as error:
            raise explain(error) from error
        writer = Writer(engine)
        try:
            yield Database(engine, writer)
        finally:
            await writer.close()
    finally:
        await engine.dispose()


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, connect_args={"server_settings": {"default_transaction_read_only": "on"}})
    path = Path(str(url.database))
    if not path.is_file():
        raise StorageError(f"There is no database '{path}': run the bot once, or name another database.")
    # SQLite itself opens the file for reading alone, so that not even its journal is tidied up.
    only = url.set(database=f"file:{quote(str(path.absolute()))}", query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(only)
    prepare(engine, "BEGIN", (f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}", "PRAGMA query_only=ON"))
    return engine


def _check(connection: Connection) -> None:
    from alembic.runtime.migration import MigrationContext  # heavy: only here

    current = set(MigrationContext.configure(connection).get_current_heads())
    if not current:
        raise StorageError(EMPTY)
    if unknown := current - revisions():
        raise NewerDatabase(NEWER.format(what="database was", revision=", ".join(sorted(unknown))))
    if behind(connection):
        raise StorageError(OLDER)
