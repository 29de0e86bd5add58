"""The database: opened and migrated here, read through a pool, written through one writer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engines import make_engines, parse_url
from storage.errors import REFUSALS, explain
from storage.migrate import upgrade
from storage.writer import Job, Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where things are kept.

    url: the database; SQLite's file by default, or postgresql+asyncpg://user:password@host/name.
    key_file: the key that tokens are encrypted with, made at first start unless TASTEBUD_KEY is set.
    """

    url: str = "sqlite+aiosqlite:///data/tastebud.db"
    key_file: str = "data/tastebud.key"


class Database:
    """Read from anywhere, write one after the other; what `write` returned is on the disk."""

    def __init__(self, reader: AsyncEngine, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: StorageSettings) -> AsyncIterator[Self]:
        """Open the database, bring its tables up to date, and at the end commit what is queued and close it.

        Raise NewerDatabase when a newer Tastebud wrote it, and StorageError when it cannot be opened.
        """
        write_engine, read_engine = make_engines(parse_url(settings.url))
        try:
            await _migrate(write_engine)
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

    @property
    def queued(self) -> int:
        """Return how many jobs were queued so far."""
        return self._writer.queued


async def _migrate(engine: AsyncEngine) -> None:
    try:
        async with engine.begin() as conn:
            await conn.run_sync(upgrade)
    except REFUSALS as error:
        raise explain(error) from error
