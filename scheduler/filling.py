"""Resolve ids last: a track that Spotify does not have gives way to the next ranked."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from catalog.errors import CatalogError
from catalog.models import Pick, Service, Track, TrackRef
from catalog.resolver import Resolver
from storage.stores import Storage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Filling:
    """A list being filled: `picks` with ids, `left_out` (no id), `unasked` (Spotify could not be asked).

    `trouble` is why Spotify could not be asked, once it could not.
    """

    size: int
    picks: list[Pick] = field(default_factory=list)
    left_out: int = 0
    unasked: int = 0
    trouble: CatalogError | None = None
    seen: set[int] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Tell whether enough picks have ids."""
        return len(self.picks) >= self.size

    def take(self, pick: Pick) -> None:
        """Add the pick unless the list holds its Spotify id already: two rows can turn out to be one track."""
        spotify_id = pick.track.spotify_id
        if spotify_id is not None and spotify_id not in self._ids:
            self._ids.add(spotify_id)
            self.picks.append(pick)


class Filler:
    """Fill lists with picks that can be written."""

    def __init__(self, storage: Storage, resolver: Resolver) -> None:
        self._storage = storage
        self._resolver = resolver

    async def fill(self, filling: Filling, ranked: Iterable[Pick]) -> None:
        """Add picks, best first, until the list is full.

        Once Spotify refuses or is not to be reached, only tracks whose id is known are added.
        """
        for pick in ranked:
            if filling.is_full:
                return
            if pick.track.id is not None:
                filling.seen.add(pick.track.id)
            if pick.track.spotify_id is not None:
                filling.take(pick)
            elif filling.trouble is not None:
                filling.unasked += 1
            else:
                await self._ask(filling, pick)

    async def _ask(self, filling: Filling, pick: Pick) -> None:
        try:
            spotify_id = await self._resolver.spotify_id_for(pick.track)
        except CatalogError as error:
            log.warning("Ids are not looked up any more for this list: %s", error)
            filling.trouble = error
            filling.unasked += 1
            return
        if spotify_id is None:
            filling.left_out += 1
        else:
            filling.take(replace(pick, track=await self._present(pick.track, spotify_id)))

    async def _present(self, track: Track, spotify_id: str) -> Track:
        """Return the track as it is kept now: finding the id may have merged it with another row."""
        ref = TrackRef(Service.SPOTIFY, spotify_id)
        return await self._storage.tracks.by_ref(ref) or track.with_ref(ref)
