"""Tags of MusicBrainz and of ListenBrainz, which has MusicBrainz's at hand in batches."""

from collections.abc import Callable, Iterable, Sequence

from catalog.errors import Refused
from catalog.listenbrainz import NEEDS_TOKEN, LbArtist, LbMatch, LbRecording, ListenBrainz
from catalog.matching import normalise_name, normalise_title
from catalog.models import Service, Track
from catalog.musicbrainz import URLS_A_CALL, MusicBrainz
from catalog.tags import TagLevel, TagSource, TrackTag
from scheduler.identifying import Identities, Identity, merged
from scheduler.tellers import Told, asking_tags, tags_of, told
from storage.tags import asked_block


class MusicBrainzTags:
    """Find out who tracks are, and keep the tags that come with the answers.

    A recording found by its link comes without tags: ListenBrainz has them in batches. Where ListenBrainz cannot be
    asked (`alone`) MusicBrainz is, recording by recording and artist by artist.
    """

    def __init__(self, musicbrainz: MusicBrainz, identities: Identities, alone: Callable[[], bool]) -> None:
        self.asking = asking_tags(TagSource.MUSICBRAINZ, URLS_A_CALL, apart=True)
        self._musicbrainz = musicbrainz
        self._identities = identities
        self._alone = alone
        self._found: dict[int, Identity] = {}

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask where links lead."""
        self._found = await self._identities.by_links(tracks)

    async def tell(self, track: Track) -> Told | None:
        """Ask for the track's ISRC unless its link led to a recording."""
        identity = self._found.get(track.id or 0, Identity())
        if identity.recording_mbid is None:
            identity = merged(identity, await self._identities.by_isrc(track))
        rows = _recording_rows(identity)
        if not rows and self._alone():
            rows = await self._asked(identity)
        return None if identity == Identity() and _may_be_known_later(track) else told(rows)

    async def _asked(self, identity: Identity) -> list[TrackTag]:
        """Ask for the tags themselves: a recording's come with its artists'."""
        if identity.recording_mbid is not None and identity.recording is None:
            found = (await self._musicbrainz.recordings.fetch([identity.recording_mbid]))[identity.recording_mbid]
            if rows := _recording_rows(merged(identity, found)):
                return rows
        artists = await self._musicbrainz.artists.fetch(identity.artist_mbids)
        tags = (tag for artist in artists.values() if artist is not None for tag in artist.tags)
        return tags_of(tags, TagLevel.ARTIST, TagSource.MUSICBRAINZ)


class ListenBrainzTags:
    """Ask for tags of recordings, their albums and artists in batches, once MusicBrainz has said who they are.

    With a token, names are asked for in batches too, and nothing waits for MusicBrainz.
    """

    def __init__(self, listenbrainz: ListenBrainz, identities: Identities | None) -> None:
        self._listenbrainz = listenbrainz
        after = None if self.by_name else asked_block(TagSource.MUSICBRAINZ)
        self.asking = asking_tags(TagSource.LISTENBRAINZ, listenbrainz.recordings.size, after=after)
        self._identities = identities
        self._found: dict[int, Identity] = {}
        self._recordings: dict[str, LbRecording | None] = {}
        self._artists: dict[str, LbArtist | None] = {}
        self.closed = False
        """Whether it answers nobody without a token (any more)."""

    @property
    def by_name(self) -> bool:
        """Tell whether it finds out by itself who a track is."""
        return self._listenbrainz.names is not None

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask about recordings, then about the artists of those that are not known."""
        self._found = await self._identities.known(tracks) if self._identities is not None else {}
        try:
            await self._name([track for track in tracks if self._of(track).recording_mbid is None])
            mbids = [self._of(track).recording_mbid for track in tracks]
            self._recordings = await self._listenbrainz.recordings.fetch(mbid for mbid in mbids if mbid is not None)
            lacking = [track for track in tracks if not self._artist_tags(track)]
            artists = [mbid for track in lacking for mbid in self._of(track).artist_mbids]
            self._artists = await self._listenbrainz.artists.fetch(artists)
        except Refused as refusal:
            self.closed = self.closed or refusal.status == NEEDS_TOKEN
            raise
        self.closed = False

    async def tell(self, track: Track) -> Told | None:
        """Put together what was told of the recording, its album and its artists."""
        identity = self._of(track)
        if identity == Identity() and (self._is_to_come(track) or _may_be_known_later(track)):
            return None
        recording = self._recording(track)
        source = TagSource.LISTENBRAINZ
        rows = self._artist_tags(track)
        if not rows:
            artists = (self._artists.get(mbid) for mbid in identity.artist_mbids)
            rows = tags_of((tag for each in artists if each is not None for tag in each.tags), TagLevel.ARTIST, source)
        if recording is not None:
            rows += tags_of(recording.tags, TagLevel.TRACK, source)
            rows += tags_of(recording.release_tags, TagLevel.ALBUM, source)
        return told(rows)

    async def _name(self, tracks: Sequence[Track]) -> None:
        """Ask who the tracks are by name, where that is open to us."""
        names = self._listenbrainz.names
        if names is None:
            return
        keys = {track.id: (track.artists[0].name, track.title) for track in tracks if track.id and track.artists}
        matches = await names.fetch(keys.values())
        for track in tracks:
            match = matches.get(keys[track.id]) if track.id in keys else None
            if track.id is not None and match is not None and _is(track, match):
                self._found[track.id] = Identity(match.mbid, match.artist_mbids or self._of(track).artist_mbids)

    def _is_to_come(self, track: Track) -> bool:
        """Tell whether MusicBrainz was not asked about the track yet."""
        return self._identities is not None and track.id not in self._found

    def _of(self, track: Track) -> Identity:
        return self._found.get(track.id or 0, Identity())

    def _recording(self, track: Track) -> LbRecording | None:
        return self._recordings.get(self._of(track).recording_mbid or "")

    def _artist_tags(self, track: Track) -> list[TrackTag]:
        recording = self._recording(track)
        tags = (tag for artist in recording.artists for tag in artist.tags) if recording is not None else ()
        return tags_of(tags, TagLevel.ARTIST, TagSource.LISTENBRAINZ)


def _may_be_known_later(track: Track) -> bool:
    """Tell whether a track that nobody knows may be known once Deezer has said who its artists are."""
    return track.ref(Service.DEEZER) is None


def _recording_rows(identity: Identity) -> list[TrackTag]:
    """Return the tags that came with a recording and its artists."""
    recording, source = identity.recording, TagSource.MUSICBRAINZ
    if recording is None:
        return []
    of_artists = (tag for artist in recording.artists for tag in artist.tags)
    return [*tags_of(recording.tags, TagLevel.TRACK, source), *tags_of(of_artists, TagLevel.ARTIST, source)]


def _is(track: Track, match: LbMatch) -> bool:
    """Tell whether ListenBrainz took a name for the track: it does not say how sure it is."""
    credited: Iterable[str] = (normalise_name(artist.name) for artist in track.artists)
    named = normalise_name(match.artist)
    return normalise_title(match.title) == normalise_title(track.title) and any(
        name and f" {name} " in f" {named} " for name in credited
    )
