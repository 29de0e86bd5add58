"""Where the sandbox's tracks stand on sites that have no API there, and what those call them."""

import random
import re
import string
import unicodedata

from sandbox.records import SandboxAlbum, SandboxTrack

VIDEO_LETTERS = string.ascii_letters + string.digits + "-_"
FIRST_TIDAL = 50_000_000
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def youtube_id(track: SandboxTrack) -> str:
    """Return the id of the track's video."""
    return "".join(random.Random(f"youtube {track.index}").choices(VIDEO_LETTERS, k=11))


def tidal_id(track: SandboxTrack) -> int:
    """Return the track's number on Tidal."""
    return FIRST_TIDAL + track.index


def soundcloud_id(track: SandboxTrack) -> str:
    """Return who uploaded the track, and under which name."""
    return f"{slug(track.artist.name)}/{slug(track.full_title)}-{track.index}"


def bandcamp_id(track: SandboxTrack) -> str:
    """Return the artist's part of Bandcamp, and the track's name there."""
    return f"{slug(track.artist.name)}/{slug(track.full_title)}-{track.index}"


def bandcamp_album_id(album: SandboxAlbum) -> str:
    """Return the artist's part of Bandcamp, and the album's name there."""
    return f"{slug(album.artist.name)}/{slug(album.title)}-{album.deezer_id}"


def youtube_url(track: SandboxTrack) -> str:
    """Return the link to the track's video."""
    return f"https://www.youtube.com/watch?v={youtube_id(track)}"


def tidal_url(track: SandboxTrack) -> str:
    """Return the link to the track on Tidal."""
    return f"https://tidal.com/track/{tidal_id(track)}"


def soundcloud_url(track: SandboxTrack) -> str:
    """Return the link to the track on SoundCloud."""
    return f"https://soundcloud.com/{soundcloud_id(track)}"


def bandcamp_url(track: SandboxTrack) -> str:
    """Return the link to the track on Bandcamp."""
    owner, _, name = bandcamp_id(track).partition("/")
    return f"https://{owner}.bandcamp.com/track/{name}"


def bandcamp_album_url(album: SandboxAlbum) -> str:
    """Return the link to the album on Bandcamp."""
    owner, _, name = bandcamp_album_id(album).partition("/")
    return f"https://{owner}.bandcamp.com/album/{name}"


def youtube_album_id(album: SandboxAlbum) -> str:
    """Return the id of the list that YouTube Music makes of an album."""
    return "OLAK5uy_" + "".join(random.Random(f"youtube album {album.deezer_id}").choices(VIDEO_LETTERS, k=33))


def youtube_album_url(album: SandboxAlbum) -> str:
    """Return the link to the album on YouTube Music."""
    return f"https://music.youtube.com/playlist?list={youtube_album_id(album)}"


def tidal_album_id(album: SandboxAlbum) -> int:
    """Return the album's number on Tidal."""
    return FIRST_TIDAL + album.deezer_id


def tidal_album_url(album: SandboxAlbum) -> str:
    """Return the link to the album on Tidal."""
    return f"https://tidal.com/album/{tidal_album_id(album)}"


def pages_of(track: SandboxTrack) -> list[str]:
    """Return the track's links on these sites, as MusicBrainz spells them."""
    return [youtube_url(track), tidal_url(track), soundcloud_url(track), bandcamp_url(track)]


def short_code(url: str) -> str:
    """Return the code that a shortener leads to an address by."""
    return "".join(random.Random(f"short {url}").choices(string.ascii_letters + string.digits, k=8))


def video_of(track: SandboxTrack) -> tuple[str, str]:
    """Return the title of a track's video and the name of its channel."""
    artist, title = track.byline, track.full_title
    match track.index % 5:
        case 0:
            return title, f"{track.artist.name} - Topic"
        case 1:
            return f"{artist} - {title} (Official Video)", track.artist.name
        case 2:
            return f"{artist} – {title} [Official Audio]", "Some Label Records"
        case 3:
            return f"{artist} - {title} (Lyrics) | HD", "lyrics4you"
        case _:
            return f"{title} - {artist}", track.artist.name


def slug(text: str) -> str:
    """Return a name as addresses spell it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_LETTER.sub("-", plain).strip("-")[:60] or "untitled"
