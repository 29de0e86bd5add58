"""Lists and paths for several people: a blend that is fair to all, a bridge from one taste to another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from catalog.clock import Clock
from catalog.models import Pick, Service, Track, TrackRef
from recommender.standing import Standing
from scheduler.knowledge import Knowledge
from scheduler.linking import Linker
from scheduler.picking import Picker
from scheduler.playlists import PlaylistWriter
from scheduler.portraits import ENOUGH, named
from scheduler.settings import ScheduleSettings
from scheduler.threads import in_thread
from storage.owners import Owner
from storage.people import Person
from storage.stores import Storage

BLEND_SIZE = 15
"""Tracks of a blend: as many as are read in one message."""

BLENDS_A_DAY = 20
"""Blends that are written as playlists a day: each costs the account some calls, and stays there for ever."""

LEDGER, BUCKET = "tastebud", "blends"

ENDS = 12
"""Tracks of each that a bridge may begin or end with: the most their own of what they like."""


class TooMany(Exception):
    """No more blends are written today; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A list for several people; each pick's `made_for` holds the Discord ids of those it is for."""

    people: tuple[Person, ...]
    picks: tuple[Pick, ...]


class Blender:
    """Make lists for several people, and write them as playlists when asked to."""

    def __init__(
        self,
        storage: Storage,
        picker: Picker,
        linker: Linker,
        writer: PlaylistWriter,
        clock: Clock,
        schedule: ScheduleSettings,
    ) -> None:
        self._storage = storage
        self._picker = picker
        self._linker = linker
        self._writer = writer
        self._clock = clock
        self._active = timedelta(days=schedule.active_days)
        self._one_at_a_time = asyncio.Lock()

    async def blend(self, discord_ids: Sequence[int], server_id: int) -> Blend | None:
        """Return a list for these members, the least happy first, or None where one of them cannot be in it."""
        found = await self._members(discord_ids, server_id)
        if found is None:
            return None
        people = [person for person, _ in found]
        day = f"blend {self._clock.now():%Y-%m-%d}"
        picks = await self._picker.picks_for_people([person.id for person in people], [server_id], BLEND_SIZE, day)
        return Blend(tuple(people), tuple(await self._linker.link(list(picks))))

    async def bridge(self, one_id: int, other_id: int, server_id: int) -> list[Track] | None:
        """Return tracks from one member's taste to the other's, or None where that cannot be told.

        It begins with a track that the one has liked in that server, and ends with one that the other has.
        """
        found = await self._members([one_id, other_id], server_id)
        if found is None or len(found) < 2:
            return None
        (one, mine), (other, theirs) = found
        shared = await self._storage.tracks.pool([server_id])
        async with self._picker.knowledge([*shared, *mine, *theirs]) as knowledge:
            disliked = {track for opinions in (mine, theirs) for track, liked in opinions.items() if not liked}
            open_to = {*shared, *knowledge.proposals, *mine, *theirs} - disliked
            tracks = named(knowledge.tracks, sorted(open_to))
            ids = await in_thread(_bridge, knowledge, tracks, (one.id, mine), (other.id, theirs))
            return [knowledge.tracks[track_id] for track_id in ids] or None

    async def write(self, message_id: int, spotify_ids: Sequence[str], people: int, week: str) -> str:
        """Write the blend of that message as a playlist, once, and return its address; again only returns it.

        Raise TooMany when the day's blends are used up, and CatalogError when Spotify could not be asked.
        """
        owner = Owner("blend", message_id)
        async with self._one_at_a_time:
            kept = await self._storage.playlists.get(owner)
            if kept is not None and kept.written_week is not None and kept.url is not None:
                return kept.url
            if kept is None:
                if await self._storage.quota.spent(LEDGER, BUCKET, self._clock.now()) >= BLENDS_A_DAY:
                    raise TooMany("I have written as many blends today as I may: try again tomorrow.")
                await self._storage.quota.spend(LEDGER, BUCKET)
            picks = [Pick(Track("", refs=(TrackRef(Service.SPOTIFY, each),)), 0.0) for each in spotify_ids]
            return await self._writer.write(owner, f"A Tastebud blend for {people}", picks, week)

    async def _members(self, discord_ids: Sequence[int], server_id: int) -> list[tuple[Person, dict[int, bool]]] | None:
        """Return members who may be shown there, with their opinions there, in that order; None where one may not."""
        words = await self._storage.here.words(server_id)
        standing = await in_thread(Standing.of, words, server_id)
        enough = frozenset(standing.people(ENOUGH))
        active = await self._storage.people.active(self._clock.now() - self._active, server_id)
        people = {person.discord_id: person for person in active if person.id in enough}
        if any(discord_id not in people for discord_id in discord_ids):
            return None
        chosen = [people[discord_id] for discord_id in dict.fromkeys(discord_ids)]
        return [(person, standing.opinions_of(person.id)) for person in chosen]


def _bridge(
    knowledge: Knowledge,
    tracks: Sequence[int],
    one: tuple[int, dict[int, bool]],
    other: tuple[int, dict[int, bool]],
) -> list[int]:
    from recommender.bridge import path

    ids = np.array(tracks, dtype=np.int64)
    first = _most_own(knowledge, ids, one, other)
    last = _most_own(knowledge, ids, other, one)
    if first is None or last is None or first == last:
        return []
    vectors = knowledge.model.vectors(knowledge.features, ids)
    artists = np.append(knowledge.features.artist, -1)[knowledge.features.rows(ids)]
    return path(first, last, ids, vectors, artists)


def _most_own(
    knowledge: Knowledge,
    ids: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    one: tuple[int, dict[int, bool]],
    other: tuple[int, dict[int, bool]],
) -> int | None:
    """Return the track that the one likes here and that is the least the other's."""
    person, opinions = one
    liked = ids[[bool(opinions.get(track)) and not other[1].get(track) for track in ids.tolist()]]
    if not len(liked):
        return None
    mine, theirs = (knowledge.score(each, liked)[0] for each in (person, other[0]))
    return int(liked[int(np.argmax(mine - theirs))])
