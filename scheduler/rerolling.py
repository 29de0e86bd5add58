"""Write one new list in place of a written one, when its owner asks: planned, picked, written, announced anew."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from scheduler import notes
from scheduler.attempts import Attempts
from scheduler.steps import PickStep, WriteStep, opted_out, worth_waiting
from storage.drops import Drop
from storage.rerolls import Reroll, RerollState
from storage.stores import Storage

LISTS_A_DAY = 5
"""A reroll may use that part of what is left of the day's searches for ids: drops come first."""


class Rerolling:
    """Take every reroll as far as it can go; whatever stops a pass, the next one goes on from the rows.

    Until its playlist shows the new list, a drop keeps the old one.
    """

    def __init__(self, storage: Storage, picks: PickStep, writes: WriteStep) -> None:
        self._storage = storage
        self._picks = picks
        self._writes = writes
        self._attempts = Attempts("rerolled", shared_fate=True)

    async def run(self, now: datetime) -> int:
        """Work on what was asked for and return how many new lists were written."""
        waiting = await self._storage.rerolls.unfinished()
        if not waiting:
            return 0
        self._attempts.begin()
        self._picks.begin(max(len(waiting), LISTS_A_DAY))
        written = 0
        for reroll in waiting:
            drop = await self._storage.drops.by_id(reroll.drop_id)
            if drop is not None and self._attempts.may_try(drop, now):
                written += bool(await self._attempts.run(drop, partial(self._take_on, drop, reroll, now), now))
        return written

    async def _take_on(self, drop: Drop, reroll: Reroll, now: datetime) -> bool:
        """Return True when the new list stands, False when there will be none."""
        latest = await self._storage.drops.latest(drop.owner)
        if latest is None or latest.id != drop.id:
            await self._storage.rerolls.skip(drop.id, notes.WEEK_PASSED)
            return False
        if await opted_out(self._storage, drop.owner):
            await self._storage.rerolls.skip(drop.id, notes.OPTED_OUT)
            return False
        if reroll.state is RerollState.PLANNED and not await self._pick(drop, reroll, now):
            return False
        picked = await self._storage.rerolls.get(drop.id)
        if picked is None or not picked.picks:
            return False
        # Without an instant at which it was picked, a playlist that cannot be written is waited for.
        await self._writes.to_playlist(replace(drop, picked_at=None), picked.picks, now)
        await self._storage.rerolls.swap(drop.id)
        return True

    async def _pick(self, drop: Drop, reroll: Reroll, now: datetime) -> bool:
        had = await self._storage.drops.picks(drop.id)
        without = {pick.track.id for pick in had if pick.track.id is not None}
        filling, _ = await self._picks.fill(drop, now, without=without, again=True)
        trouble = filling.trouble
        wait = trouble is not None and not filling.is_full and worth_waiting(trouble, reroll.asked_at, now)
        if trouble is not None and (wait or not filling.picks):
            raise trouble
        if not filling.picks:
            await self._storage.rerolls.skip(drop.id, notes.NOTHING_NEW)
            return False
        await self._storage.rerolls.record(drop.id, filling.picks, await self._picks.note(drop, filling))
        return True
