"""The Web API's objects as an app in Development Mode sees them since 2026: no popularity, genres or previews."""

import hashlib
import html
from collections.abc import Sequence
from typing import Any

from sandbox.accounts import Account
from sandbox.catalogue import Catalogue
from sandbox.records import SandboxAlbum, SandboxArtist, SandboxTrack

Json = dict[str, Any]
OPEN = "https://open.spotify.com"
IMAGE_SIDES = (640, 300, 64)


def images(key: str, sides: Sequence[int] = IMAGE_SIDES) -> list[Json]:
    """Return addresses of pictures that nobody serves."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:24]
    return [
        {"height": side, "width": side, "url": f"https://i.scdn.invalid/image/{side:04x}{digest}"} for side in sides
    ]


def _named(base: str, kind: str, item_id: str, name: str) -> Json:
    return {
        "external_urls": {"spotify": f"{OPEN}/{kind}/{item_id}"},
        "href": f"{base}/{kind}s/{item_id}",
        "id": item_id,
        "name": name,
        "type": kind,
        "uri": f"spotify:{kind}:{item_id}",
    }


def simple_artist(base: str, artist: SandboxArtist) -> Json:
    """Return the artist as tracks and albums carry it."""
    return _named(base, "artist", artist.spotify_id, artist.name)


def full_artist(base: str, artist: SandboxArtist) -> Json:
    """Return GET /artists/{id}: only names, addresses and pictures."""
    return {**simple_artist(base, artist), "images": images(artist.spotify_id)}


def simple_album(base: str, album: SandboxAlbum) -> Json:
    """Return the album as tracks and lists carry it."""
    return {
        "album_type": album.kind,
        "artists": [simple_artist(base, album.artist)],
        **_named(base, "album", album.spotify_id, album.title),
        "images": images(album.spotify_id),
        "is_playable": True,
        "release_date": album.release_date,
        "release_date_precision": "day",
        "total_tracks": album.total_tracks,
    }


def simple_track(base: str, track: SandboxTrack) -> Json:
    """Return the track as albums carry it: without album and ISRC."""
    return {
        "artists": [simple_artist(base, artist) for artist in track.artists],
        "disc_number": 1,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        **_named(base, "track", track.spotify_id, track.full_title),
        "is_local": False,
        "track_number": track.track_number,
    }


def full_track(base: str, track: SandboxTrack) -> Json:
    """Return GET /tracks/{id}."""
    return {
        "album": simple_album(base, track.album),
        **simple_track(base, track),
        "external_ids": {} if track.isrc is None else {"isrc": track.isrc},
        "is_playable": True,
    }


def full_album(base: str, album: SandboxAlbum, catalogue: Catalogue) -> Json:
    """Return GET /albums/{id} with its first page of tracks."""
    tracks = [simple_track(base, track) for track in catalogue.tracks_on(album) if track.on_spotify]
    return {
        **simple_album(base, album),
        "tracks": page(f"{base}/albums/{album.spotify_id}/tracks", tracks, 0, 50),
        "copyrights": [{"text": f"{album.release_date[:4]} {album.artist.name}", "type": "C"}],
        "external_ids": {"upc": f"{album.deezer_id:012d}"},
        "genres": [],
    }


def public_user(base: str, account: Account, *, named: bool = True) -> Json:
    """Return a user as playlists carry them."""
    user: Json = {
        "external_urls": {"spotify": f"{OPEN}/user/{account.id}"},
        "href": f"{base}/users/{account.id}",
        "id": account.id,
        "type": "user",
        "uri": f"spotify:user:{account.id}",
    }
    return {**user, "display_name": account.name} if named else user


def described(text: str) -> str:
    """Return a description as the API gives it back: with HTML entities, slashes too."""
    return html.escape(text, quote=True).replace("/", "&#x2F;")


def page(href: str, items: Sequence[Any], offset: int, limit: int, extra: str = "") -> Json:
    """Return one page of a paging object over all items."""

    def at(start: int) -> str:
        return f"{href}?offset={start}&limit={limit}{extra}"

    more = offset + limit < len(items)
    return {
        "href": at(offset),
        "items": list(items[offset : offset + limit]),
        "limit": limit,
        "next": at(offset + limit) if more else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": len(items),
    }
