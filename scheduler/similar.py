"""The tracks nearest to one, among those that whoever asks may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from catalog.models import Track
from scheduler.knowledge import Knowledge
from scheduler.picking import Picker
from scheduler.threads import in_thread
from storage.stores import Storage

PER_ARTIST = 2
"""Tracks of one artist among the nearest: an artist's tracks often share all tags, and would be the whole list."""

TIES = 3
"""Tags named for each: more are read by nobody."""

TAGS = 5
"""Tags named of the track itself."""


@dataclass(frozen=True, slots=True)
class Near:
    """A near track with its likeness (at most 1) and what ties it; see `recommender.neighbours.Neighbour`."""

    track: Track
    likeness: float
    ties: tuple[str, ...]
    heard: tuple[str, ...]
    kin: tuple[str, ...]
    sounds: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A track, what people call it, and the tracks nearest to it, the nearest first."""

    track: Track
    tags: tuple[str, ...]
    near: tuple[Near, ...]


class Similar:
    """Look around a track."""

    def __init__(self, storage: Storage, picker: Picker) -> None:
        self._storage = storage
        self._picker = picker

    async def around(self, track: Track, count: int, server_ids: Collection[int] | None) -> Surroundings:
        """Return what is near among tracks shared in these servers and tracks gathered from the sources.

        What only other servers shared stays there; None means everything, for the owner of it all.
        """
        if track.id is None:
            raise ValueError("only a saved track has neighbours")
        pool = await self._storage.tracks.pool(server_ids or ())
        async with self._picker.knowledge([track.id, *pool]) as knowledge:
            seen = {*pool, *knowledge.proposals} if server_ids is not None else knowledge.tracks.keys()
            return await in_thread(_look_around, knowledge, track, [*seen], count)


def _look_around(knowledge: Knowledge, track: Track, candidates: Sequence[int], count: int) -> Surroundings:
    nearness, track_id = knowledge.nearness, track.id or 0
    named = [one.id for one in knowledge.known(candidates) if one.id is not None and not one.is_placeholder]
    near = nearness.nearest(track_id, named, count, PER_ARTIST)
    found = tuple(
        Near(knowledge.tracks[each.track_id], each.likeness, each.ties, each.heard, each.kin, each.sounds)
        for each in nearness.describe(track_id, near, TIES)
    )
    return Surroundings(track, tuple(nearness.tags_of(track_id, TAGS)), found)
