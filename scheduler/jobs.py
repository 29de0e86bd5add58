"""The alarm clock: a UTC tick; the ledger says what is due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from catalog.clock import Clock
from scheduler.enrich import Enricher
from scheduler.gather import Gatherer
from scheduler.settings import ScheduleSettings
from scheduler.weekly import Weekly

__all__ = ["Jobs", "ScheduleSettings"]

Chore = Callable[[], Awaitable[object]]

GRACE_SECONDS = 4.0
"""How long a stop waits for a running tick: containers are killed ten seconds after they were asked to end."""

log = logging.getLogger(__name__)


class Jobs:
    """Run the periodic work, by APScheduler (`start`) or by hand (`tick`).

    `chores` is read anew at each tick, so others may add to it; they run first.
    """

    def __init__(
        self,
        enricher: Enricher,
        gatherer: Gatherer,
        weekly: Weekly,
        clock: Clock,
        settings: ScheduleSettings,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._enricher = enricher
        self._gatherer = gatherer
        self._weekly = weekly
        self._clock = clock
        self._settings = settings
        self._chores = chores
        self._one_tick = asyncio.Lock()
        self._scheduler: AsyncIOScheduler | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin ticking on the running event loop; the first tick comes at once."""
        if self._scheduler is not None:
            return
        # Times of the schedule itself are real ones; what is due is asked of our own clock. A late tick is still
        # a tick (no grace time), several missed ones are one.
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._fire, id="first tick", **options)
        self._scheduler.add_job(self._fire, "interval", seconds=self._settings.tick_seconds, id="tick", **options)
        self._scheduler.start()

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Stop ticking and wait for the tick that is running, cancelling it after so many real seconds.

        Whatever a cancelled tick leaves undone, the next one finds in the rows.
        """
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        if self._running is not None and not self._running.done():
            _, late = await asyncio.wait([self._running], timeout=grace)
            if late:
                log.info("The running tick is cut short; the next start goes on from there.")
                self._running.cancel()
                await asyncio.wait(late)

    async def tick(self, now: datetime | None = None) -> None:
        """Do the periodic work once: chores, enrichment, gathering when due, the drops that are due.

        A failing part is logged and does not stop the others, nor the next tick.
        """
        async with self._one_tick:
            for chore in tuple(self._chores):
                await self._guarded("A chore", chore)
            await self._guarded("The enrichment", lambda: self._enricher.run(self._settings.enrich_batch))
            await self._guarded("The search for candidates", self._gatherer.run)
            await self._guarded("The weekly run", lambda: self._weekly.run(now or self._clock.now()))
            await self._guarded("The learning", self._weekly.keep_fresh)

    async def _fire(self) -> None:
        if self._running is not None and not self._running.done():
            return
        # In a task of its own: APScheduler's shutdown cancels what it runs, even with wait=True.
        self._running = asyncio.create_task(self.tick(), name="tastebud tick")

    async def _guarded(self, what: str, work: Chore) -> None:
        try:
            await work()
        except Exception:
            # The next tick must come whatever this one met.
            log.exception("%s failed; the next tick tries again.", what)
