"""Who a track is, in the order of how sure the answer is: by its own service's ISRC, by MusicBrainz, by its name."""

import logging
from dataclasses import replace

from catalog.deezer import Deezer
from catalog.descriptions import Describer, Description, Shown, described_by
from catalog.errors import CatalogError
from catalog.finder import Finder, Finding
from catalog.links import Link
from catalog.models import Service, Track
from catalog.recordings import UrlLookup
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.web import Web

log = logging.getLogger(__name__)


class Identifier:
    """Identify what links to tracks lead to; nothing is saved or remembered here."""

    def __init__(
        self, spotify: Spotify, deezer: Deezer, web: Web, finder: Finder, urls: UrlLookup | None, sources: Sources
    ) -> None:
        self._spotify = spotify
        self._deezer = deezer
        self._finder = finder
        self._urls = urls
        self._reccobeats = sources.reccobeats
        self._describer = Describer(web, sources.itunes)

    async def identify(self, link: Link, shown: Shown | None = None) -> Finding | None:
        """Return the track, or those that may be meant; None where the link leads nowhere.

        What a preview shows of the link will do where its site says nothing.
        A site about music vouches for what it names: that is a track of its own where no other service has it for
        certain. Raises an error of the tree where nobody could be asked who knows.
        """
        if link.service is Service.SPOTIFY:
            return _finding(await self.on_spotify(link.id))
        if link.service is Service.DEEZER:
            found = await self._deezer.track(link.id)
            return _finding(found.track if found is not None else None)
        exact = await self._by_address(link)
        return Finding(exact) if exact is not None else await self._by_name(link, shown)

    async def on_spotify(self, track_id: str) -> Track | None:
        """Return Spotify's track of that id; while Spotify cannot be asked, what ReccoBeats knows of it."""
        try:
            return await self._spotify.track(track_id)
        except CatalogError:
            if (known := await self._elsewhere(track_id)) is None:
                raise
            return known

    async def _elsewhere(self, track_id: str) -> Track | None:
        if self._reccobeats is None:
            return None
        try:
            return (await self._reccobeats.tracks.fetch([track_id])).get(track_id)
        except CatalogError as error:
            log.info("Nor can ReccoBeats be asked: %s", error)
            return None

    async def _by_address(self, link: Link) -> Track | None:
        if self._urls is None:
            return None
        try:
            return (await self._urls.recordings([link.url])).get(link.url)
        except CatalogError as error:
            log.info("MusicBrainz is not asked about a link now: %s", error)
            return None

    async def identify_shown(self, link: Link, shown: Shown) -> Finding | None:
        """Return the track, or those that may be meant, by what a preview shows while the site cannot be asked."""
        return await self._find(described_by(link, shown))

    async def _by_name(self, link: Link, shown: Shown | None) -> Finding | None:
        return await self._find(await self._describer.describe(link, shown))

    async def _find(self, said: Description | None) -> Finding | None:
        if said is None:
            return None
        found = await self._finder.find(said)
        if found.track is None and said.vouched and said.readings:
            return replace(found, track=said.readings[0])
        return found


def _finding(track: Track | None) -> Finding | None:
    return None if track is None else Finding(track)
