"""What is said of tracks, gathered from everybody who says something: one sparse table of terms, not learned yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from catalog.models import Track
from catalog.spelling import letters
from catalog.tags import TagColumns, TagLevel, TagSource
from recommender.cnn import CNN_TAGS
from recommender.dataset import Floats, Ints
from recommender.features import Block
from recommender.tag_names import canonical, is_known, key_of, named_in
from recommender.tag_traits import COMMON

AUTO, SAID, WORD = "auto:", "said:", "word:"
"""What terms begin with that are no tags: heard by the network, named by members, mere words."""

SOURCES: Mapping[str, float] = {
    TagSource.LASTFM: 1.0,  # many listeners, each track by itself
    TagSource.MUSICBRAINZ: 1.0,  # few votes, careful ones
    TagSource.LISTENBRAINZ: 0.8,  # those votes again, with what its listeners add
    TagSource.DEEZER: 0.5,  # about 25 genres, of whole albums
    TagSource.ITUNES: 0.5,
}
LEVELS: Mapping[str, float] = {TagLevel.TRACK: 1.0, TagLevel.ALBUM: 0.7, TagLevel.ARTIST: 0.6}
"""What was given to the track itself says most; most tracks have tags of their artist alone."""

FEWEST: Mapping[str, float] = {TagSource.LASTFM: 10.0}
"""Counts below which a source's tags are one listener's whim."""

UNSURE = 0.5
"""Weight of a tag that neither the table nor its source knows as one: a theme as often as a joke."""

HEARD_FROM = 0.1
"""Probability from which the network's tags count."""

TITLE, ALBUM, MESSAGE = 1.0, 0.7, 1.0
TELLING = 3
"""Letters of the shortest word that says anything."""

_COMMON = frozenset(COMMON.split())


@dataclass(frozen=True, slots=True)
class Terms:
    """A sparse table: track `track_ids[row[i]]` has the term `names[term[i]]` with `weight[i]`.

    `track_ids` (n,) int64 ascending; `row`, `term` (m,) int64; `weight` (m,) float64. What stands there twice counts
    twice: two sources agree. `genres` are tags that a source lists as genres.
    """

    track_ids: Ints
    row: Ints
    term: Ints
    weight: Floats
    names: tuple[str, ...]
    genres: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.track_ids)

    @classmethod
    def build(
        cls,
        track_ids: Sequence[int],
        said: Iterable[tuple[int, str, float]],
        genres: Iterable[str] = (),
    ) -> Self:
        """Return the table of (row, name, weight) as they come."""
        triples = list(said)
        place: dict[str, int] = {}
        return cls(
            np.array(track_ids, dtype=np.int64),
            np.array([row for row, _, _ in triples], dtype=np.int64),
            np.array([place.setdefault(name, len(place)) for _, name, _ in triples], dtype=np.int64),
            np.array([weight for _, _, weight in triples], dtype=np.float64),
            tuple(place),
            frozenset(genres),
        )

    def of(self, row: int) -> dict[str, float]:
        """Return the terms of one row with their weights."""
        found: dict[str, float] = {}
        for place in np.flatnonzero(self.row == row).tolist():
            name = self.names[self.term[place]]
            found[name] = found.get(name, 0.0) + float(self.weight[place])
        return found


def terms_of(
    tracks: Mapping[int, Track], tags: TagColumns, heard: Block | None, said: Mapping[int, Sequence[str]]
) -> Terms:
    """Return all that is said of these tracks: tags of every source, what the network heard, words.

    `heard` holds the network's probabilities in its first columns; `said` what members wrote, by track.
    """
    ids = sorted(tracks)
    rows = {track_id: row for row, track_id in enumerate(ids)}
    triples = _tagged(rows, tracks, tags)
    triples += _heard(rows, heard) if heard is not None else []
    for track_id, row in rows.items():
        track = tracks[track_id]
        triples += [(row, WORD + word, weight) for word, weight in _words(track, said.get(track_id, ())).items()]
        named = {name for text in said.get(track_id, ()) for name in named_in(text)}
        triples += [(row, SAID + name, 1.0) for name in sorted(named)]
    genres = (canonical(name) for name, genre in zip(tags.name, tags.genre.tolist(), strict=True) if genre)
    return Terms.build(ids, triples, (name for name in genres if name is not None))


def _tagged(rows: Mapping[int, int], tracks: Mapping[int, Track], tags: TagColumns) -> list[tuple[int, str, float]]:
    """Return each tag's weight: by source and level, and by its count's logarithm beside the source's highest."""
    counts = np.log1p(np.maximum(np.nan_to_num(tags.count), 0))
    highest: dict[tuple[int, str, str], float] = {}
    keys = list(zip(tags.track_id.tolist(), tags.source, tags.level, strict=True))
    for key, count in zip(keys, counts.tolist(), strict=True):
        highest[key] = max(count, highest.get(key, 0.0))
    named = {key_of(artist.name) for track_id in rows for artist in tracks[track_id].artists}
    found = []
    for key, name, raw, count, genre in zip(
        keys, tags.name, tags.count.tolist(), counts.tolist(), tags.genre.tolist(), strict=True
    ):
        track_id, source, level = key
        plain = canonical(name)
        if plain is None or count <= 0 or raw < FEWEST.get(source, 0) or track_id not in rows:
            continue
        sure = is_known(plain)
        if not sure and key_of(plain) in named and _is_artist(plain, tracks[track_id]):
            continue
        trust = SOURCES.get(source, UNSURE) * LEVELS.get(level, UNSURE) * (1.0 if sure or genre else UNSURE)
        found.append((rows[track_id], plain, trust * count / highest[key]))
    return found


def _is_artist(tag: str, track: Track) -> bool:
    return key_of(tag) in {key_of(artist.name) for artist in track.artists}


def _heard(rows: Mapping[int, int], heard: Block) -> list[tuple[int, str, float]]:
    chances = heard.values[:, : len(CNN_TAGS)]
    found = []
    for place, tag in np.argwhere(chances > HEARD_FROM).tolist():
        row, name = rows.get(int(heard.ids[place])), canonical(CNN_TAGS[tag])
        if row is not None and name is not None:
            found.append((row, AUTO + name, float(chances[place, tag])))
    return found


def _words(track: Track, said: Iterable[str]) -> dict[str, float]:
    """Return the telling words of title, album and messages, each with the weight of where it stands."""
    found: dict[str, float] = {}
    for weight, texts in ((ALBUM, (track.album or "",)), (TITLE, (track.title,)), (MESSAGE, said)):
        for text in texts:
            for word in letters(text).split():
                if len(word) >= TELLING and word not in _COMMON and not word.isdigit():
                    found[word] = max(weight, found.get(word, 0.0))
    return found
