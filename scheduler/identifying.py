"""Which recordings and artists of MusicBrainz our tracks are: by links in batches, else by ISRC, one a call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.matching import confirms
from catalog.models import Artist, Service, Track
from catalog.musicbrainz import MbRecording, MusicBrainz, UrlTargets

MOST_ARTISTS = 2
"""Artists of a track whose tags are asked for: guests past the first say little about how it sounds."""

_PAGES = {
    Service.SPOTIFY: "https://open.spotify.com/track/{}",
    Service.DEEZER: "https://www.deezer.com/track/{}",
}
"""Pages of tracks that people link at MusicBrainz; the first that a track has is asked for."""

_ARTIST = "https://www.deezer.com/artist/{}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a track is at MusicBrainz, as far as that is known; `recording` is told in full where its ISRC was asked."""

    recording_mbid: str | None = None
    artist_mbids: tuple[str, ...] = ()
    recording: MbRecording | None = None


class Identities:
    """Find tracks at MusicBrainz; every answer is kept, so that only new tracks cost calls."""

    def __init__(self, musicbrainz: MusicBrainz) -> None:
        self._musicbrainz = musicbrainz

    async def by_links(self, tracks: Sequence[Track]) -> dict[int, Identity]:
        """Return who the tracks are by their links and their artists', all of them asked for in a call or two."""
        targets = await self._musicbrainz.urls.fetch(_links(tracks))
        return {track.id: _of_links(track, targets) for track in tracks if track.id is not None}

    async def by_isrc(self, track: Track) -> MbRecording | None:
        """Return the recording that carries the track's ISRC, in a call of its own."""
        if track.isrc is None:
            return None
        return _confirmed(track, (await self._musicbrainz.isrcs.fetch([track.isrc]))[track.isrc])

    async def known(self, tracks: Sequence[Track]) -> dict[int, Identity]:
        """Return who the tracks are whose links MusicBrainz was asked about before; it is not asked now."""
        targets = await self._musicbrainz.urls.known(_links(tracks))
        carried = await self._musicbrainz.isrcs.known(track.isrc for track in tracks if track.isrc is not None)
        found: dict[int, Identity] = {}
        for track in tracks:
            page = _page(track)
            if track.id is not None and (page is None or page in targets):
                recording = _confirmed(track, carried.get(track.isrc)) if track.isrc else None
                found[track.id] = merged(_of_links(track, targets), recording)
        return found


def merged(identity: Identity, recording: MbRecording | None) -> Identity:
    """Return what links and an ISRC say together; for the recording a link counts more."""
    if recording is None:
        return identity
    artists = tuple(artist.mbid for artist in recording.artists)[:MOST_ARTISTS]
    return Identity(identity.recording_mbid or recording.mbid, artists or identity.artist_mbids, recording)


def _links(tracks: Iterable[Track]) -> list[str]:
    """Return the addresses that tell of the tracks, each once."""
    links = (link for track in tracks for link in (_page(track), *_artist_pages(track)) if link is not None)
    return list(dict.fromkeys(links))


def _page(track: Track) -> str | None:
    refs = ((page, track.ref(service)) for service, page in _PAGES.items())
    return next((page.format(ref.id) for page, ref in refs if ref is not None), None)


def _artist_pages(track: Track) -> list[str]:
    return [_ARTIST.format(artist.deezer_id) for artist in track.artists[:MOST_ARTISTS] if artist.deezer_id]


def _of_links(track: Track, targets: Mapping[str, UrlTargets | None]) -> Identity:
    page = _page(track)
    led = targets.get(page) if page is not None else None
    artists = (targets.get(link) for link in _artist_pages(track))
    return Identity(
        led.recordings[0].mbid if led is not None and led.recordings else None,
        tuple(dict.fromkeys(entity.mbid for found in artists if found is not None for entity in found.artists)),
    )


def _confirmed(track: Track, recordings: Sequence[MbRecording] | None) -> MbRecording | None:
    """Return the recording of an ISRC that is believable: codes were seen to name another mix."""
    return next((each for each in recordings or () if confirms(track, _as_track(each))), None)


def _as_track(recording: MbRecording) -> Track:
    return Track(
        recording.title, tuple(Artist(artist.name) for artist in recording.artists), duration_ms=recording.duration_ms
    )
