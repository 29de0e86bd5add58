"""The one writer: what has queued up is committed together, and each caller goes on when it is durable."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.errors import REFUSALS, StorageError, explain

log = logging.getLogger(__name__)

T = TypeVar("T")
Job = Callable[[AsyncConnection], Awaitable[T]]

# One fsync serves so many jobs; more would only make the first of them wait longer.
JOBS_PER_COMMIT = 256

_CLOSED = "The database is closed: Tastebud is shutting down."


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """A job that waits, and the future its caller waits on."""

    job: Job[T]
    done: asyncio.Future[T]

    def resolve(self, result: T) -> None:
        """Let the caller go on; one that was cancelled is no longer there."""
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        """Hand the caller the error."""
        if not self.done.done():
            self.done.set_exception(explain(error) if isinstance(error, REFUSALS) else error)


class Writer:
    """Run jobs one after the other on one connection, many to a transaction.

    A job acts only through the connection it is given: when another job of its group fails, the group is
    rolled back and it runs again. It must not await another write, which would wait for itself.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[_Entry[Any] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="storage-writer")
        self._closing = False
        self.guard: Job[None] | None = None
        """What every transaction begins with, where it may raise."""
        self.queued = 0
        """Jobs queued so far: who queued the last one may still add to it."""

    def submit(self, job: Job[T]) -> "asyncio.Future[T]":
        """Queue the job; the future has its result once that is on the disk.

        A caller that is cancelled meanwhile leaves the writer unharmed; the job may still land.
        """
        if self._closing or self._task.done():
            raise StorageError(_CLOSED)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Entry(job, done))
        self.queued += 1
        return done

    async def close(self) -> None:
        """Commit everything that has queued up, then end."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(None)
        await asyncio.shield(self._task)

    async def _run(self) -> None:
        try:
            while (first := await self._queue.get()) is not None:
                batch = [first]
                last = self._take(batch)
                await self._commit([entry for entry in batch if not entry.done.cancelled()])
                if last:
                    break
        finally:
            self._abandon()

    def _take(self, batch: list[_Entry[Any]]) -> bool:
        """Fill the batch with what has queued up; tell whether the end was among it."""
        while len(batch) < JOBS_PER_COMMIT and not self._queue.empty():
            entry = self._queue.get_nowait()
            if entry is None:
                return True
            batch.append(entry)
        return False

    async def _commit(self, batch: list[_Entry[Any]]) -> None:
        began = False
        try:
            async with self._engine.begin() as conn:
                if self.guard is not None:
                    await self.guard(conn)
                began = True
                results = [await entry.job(conn) for entry in batch]
        except Exception as error:  # noqa: BLE001 - whatever a job raises belongs to its caller, not to the writer
            await self._apart(batch, error, began=began)
            return
        for entry, result in zip(batch, results, strict=True):
            entry.resolve(result)

    async def _apart(self, batch: list[_Entry[Any]], error: Exception, *, began: bool) -> None:
        """After a failure, let the jobs of a group stand or fall each for itself."""
        if len(batch) > 1 and began:
            log.debug("A job of a group of %d failed; they run one by one.", len(batch))
            for entry in batch:
                await self._commit([entry])
            return
        for entry in batch:
            entry.fail(error)

    def _abandon(self) -> None:
        """Tell those who still wait, if the writer was ended from outside, that nothing was saved."""
        while not self._queue.empty():
            entry = self._queue.get_nowait()
            if entry is not None:
                entry.fail(StorageError(_CLOSED))
