"""Read the laboratory's JSON: rows in any order, some of them twice, some missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.reading import Row, is_spotify_id, must, number, rows_of, whole, words
from catalog.similar import SimilarArtist, SimilarTrack, artist_key, best_first, track_key
from catalog.tags import Tag

WHO = "ListenBrainz Labs"


@dataclass(frozen=True, slots=True)
class Popularity:
    """How popular a recording is: `share` is its percentile from 0 to 1, `tags` those that it was counted under."""

    share: float
    tags: tuple[Tag, ...] = ()


def read_similar_artists(body: object, mbid: str) -> tuple[SimilarArtist, ...]:
    """Return the neighbours of one artist, best first; those that MusicBrainz has merged away have no name."""
    rows = (
        SimilarArtist(words(row.get("name")), number(row.get("score")) or 0.0, words(row.get("artist_mbid")) or None)
        for row in _rows(body)
    )
    return best_first((row for row in rows if row.name and row.mbid != mbid), artist_key)


def read_similar_recordings(body: object, mbid: str) -> tuple[SimilarTrack, ...]:
    """Return the neighbours of one recording, best first."""
    rows = (
        SimilarTrack(
            title=words(row.get("recording_name")),
            artist=words(row.get("artist_credit_name")),
            score=number(row.get("score")) or 0.0,
            mbid=words(row.get("recording_mbid")) or None,
            album=words(row.get("release_name")) or None,
        )
        for row in _rows(body)
    )
    return best_first((row for row in rows if row.title and row.artist and row.mbid != mbid), track_key)


def read_spotify_ids(body: object, fields: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return ids on Spotify under what each row repeats of its question."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _rows(body):
        ids = row.get("spotify_track_ids")
        kept = [each for each in ids if isinstance(each, str) and is_spotify_id(each)] if isinstance(ids, list) else []
        if kept:
            found[tuple(str(row.get(field) or "") for field in fields)] = tuple(dict.fromkeys(kept))
    return found


def read_popularity(body: object, asked: Iterable[str]) -> dict[str, Popularity]:
    """Return the popularity of recordings: a row a tag, the same percentile on all of a recording's."""
    rows: dict[str, list[Row]] = {mbid: [] for mbid in asked}
    for row in _rows(body):
        rows.get(words(row.get("recording_mbid")), []).append(row)
    return {mbid: _popularity(own) for mbid, own in rows.items() if own}


def _popularity(rows: Sequence[Row]) -> Popularity:
    share = max((number(row.get("percent")) or 0.0 for row in rows), default=0.0)
    tags = {words(row.get("tag")): whole(row.get("tag_count")) or 0 for row in rows if row.get("source") == "recording"}
    ordered = sorted(tags.items(), key=lambda pair: (-pair[1], pair[0]))
    return Popularity(share, tuple(Tag(name, count) for name, count in ordered if name))


def _rows(body: object) -> list[Row]:
    return rows_of(must(body, list, WHO))
