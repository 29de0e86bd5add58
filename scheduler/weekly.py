"""The weekly run: plan, fit, pick, write, announce; every step resumes at its row."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from catalog.clock import Clock
from catalog.resolver import Resolver
from catalog.sources import Sources
from scheduler import notes
from scheduler.announcing import Announcer
from scheduler.attempts import Attempts
from scheduler.board import Board
from scheduler.patience import Patience
from scheduler.picking import Picker
from scheduler.planning import Planner
from scheduler.playlists import PlaylistWriter
from scheduler.previewing import Previewer
from scheduler.rerolling import Rerolling
from scheduler.settings import ScheduleSettings
from scheduler.steps import PickStep, WriteStep
from storage.drops import Drop, DropState
from storage.rerolls import Reroll
from storage.stores import Storage

TOO_LATE = timedelta(days=7)
"""Age at which an unfinished drop is closed: the next week's has taken its place."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """What one pass did, in drops; `announced` counts messages posted or edited."""

    planned: int = 0
    picked: int = 0
    skipped: int = 0
    written: int = 0
    announced: int = 0
    failed: int = 0


class Weekly:
    """Take every due drop as far as it can go; without an `announcer` that is until it is written.

    A drop is a row: planned, picked (its picks recorded whole, before anything is seen outside), written (its
    playlist replaced in place), announced. Whatever stops a pass, the next one goes on from the rows.
    """

    def __init__(
        self,
        storage: Storage,
        picker: Picker,
        resolver: Resolver,
        writer: PlaylistWriter,
        clock: Clock,
        settings: ScheduleSettings,
        announcer: Announcer | None = None,
        sources: Sources | None = None,
    ) -> None:
        self.announcer = announcer
        self._storage = storage
        self._picker = picker
        self._clock = clock
        self._planner = Planner(storage, settings)
        self._picks = PickStep(storage, picker, resolver, clock, settings, sources, has_app=writer.has_app)
        self._writes = WriteStep(storage, writer)
        early, again = (
            PickStep(storage, picker, resolver, clock, settings, sources, has_app=writer.has_app) for _ in range(2)
        )
        self.previewer = Previewer(storage, self._planner, early, clock, settings.drop_size)
        self._rerolls = Rerolling(storage, again, self._writes)
        self._board = Board(storage, settings)
        self._picking = Attempts("picked", shared_fate=False)
        self._writing = Attempts("written", shared_fate=True)
        self._patience = Patience()
        self._one_pass = asyncio.Lock()

    async def run(self, now: datetime | None = None) -> WeeklyReport:
        """Do what is due at `now` (the clock's, if None) and say what was done; safe to repeat at any time."""
        now = now or self._clock.now()
        async with self._one_pass:
            await self._rerolls.run(now)
            planned = await self._planner.record(await self._planner.due(now))
            drops = await self._storage.drops.unfinished(now)
            if not drops:
                return WeeklyReport(planned=planned)
            await self._close_old(drops, now)
            weeks = sorted({drop.week for drop in drops})
            for week in weeks:
                await self._storage.drops.start_run(week)
            picked = await self._pick(await self._in(DropState.PLANNED, now), now)
            written = await self._write(await self._in(DropState.PICKED, now), now)
            announced = await self._announce(await self._in(DropState.WRITTEN, now), now)
            await self._finish(weeks, now)
        done = [*picked, *written]
        skipped, failed = done.count(False), done.count(None)
        return WeeklyReport(planned, picked.count(True), skipped, written.count(True), announced, failed)

    async def due(self, now: datetime, *, everybody: bool = False) -> list[tuple[str, Drop]]:
        """Return what `run(now)` would work on, with the owners' names, writing nothing.

        With `everybody` also those whose hour has not come this week, as `bring_forward` would plan them.
        """
        drops = await self._storage.drops.unfinished(now)
        planned = await (self._planner.this_week(now) if everybody else self._planner.due(now))
        coming = [Drop(0, one.due.week, one.owner, DropState.PLANNED, one.due.at) for one in planned]
        return [(await self._writes.name_of(drop.owner), drop) for drop in (*drops, *coming)]

    async def bring_forward(self, now: datetime) -> int:
        """Plan this ISO week's drop of everybody, due now, and return how many are new; `run` then makes them."""
        return await self._planner.record(await self._planner.this_week(now))

    async def reroll(self, drop_id: int) -> Reroll | None:
        """Want a new list in place of a written one, write it if nothing else is under way, and return how far it is.

        None if this drop has had one. What cannot be done at once, `run` does.
        """
        if not await self._storage.rerolls.plan(drop_id):
            return None
        if not self._one_pass.locked():
            async with self._one_pass:
                now = self._clock.now()
                await self._rerolls.run(now)
                await self._announce(await self._in(DropState.WRITTEN, now), now)
        return await self._storage.rerolls.get(drop_id)

    async def announce_again(self, places: Sequence[tuple[str, int]]) -> None:
        """Write these announcements (week, server) anew: somebody whom they name was forgotten."""
        if self.announcer is not None and places:
            async with self._one_pass:
                await self._board.again(self.announcer, places, self._clock.now())

    async def keep_fresh(self) -> bool:
        """Let the models learn new feedback between runs; tell whether there was reason to."""
        return await self._picker.keep_fresh()

    async def _in(self, state: DropState, now: datetime) -> list[Drop]:
        return [drop for drop in await self._storage.drops.unfinished(now) if drop.state is state]

    async def _close_old(self, drops: Sequence[Drop], now: datetime) -> None:
        for drop in drops:
            if now - drop.due_at >= TOO_LATE:
                log.warning("The %s drop of %s %d is given up.", drop.week, drop.owner.kind, drop.owner.id)
                await self._storage.drops.skip(drop.id, notes.WEEK_PASSED)
                await self._storage.drops.mark_announced([drop.id])

    async def _pick(self, drops: Sequence[Drop], now: datetime) -> list[bool | None]:
        """Return for each drop True when picked, False when skipped, None when it is tried again."""
        self._picking.begin()
        ready = [drop for drop in drops if self._picking.may_try(drop, now)]
        if not ready or not await self._fit({drop.week for drop in ready}, now):
            return [None] * len(drops)
        self._picks.begin(len(ready))
        done: list[bool | None] = [None] * (len(drops) - len(ready))
        for drop in ready:
            able = self._picking.may_try(drop, now)
            done.append(await self._picking.run(drop, partial(self._picks.run, drop, now), now) if able else None)
        return done

    async def _fit(self, weeks: Collection[str], now: datetime) -> bool:
        """Fit everybody once for all drops of this pass; tell whether that worked."""
        if not self._patience.is_over("fit", now):
            return False
        try:
            await self._picker.refit()
        except Exception:
            # Drops that have their picks are still to be written and announced.
            log.exception("The taste models could not be fitted; it is tried again later.")
            self._patience.failed("fit", now)
            return False
        self._patience.done("fit")
        for week in weeks:
            await self._storage.drops.mark_fitted(week)
        return True

    async def _write(self, drops: Sequence[Drop], now: datetime) -> list[bool | None]:
        """Return for each drop True when written, False when skipped, None when it is tried again."""
        self._writing.begin()
        done: list[bool | None] = []
        for drop in drops:
            able = self._writing.may_try(drop, now)
            step = partial(self._writes.run, drop, now, ask=able)
            ready = able or self._writes.has_waited(drop, now)
            done.append(await self._writing.run(drop, step, now) if ready else None)
        return done

    async def _announce(self, written: Sequence[Drop], now: datetime) -> int:
        if self.announcer is None or not written:
            return 0
        return await self._board.post(self.announcer, written, now)

    async def _finish(self, weeks: Collection[str], now: datetime) -> None:
        open_weeks = {drop.week for drop in await self._storage.drops.unfinished(now)}
        for week in set(weeks) - open_weeks:
            await self._storage.drops.finish_run(week)
