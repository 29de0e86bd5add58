"""A server's portrait: what its members love and quarrel over, whose shares do best, and what happened when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from catalog.clock import Clock
from catalog.models import Pick, Track
from recommender.dataset import Bools
from recommender.standing import Standing
from scheduler.portraits import named
from scheduler.privacy import all_visible_in
from scheduler.settings import ScheduleSettings
from scheduler.threads import in_thread
from storage.drops import Drop, Owner
from storage.opinions import Source
from storage.people import Person
from storage.server_reads import Words
from storage.stores import Storage

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.together import Votes

LOVED, DIVISIVE = 5, 3

VOTES = (Source.REACTION,)
"""What counts as a vote on somebody's share: what everybody in the channel could see."""


@dataclass(frozen=True, slots=True)
class RatedTrack:
    """A track, and how many people of a server like and dislike it."""

    track: Track
    likes: int
    dislikes: int


@dataclass(frozen=True, slots=True)
class ServerPortrait:
    """What a server loves most and what divides it; `only_you` only the asker likes; `people` and `tracks` counted."""

    loved: tuple[RatedTrack, ...]
    divisive: tuple[RatedTrack, ...]
    only_you: Track | None
    people: int
    tracks: int


@dataclass(frozen=True, slots=True)
class Sharer:
    """A member whose shares do well with others: the estimated chance of a like, and the votes behind it."""

    person: Person
    chance: float
    likes: int
    dislikes: int
    voters: int


@dataclass(frozen=True, slots=True)
class ServerList:
    """A server's newest list: its drop, its picks, and where it stands on Spotify."""

    drop: Drop
    picks: tuple[Pick, ...]
    url: str | None


class ServerPortraits:
    """Draw servers from what is known; nothing of one server is told in another."""

    def __init__(self, storage: Storage, clock: Clock, schedule: ScheduleSettings) -> None:
        self._storage = storage
        self._clock = clock
        self._active = timedelta(days=schedule.active_days)

    async def of(self, server_id: int, asker_id: int) -> ServerPortrait:
        """Return the server's portrait as the asker (a Discord id) may see it."""
        from recommender.together import divisive, loved_alone, votes

        standing = await self._standing(server_id)
        found = await in_thread(votes, standing)
        loved = [each for each in found if each.likes > each.dislikes][: 2 * LOVED]
        split = divisive(found)[: 2 * DIVISIVE]
        asker = await self._storage.people.by_discord_id(asker_id)
        shared = await self._storage.here.shared(server_id)
        alone = None
        if asker is not None:
            others = shared.track_id[shared.person_id != asker.id]
            alone = await in_thread(loved_alone, standing, asker.id, others.tolist())
        wanted = [each.track_id for each in (*loved, *split)] + ([alone] if alone else [])
        tracks = await self._storage.tracks.get(wanted)
        known = {track_id: tracks[track_id] for track_id in named(tracks, wanted)}
        return ServerPortrait(
            loved=_rated(loved, known)[:LOVED],
            divisive=_rated(split, known)[:DIVISIVE],
            only_you=known.get(alone) if alone is not None else None,
            people=len(np.unique(standing.person)),
            tracks=len(np.unique(shared.track_id)),
        )

    async def newest_list(self, server_id: int) -> ServerList | None:
        """Return the server's newest list as it may be shown there, or None before the first."""
        owner = Owner("server", server_id)
        drop = await self._storage.drops.latest(owner)
        if drop is None:
            return None
        picks = all_visible_in(await self._storage.drops.picks(drop.id), server_id)
        playlist = await self._storage.playlists.get(owner)
        return ServerList(drop, picks, playlist.url if playlist else None)

    async def tastemakers(self, server_id: int) -> list[Sharer]:
        """Return the members whose shares do best with others there, the best first."""
        from recommender.tastemakers import tastemakers

        words = await self._storage.here.words(server_id)
        shared = await self._storage.here.shared(server_id)
        ids, counts = np.unique(shared.person_id, return_counts=True)
        here = votes_on_shares(words, server_id)
        shares = dict(zip(ids.tolist(), counts.tolist(), strict=True))
        found = await in_thread(
            tastemakers, words.person_id[here], words.sharer_id[here], words.value[here] > 0, shares
        )
        active = await self._storage.people.active(self._clock.now() - self._active, server_id)
        people = {person.id: person for person in active}
        return [
            Sharer(people[each.person_id], each.chance, each.likes, each.dislikes, each.voters)
            for each in found
            if each.person_id in people
        ]

    async def _standing(self, server_id: int) -> Standing:
        return await in_thread(Standing.of, await self._storage.here.words(server_id), server_id)


def _rated(rows: "Sequence[Votes]", tracks: Mapping[int, Track]) -> tuple[RatedTrack, ...]:
    return tuple(
        RatedTrack(tracks[each.track_id], each.likes, each.dislikes) for each in rows if each.track_id in tracks
    )


def votes_on_shares(words: Words, server_id: int) -> Bools:
    """Tell (n,) which words are votes on somebody else's share in that server."""
    here: Bools = (words.server_id == server_id) & np.isin(words.source, VOTES) & (words.person_id != words.sharer_id)
    return here
