"""A generated catalogue of fictional music, the same for everybody who names the same seed."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from sandbox.generate import DEFAULT_SEED, generate_tracks
from sandbox.genres import GENRES, Genre
from sandbox.query import Indexed
from sandbox.records import SandboxAlbum, SandboxArtist, SandboxTrack

RELATED_ARTISTS = 20  # what Deezer answers for most artists


class Catalogue:
    """All fictional tracks, with the look-ups that the services need."""

    def __init__(self, seed: int, tracks: Iterable[SandboxTrack]) -> None:
        self.seed = seed
        self.tracks: tuple[SandboxTrack, ...] = tuple(tracks)
        self.genres: dict[str, Genre] = {genre.name: genre for genre in GENRES}
        self.by_spotify_id = {track.spotify_id: track for track in self.tracks if track.on_spotify}
        self.by_deezer_id = {track.deezer_id: track for track in self.tracks if track.on_deezer}

    @cached_property
    def shareable(self) -> tuple[SandboxTrack, ...]:
        """Return the tracks that a member can paste a Spotify link of."""
        return tuple(track for track in self.tracks if track.on_spotify)

    @cached_property
    def spotify_index(self) -> tuple[Indexed, ...]:
        """Return what Spotify's search looks through."""
        return tuple(Indexed.of(track, track.isrc) for track in self.shareable)

    @cached_property
    def deezer_index(self) -> tuple[Indexed, ...]:
        """Return what Deezer's search looks through; it knows no isrc: there."""
        return tuple(Indexed.of(track, None) for track in self.tracks if track.on_deezer)

    @cached_property
    def artists(self) -> tuple[SandboxArtist, ...]:
        """Return every artist once, in the order of their first track."""
        return tuple(dict.fromkeys(artist for track in self.tracks for artist in track.artists))

    @cached_property
    def albums(self) -> tuple[SandboxAlbum, ...]:
        """Return every album once, in the order of its first track."""
        return tuple(dict.fromkeys(track.album for track in self.tracks))

    @cached_property
    def artist_by_spotify_id(self) -> dict[str, SandboxArtist]:
        """Return the artists under their Spotify ids."""
        return {artist.spotify_id: artist for artist in self.artists}

    @cached_property
    def artist_by_deezer_id(self) -> dict[int, SandboxArtist]:
        """Return the artists under their Deezer ids."""
        return {artist.deezer_id: artist for artist in self.artists}

    @cached_property
    def album_by_spotify_id(self) -> dict[str, SandboxAlbum]:
        """Return the albums under their Spotify ids."""
        return {album.spotify_id: album for album in self.albums}

    @cached_property
    def album_by_deezer_id(self) -> dict[int, SandboxAlbum]:
        """Return the albums under their Deezer ids."""
        return {album.deezer_id: album for album in self.albums}

    @cached_property
    def _by_artist(self) -> dict[SandboxArtist, tuple[SandboxTrack, ...]]:
        found: defaultdict[SandboxArtist, list[SandboxTrack]] = defaultdict(list)
        for track in self.tracks:
            for artist in track.artists:
                found[artist].append(track)
        return {artist: tuple(tracks) for artist, tracks in found.items()}

    @cached_property
    def _by_album(self) -> dict[SandboxAlbum, tuple[SandboxTrack, ...]]:
        found: defaultdict[SandboxAlbum, list[SandboxTrack]] = defaultdict(list)
        for track in self.tracks:
            found[track.album].append(track)
        return {album: tuple(tracks) for album, tracks in found.items()}

    def tracks_of(self, artist: SandboxArtist) -> tuple[SandboxTrack, ...]:
        """Return the tracks that credit the artist."""
        return self._by_artist.get(artist, ())

    def tracks_on(self, album: SandboxAlbum) -> tuple[SandboxTrack, ...]:
        """Return the tracks of the album."""
        return self._by_album.get(album, ())

    def tracks_in(self, genre: str) -> tuple[SandboxTrack, ...]:
        """Return the tracks of that genre."""
        return tuple(track for track in self.tracks if track.genre == genre)

    def related(self, artist: SandboxArtist, limit: int = RELATED_ARTISTS) -> tuple[SandboxArtist, ...]:
        """Return artists like this one: of its own genres first, then of the neighbouring ones."""
        others = (other for other in self.artists if other != artist)
        ranked = sorted((self._distance(artist, other), -other.fans, other.deezer_id, other) for other in others)
        return tuple(other for distance, _, _, other in ranked[:limit] if distance < 2)

    def _distance(self, one: SandboxArtist, other: SandboxArtist) -> int:
        if set(one.genres) & set(other.genres):
            return 0
        return 1 if set(self.genres[one.genres[0]].neighbours) & set(other.genres) else 2


def make_catalogue(seed: int = DEFAULT_SEED, *, hostile: bool = True) -> Catalogue:
    """Generate the catalogue of that seed: at least 1,400 tracks in 12 genres.

    `hostile` gives a few tracks titles that abuse Discord's markup; leave them out where a person reads along.
    """
    return Catalogue(seed, generate_tracks(seed, hostile=hostile))
