"""From a link to a track, and from a track to its id on Spotify: storage first, one Spotify call a track, ever."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.errors import CatalogError, Unreachable
from catalog.http import Door
from catalog.ledger import Misses
from catalog.links import Link, LinkKind, find_links, link_of
from catalog.matching import confirms, gate, normalise_name, normalise_title
from catalog.models import Service, Track, TrackRef
from catalog.spotify import Spotify

log = logging.getLogger(__name__)

T = TypeVar("T")

# What a service does not have today it may have in two weeks.
MISS_LASTS = timedelta(days=14)
# Spotify's silence takes a while to be sure of: what waits behind it shall not wait as long again.
SILENCE_LASTS = timedelta(seconds=30)


class Tracks(Protocol):
    """What the resolver needs of the store of tracks."""

    async def by_ref(self, ref: TrackRef) -> Track | None:
        """Return the track known under a ref."""
        ...

    async def save(self, track: Track) -> Track:
        """Insert a track, or merge it into the one it is; return it with its id."""
        ...

    async def placeholder(self, ref: TrackRef) -> Track:
        """Return the track of a ref, made without a title if it is new."""
        ...


class Resolver:
    """Find out what people shared; `None` is a miss, remembered for two weeks; an error means could not ask."""

    def __init__(
        self, tracks: Tracks, misses: Misses, spotify: Spotify, deezer: Deezer, door: Door, clock: Clock
    ) -> None:
        self._tracks = tracks
        self._misses = misses
        self._spotify = spotify
        self._deezer = deezer
        self._door = door
        self._clock = clock
        # Two messages with the same new link must not make two calls.
        self._lock = asyncio.Lock()
        self._silent_until: datetime | None = None

    async def resolve(self, link: Link) -> Track | None:
        """Return the saved track that a link leads to, None where it leads to none."""
        ref = link.ref
        if ref is None:
            return None
        known = await self._known(ref)
        if known is not None:
            return known
        async with self._lock:
            return await self._known(ref) or await self._ask_unless_silent(link, ref)

    async def resolve_or_keep(self, link: Link) -> Track | None:
        """Return the track of a link, or a placeholder for it while its service cannot be asked."""
        try:
            return await self.resolve(link)
        except CatalogError as error:
            if link.ref is None:
                raise
            log.warning("%s is kept for later: %s", link.url, error)
            return await self._tracks.placeholder(link.ref)

    async def finish(self, placeholder: Track) -> Track | None:
        """Return what a placeholder turns out to be, None while that is a miss."""
        for ref in placeholder.refs:
            link = link_of(ref)
            if link is not None and (found := await self.resolve(link)) is not None:
                return found
        return None

    async def spotify_id_for(self, track: Track) -> str | None:
        """Return a track's id on Spotify: as known, else by ISRC, else by a gated search; None is a miss."""
        if track.spotify_id is not None:
            return track.spotify_id
        if not track.title or not track.artists:
            return None
        async with self._lock:
            found = await self._remembering(f"find:{_fingerprint(track)}", lambda: self._search(track))
        if found is None or found.spotify_id is None:
            return None
        await self._tracks.save(track.with_ref(TrackRef(Service.SPOTIFY, found.spotify_id)))
        return found.spotify_id

    async def _known(self, ref: TrackRef) -> Track | None:
        track = await self._tracks.by_ref(ref)
        return None if track is None or track.is_placeholder else track

    async def _ask_unless_silent(self, link: Link, ref: TrackRef) -> Track | None:
        if self._silent_until is not None and self._clock.now() < self._silent_until:
            raise Unreachable("Spotify did not answer a moment ago; it will be asked again soon.")
        try:
            return await self._ask(link, ref)
        except Unreachable:
            self._silent_until = self._clock.now() + SILENCE_LASTS
            raise

    async def _ask(self, link: Link, ref: TrackRef) -> Track | None:
        if link.kind is LinkKind.SHORT:
            return await self._follow(link, ref)
        found = await self._remembering(f"track:{ref.id}", lambda: self._spotify.track(ref.id))
        # Spotify may answer with the id under which the track lives on: both lead to it.
        return await self._tracks.save(found.with_ref(ref)) if found is not None else None

    async def _follow(self, link: Link, ref: TrackRef) -> Track | None:
        address = await self._remembering(f"link:{ref.id}", lambda: self._target(link))
        target = next(iter(find_links(address or "")), None)
        if target is None or target.kind is not LinkKind.TRACK or target.ref is None:
            return None
        track = await self._known(target.ref) or await self._ask(target, target.ref)
        return await self._tracks.save(track.with_ref(ref)) if track is not None else None

    async def _target(self, link: Link) -> str | None:
        """Return where a short link leads, None where that is no track."""
        address = await self._door.resolve_redirect(link.url)
        kinds = {found.kind for found in find_links(address or "")}
        return address if LinkKind.TRACK in kinds else None

    async def _search(self, track: Track) -> Track | None:
        if track.isrc:
            hits = await self._spotify.search_isrc(track.isrc)
            if found := next((hit for hit in hits if confirms(track, hit)), None):
                return found
        hits = await self._spotify.search(track.title, track.artists[0].name)
        return next((hit for hit in hits if gate(track, hit)), None)

    async def _remembering(self, key: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """Ask, unless the answer was a miss lately; a refusal is raised and never remembered."""
        if await self._misses.known(Service.SPOTIFY, key, self._clock.now() - MISS_LASTS):
            return None
        found = await ask()
        if found is None:
            await self._misses.remember(Service.SPOTIFY, key)
        return found


def _fingerprint(track: Track) -> str:
    """Return what a miss is remembered by; ids in storage may be merged away."""
    artist = normalise_name(track.artists[0].name)
    return f"{normalise_title(track.title)}|{artist}|{(track.duration_ms or 0) // 1000}"
