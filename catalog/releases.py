"""What is on an album: asked of the services that tell, read off the page of the others."""

import logging
from collections.abc import Sequence

from catalog.deezer import Deezer
from catalog.descriptions import YOUTUBE_OEMBED, title_and_author
from catalog.errors import CatalogError
from catalog.itunes import ITunes
from catalog.links import Link, LinkKind
from catalog.matching import is_on_same_album
from catalog.models import Artist, Release, Service, Track
from catalog.pages import read_page, readings_of, release_on
from catalog.spotify import Spotify
from catalog.titles import Reading, read_video
from catalog.web import Web

log = logging.getLogger(__name__)

MOST_READINGS = 2
PLAYLIST = "https://www.youtube.com/playlist?list={id}"
# What YouTube puts before the titles of the albums that it fills itself.
BEFORE_ALBUM = "Album - "


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
        match link.service:
            case Service.SPOTIFY:
                found = await self._spotify.release(link.id)
            case Service.DEEZER:
                found = await self._deezer.release(link.id)
            case Service.YOUTUBE:
                found = await self._by_name(await self._read_playlist(link))
            case _:
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
        """Return the album as its page lists it; one that only has a title is looked for by that on Deezer."""
        text = await self._web.page(link.service, link.url)
        if text is None:
            return None
        page = read_page(text)
        return release_on(page) or await self._by_name(readings_of(page))

    async def _read_playlist(self, link: Link) -> tuple[Reading, ...]:
        said = await self._web.oembed(link.service, YOUTUBE_OEMBED, PLAYLIST.format(id=link.id))
        title, author = title_and_author(said) if said is not None else ("", "")
        return read_video(title.removeprefix(BEFORE_ALBUM), author)

    async def _by_name(self, readings: Sequence[Reading]) -> Release | None:
        """Return Deezer's album of exactly that title by that artist."""
        for reading in readings[:MOST_READINGS]:
            wanted = Track("", (Artist(reading.artist),), album=reading.title)
            for hit in await self._deezer.on_album(reading.title, reading.artist):
                if hit.album_id is not None and is_on_same_album(wanted, hit.track):
                    return await self._deezer.release(hit.album_id)
        return None
