"""Give tracks their blocks: one bounded pass a call, resumable."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from catalog.clock import Clock
from catalog.deezer import Deezer, DeezerTrack
from catalog.deezer_albums import DeezerAlbums
from catalog.errors import CatalogError, Refused
from catalog.models import Service, Track
from catalog.resolver import Resolver
from catalog.sources import Sources
from recommender.features import NUMBERS_BLOCK, NUMBERS_VERSION, numbers_of
from scheduler.knowing import Knower, tellers_of
from scheduler.listening import RETRY_REFUSED, Listener
from scheduler.patience import Patience
from scheduler.settings import AudioSettings
from storage.misses import MISS_STANDS, track_key
from storage.stores import Storage

FAILURES = 3
"""Tracks in one step that may fail before the step waits for the next pass."""

PLACEHOLDERS_SEEN = 5
"""Placeholders looked at for each one that may be finished: remembered misses cost no call."""

_NUMBERS = (NUMBERS_BLOCK, str(NUMBERS_VERSION))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """What one pass did: placeholders finished, tracks matched on Deezer, described, heard by the network; misses.

    `told` counts what sources told of tracks (tags and numbers, each source by itself), `unknown` what they lack.
    """

    finished: int = 0
    matched: int = 0
    described: int = 0
    heard: int = 0
    missed: int = 0
    refused: int = 0
    told: int = 0
    unknown: int = 0


class Enricher:
    """Finish placeholders, match tracks on Deezer, and compute their blocks, the newest shared first.

    A miss (the service answered and has nothing) stands for two weeks; a refusal (it could not be asked) is
    never taken for one: the track's turn comes again. Without `sources` nobody is asked for tags, not even Deezer.
    """

    def __init__(
        self,
        storage: Storage,
        resolver: Resolver,
        deezer: Deezer,
        clock: Clock,
        audio: AudioSettings | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._storage = storage
        self._resolver = resolver
        self._deezer = deezer
        self._clock = clock
        self._listener = Listener(storage, deezer, clock, audio)
        self._albums = DeezerAlbums(deezer, storage.answers, clock)
        tellers = tellers_of(sources, deezer, self._albums) if sources is not None else ()
        self._knower = Knower(storage, tellers, clock)
        self._on_albums: dict[str, str] = {}
        self._patience = Patience()
        self._said: dict[str, str] = {}

    async def run(self, limit: int) -> EnrichReport:
        """Take at most `limit` tracks through each step, and say what was done."""
        counts: Counter[str] = Counter()
        placeholders = await self._storage.tracks.unresolved(limit * PLACEHOLDERS_SEEN)
        await self._each("finished", placeholders, self._finish, counts, limit)
        await self._each("matched", await self._storage.tracks.unmatched(limit), self._match, counts, limit)
        await self._each("numbered", await self._unnumbered(limit), self._number, counts, limit)
        await self._albums.note(self._on_albums)
        self._on_albums.clear()
        listener = self._listener
        await listener.begin(limit)
        await self._each("described", await listener.undescribed(limit), listener.listen, counts, limit)
        await self._each("heard", await listener.unheard(listener.left), listener.hear, counts, listener.left)
        counts["heard"] = listener.heard
        counts.update(await self._knower.run(limit))
        return EnrichReport(**{name: counts[name] for name in EnrichReport.__slots__})

    async def _each(
        self,
        step: str,
        tracks: Iterable[Track],
        work: Callable[[Track], Awaitable[bool | None]],
        counts: Counter[str],
        limit: int,
    ) -> None:
        """Do one step for track after track: True counts as done, False as a miss, None as neither."""
        failures, now = 0, self._clock.now()
        for track in tracks:
            if counts[step] >= limit or failures >= FAILURES:
                return
            if not self._patience.is_over((step, track.id), now):
                continue
            try:
                done = await work(track)
            except CatalogError as error:
                counts["refused"] += 1
                failures += FAILURES if isinstance(error, Refused) else 1
                self._patience.failed((step, track.id), now)
                self._say(step, error)
                continue
            self._patience.done((step, track.id))
            counts[step if done else "missed"] += done is not None

    def _say(self, step: str, error: CatalogError) -> None:
        """Log a failure once, not with every pass."""
        if self._said.get(step) != str(error):
            log.warning("Some tracks could not be %s yet: %s", step, error)
        self._said[step] = str(error)

    async def _finish(self, placeholder: Track) -> bool | None:
        return True if await self._resolver.finish(placeholder) else None

    async def _match(self, track: Track) -> bool:
        found = await self._deezer.match(track)
        if found is not None:
            await self._keep(track, found)
        elif track.id is not None:
            await self._storage.misses.remember(Service.DEEZER, track_key(track.id))
            await self._storage.features.save(track.id, *_NUMBERS, None)
            await self._listener.miss(track.id)
        return found is not None

    async def _number(self, track: Track) -> bool | None:
        """Ask for the numbers of a track that came with its Deezer id, as gathered ones do."""
        ref = track.ref(Service.DEEZER)
        if ref is None or track.id is None:
            return None
        try:
            found = await self._deezer.track(ref.id)
        except CatalogError:
            await self._storage.features.refuse(track.id, NUMBERS_BLOCK, self._clock.now() + RETRY_REFUSED)
            raise
        if found is None:
            await self._storage.features.save(track.id, *_NUMBERS, None)
        else:
            await self._keep(track, found)
        return found is not None

    async def _keep(self, track: Track, found: DeezerTrack) -> None:
        """Save what Deezer knows of the track: its ref, what was unknown of it, and its numbers."""
        self._note(found)
        saved = await self._storage.tracks.save(replace(found.track, id=track.id))
        if saved.id is not None:
            numbers = numbers_of(saved, found.gain, found.rank, found.bpm)
            await self._storage.features.save(saved.id, *_NUMBERS, numbers)

    def _note(self, found: DeezerTrack) -> None:
        """Remember what spares calls in this very pass: where the preview lies, and which album it is on."""
        ref = found.track.ref(Service.DEEZER)
        if ref is not None and found.preview_url is not None:
            self._listener.note(ref.id, found.preview_url)
        if ref is not None and found.album_id is not None:
            self._on_albums[ref.id] = found.album_id

    async def _unnumbered(self, limit: int) -> list[Track]:
        ids = await self._storage.features.wanting(*_NUMBERS, limit, self._clock.now() - MISS_STANDS)
        return list((await self._storage.tracks.get(ids)).values())
