"""Show somebody their next drop before its time; what is written then is what they saw, less their vetoes."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from catalog.clock import Clock
from catalog.models import Pick
from scheduler.planning import Planner
from scheduler.previewed import NEWEST, standing_preview
from scheduler.steps import PickStep
from scheduler.weeks import next_due, week_at
from storage.drops import Drop, DropState
from storage.owners import Owner
from storage.people import Person
from storage.stores import Storage
from storage.vetoes import MOST, Vetoed

LISTS_A_DAY = 10
"""A preview may use that part of what is left of the day's searches for ids: drops come first."""

_OPEN = (DropState.PLANNED, DropState.PICKED)


@dataclass(frozen=True, slots=True)
class Preview:
    """The next drop as it stands: its week and hour, its picks, and how many vetoes were used."""

    week: str
    due_at: datetime
    picks: tuple[Pick, ...]
    vetoed: int

    @property
    def vetoes_left(self) -> int:
        """Return how many vetoes are left."""
        return max(MOST - self.vetoed, 0)


class BeingMade(Exception):
    """The drop that would be previewed is being written this very minute."""


class Previewer:
    """Make previews, one at a time, and take vetoes. A preview is a row: asking again shows the same."""

    def __init__(self, storage: Storage, planner: Planner, picks: PickStep, clock: Clock, size: int) -> None:
        self._storage = storage
        self._clock = clock
        self._size = size
        self._planner = planner
        self._picks = picks
        self._one = asyncio.Lock()

    async def preview(self, person: Person) -> Preview:
        """Return the person's next drop; an empty one where there is nothing to pick from.

        Raise BeingMade when it is being written, and CatalogError when it cannot be made without Spotify, which
        could not be asked.
        """
        week, due_at = await self.coming(person)
        owner = Owner("person", person.id)
        async with self._one:
            if await self._storage.previews.get(week, owner) is None:
                await self._make(week, owner, due_at)
        return await self._standing(person, week, due_at)

    async def veto(self, person: Person, week: str, track_ids: Collection[int]) -> tuple[Vetoed, Preview | None]:
        """Take tracks out of the preview of that week for ever; what is not on it is not taken out.

        Return what became of it and the preview as it stands now, None once it is too late.
        """
        coming, due_at = await self.coming(person)
        seen = await self._storage.previews.get(week, Owner("person", person.id))
        if week != coming or seen is None:
            return Vetoed.TOO_LATE, None
        wanted = {pick.track.id for pick in seen if pick.track.id is not None}.intersection(track_ids)
        done = await self._storage.vetoes.veto(person.id, week, wanted)
        return done, None if done is Vetoed.TOO_LATE else await self._standing(person, week, due_at)

    async def coming(self, person: Person) -> tuple[str, datetime]:
        """Return week and instant of the person's next drop; raise BeingMade when one of theirs is under way."""
        now, slot, owner = self._clock.now(), self._planner.slot_of(person), Owner("person", person.id)
        unfinished = await self._storage.drops.unfinished(now)
        if any(drop.owner == owner and drop.state in _OPEN for drop in unfinished):
            raise BeingMade
        made: set[str] = set()
        while True:
            due_at = next_due(now, slot, made)
            week = week_at(due_at, slot)
            drop = await self._storage.drops.get(week, owner)
            if drop is None or drop.state is DropState.PLANNED:
                return week, drop.due_at if drop else due_at
            made.add(week)

    async def _standing(self, person: Person, week: str, due_at: datetime) -> Preview:
        picks = await standing_preview(self._storage, week, Owner("person", person.id))
        vetoed = await self._storage.vetoes.of_week(person.id, week)
        return Preview(week, due_at, tuple(picks[: self._size]), len(vetoed))

    async def _make(self, week: str, owner: Owner, due_at: datetime) -> None:
        self._picks.begin(LISTS_A_DAY)
        known = {row.track_id for row in await self._storage.feedback.of_person(owner.id, NEWEST, with_muted=True)}
        drop = Drop(0, week, owner, DropState.PLANNED, due_at)
        filling, _ = await self._picks.fill(drop, self._clock.now(), without=known, spares=MOST)
        if filling.picks:
            await self._storage.previews.keep(week, owner, filling.picks)
        elif filling.trouble is not None:
            raise filling.trouble
