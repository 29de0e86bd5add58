"""Portraits of people: one taste, two beside each other, the nearest and the farthest in a server.

One's own portrait is of all feedback; of others only what was said in that server is told there.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from catalog.clock import Clock
from catalog.models import Track
from recommender.standing import Standing
from scheduler.picking import Picker
from scheduler.portraits_parts import Circle, Sketch, contrast, sketch_of
from scheduler.settings import ScheduleSettings
from scheduler.threads import in_thread
from storage.corrections import Correction
from storage.people import Person
from storage.stores import Storage

ENOUGH = 5
"""Opinions in a server from which a person can be compared there."""

MOST_ROWS = 5_000
"""Rows of one person's feedback that a portrait is drawn of, the newest."""

SINCE = timedelta(days=30)
"""How far back a portrait is compared with."""

SHOWN = 5
"""Tracks and tags of each kind that a comparison names."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """One person's taste: as it is, `before` by side as it was `then`, and what they corrected."""

    name: str
    sketch: Sketch
    before: Mapping[str, float]
    then: datetime
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of one server: `both` love these tracks, `parting` tells whether the first likes each."""

    one: Person
    other: Person
    alike: float
    sides: tuple[tuple[str, float, float], ...]
    shared: int
    only_one: int
    only_other: int
    both: tuple[Track, ...]
    parting: tuple[tuple[Track, bool], ...]
    tags: tuple[str, ...]
    sentence: str


class Portraits:
    """Draw portraits from what is known."""

    def __init__(self, storage: Storage, picker: Picker, clock: Clock, schedule: ScheduleSettings) -> None:
        self._storage = storage
        self._picker = picker
        self._clock = clock
        self._active = timedelta(days=schedule.active_days)

    async def of(self, discord_id: int) -> Portrait | None:
        """Return the person's own portrait, or None for somebody who never said anything, or opted out."""
        person = await self._storage.people.by_discord_id(discord_id)
        if person is None or person.opted_out:
            return None
        rows = await self._storage.feedback.of_person(person.id, MOST_ROWS)
        then = self._clock.now() - SINCE
        async with self._picker.knowledge([row.track_id for row in rows]) as knowledge:
            now = await in_thread(sketch_of, knowledge, rows, self._clock.now())
            old = await in_thread(sketch_of, knowledge, [row for row in rows if row.at <= then], then)
        before = {stand.key: stand.value for stand in old.stands}
        return Portrait(person.name, now, before, then, tuple(await self._storage.corrections.of(person.id)))

    async def compare(self, one_id: int, other_id: int, server_id: int) -> Pair | None:
        """Return two members (by Discord id) beside each other, or None where one of them cannot be compared."""
        async with self._circle(server_id) as (circle, people):
            pair = [people.get(one_id), people.get(other_id)]
            if pair[0] is None or pair[1] is None:
                return None
            return await self._paired(circle, pair[0], pair[1])

    async def nearest(self, discord_id: int, server_id: int, *, farthest: bool = False) -> Pair | None:
        """Return a member with whoever is most (or least) like them here, or None where nobody can be compared."""
        async with self._circle(server_id) as (circle, people):
            me = people.pop(discord_id, None)
            others = list(people.values())
            if me is None or not others:
                return None
            scores = await in_thread(circle.alike, me.id, [person.id for person in others])
            best = int(np.argmin(scores) if farthest else np.argmax(scores))
            return await self._paired(circle, me, others[best])

    @asynccontextmanager
    async def _circle(self, server_id: int) -> AsyncIterator[tuple[Circle, dict[int, Person]]]:
        """Give those who are active in that server, have not opted out and have said enough there, by Discord id."""
        words = await self._storage.here.words(server_id)
        standing = await in_thread(Standing.of, words, server_id)
        enough = frozenset(standing.people(ENOUGH))
        active = await self._storage.people.active(self._clock.now() - self._active, server_id)
        people = [person for person in active if person.id in enough]
        ids = [person.id for person in people]
        async with self._picker.knowledge(np.unique(standing.track).tolist()) as knowledge:
            circle = await in_thread(Circle.of, knowledge, standing.only(set(ids)), ids)
            yield circle, {person.discord_id: person for person in people}

    async def _paired(self, circle: Circle, one: Person, other: Person) -> Pair:
        meeting = circle.overlap(one.id, other.id)
        mine, theirs = [await in_thread(circle.sketch, person.id) for person in (one, other)]
        parting = list(meeting.parting)[:SHOWN]
        tracks = await self._storage.tracks.get([*meeting.both[:SHOWN], *parting])
        sides = _beside(mine, theirs)
        return Pair(
            one=one,
            other=other,
            alike=float((await in_thread(circle.alike, one.id, [other.id]))[0]),
            sides=sides,
            shared=len(meeting.both),
            only_one=meeting.only_one,
            only_other=meeting.only_other,
            both=tuple(tracks[each] for each in named(tracks, meeting.both[:SHOWN])),
            parting=tuple((tracks[each], meeting.parting[each]) for each in named(tracks, parting)),
            tags=_common(mine, theirs),
            sentence=contrast(sides),
        )


def named(tracks: Mapping[int, Track], ids: Collection[int]) -> list[int]:
    """Return those of the tracks whose name is known."""
    return [track_id for track_id in ids if (track := tracks.get(track_id)) and not track.is_placeholder]


def _beside(mine: Sketch, theirs: Sketch) -> tuple[tuple[str, float, float], ...]:
    values = {stand.key: stand.value for stand in theirs.stands}
    return tuple((stand.name, stand.value, values[stand.key]) for stand in mine.stands if stand.key in values)


def _common(mine: Sketch, theirs: Sketch) -> tuple[str, ...]:
    weights = {record.name: record.weight for record in theirs.tags}
    both: Sequence[str] = sorted(
        (record.name for record in mine.tags if record.name in weights),
        key=lambda name: -weights[name],
    )
    return tuple(both[:SHOWN])
