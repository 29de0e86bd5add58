"""Find out which tracks people brought along, a few a tick, with as few calls as can be."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.errors import BadAnswer, CatalogError, NotLinked, Refused
from catalog.links import link_of
from catalog.matching import gate
from catalog.models import Artist, Service, Track
from catalog.resolver import Resolver
from catalog.sources import Sources
from catalog.spotify import LOOKUPS, SEARCHES, Spotify
from scheduler.patience import Patience
from scheduler.settings import ImportSettings
from storage.import_rows import WaitingLine
from storage.stores import Storage

FAILURES = 3
"""Lines that may fail in one pass before it ends: whoever does not answer is left alone until the next tick."""

LOOKAHEAD = 5
"""Lines looked at for each one that may be looked up: stored tracks cost no call, and one that failed waits."""

MOST_WINDOWS = 20
"""Times that stored tracks are looked for in one pass; each takes a tenth of a second."""

NO_SEARCHES = "Imports have had their share of what Spotify is asked a day."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one pass did: lines that count now, lines that no service knows, and whether somebody did not answer."""

    resolved: int = 0
    missed: int = 0
    refused: bool = False

    @property
    def settled(self) -> int:
        """Return how many lines are done with."""
        return self.resolved + self.missed


class NotToday(CatalogError):
    """The share of the day's calls that imports may have is used up."""


