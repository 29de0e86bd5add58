"""From a link to a track, and from a track to its id on Spotify: storage first, one Spotify call a track, ever."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.descriptions import Description, Shown
from catalog.errors import CatalogError, Refused
from catalog.finder import Finder, Finding
from catalog.identity import Identifier
from catalog.ledger import Misses
from catalog.links import Link, LinkKind, link_of
from catalog.matching import normalise_name, normalise_title
from catalog.memory import Memory
from catalog.models import Release, Service, Track, TrackRef
from catalog.recordings import Recordings, foreseeable
from catalog.releases import Releases
from catalog.sources import Sources
from catalog.spotify import Spotify
from catalog.web import Web

log = logging.getLogger(__name__)

# The services whose ids lead to an ISRC.
KNOWING = (Service.SPOTIFY, Service.DEEZER)
NOTHING_SHOWN: Mapping[TrackRef, Shown] = MappingProxyType({})
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
    broken: bool = False


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
        self._memory = Memory(misses, clock)
        self._web = web
        self._urls = Recordings(sources.musicbrainz) if sources.musicbrainz else None
        self._finder = Finder(deezer, spotify)
        self._identifier = Identifier(spotify, deezer, web, self._finder, self._urls, sources)
        self._releases = Releases(spotify, deezer, web, sources.itunes)
        # Two messages with the same new link must not make two calls.
        self._locks: defaultdict[Service, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def resolve(self, link: Link) -> Track | None:
        """Return the saved track that a link leads to, None where it leads to none."""
        return (await self.find(link)).track

    async def resolve_or_keep(self, link: Link) -> Track | None:
        """Return the track of a link, or a placeholder for it while its service cannot be asked."""
        return (await self.find_or_keep(link)).track

    async def find(self, link: Link, *, anew: bool = False, shown: Mapping[TrackRef, Shown] = NOTHING_SHOWN) -> Found:
        """Return what a link leads to; `anew` asks again for what was in doubt when it was asked before.

        `shown` is what previews show of links, for those whose own site says nothing.
        """
        if link.ref is None:
            return Found(link)
        if (known := await self._known(link.ref)) is not None:
            return Found(link, known)
        if link.kind is LinkKind.SHORT:
            return await self._find_behind(link, link.ref, anew=anew, shown=shown)
        async with self._locks[link.service]:
            known = await self._known(link.ref)
            return Found(link, known) if known else await self._ask(link, link.ref, anew=anew, shown=shown)

    async def find_or_keep(
        self, link: Link, *, anew: bool = False, shown: Mapping[TrackRef, Shown] = NOTHING_SHOWN
    ) -> Found:
        """Return what a link leads to, with a placeholder for its track while its service cannot be asked."""
        try:
            return await self.find(link, anew=anew, shown=shown)
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
            found = await self._memory.unless_missed(Service.SPOTIFY, key, lambda: self._finder.on_spotify(track))
        if found is None or found.spotify_id is None:
            return None
        await self._tracks.save(track.with_ref(TrackRef(Service.SPOTIFY, found.spotify_id)))
        return found.spotify_id

    async def _known(self, ref: TrackRef) -> Track | None:
        track = await self._tracks.by_ref(ref)
        return None if track is None or track.is_placeholder else track

    async def _ask(self, link: Link, ref: TrackRef, *, anew: bool, shown: Mapping[TrackRef, Shown]) -> Found:
        """Ask what a link is, unless the answer was none lately; remember doubts and misses, never a refusal."""
        miss, doubt = f"track:{ref.id}", f"doubt:{ref.id}"
        if await self._memory.missed(link.service, miss):
            return Found(link, broken=True)
        if not anew and await self._memory.missed(link.service, doubt):
            return Found(link)
        said = await self._identify(link, shown.get(ref))
        if said is None or said.track is None:
            await self._memory.remember(link.service, miss if said is None else doubt)
            return Found(link, near=said.near if said else (), broken=said is None)
        # Spotify may answer with the id under which the track lives on: both lead to it.
        return Found(link, await self._tracks.save(said.track.with_ref(ref)), said.near)

    async def _identify(self, link: Link, shown: Shown | None) -> Finding | None:
        try:
            return await self._memory.unless_silent(link.service, lambda: self._identifier.identify(link, shown))
        except CatalogError as error:
            if link.service in KNOWING:
                raise  # what they tell later is exact
            found = await self._identifier.identify_shown(link, shown) if shown is not None else None
            if found is None:
                raise
            log.info("The preview of %s is believed, since its site cannot be asked: %s", link.url, error)
            return found

    async def _find_behind(self, link: Link, ref: TrackRef, *, anew: bool, shown: Mapping[TrackRef, Shown]) -> Found:
        """Return what a short link leads to; a track is then known under the short link too."""
        miss, doubt = f"link:{ref.id}", f"doubt:{ref.id}"
        async with self._locks[Service.SHORT]:
            if (known := await self._known(ref)) is not None:
                return Found(link, known)
            if not anew and await self._memory.missed(Service.SHORT, doubt):
                return Found(link)
            target = await self._memory.unless_missed(Service.SHORT, miss, lambda: self._web.follow(link))
        if target is None:
            return Found(link, broken=True)
        found = await self.find(target, anew=anew, shown=shown)
        if found.track is None:
            await self._memory.remember(Service.SHORT, doubt)
            return found
        return replace(found, track=await self._tracks.save(found.track.with_ref(ref)))

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


def _fingerprint(track: Track) -> str:
    """Return what a miss is remembered by; ids in storage may be merged away."""
    artist = normalise_name(track.artists[0].name)
    return f"{normalise_title(track.title)}|{artist}|{(track.duration_ms or 0) // 1000}"
