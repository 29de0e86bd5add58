"""Read Last.fm's JSON: numbers may be text, a list of one may be the one, and an empty answer is no data."""

from catalog.reading import Row, must, number, row_of, rows_of, whole, words
from catalog.similar import SimilarArtist, SimilarTrack, artist_key, best_first, track_key
from catalog.tags import Tag, read_tags

WHO = "Last.fm"


def read_top_tags(body: object) -> tuple[Tag, ...]:
    """Return tags, the most given first."""
    return read_tags(_inside(body, "toptags", "tag"))


def read_similar_tracks(body: object) -> tuple[SimilarTrack, ...]:
    """Return similar tracks, best first."""
    rows = (
        SimilarTrack(
            title=words(row.get("name")),
            artist=words(row_of(row.get("artist")).get("name")),
            score=number(row.get("match")) or 0.0,
            mbid=words(row.get("mbid")) or None,
            duration_ms=(whole(row.get("duration")) or 0) * 1000 or None,
        )
        for row in _inside(body, "similartracks", "track")
    )
    return best_first((row for row in rows if row.title and row.artist), track_key)


def read_similar_artists(body: object) -> tuple[SimilarArtist, ...]:
    """Return similar artists, best first."""
    rows = (
        SimilarArtist(words(row.get("name")), number(row.get("match")) or 0.0, words(row.get("mbid")) or None)
        for row in _inside(body, "similarartists", "artist")
    )
    return best_first((row for row in rows if row.name), artist_key)


def _inside(body: object, outer: str, inner: str) -> list[Row]:
    """Return the rows of an answer, none for no data."""
    if body is None:
        return []
    answer: Row = must(must(body, dict, WHO).get(outer), dict, WHO)
    return rows_of(answer.get(inner))
