"""Which recordings links lead to, as the people of MusicBrainz have entered them: for all services alike."""

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from catalog.errors import CatalogError
from catalog.links import Link, LinkKind, find_links
from catalog.models import Artist, Service, Track, TrackRef
from catalog.musicbrainz import MbRecording, MusicBrainz

log = logging.getLogger(__name__)


class UrlLookup(Protocol):
    """Whatever knows what links lead to."""

    async def recordings(self, urls: Sequence[str]) -> Mapping[str, Track]:
        """Return the tracks that these links lead to, as far as they are known and told apart for certain."""
        ...

    async def foresee(self, urls: Sequence[str]) -> None:
        """Ask for many links at once, so that each alone costs nothing more."""
        ...


class Recordings:
    """MusicBrainz as a look-up of links; a hundred links are one call, and answers are kept."""

    def __init__(self, musicbrainz: MusicBrainz) -> None:
        self._musicbrainz = musicbrainz

    async def recordings(self, urls: Sequence[str]) -> Mapping[str, Track]:
        """Return the tracks of links that lead to one recording whose ISRC or place on Spotify is known."""
        targets = await self._musicbrainz.urls.fetch(urls)
        mbids = {
            url: found.recordings[0].mbid for url, found in targets.items() if found and len(found.recordings) == 1
        }
        recordings = await self._musicbrainz.recordings.fetch(dict.fromkeys(mbids.values()))
        tracks = {url: _track(recording) for url, mbid in mbids.items() if (recording := recordings[mbid])}
        return {url: track for url, track in tracks.items() if track is not None}

    async def foresee(self, urls: Sequence[str]) -> None:
        """Ask for many links at once; what cannot be asked now is asked link by link later."""
        try:
            await self._musicbrainz.urls.fetch(urls)
        except CatalogError as error:
            log.info("MusicBrainz is not asked about links now: %s", error)


def foreseeable(links: Sequence[Link]) -> list[str]:
    """Return the addresses that are worth asking for: tracks at services that do not tell ISRCs themselves."""
    told = (Service.SPOTIFY, Service.DEEZER)
    return [link.url for link in links if link.kind is LinkKind.TRACK and link.service not in told]


def _track(recording: MbRecording) -> Track | None:
    isrc = recording.isrcs[0] if len(recording.isrcs) == 1 else None
    refs = [link.ref for text in recording.links for link in find_links(text)]
    place = next((ref for ref in refs if ref is not None and ref.service is Service.SPOTIFY), None)
    if not recording.artists or (isrc is None and place is None):
        return None
    return Track(
        recording.title,
        tuple(Artist(artist.name) for artist in recording.artists),
        _refs(place) if isrc is None else (),
        duration_ms=recording.duration_ms,
        isrc=isrc,
        year=recording.year,
    )


def _refs(place: TrackRef | None) -> tuple[TrackRef, ...]:
    return () if place is None else (place,)
