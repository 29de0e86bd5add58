"""Candidates from ListenBrainz's laboratory: what its listeners hear beside liked artists and tracks; best effort."""

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence

from catalog.errors import CatalogError
from catalog.labs import Labs
from catalog.listenbrainz import ListenBrainz
from catalog.matching import gate
from catalog.models import Artist, Track
from catalog.musicbrainz import MusicBrainz
from catalog.similar import SimilarTrack
from recommender.candidates import HEARD_ARTIST, HEARD_TRACK
from scheduler.gathering import ASK_AGAIN, Answer
from scheduler.gathering_deezer import TopTracks
from scheduler.identifying import Identities
from scheduler.liking import Likes
from scheduler.placing import Placer
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed, SeedKind

LINKS_AT_ONCE = 100
"""Seeds looked up in one search: as many links as MusicBrainz takes in one call, since it knows a quarter of them."""

_DEEZER_ARTIST = "https://www.deezer.com/artist/{}"

log = logging.getLogger(__name__)


class HeardArtists:
    """Top tracks of artists whom the same people hear."""

    name = HEARD_ARTIST
    kind = SeedKind.ARTIST
    again = ASK_AGAIN

    def __init__(self, labs: Labs, musicbrainz: MusicBrainz, tops: TopTracks, settings: ScheduleSettings) -> None:
        self._labs = labs
        self._musicbrainz = musicbrainz
        self._tops = tops
        self._settings = settings

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether Deezer's id of the artist is known: MusicBrainz knows artists by their page there."""
        return likes.artists[seed.id].deezer_id is not None

    async def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield tracks near artist after artist; one whom MusicBrainz does not know has none."""
        taken = seeds[: self._settings.gather_artists]
        pages = {seed: _DEEZER_ARTIST.format(likes.artists[seed.id].deezer_id) for seed in taken}
        targets = await self._musicbrainz.urls.fetch(pages.values()) if pages else {}
        for seed, page in pages.items():
            target = targets[page]
            mbid = target.artists[0].mbid if target is not None and len(target.artists) == 1 else ""
            yield Answer(seed, await self._near(mbid))

    async def _near(self, mbid: str) -> list[Track]:
        near = (await self._labs.similar_artists.fetch([mbid]))[mbid] or ()
        names = [artist.name for artist in near[: self._settings.gather_related]]
        return [track for name in names for track in await self._tops.by_name(name)]


class HeardTracks:
    """Recordings that the same people hear; those that a service tells more of come with their Spotify id."""

    name = HEARD_TRACK
    kind = SeedKind.TRACK
    again = ASK_AGAIN

    def __init__(
        self,
        labs: Labs,
        musicbrainz: MusicBrainz | None,
        listenbrainz: ListenBrainz | None,
        placer: Placer,
        settings: ScheduleSettings,
    ) -> None:
        self._labs = labs
        self._identities = Identities(musicbrainz) if musicbrainz is not None else None
        self._names = listenbrainz.names if listenbrainz is not None else None
        self._placer = placer
        self._settings = settings

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether the track has a name or an address that an MBID may be found by."""
        return bool(likes.tracks[seed.id].artists)

    async def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield tracks near track after track, as many as one search goes through; most have no MBID and no answer."""
        mbids = await self._mbids({seed: likes.tracks[seed.id] for seed in seeds[:LINKS_AT_ONCE]})
        asked = 0
        for seed in seeds[:LINKS_AT_ONCE]:
            if asked == self._settings.gather_artists:
                return
            mbid = mbids.get(seed, "")
            asked += bool(mbid)
            yield Answer(seed, await self._near(mbid) if mbid else ())

    async def _near(self, mbid: str) -> list[Track]:
        near = ((await self._labs.similar_recordings.fetch([mbid]))[mbid] or ())[: self._settings.gather_near]
        mapped = {each.mbid: _track(each) for each in near if each.mbid is not None}
        told = await self._placer.told_of(mapped)
        return [told.get(each.mbid or "", _track(each)) for each in near]

    async def _mbids(self, tracks: Mapping[Seed, Track]) -> dict[Seed, str]:
        """Return the MBIDs of tracks: by their links in one call, the rest by name where there is a token for that."""
        found = await self._by_link(tracks)
        left = {seed: track for seed, track in tracks.items() if seed not in found}
        if self._names is None or not left:
            return found
        keys = {seed: (track.artists[0].name, track.title) for seed, track in left.items()}
        try:
            matches = await self._names.fetch(keys.values())
        except CatalogError as error:
            log.info("Tracks without a link at MusicBrainz have no MBID now: %s", error)
            return found
        for seed, key in keys.items():
            match = matches[key]
            named = Track(match.title, (Artist(match.artist),)) if match is not None else None
            if match is not None and named is not None and gate(tracks[seed], named):
                found[seed] = match.mbid
        return found

    async def _by_link(self, tracks: Mapping[Seed, Track]) -> dict[Seed, str]:
        if self._identities is None:
            return {}
        wanted = list(tracks.values())
        await self._identities.by_links(wanted)
        known = await self._identities.known(wanted)  # those whose ISRC was asked for because of their tags too
        found = {seed: known.get(seed.id) for seed in tracks}
        return {seed: who.recording_mbid for seed, who in found.items() if who is not None and who.recording_mbid}


def _track(near: SimilarTrack) -> Track:
    return Track(near.title, (Artist(near.artist),), duration_ms=near.duration_ms, album=near.album)
