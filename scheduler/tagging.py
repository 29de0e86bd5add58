"""Tags by name, by album and by link: Last.fm's, Deezer's and Apple's."""

from collections.abc import Iterable, Sequence

from catalog.deezer_albums import DeezerAlbums
from catalog.itunes import IDS_A_CALL, ITunes, ITunesTrack
from catalog.lastfm import LastFm
from catalog.matching import plain_title
from catalog.models import Service, Track
from catalog.tags import Tag, TagLevel, TagSource, TrackTag
from scheduler.tellers import Told, asking_tags, tags_of, told

LEAST_COUNT = 10
"""Of 100 that a thing's first tag has at Last.fm: what stands below are single listeners' words."""


class LastFmTags:
    """Ask for the tags of a track and of its first artist by name; an artist is asked about once."""

    def __init__(self, lastfm: LastFm) -> None:
        self.asking = asking_tags(TagSource.LASTFM, apart=True)
        self._lastfm = lastfm

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask nothing: Last.fm answers about one thing a call."""

    async def tell(self, track: Track) -> Told | None:
        """Return what both are called."""
        if not track.artists:
            return told(())
        name, title = track.artists[0].name, plain_title(track.title)
        of_track = (await self._lastfm.track_tags.fetch([(name, title)]))[name, title]
        of_artist = (await self._lastfm.artist_tags.fetch([(name,)]))[name,]
        return told([*_common(of_track, TagLevel.TRACK), *_common(of_artist, TagLevel.ARTIST)])


class DeezerTags:
    """Ask for the genres of a track's album; an album is asked about once."""

    def __init__(self, albums: DeezerAlbums) -> None:
        self.asking = asking_tags(TagSource.DEEZER, apart=True, service=Service.DEEZER)
        self._albums = albums

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask nothing: Deezer answers about one album a call."""

    async def tell(self, track: Track) -> Told | None:
        """Return the album's genres."""
        ref = track.ref(Service.DEEZER)
        names = await self._albums.of_track(ref.id) if ref is not None else ()
        return told(TrackTag(name, 1, TagLevel.ALBUM, TagSource.DEEZER, genre=True) for name in names)


class ITunesTags:
    """Ask for the genre of tracks that somebody gave an Apple link of."""

    def __init__(self, itunes: ITunes) -> None:
        self.asking = asking_tags(TagSource.ITUNES, IDS_A_CALL, service=Service.APPLE)
        self._itunes = itunes
        self._found: dict[str, ITunesTrack | None] = {}

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask about all of them."""
        refs = (track.ref(Service.APPLE) for track in tracks)
        self._found = await self._itunes.tracks.fetch(ref.id for ref in refs if ref is not None)

    async def tell(self, track: Track) -> Told | None:
        """Return the one genre that Apple sorts the track under."""
        ref = track.ref(Service.APPLE)
        found = self._found.get(ref.id) if ref is not None else None
        genre = found.genre if found is not None else None
        return told([TrackTag(genre, 1, TagLevel.TRACK, TagSource.ITUNES, genre=True)] if genre else ())


def _common(tags: Iterable[Tag] | None, level: TagLevel) -> list[TrackTag]:
    """Return the tags that more than a few listeners gave."""
    return tags_of((tag for tag in tags or () if tag.count >= LEAST_COUNT), level, TagSource.LASTFM)
