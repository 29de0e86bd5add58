"""Tags for tests: a small catalogue of genres that people know."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from catalog.models import Artist, Track
from catalog.tags import TagColumns
from recommender.tag_terms import Terms, terms_of

Row = tuple[int, str, float]

GENRES: Mapping[str, Sequence[str]] = {
    "gaze": ("shoegaze", "dream pop", "noise pop", "90s"),
    "bop": ("bebop", "jazz", "hard bop", "saxophone"),
    "deep": ("deep house", "house", "electronic", "dance"),
    "black": ("black metal", "metal", "norwegian", "raw"),
}


def columns(
    rows: Iterable[Row], source: str = "musicbrainz", level: str = "track", genres: Iterable[str] = ()
) -> TagColumns:
    """Return tags of one source and level as storage hands them out."""
    listed, known = list(rows), set(genres)
    return TagColumns(
        np.array([track_id for track_id, _, _ in listed], dtype=np.int64),
        (source,) * len(listed),
        (level,) * len(listed),
        tuple(name for _, name, _ in listed),
        np.array([count for _, _, count in listed], dtype=np.float64),
        np.array([name in known for _, name, _ in listed], dtype=np.bool_),
    )


def together(*parts: TagColumns) -> TagColumns:
    """Return the tags of several sources."""
    return TagColumns(
        np.concatenate([part.track_id for part in parts]),
        sum((part.source for part in parts), ()),
        sum((part.level for part in parts), ()),
        sum((part.name for part in parts), ()),
        np.concatenate([part.count for part in parts]),
        np.concatenate([part.genre for part in parts]),
    )


def tracks(ids: Iterable[int], titles: Mapping[int, str] | None = None) -> dict[int, Track]:
    """Return tracks, each by an artist of its own, with titles that share no word."""
    named = titles or {}
    return {n: Track(named.get(n, f"zz{n}q"), (Artist(f"somebody {n}", id=n),), id=n) for n in ids}


def tagged(tags: Mapping[int, Sequence[str]], said: Mapping[int, Sequence[str]] | None = None) -> Terms:
    """Return the terms of tracks with these tags, each given once."""
    rows = [(track_id, name, 1.0) for track_id, names in tags.items() for name in names]
    return terms_of(tracks(tags), columns(rows), None, said or {})


def catalogue(each: int = 6) -> dict[int, tuple[str, ...]]:
    """Return the tags of tracks of four genres, one after the other; each lacks one tag of its genre."""
    return {
        place * 100 + number: tuple(tag for index, tag in enumerate(tags) if index != 1 + number % 3)
        for place, tags in enumerate(GENRES.values())
        for number in range(each)
    }
