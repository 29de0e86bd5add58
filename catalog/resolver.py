"""From a link to a track, and from a track to its id on Spotify: storage first, one Spotify call a track, ever."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.descriptions import Description
from catalog.errors import CatalogError, Refused, Unreachable
from catalog.finder import Finder
from catalog.identity import Identifier
from catalog.ledger import Misses
from catalog.links import Link, LinkKind, link_of
from catalog.matching import normalise_name, normalise_title
from catalog.models import Release, Service, Track, TrackRef
from catalog.recordings import Recordings, foreseeable
from catalog.releases import Releases
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.waits import spoken
from catalog.web import Web

log = logging.getLogger(__name__)

T = TypeVar("T")

# What a service does not have today it may have in two weeks.
MISS_LASTS = timedelta(days=14)
# A service's silence takes a while to be sure of: what waits behind it shall not wait as long again.
SILENCE_LASTS = timedelta(seconds=30)
# The services whose ids lead to an ISRC.
KNOWING = (Service.SPOTIFY, Service.DEEZER)
# A video that may not be shown elsewhere is none that we will ever be told of.
SHUT = (401, 403)


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


@dataclass(frozen=True, slots=True)
class Found:
    """What a link turned out to be.

    `link` is where it leads, short links followed; `track` is saved; `near` are tracks, not saved, of which one
    may be meant: somebody has to say.
    """

    link: Link
    track: Track | None = None
    near: tuple[Track, ...] = ()


class Resolver:
    """Find out what people shared; no track is a miss, remembered for two weeks; an error means could not ask."""

    def __init__(
        self,
        tracks: Tracks,
        misses: Misses,
        spotify: Spotify,
        deezer: Deezer,
        web: Web,
        clock: Clock,
        sources: Sources | None = None,
    ) -> None:
        sources = sources or Sources()
        self._tracks = tracks
        self._misses = misses
        self._web = web
        self._clock = clock
        self._urls = Recordings(sources.musicbrainz) if sources.musicbrainz else None
        self._finder = Finder(deezer, spotify)
        self._identifier = Identifier(spotify, deezer, web, self._finder, self._urls, sources)
        self._releases = Releases(spotify, deezer, web, sources.itunes)
        # Two messages with the same new link must not make two calls.
        self._locks: defaultdict[Service, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._silent_until: dict[Service, datetime] = {}

    async def resolve(self, link: Link) -> Track | None:
        """Return the saved track that a link leads to, None where it leads to none."""
        return (await self.find(link)).track

    async def resolve_or_keep(self, link: Link) -> Track | None:
        """Return the track of a link, or a placeholder for it while its service cannot be asked."""
        return (await self.find_or_keep(link)).track

    async def find(self, link: Link, *, anew: bool = False) -> Found:
        """Return what a link leads to; `anew` asks again for what was in doubt when it was asked before."""
        if link.ref is None:
            return Found(link)
        if (known := await self._known(link.ref)) is not None:
            return Found(link, known)
        if link.kind is LinkKind.SHORT:
            return await self._find_behind(link, link.ref, anew=anew)
        async with self._locks[link.service]:
            known = await self._known(link.ref)
            return Found(link, known) if known else await self._ask(link, link.ref, anew=anew)

    async def find_or_keep(self, link: Link, *, anew: bool = False) -> Found:
        """Return what a link leads to, with a placeholder for its track while its service cannot be asked."""
        try:
            return await self.find(link, anew=anew)
        except CatalogError as error:
            if link.ref is None:
                raise
            if link.service is Service.YOUTUBE and isinstance(error, Refused) and error.status in SHUT:
                return Found(link)
            log.warning("%s is kept for later: %s", link.url, error)
            return Found(link, await self._tracks.placeholder(link.ref))

    async def finish(self, placeholder: Track) -> Track | None:
        """Return what a placeholder turns out to be, None while that is a miss."""
        for ref in placeholder.refs:
            link = link_of(ref)
            if link is not None and (found := await self.resolve(link)) is not None:
                return found
        return None

    async def foresee(self, links: Sequence[Link]) -> None:
        """Ask for many links in one call where that can be done, before they are asked for one by one."""
        urls = [] if self._urls is None else foreseeable(links)
        if self._urls is not None and len(urls) > 1:
            await self._urls.foresee(urls)

    async def release(self, link: Link) -> Release | None:
        """Return the album that a link leads to, None where it is not told what is on it."""
        return await self._releases.of(link)

    async def choose(self, chosen: Track, refs: Sequence[TrackRef] = ()) -> Track:
        """Save a track that somebody chose, with all that its service tells of it and under these refs too."""
        track = await self._finder.complete(chosen)
        if track.isrc is None and track.spotify_id is not None:
            try:
                track = await self._identifier.on_spotify(track.spotify_id) or track
            except CatalogError as error:
                log.info("Spotify does not tell more of a chosen track now: %s", error)
        if track.isrc is None and not any(track.ref(service) for service in KNOWING):
            refs = (*track.refs, *refs)
            track = await self._found_elsewhere(track)
        return await self._tracks.save(replace(track, refs=tuple(dict.fromkeys((*track.refs, *refs)))))

    async def spotify_id_for(self, track: Track) -> str | None:
        """Return a track's id on Spotify: as known, else by ISRC, else by a gated search; None is a miss."""
        if track.spotify_id is not None:
            return track.spotify_id
        if not track.title or not track.artists:
            return None
        async with self._locks[Service.SPOTIFY]:
            key = f"find:{_fingerprint(track)}"
            found = await self._remembering(Service.SPOTIFY, key, lambda: self._finder.on_spotify(track))
        if found is None or found.spotify_id is None:
            return None
        await self._tracks.save(track.with_ref(TrackRef(Service.SPOTIFY, found.spotify_id)))
        return found.spotify_id

    async def _known(self, ref: TrackRef) -> Track | None:
        track = await self._tracks.by_ref(ref)
        return None if track is None or track.is_placeholder else track

    async def _ask(self, link: Link, ref: TrackRef, *, anew: bool) -> Found:
        """Ask what a link is, unless the answer was none lately; remember doubts and misses, never a refusal."""
        miss, doubt = f"track:{ref.id}", f"doubt:{ref.id}"
        if await self._missed(link.service, miss) or (not anew and await self._missed(link.service, doubt)):
            return Found(link)
        said = await self._unless_silent(link.service, lambda: self._identifier.identify(link))
        if said is None or said.track is None:
            await self._misses.remember(link.service, miss if said is None else doubt)
            return Found(link, near=said.near if said else ())
        # Spotify may answer with the id under which the track lives on: both lead to it.
        return Found(link, await self._tracks.save(said.track.with_ref(ref)), said.near)

    async def _find_behind(self, link: Link, ref: TrackRef, *, anew: bool) -> Found:
        """Return what a short link leads to; a track is then known under the short link too."""
        miss, doubt = f"link:{ref.id}", f"doubt:{ref.id}"
        async with self._locks[Service.SHORT]:
            if (known := await self._known(ref)) is not None:
                return Found(link, known)
            if not anew and await self._missed(Service.SHORT, doubt):
                return Found(link)
            target = await self._remembering(Service.SHORT, miss, lambda: self._follow(link))
        if target is None:
            return Found(link)
        found = await self.find(target, anew=anew)
        if found.track is None:
            await self._misses.remember(Service.SHORT, doubt)
            return found
        return replace(found, track=await self._tracks.save(found.track.with_ref(ref)))

    async def _follow(self, link: Link) -> Link | None:
        return await self._web.follow(link)

    async def _unless_silent(self, service: Service, ask: Callable[[], Awaitable[T]]) -> T:
        until = self._silent_until.get(service)
        if until is not None and self._clock.now() < until:
            raise Unreachable(f"{spoken(service)} did not answer a moment ago; it will be asked again soon.")
        try:
            return await ask()
        except Unreachable:
            self._silent_until[service] = self._clock.now() + SILENCE_LASTS
            raise

    async def _found_elsewhere(self, track: Track) -> Track:
        """Return the track as a service with ids has it, or itself while none has or none can be asked."""
        try:
            found = await self._finder.find(
                Description((track,), f"{track.title} {track.byline}", vouched=True, likely=True)
            )
        except CatalogError as error:
            log.info("A chosen track is kept as its page names it: %s", error)
            return track
        return found.track or track

    async def _missed(self, service: Service, key: str) -> bool:
        return await self._misses.known(service, key, self._clock.now() - MISS_LASTS)

    async def _remembering(self, service: Service, key: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """Ask, unless the answer was a miss lately; a refusal is raised and never remembered."""
        if await self._missed(service, key):
            return None
        found = await ask()
        if found is None:
            await self._misses.remember(service, key)
        return found


def _fingerprint(track: Track) -> str:
    """Return what a miss is remembered by; ids in storage may be merged away."""
    artist = normalise_name(track.artists[0].name)
    return f"{normalise_title(track.title)}|{artist}|{(track.duration_ms or 0) // 1000}"
