"""Read ReccoBeats's JSON: rows in any order, without those that it does not have, each known by its Spotify link."""

from catalog.audio_features import AudioFeatures, read_features
from catalog.matching import normalise_isrc
from catalog.models import Artist, Service, Track, TrackRef
from catalog.reading import Row, is_spotify_id, must, row_of, rows_of, whole, words

WHO = "ReccoBeats"
TRACK_PAGE = "open.spotify.com/track/"


def read_features_rows(body: object) -> dict[str, AudioFeatures]:
    """Return audio features by Spotify id: its own `id` is another, and rows do not stand in the order asked for."""
    found = {_spotify_id(row): read_features(row) for row in _content(body)}
    return {spotify_id: features for spotify_id, features in found.items() if spotify_id and features is not None}


def read_tracks(body: object) -> dict[str, Track]:
    """Return tracks by Spotify id."""
    found = ((_spotify_id(row), _track(row)) for row in _content(body))
    return {spotify_id: track for spotify_id, track in found if spotify_id and track is not None}


def read_recommended(body: object) -> list[Track]:
    """Return tracks in the order given, each once."""
    return list(read_tracks(body).values())


def _content(body: object) -> list[Row]:
    return rows_of(must(row_of(body).get("content"), list, WHO))


def _spotify_id(row: Row) -> str:
    _, _, rest = words(row.get("href")).partition(TRACK_PAGE)
    spotify_id = rest.split("?")[0].strip("/")
    return spotify_id if is_spotify_id(spotify_id) else ""


def _track(row: Row) -> Track | None:
    title, spotify_id = words(row.get("trackTitle")), _spotify_id(row)
    if not title or not spotify_id:
        return None
    names = (words(artist.get("name")) for artist in rows_of(row.get("artists")))
    return Track(
        title,
        tuple(Artist(name) for name in dict.fromkeys(names) if name),
        (TrackRef(Service.SPOTIFY, spotify_id),),
        duration_ms=whole(row.get("durationMs")) or None,
        isrc=normalise_isrc(words(row.get("isrc"))),
    )
