"""Search the services that know ISRCs for what another one describes, and believe only what passes the gate."""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.deezer import Deezer
from catalog.descriptions import Description
from catalog.errors import CatalogError, NotLinked, Refused
from catalog.matching import confirms, is_named_in, passing, same_recording
from catalog.models import Service, Track
from catalog.spotify import Spotify

log = logging.getLogger(__name__)

MOST_READINGS = 2
MOST_NEAR = 4  # buttons in one row, beside the one that says none


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search came to: the track, or else those that may be meant, the best first."""

    track: Track | None = None
    near: tuple[Track, ...] = ()


class Finder:
    """Find tracks by what they are called: on Deezer first, since its quota is wider, then on Spotify."""

    def __init__(self, deezer: Deezer, spotify: Spotify) -> None:
        self._deezer = deezer
        self._spotify = spotify

    async def find(self, said: Description) -> Finding:
        """Return the one track that is meant, beyond doubt, or what it may be; raise when it could not be asked.

        What may be no music at all costs no search on Spotify unless Deezer is out.
        """
        if (exact := await self._by_isrc(said.readings)) is not None:
            return Finding(exact)
        search = _Search(said.readings[:MOST_READINGS])
        troubles = [await search.on(self._deezer_hits)]
        if not search.passed and (said.likely or troubles[0] is not None):
            troubles.append(await search.on(self._spotify_hits))
        if len(search.passed) == 1:
            return Finding(await self.complete(search.passed[0]))
        for trouble in troubles:
            if not search.passed and trouble is not None and not _is_out_of_use(trouble):
                raise trouble
        return Finding(near=tuple(search.near(said.words)))

    async def complete(self, track: Track) -> Track:
        """Return a search hit with what its service tells only when asked for it: on Deezer, the ISRC."""
        ref = track.ref(Service.DEEZER)
        if ref is None or track.isrc is not None:
            return track
        try:
            whole = await self._deezer.track(ref.id)
        except CatalogError as error:
            log.info("Deezer does not tell more of track %s now: %s", ref.id, error)
            return track
        return whole.track if whole is not None else track

    async def on_spotify(self, track: Track) -> Track | None:
        """Return Spotify's own of a track: by ISRC, else by a gated search."""
        if track.isrc:
            hits = await self._spotify.search_isrc(track.isrc)
            if found := next((hit for hit in hits if confirms(track, hit)), None):
                return found
        hits = await self._spotify.search(track.title, track.artists[0].name)
        return next(iter(passing(track, hits)), None)

    async def _by_isrc(self, readings: Sequence[Track]) -> Track | None:
        """Return the track whose ISRC the site itself tells: as Deezer has it, else as the site does."""
        told = next((reading for reading in readings if reading.isrc), None)
        if told is None or told.isrc is None:
            return None
        try:
            found = await self._deezer.by_isrc(told.isrc)
        except CatalogError as error:
            log.info("Deezer is not asked about an ISRC now: %s", error)
            return told
        return found.track if found is not None and confirms(told, found.track) else told

    async def _deezer_hits(self, wanted: Track) -> AsyncIterator[list[Track]]:
        for strict in (True, False):
            hits = await self._deezer.hits(wanted.title, wanted.artists[0].name, strict=strict)
            yield [hit.track for hit in hits]

    async def _spotify_hits(self, wanted: Track) -> AsyncIterator[list[Track]]:
        yield await self._spotify.search(wanted.title, wanted.artists[0].name)


class _Search:
    """One search for what may be read in several ways."""

    def __init__(self, readings: Sequence[Track]) -> None:
        self.readings = readings
        self.passed: list[Track] = []
        self.seen: list[Track] = []

    async def on(self, ask: Callable[[Track], AsyncIterator[list[Track]]]) -> CatalogError | None:
        """Search one service for every reading; return what kept it from answering."""
        try:
            for reading in self.readings:
                async for hits in ask(reading):
                    self.seen += hits
                    if found := passing(reading, hits):
                        # Without a length, hits of several lengths may each be meant.
                        meant = found[:1] if reading.duration_ms is not None else found
                        self.passed = _distinct([*self.passed, *meant])
                        break
        except CatalogError as error:
            log.info("A search has no answer: %s", error)
            return error
        return None

    def near(self, words: str) -> list[Track]:
        """Return what may be meant: each reading's own track where readings differ, else what the words name."""
        return _distinct(self.passed or [hit for hit in self.seen if is_named_in(words, hit)])[:MOST_NEAR]


def _distinct(tracks: Iterable[Track]) -> list[Track]:
    """Return the tracks without other entries of the same recording."""
    found: list[Track] = []
    for track in tracks:
        if not any(same_recording(track, other) for other in found):
            found.append(track)
    return found


def _is_out_of_use(error: CatalogError) -> bool:
    """Tell whether a service is not there by the owner's choice, so that waiting for it is in vain."""
    return isinstance(error, NotLinked) or (isinstance(error, Refused) and error.reason == "disabled")
