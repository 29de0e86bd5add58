"""Read Deezer's JSON into our nouns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import BadAnswer
from catalog.matching import normalise_isrc
from catalog.models import Artist, Release, Service, Track, TrackRef


@dataclass(frozen=True, slots=True)
class DeezerTrack:
    """A track as Deezer knows it, with the numbers that learning reads.

    `gain` in dB; `rank` from 0 to 1,000,000; `bpm` None where Deezer has none (it answers 0); `preview_url` is
    signed and ends after 15 minutes, so it is never stored. `album_id` leads to the album's genres.
    """

    track: Track
    gain: float | None = None
    rank: int | None = None
    bpm: float | None = None
    preview_url: str | None = None
    album_id: str | None = None


def read_track(body: object) -> DeezerTrack | None:
    """Return the track of a JSON object, None for what is not one."""
    if not isinstance(body, Mapping) or not body.get("id") or not body.get("title"):
        return None
    album = body["album"] if isinstance(body.get("album"), Mapping) else {}
    duration = _number(body.get("duration"))
    explicit = body.get("explicit_lyrics")
    track = Track(
        title=str(body["title"]),
        artists=_credits(body),
        refs=(TrackRef(Service.DEEZER, str(body["id"])),),
        duration_ms=round(duration * 1000) if duration else None,
        isrc=normalise_isrc(str(body.get("isrc") or "")),
        album=album.get("title") or None,
        year=_year(body.get("release_date") or album.get("release_date")),
        explicit=explicit if isinstance(explicit, bool) else None,
    )
    rank = _number(body.get("rank"))
    return DeezerTrack(
        track,
        gain=_number(body.get("gain")),
        rank=None if rank is None else int(rank),
        bpm=_number(body.get("bpm")) or None,
        preview_url=str(body.get("preview") or "") or None,
        album_id=str(album["id"]) if album.get("id") else None,
    )


def read_tracks(body: object) -> list[DeezerTrack]:
    """Return the tracks of a list, leaving out what is not one."""
    tracks = (read_track(row) for row in _rows(body))
    return [track for track in tracks if track is not None]


def read_release(body: object) -> Release:
    """Return an album with its tracks."""
    if not isinstance(body, Mapping):
        raise BadAnswer("Deezer gave an album that cannot be read.")
    return Release(str(body.get("title") or ""), tuple(each.track for each in read_tracks(body.get("tracks"))))


def read_genres(body: object) -> tuple[str, ...]:
    """Return the genres of an album, of some 25 that Deezer has, none where it names none."""
    genres = body.get("genres") if isinstance(body, Mapping) else None
    rows = genres.get("data") if isinstance(genres, Mapping) else None
    named = [row.get("name") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(" ".join(name.split()) for name in named if isinstance(name, str) and name.strip()))


def read_artists(body: object) -> list[Artist]:
    """Return the artists of a list."""
    return [artist for row in _rows(body) if (artist := _artist(row)) is not None]


def _rows(body: object) -> list[Any]:
    rows = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise BadAnswer("Deezer gave an answer that cannot be read.")
    return rows


def _credits(body: Mapping[str, Any]) -> tuple[Artist, ...]:
    """Return the artists in order: contributors have the guests, search hits have one artist alone."""
    rows = [body.get("artist"), *(body.get("contributors") or ())]
    found = [artist for row in rows if (artist := _artist(row)) is not None]
    return tuple(dict.fromkeys(found))


def _artist(row: object) -> Artist | None:
    if not isinstance(row, Mapping) or not row.get("name"):
        return None
    return Artist(str(row["name"]), deezer_id=str(row["id"]) if row.get("id") else None)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _year(date: object) -> int | None:
    year = str(date or "")[:4]
    return int(year) if len(year) == 4 and year.isdigit() and year != "0000" else None