class Importer:
    """Resolve lines of imports: by what is stored, by ReccoBeats in batches, by Deezer, MusicBrainz, at last Spotify.

    A file may claim anything, so that only what a service answers is saved; the file's own words choose among it. What
    no service has is missed for good; while one cannot be asked, its lines wait. Rows are the truth: a stop in the
    middle loses nothing.
    """

    def __init__(
        self,
        storage: Storage,
        resolver: Resolver,
        deezer: Deezer,
        spotify: Spotify,
        sources: Sources,
        clock: Clock,
        settings: ImportSettings,
    ) -> None:
        self._storage = storage
        self._resolver = resolver
        self._deezer = deezer
        self._spotify = spotify
        self._sources = sources
        self._clock = clock
        self._settings = settings
        self._patience = Patience()
        self._said = ""

    async def run(self) -> ImportReport:
        """Resolve the next lines that wait, bounded by the settings; stored tracks cost no call and are no burden."""
        resolved, left = await self._stored()
        batched = await self._by_spotify_id(left)
        resolved += await self._storage.imports.resolve(batched)
        report = await self._one_by_one([line for line in left if line not in batched])
        return ImportReport(resolved + report.resolved, report.missed, report.refused)

    async def _stored(self) -> tuple[int, list[WaitingLine]]:
        """Resolve what is stored, as long as most is; return how many lines, and those to look up next."""
        imports, now, resolved = self._storage.imports, self._clock.now(), 0
        left: list[WaitingLine] = []
        for _ in range(MOST_WINDOWS):
            window = await imports.waiting(self._settings.batch * LOOKAHEAD)
            known = await imports.known(window)
            resolved += await imports.resolve(known)
            left = [line for line in window if line not in known and self._patience.is_over(_place(line), now)]
            if 2 * len(known) <= len(window):
                break
        return resolved, left[: self._settings.batch]

    async def _by_spotify_id(self, lines: Sequence[WaitingLine]) -> dict[WaitingLine, int]:
        """Return what ReccoBeats knows of the lines' ids on Spotify: forty a call, and none of Spotify's quota."""
        ids = {line: line.line.ref.id for line in lines if line.line.ref and line.line.ref.service is Service.SPOTIFY}
        if self._sources.reccobeats is None or not ids:
            return {}
        try:
            tracks = await self._sources.reccobeats.tracks.fetch(ids.values())
        except CatalogError as error:
            self._say(error)
            return {}
        return {line: await self._save(track) for line, id_ in ids.items() if (track := tracks[id_]) is not None}

    async def _one_by_one(self, lines: Sequence[WaitingLine]) -> ImportReport:
        resolved = missed = failures = 0
        for line in lines:
            if failures >= FAILURES:
                break
            try:
                track = await self._find(line)
            except BadAnswer as error:
                self._say(error)
                track = None
            except CatalogError as error:
                failures += 0 if isinstance(error, NotToday) else 1
                await self._put_off(line, error)
                continue
            self._patience.done(_place(line))
            if track is None:
                await self._storage.imports.resolve({}, [line])
                missed += 1
            else:
                resolved += await self._storage.imports.resolve({line: await self._save(track)})
        return ImportReport(resolved, missed, refused=failures > 0)

    async def _put_off(self, line: WaitingLine, error: CatalogError) -> None:
        self._patience.failed(_place(line), self._clock.now())
        await self._storage.imports.postpone(line)
        self._say(error)

    async def _find(self, line: WaitingLine) -> Track | None:
        """Return the track of a line as a service tells of it, None where none has it."""
        ref, wanted = line.line.ref, line.wanted
        named = bool(wanted.title and wanted.artists)
        if ref is not None and not (ref.service is Service.SPOTIFY and named):
            return await self._by_ref(line)
        if line.later and named and await self._spent(SEARCHES) >= self._settings.searches > 0:
            raise NotToday(NO_SEARCHES)  # before anybody is asked once more
        return (
            (await self._on_deezer(wanted) if wanted.isrc or named else None)
            or await self._by_mbid(line)
            or (await self._on_spotify(wanted) if named else None)
        )

    async def _on_deezer(self, wanted: Track) -> Track | None:
        try:
            found = await self._deezer.match(wanted)
        except BadAnswer:
            return None
        except Refused as error:
            if error.reason != "disabled":
                raise
            return None
        return None if found is None else found.track

    async def _by_ref(self, line: WaitingLine) -> Track | None:
        """Return what a line's link leads to; one to Spotify costs a look-up of the day's budget."""
        ref = line.line.ref
        link = link_of(ref) if ref is not None else None
        if ref is None or link is None:
            return None
        if ref.service is Service.SPOTIFY and await self._spent(LOOKUPS) >= self._settings.searches:
            raise NotToday(NO_SEARCHES)
        return await self._resolver.resolve(link)

    async def _by_mbid(self, line: WaitingLine) -> Track | None:
        mbid = line.line.mbid
        if mbid is None or self._sources.musicbrainz is None:
            return None
        recording = (await self._sources.musicbrainz.recordings.fetch([mbid]))[mbid]
        if recording is None or not recording.artists:
            return None
        isrc = recording.isrcs[0] if len(recording.isrcs) == 1 else None
        artists = tuple(Artist(artist.name) for artist in recording.artists)
        return await self._on_deezer(Track(recording.title, artists, duration_ms=recording.duration_ms, isrc=isrc))

    async def _on_spotify(self, wanted: Track) -> Track | None:
        """Return what a gated search at Spotify finds, as long as drops have searches enough for themselves."""
        if self._settings.searches == 0:
            return None
        if await self._spent(SEARCHES) >= self._settings.searches:
            raise NotToday(NO_SEARCHES)
        try:
            hits = await self._spotify.search(wanted.title, wanted.artists[0].name)
        except NotLinked:
            return None
        return next((hit for hit in hits if gate(wanted, hit)), None)

    async def _spent(self, bucket: str) -> int:
        return await self._storage.quota.spent(Service.SPOTIFY, bucket, self._clock.now())

    async def _save(self, track: Track) -> int:
        saved = await self._storage.tracks.save(track)
        return saved.id or 0

    def _say(self, error: CatalogError) -> None:
        """Log a failure once, not with every pass."""
        if str(error) != self._said:
            log.info("Some of what was imported is looked up later: %s", error)
        self._said = str(error)


def _place(line: WaitingLine) -> tuple[int, int]:
    return line.import_id, line.position
