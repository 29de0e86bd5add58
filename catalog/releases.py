"""What is on an album: asked of the services that tell, read off the page of the others."""

import logging

from catalog.deezer import Deezer
from catalog.errors import CatalogError
from catalog.itunes import ITunes
from catalog.links import Link, LinkKind
from catalog.models import Release, Service
from catalog.pages import read_page, release_on
from catalog.spotify import Spotify
from catalog.web import Web

log = logging.getLogger(__name__)

# Services whose pages list an album's tracks for machines.
ON_PAGES = frozenset({Service.APPLE, Service.BANDCAMP, Service.TIDAL})


class Releases:
    """Look albums up; None is an album that does not tell its tracks."""

    def __init__(self, spotify: Spotify, deezer: Deezer, web: Web, itunes: ITunes | None = None) -> None:
        self._spotify = spotify
        self._deezer = deezer
        self._web = web
        self._itunes = itunes

    async def of(self, link: Link) -> Release | None:
        """Return the album that a link leads to, with its tracks."""
        if link.kind is not LinkKind.ALBUM:
            return None
        found: Release | None = None
        if link.service is Service.SPOTIFY:
            found = await self._spotify.release(link.id)
        elif link.service is Service.DEEZER:
            found = await self._deezer.release(link.id)
        elif link.service in ON_PAGES:
            found = await self._at_apple(link) or await self._on_page(link)
        return found if found is not None and found.tracks else None

    async def _at_apple(self, link: Link) -> Release | None:
        if self._itunes is None or link.service is not Service.APPLE:
            return None
        try:
            rows = await self._itunes.album(link.id, link.market)
        except CatalogError as error:
            log.info("Apple's lookup cannot be asked, its page will be: %s", error)
            return None
        tracks = tuple(row.track for row in rows)
        return Release(next((track.album for track in tracks if track.album), ""), tracks) if tracks else None

    async def _on_page(self, link: Link) -> Release | None:
        page = await self._web.page(link.service, link.url)
        return release_on(read_page(page)) if page is not None else None
