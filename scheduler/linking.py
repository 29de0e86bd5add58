"""Give picks that are shown at once their place on Spotify, as far as the day's searches go."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from catalog.clock import Clock
from catalog.errors import CatalogError
from catalog.models import Pick, Service
from catalog.resolver import Resolver
from catalog.sources import Sources
from catalog.spotify import SEARCHES
from scheduler.filling import present
from scheduler.placing import Placer
from storage.stores import Storage

LEFT_TO_DROPS = 0.5
"""Share of the day's searches that picks shown in a chat leave untouched: a drop cannot do without ids."""

log = logging.getLogger(__name__)


class Linker:
    """Look up the ids of picks that somebody waits for; what has none keeps the link it has."""

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
        self._most = searches_a_day * (1 - LEFT_TO_DROPS)

    async def link(self, picks: Sequence[Pick]) -> list[Pick]:
        """Return the same picks in the same order, with the Spotify ids that could be found."""
        found = await self._placer.recalled(picks)
        for index, pick in enumerate(found):
            if pick.track.spotify_id is not None:
                continue
            if await self._storage.quota.spent(Service.SPOTIFY, SEARCHES, self._clock.now()) >= self._most:
                break
            try:
                spotify_id = await self._resolver.spotify_id_for(pick.track)
            except CatalogError as error:
                log.info("Picks are shown without links to Spotify: %s", error)
                break
            if spotify_id is not None:
                found[index] = replace(pick, track=await present(self._storage, pick.track, spotify_id))
        return found
