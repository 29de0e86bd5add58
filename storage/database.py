"""The database: opened and migrated here, read through a pool, written through one writer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.clock import Clock, SystemClock
from storage.backup import back_up
from storage.engines import make_engines, parse_url
from storage.errors import REFUSALS, StorageError, explain
from storage.migrate import behind, upgrade
from storage.settings import StorageSettings
from storage.writer import Job, Writer

__all__ = ["Database", "StorageSettings"]

log = logging.getLogger(__name__)

T = TypeVar("T")


class Database:
    """Read from anywhere, write one after the other; what `write` returned is on the disk."""

    def __init__(self, reader: AsyncEngine, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: StorageSettings, clock: Clock | None = None) -> AsyncIterator[Self]:
        """Open the database, bring its tables up to date, and at the end commit what is queued and close it.

        Before tables change a backup is made. Raise NewerDatabase when a newer Tastebud wrote it, and StorageError
        when it cannot be opened.
        """
        write_engine, read_engine = make_engines(parse_url(settings.url))
        try:
            await _migrate(write_engine, settings, clock or SystemClock())
            writer = Writer(write_engine)
            try:
                yield cls(read_engine, writer)
            finally:
                await writer.close()
        finally:
            await read_engine.dispose()
            await write_engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection that sees one moment of the database, for reading only."""
        try:
            async with self._reader.begin() as conn:
                yield conn
        except REFUSALS as error:
            raise explain(error) from error

    async def write(self, job: Job[T]) -> T:
        """Run the job in a transaction and return its result once that is durable.

        The job acts only through its connection, since it runs again when another job of its group fails;
        it must not await another write. Whatever it raises is raised here, the database's own errors as
        StorageError, and then nothing of it is kept.
        """
        return await self._writer.submit(job)

    def submit(self, job: Job[T]) -> "asyncio.Future[T]":
        """Queue the job as `write` does, at once, and return the future of its result."""
        return self._writer.submit(job)

    def guard(self, check: Job[None] | None) -> None:
        """Let every transaction that writes begin with a check, which raises where nothing may be written."""
        self._writer.guard = check

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection of its own, for what must last as long as the connection does."""
        try:
            async with self._reader.connect() as conn:
                yield conn
        except REFUSALS as error:
            raise explain(error) from error

    @property
    def dialect(self) -> str:
        """Return the kind of database: sqlite or postgresql."""
        return self._reader.dialect.name

    @property
    def queued(self) -> int:
        """Return how many jobs were queued so far."""
        return self._writer.queued


async def _migrate(engine: AsyncEngine, settings: StorageSettings, clock: Clock) -> None:
    try:
        async with engine.connect() as conn:
            to = await conn.run_sync(behind)
        if to is not None:
            await _back_up_first(settings, clock, to)
        async with engine.begin() as conn:
            await conn.run_sync(upgrade)
    except REFUSALS as error:
        raise explain(error) from error


async def _back_up_first(settings: StorageSettings, clock: Clock, to: str) -> None:
    """Keep what there is before its tables change; without a server's own programs that is the owner's business."""
    try:
        backup = await back_up(settings, clock.now(), why=f"before-{to}")
    except StorageError as error:
        if parse_url(settings.url).get_backend_name() == "sqlite":
            raise
        log.warning("The tables change without a backup: %s", error)
    else:
        log.info("The tables change; what was before is in %s.", backup.path)
