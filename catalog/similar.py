"""What is heard beside what: rows of ListenBrainz Labs and Last.fm in one form, best first and without repeats."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class SimilarArtist:
    """An artist heard beside another; scores compare within one answer only."""

    name: str
    score: float
    mbid: str | None = None


@dataclass(frozen=True, slots=True)
class SimilarTrack:
    """A track heard beside another; scores compare within one answer only."""

    title: str
    artist: str
    score: float
    mbid: str | None = None
    album: str | None = None
    duration_ms: int | None = None


T = TypeVar("T", SimilarArtist, SimilarTrack)


def best_first(rows: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return the rows by falling score, each key once: the services repeat rows and do not sort them."""
    found: dict[Hashable, T] = {}
    for row in sorted(rows, key=lambda each: -each.score):
        found.setdefault(key(row), row)
    return tuple(found.values())


def artist_key(row: SimilarArtist) -> Hashable:
    """Return what tells artists apart."""
    return row.mbid or row.name.casefold()


def track_key(row: SimilarTrack) -> Hashable:
    """Return what tells tracks apart: one title by one artist has many MBIDs."""
    return row.title.casefold(), row.artist.casefold()
