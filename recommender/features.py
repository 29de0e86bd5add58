"""Blocks of numbers about tracks, put side by side into one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog.audio_features import AudioFeatures
from catalog.models import Track

AUDIO_BLOCK = "audio"
NUMBERS_BLOCK = "deezer"
NUMBERS_VERSION = 1
NUMBERS_NAMES = ("gain", "rank", "bpm", "year", "explicit", "duration")
RECCOBEATS_BLOCK = "reccobeats"
RECCOBEATS_VERSION = 1
RECCOBEATS_SHARES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
)
RECCOBEATS_NAMES = (*RECCOBEATS_SHARES, "loudness", "tempo", "mode", "key_sin", "key_cos")

Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """What one source says of tracks: `ids` (n,) int64, `values` (n, d) with NaN where unknown, d `names`."""

    ids: Ints
    values: npt.NDArray[np.float32]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """One raw row a track: the blocks side by side, NaN where nothing is known; scaling is learned later.

    `track_ids` (n,), `matrix` (n, d) float64, d `names`; `groups` tells each block's columns;
    `artist` (n,) is the key of the first credited artist, -1 where unknown.
    """

    track_ids: Ints
    matrix: Matrix
    names: tuple[str, ...]
    groups: Mapping[str, slice]
    artist: Ints

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.track_ids)

    def rows(self, track_ids: npt.ArrayLike) -> Ints:
        """Return the row of each track, -1 for a track the table does not hold."""
        wanted = np.asarray(track_ids, dtype=np.int64)
        if not len(self.track_ids):
            return np.full(len(wanted), -1, dtype=np.int64)
        order = np.argsort(self.track_ids, kind="stable")
        place = np.minimum(np.searchsorted(self.track_ids[order], wanted), len(order) - 1)
        found = order[place]
        return np.where(self.track_ids[found] == wanted, found, -1).astype(np.int64)

    def take(self, track_ids: npt.ArrayLike) -> "Features":
        """Return the table of exactly these tracks, in this order; an unknown track gets an empty row."""
        wanted = np.asarray(track_ids, dtype=np.int64)
        rows = self.rows(wanted)
        known = rows >= 0
        matrix = np.full((len(wanted), self.matrix.shape[1]), np.nan)
        artist = np.full(len(wanted), -1, dtype=np.int64)
        matrix[known], artist[known] = self.matrix[rows[known]], self.artist[rows[known]]
        return Features(wanted, matrix, self.names, self.groups, artist)


def assemble(
    track_ids: Sequence[int] | Ints, blocks: Mapping[str, Block], artists: Mapping[int, Sequence[int]]
) -> Features:
    """Put the blocks side by side for these tracks.

    `artists` maps a track to its artists' ids, first credited first; tracks without one may be absent.
    """
    ids = np.unique(np.asarray(track_ids, dtype=np.int64))
    columns: list[Matrix] = []
    names: list[str] = []
    groups: dict[str, slice] = {}
    for name in sorted(blocks):
        block = blocks[name]
        values = np.full((len(ids), len(block.names)), np.nan)
        inside = np.isin(block.ids, ids)
        values[np.searchsorted(ids, block.ids[inside])] = block.values[inside]
        groups[name] = slice(len(names), len(names) + len(block.names))
        names.extend(f"{name}.{column}" for column in block.names)
        columns.append(values)
    matrix = np.hstack(columns) if columns else np.empty((len(ids), 0))
    first = [next(iter(artists.get(int(track_id), ())), -1) for track_id in ids]
    return Features(ids, matrix, tuple(names), groups, np.array(first, dtype=np.int64).reshape(len(ids)))


def numbers_of(
    track: Track, gain: float | None = None, rank: float | None = None, bpm: float | None = None
) -> npt.NDArray[np.float32]:
    """Return the `deezer` block of a track, NaN where unknown: Deezer writes 0 for a bpm or gain it does not know."""
    raw = (
        gain or np.nan,
        np.log1p(rank) if rank else np.nan,
        np.log2(bpm) if bpm else np.nan,
        track.year or np.nan,
        np.nan if track.explicit is None else float(track.explicit),
        np.log(track.duration_ms) if track.duration_ms else np.nan,
    )
    return np.array(raw, dtype=np.float32)


def measured_of(features: AudioFeatures) -> npt.NDArray[np.float32]:
    """Return the `reccobeats` block of a track, NaN where unknown, in the order of RECCOBEATS_NAMES.

    A key is a place on the circle of fifths, where keys that share most of their notes are neighbours; a tempo is
    taken by its logarithm, so that double and half of it are equally far.
    """
    angle = np.nan if features.key is None else 2 * np.pi * (7 * features.key % 12) / 12
    raw = (
        *(getattr(features, name) for name in RECCOBEATS_SHARES),
        features.loudness,
        np.log2(features.tempo) if features.tempo and features.tempo > 0 else np.nan,
        features.mode,
        np.sin(angle),
        np.cos(angle),
    )
    return np.array([np.nan if value is None else value for value in raw], dtype=np.float32)
