"""Resolve ids last: first in batches that Spotify need not answer; what it does not have gives way to the next."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from catalog.clock import Clock
from catalog.errors import CatalogError, Refused
from catalog.models import Pick, Service, Track, TrackRef
from catalog.resolver import Resolver
from catalog.sources import Sources
from catalog.spotify import SEARCHES
from scheduler.placing import Placer
from storage.stores import Storage

USED_UP = 429

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Filling:
    """A list being filled with picks that have ids.

    `allowance` is how many searches it may still cost; `trouble` is why Spotify could not be asked, once it could
    not; `seen` holds every track that was offered. A `bare` list takes tracks without an id while Spotify cannot be
    asked: they stand on the drop's page and in its files. `wildcards` is how many of its picks explore, as the first
    ranking has it; the next wildcard takes the place of one without an id, and no other does while there is any.
    """

    size: int
    allowance: int
    picks: list[Pick] = field(default_factory=list)
    trouble: CatalogError | None = None
    bare: bool = False
    wildcards: int | None = None
    seen: set[int] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Tell whether enough picks have ids."""
        return len(self.picks) >= self.size

    def has_room_for(self, pick: Pick) -> bool:
        """Tell whether one more of its kind may come while there are others."""
        wild = self.wildcards or 0
        held = sum(each.explores for each in self.picks)
        return held < wild if pick.explores else len(self.picks) - held < self.size - wild

    def take(self, pick: Pick) -> None:
        """Add the pick unless the list holds its Spotify id already: two rows can turn out to be one track."""
        key = pick.track.spotify_id or (f"bare {pick.track.id}" if self.bare else None)
        if key is not None and key not in self._ids:
            self._ids.add(key)
            self.picks.append(pick)


class Filler:
    """Fill lists with picks that can be written, sharing a day's searches among the lists of a pass.

    Spotify counts searches against an unpublished daily quota, and over it takes nothing any more, not even
    playlists: so ids are worth a bounded number of them.
    """

    def __init__(
        self,
        storage: Storage,
        resolver: Resolver,
        clock: Clock,
        searches_a_day: int,
        sources: Sources | None = None,
    ) -> None:
        self._storage = storage
        self._resolver = resolver
        self._placer = Placer(storage, sources or Sources())
        self._clock = clock
        self._searches_a_day = searches_a_day
        self._lists = 1

    def begin(self, lists: int) -> None:
        """Begin a pass over so many lists."""
        self._lists = lists

    async def empty(self, size: int, *, bare: bool = False) -> Filling:
        """Return a new list with its share of what is left of the day's searches."""
        left = self._searches_a_day - await self._spent()
        share = max(left, 0) // max(self._lists, 1)
        self._lists -= 1
        return Filling(size, allowance=max(share, min(left, 1)), bare=bare)

    async def fill(self, filling: Filling, ranked: Sequence[Pick]) -> None:
        """Add picks, best first, until the list is full.

        Ids that others know are looked up for all of them at once, the rest is searched for one by one. Once the
        allowance is used up, or Spotify refuses or is not to be reached, only tracks whose id is known are added.
        """
        filling.seen.update(pick.track.id for pick in ranked if pick.track.id is not None)
        if filling.wildcards is None:
            filling.wildcards = sum(pick.explores for pick in ranked[: filling.size])
        spare = []
        for pick in await self._placer.placed(ranked):
            if filling.has_room_for(pick):
                await self._offer(filling, pick)
            else:
                spare.append(pick)
        for pick in spare:
            await self._offer(filling, pick)

    async def _offer(self, filling: Filling, pick: Pick) -> None:
        if filling.is_full:
            return
        if pick.track.spotify_id is not None:
            filling.take(pick)
        elif filling.trouble is None:
            await self._ask(filling, pick)
        if filling.trouble is not None and pick.track.spotify_id is None:
            filling.take(pick)

    async def _ask(self, filling: Filling, pick: Pick) -> None:
        if filling.allowance <= 0:
            filling.trouble = Refused("Today's searches for ids at Spotify are used up.", USED_UP, reason="budget")
            return
        spent = await self._spent()
        try:
            spotify_id = await self._resolver.spotify_id_for(pick.track)
        except CatalogError as error:
            log.info("Ids are not looked up any more for this list: %s", error)
            filling.trouble = error
            return
        filling.allowance -= await self._spent() - spent
        if spotify_id is not None:
            filling.take(replace(pick, track=await present(self._storage, pick.track, spotify_id)))

    async def _spent(self) -> int:
        return await self._storage.quota.spent(Service.SPOTIFY, SEARCHES, self._clock.now())


async def present(storage: Storage, track: Track, spotify_id: str) -> Track:
    """Return the track as it is kept now: finding the id may have merged it with another row."""
    ref = TrackRef(Service.SPOTIFY, spotify_id)
    return await storage.tracks.by_ref(ref) or track.with_ref(ref)
