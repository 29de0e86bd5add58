"""Read Spotify's JSON into our nouns; fields that new apps do not get are not asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from catalog.errors import BadAnswer
from catalog.models import Artist, Release, Service, Track, TrackRef


@dataclass(frozen=True, slots=True)
class PlaylistInfo:
    """A playlist on Spotify: where it is and how it introduces itself."""

    id: str
    url: str
    name: str = ""
    description: str = ""


def read_track(body: object) -> Track | None:
    """Return the track of a JSON object, None for what is not one (a local file, an episode, null)."""
    if not isinstance(body, Mapping) or not body.get("id") or body.get("type", "track") != "track":
        return None
    album = _object(body.get("album"))
    duration = body.get("duration_ms")
    return Track(
        title=str(body.get("name") or ""),
        artists=tuple(Artist(str(each["name"])) for each in _objects(body.get("artists")) if each.get("name")),
        refs=(TrackRef(Service.SPOTIFY, str(body["id"])),),
        duration_ms=int(duration) if isinstance(duration, int | float) and duration > 0 else None,
        isrc=_object(body.get("external_ids")).get("isrc") or None,
        album=album.get("name") or None,
        year=read_year(album.get("release_date")),
        explicit=body.get("explicit") if isinstance(body.get("explicit"), bool) else None,
    )


def read_one_track(body: object) -> Track | None:
    """Return the track of an answer that must be one; None where Spotify has but an empty shell of it."""
    if not _need(body).get("id"):
        raise BadAnswer("Spotify gave a track without an id.")
    track = read_track(body)
    return track if track is not None and track.title else None


def read_release(body: object) -> Release:
    """Return an album with the first fifty of its tracks; they come without ISRC."""
    found = _need(body)
    rows = _objects(_object(found.get("tracks")).get("items"))
    tracks = (read_track({**row, "album": found}) for row in rows)
    return Release(str(found.get("name") or ""), tuple(track for track in tracks if track is not None and track.title))


def read_found(body: object) -> list[Track]:
    """Return the tracks of a search; hits may be null."""
    items = _need(_need(body).get("tracks")).get("items")
    if not isinstance(items, list):
        raise BadAnswer("Spotify gave a search without hits.")
    tracks = (read_track(item) for item in items)
    return [track for track in tracks if track is not None and track.title]


def read_playlist(body: object) -> PlaylistInfo:
    """Return a playlist's id, address and words."""
    found = _need(body)
    if not found.get("id"):
        raise BadAnswer("Spotify gave a playlist without an id.")
    playlist_id = str(found["id"])
    url = _object(found.get("external_urls")).get("spotify") or f"https://open.spotify.com/playlist/{playlist_id}"
    description = unescape(str(found.get("description") or ""))  # Spotify answers &#x27; for an apostrophe
    return PlaylistInfo(playlist_id, str(url), str(found.get("name") or ""), description)


def read_playlists(body: object) -> tuple[list[PlaylistInfo], bool]:
    """Return one page of playlists and whether there are more."""
    page = _need(body)
    if not isinstance(page.get("items"), list):
        raise BadAnswer("Spotify gave a list of playlists that cannot be read.")
    return [read_playlist(item) for item in _objects(page["items"]) if item.get("id")], bool(page.get("next"))


def read_item_ids(body: object) -> tuple[list[str], bool]:
    """Return the track ids of one page of a playlist and whether there are more."""
    page = _need(body)
    if not isinstance(page.get("items"), list):
        raise BadAnswer("Spotify does not show what is in this playlist: it belongs to another account.")
    tracks = (_object(row.get("item") or row.get("track")) for row in _objects(page["items"]))
    return [str(track["id"]) for track in tracks if track.get("id")], bool(page.get("next"))


def read_library(body: object) -> tuple[list[tuple[Track, str]], bool]:
    """Return one page of saved or top tracks, with the instants they were saved at, and whether there are more."""
    page = _need(body)
    if not isinstance(page.get("items"), list):
        raise BadAnswer("Spotify gave a library that cannot be read.")
    rows = ((read_track(row.get("track") or row), str(row.get("added_at") or "")) for row in _objects(page["items"]))
    return [(track, at) for track, at in rows if track is not None and track.title], bool(page.get("next"))


def read_account_id(body: object) -> str:
    """Return the id that accounts are linked by; `account_id` has replaced `id`."""
    found = _need(body)
    account = found.get("account_id") or found.get("id")
    if not account:
        raise BadAnswer("Spotify gave an account without an id.")
    return str(account)


def read_year(date: object) -> int | None:
    """Return the year of a release date, which may be a year, a month or a day."""
    year = str(date or "")[:4]
    return int(year) if len(year) == 4 and year.isdigit() and year != "0000" else None


def _need(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise BadAnswer("Spotify gave an answer that cannot be read.")
    return body


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
