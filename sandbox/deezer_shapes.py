"""Deezer's objects: whole ones by id, and the shorter ones in lists (without isrc, bpm and gain)."""

import hashlib
from typing import Any

from sandbox.records import SandboxAlbum, SandboxArtist, SandboxTrack

Json = dict[str, Any]
SITE = "https://www.deezer.com"


def picture(key: str) -> str:
    """Return the hash that picture addresses are made of."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


def short_artist(base: str, artist: SandboxArtist) -> Json:
    """Return the artist as tracks carry it."""
    return {
        "id": artist.deezer_id,
        "name": artist.name,
        "link": f"{SITE}/artist/{artist.deezer_id}",
        "picture": f"{base}/artist/{artist.deezer_id}/image",
        "tracklist": f"{base}/artist/{artist.deezer_id}/top?limit=50",
        "type": "artist",
    }


def full_artist(base: str, artist: SandboxArtist, albums: int) -> Json:
    """Return GET /artist/{id}."""
    return {
        **short_artist(base, artist),
        "share": f"{SITE}/artist/{artist.deezer_id}?utm_source=deezer",
        "nb_album": albums,
        "nb_fan": artist.fans,
        "radio": True,
    }


def short_album(base: str, album: SandboxAlbum) -> Json:
    """Return the album as tracks carry it."""
    return {
        "id": album.deezer_id,
        "title": album.title,
        "cover": f"{base}/album/{album.deezer_id}/image",
        "md5_image": picture(f"album {album.deezer_id}"),
        "tracklist": f"{base}/album/{album.deezer_id}/tracks",
        "type": "album",
    }


def short_track(base: str, track: SandboxTrack, preview: str) -> Json:
    """Return a track as search results and lists carry it."""
    version = f"({track.version})" if track.version else ""
    return {
        "id": track.deezer_id,
        "readable": True,
        "title": f"{track.title} {version}".strip(),
        "title_short": track.title,
        "title_version": version,
        "link": track.deezer_url,
        "duration": round(track.duration_ms / 1000),
        "rank": track.rank,
        "explicit_lyrics": track.explicit,
        "explicit_content_lyrics": int(track.explicit),
        "explicit_content_cover": 0,
        "preview": preview,
        "md5_image": picture(f"album {track.album.deezer_id}"),
        "artist": short_artist(base, track.artist),
        "album": short_album(base, track.album),
        "type": "track",
    }


def full_track(base: str, track: SandboxTrack, preview: str) -> Json:
    """Return GET /track/{id}; a bpm of 0 means that Deezer does not know."""
    return {
        **short_track(base, track, preview),
        "isrc": track.deezer_isrc,
        "share": f"{track.deezer_url}?utm_source=deezer",
        "track_position": track.track_number,
        "disk_number": 1,
        "release_date": track.album.release_date,
        "bpm": track.bpm,
        "gain": track.gain,
        "available_countries": ["DE", "FR", "GB", "US"],
        "contributors": contributors(base, track),
        "artist": {**short_artist(base, track.artist), "radio": True},
        "album": {
            **short_album(base, track.album),
            "link": f"{SITE}/album/{track.album.deezer_id}",
            "release_date": track.album.release_date,
        },
    }


def contributors(base: str, track: SandboxTrack) -> list[Json]:
    """Return everybody credited, the main artist first."""
    return [
        {**short_artist(base, artist), "radio": True, "role": "Featured" if number else "Main"}
        for number, artist in enumerate(track.artists)
    ]


def full_album(base: str, album: SandboxAlbum, genre: tuple[int, str], tracks: list[Json], duration: int) -> Json:
    """Return GET /album/{id} with its coarse genre and its tracks."""
    return {
        **short_album(base, album),
        "upc": f"{album.deezer_id:012d}",
        "link": f"{SITE}/album/{album.deezer_id}",
        "genre_id": genre[0],
        "genres": {"data": [{"id": genre[0], "name": genre[1], "type": "genre"}]},
        "label": f"{album.artist.name} Recordings",
        "nb_tracks": len(tracks),
        "duration": duration,
        "fans": album.artist.fans // 10,
        "release_date": album.release_date,
        "record_type": album.kind,
        "explicit_lyrics": any(track["explicit_lyrics"] for track in tracks),
        "artist": short_artist(base, album.artist),
        "tracks": {"data": tracks},
    }
