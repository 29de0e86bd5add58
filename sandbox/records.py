"""The nouns of the generated catalogue."""

from dataclasses import dataclass

from sandbox.sound import Sound


@dataclass(frozen=True, slots=True)
class SandboxArtist:
    """A fictional artist; `genres` holds the main genre first, and a second one for those who straddle two."""

    name: str
    spotify_id: str
    deezer_id: int
    genres: tuple[str, ...]
    fans: int


@dataclass(frozen=True, slots=True)
class SandboxAlbum:
    """A fictional album, single or compilation (`kind`); `release_date` is `YYYY-MM-DD`."""

    title: str
    spotify_id: str
    deezer_id: int
    artist: SandboxArtist
    kind: str
    release_date: str
    total_tracks: int
    genre: str


@dataclass(frozen=True, slots=True)
class SandboxTrack:
    """One entry of the catalogue: a recording as the services list it.

    `recording` is the same number for entries that are one recording (two Spotify ids, one ISRC). `isrc` is what
    Spotify says, None where it says nothing; `deezer_isrc` what Deezer says (another one for a re-issue, which
    Deezer cannot find by `isrc`). `on_spotify` and `on_deezer` tell whether the service has it at all: its id
    there is then unknown to the service. `bpm` is Deezer's, often 0. `version` is empty, or says "Live at ..".
    """

    index: int
    recording: int
    title: str
    version: str
    artists: tuple[SandboxArtist, ...]
    album: SandboxAlbum
    track_number: int
    spotify_id: str
    on_spotify: bool
    deezer_id: int
    on_deezer: bool
    isrc: str | None
    deezer_isrc: str
    duration_ms: int
    explicit: bool
    rank: int
    gain: float
    bpm: float
    has_preview: bool
    genre: str
    sound: Sound

    @property
    def artist(self) -> SandboxArtist:
        """Return the first credited artist."""
        return self.artists[0]

    @property
    def byline(self) -> str:
        """Return the artists' names, joined as people read them."""
        return ", ".join(artist.name for artist in self.artists)

    @property
    def full_title(self) -> str:
        """Return the title as Spotify writes it: `Title - Live at ..` for versions."""
        return f"{self.title} - {self.version}" if self.version else self.title

    @property
    def year(self) -> int:
        """Return the year of release."""
        return int(self.album.release_date[:4])

    @property
    def spotify_url(self) -> str:
        """Return the link that people paste."""
        return f"https://open.spotify.com/track/{self.spotify_id}"

    @property
    def spotify_uri(self) -> str:
        """Return the URI that playlists hold."""
        return f"spotify:track:{self.spotify_id}"

    @property
    def deezer_url(self) -> str:
        """Return the link into Deezer."""
        return f"https://www.deezer.com/track/{self.deezer_id}"
