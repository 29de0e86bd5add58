"""Understand search queries: `isrc:`, `artist:"..."`, `track:..` and plain words, as both services have them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from sandbox.records import SandboxTrack

TERM = re.compile(r'(?:(?P<field>[a-z_]+):\s*)?(?:"(?P<quoted>[^"]*)"|(?P<word>\S+))')
ENOUGH = 0.6  # the share of plain words that a track must have where none has them all


@dataclass(frozen=True, slots=True)
class Query:
    """Wanted words by field; `words` are those under no field."""

    fields: dict[str, tuple[str, ...]]
    words: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to look for."""
        return not self.words and not any(self.fields.values())


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’")
    return tuple(re.findall(r"\w+", bare))


def parse_query(text: str, known: Iterable[str]) -> Query:
    """Split a query into the known fields and plain words; `field:two words` covers the first word only."""
    fields: dict[str, tuple[str, ...]] = {}
    words: list[str] = []
    for match in TERM.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["word"]
        field = match["field"]
        if field in known:
            fields[field] = (*fields.get(field, ()), *tokens(value))
        else:
            words += tokens(f"{field or ''} {value}")
    return Query(fields, tuple(words))


@dataclass(frozen=True, slots=True)
class Indexed:
    """One track with its words, ready to be compared."""

    track: SandboxTrack
    title: frozenset[str]
    artists: frozenset[str]
    album: frozenset[str]
    isrc: str | None

    @classmethod
    def of(cls, track: SandboxTrack, isrc: str | None) -> Self:
        """Prepare a track under the ISRC that the service knows it by."""
        return cls(
            track,
            frozenset(tokens(track.full_title)),
            frozenset(tokens(track.byline)),
            frozenset(tokens(track.album.title)),
            isrc.casefold() if isrc else None,
        )

    def agrees(self, fields: dict[str, tuple[str, ...]]) -> bool:
        """Tell whether every field's words are there."""
        return all(self._has(field, words) for field, words in fields.items())

    def _has(self, field: str, words: Sequence[str]) -> bool:
        match field:
            case "isrc":
                return self.isrc is not None and "".join(words) == self.isrc
            case "artist":
                return self.artists.issuperset(words)
            case "album":
                return self.album.issuperset(words)
            case "year":
                return int(words[0]) <= self.track.year <= int(words[-1]) if words and words[0].isdigit() else False
            case _:
                return self.title.issuperset(words)

    def overlap(self, words: Sequence[str]) -> float:
        """Return the share of the words that title, artists or album have."""
        everywhere = self.title | self.artists | self.album
        return sum(word in everywhere for word in words) / len(words) if words else 1.0


def search(entries: Iterable[Indexed], query: Query) -> list[SandboxTrack]:
    """Return the tracks that the query finds: all words before some, short titles before long ones, then by rank."""
    found = [(entry.overlap(query.words), entry) for entry in entries if entry.agrees(query.fields)]
    best = max((share for share, _ in found), default=0.0)
    floor = 1.0 if best == 1.0 else ENOUGH
    kept = [(share, entry) for share, entry in found if share >= floor]
    kept.sort(key=lambda pair: (-pair[0], len(pair[1].title), -pair[1].track.rank))
    return [entry.track for _, entry in kept]
