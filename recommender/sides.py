"""The sides of music that people have words for: energy, mood and the like, from whatever is known of a track."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from recommender.cnn import CNN_BLOCK
from recommender.dataset import Floats, Ints
from recommender.features import AUDIO_BLOCK, NUMBERS_BLOCK, RECCOBEATS_BLOCK, Features
from recommender.tag_terms import Terms

FEWEST_KNOWN = 8
"""Tracks that a column must be known of: among fewer nobody is loud or quiet."""

TAG_WEIGHT = 0.8
"""What tags say of a side, beside measured columns of weight 1 to 2."""

LEANING_AT = 2.0
"""Standard scores at which a track is wholly of one side, for corrections."""


@dataclass(frozen=True, slots=True)
class Side:
    """One understandable side of music.

    `name` stands on the radar; `noun` is what there can be more or less of; `high` and `low` are words for tastes at
    either end (empty: not worth a word). `columns` are raw columns with their weight, negative ones the other way
    round; `more` and `less` are tags that say it.
    """

    key: str
    name: str
    noun: str
    high: str
    low: str
    columns: Mapping[str, float]
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


def _named(block: str, **columns: float) -> dict[str, float]:
    return {f"{block}.{name}": weight for name, weight in columns.items()}


SIDES = (
    Side(
        "energy",
        "Energy",
        "energy",
        "loud and driving",
        "quiet",
        _named(RECCOBEATS_BLOCK, energy=2.0, loudness=0.5)
        | _named(AUDIO_BLOCK, loudness_db=0.4, onset_mean=0.3, centroid_mean=0.2)
        | _named(CNN_BLOCK, Mellow=-0.6, chillout=-0.3, metal=0.4, rock=0.2),
        ("energetic", "aggressive", "heavy", "epic", "metal", "punk", "hardcore", "techno", "drum and bass"),
        ("mellow", "relaxing", "ambient", "slowcore", "dreamy", "ethereal", "lullaby"),
    ),
    Side(
        "mood",
        "Mood",
        "cheerfulness",
        "bright",
        "melancholic",
        _named(RECCOBEATS_BLOCK, valence=2.0, mode=0.2)
        | _named(AUDIO_BLOCK, majorness=0.3)
        | _named(CNN_BLOCK, happy=0.8, sad=-0.8, party=0.3),
        ("happy", "fun", "summer", "party"),
        ("sad", "dark", "winter", "rain", "doom metal", "gothic", "darkwave"),
    ),
    Side(
        "dance",
        "Dance",
        "dancing",
        "made for dancing",
        "",
        _named(RECCOBEATS_BLOCK, danceability=2.0)
        | _named(AUDIO_BLOCK, pulse_clarity=0.4)
        | _named(CNN_BLOCK, dance=0.8, party=0.4, House=0.4),
        ("dance", "house", "disco", "groovy", "techno", "funk", "garage house"),
        ("ambient", "classical", "drone"),
    ),
    Side(
        "acoustic",
        "Acoustic",
        "acoustic sound",
        "acoustic",
        "electric",
        _named(RECCOBEATS_BLOCK, acousticness=2.0)
        | _named(AUDIO_BLOCK, flatness_mean=-0.3)
        | _named(CNN_BLOCK, acoustic=0.6, folk=0.4, electronic=-0.6),
        ("acoustic", "folk", "acoustic guitar", "singer-songwriter", "classical"),
        ("electronic", "techno", "house", "metal", "synth", "synthpop"),
    ),
    Side(
        "vocals",
        "Vocals",
        "singing",
        "",
        "instrumental",
        _named(RECCOBEATS_BLOCK, instrumentalness=-2.0, speechiness=0.3) | _named(CNN_BLOCK, instrumental=-0.8),
        ("female vocals", "male vocals", "duet", "a cappella"),
        ("instrumental", "ambient", "post-rock"),
    ),
    Side("new", "New", "new releases", "new", "older", _named(NUMBERS_BLOCK, year=1.0)),
    Side("known", "Well known", "well-known tracks", "well known", "little known", _named(NUMBERS_BLOCK, rank=1.0)),
)
"""All sides in the order of the radar."""

KEYS = tuple(side.key for side in SIDES)


@dataclass(frozen=True, slots=True)
class Sides:
    """Where tracks stand: standard scores `values` (n, len(SIDES)), NaN where nothing is known; ids ascending."""

    track_ids: Ints
    values: Floats

    @classmethod
    def fit(cls, features: Features, terms: Terms) -> Self:
        """Work it out for all tracks of the table, each column by its ranks among them."""
        place = {name: column for column, name in enumerate(features.names)}
        values = np.full((len(features), len(SIDES)), np.nan)
        for number, side in enumerate(SIDES):
            parts = [
                (_scores(features.matrix[:, place[name]]) * np.sign(weight), abs(weight))
                for name, weight in side.columns.items()
                if name in place
            ]
            parts.append((_tagged(side, features.track_ids, terms), TAG_WEIGHT))
            values[:, number] = _mean(parts, len(features))
        return cls(features.track_ids, values)

    def rows(self, track_ids: Iterable[int]) -> Floats:
        """Return the rows of these tracks (n, len(SIDES)), NaN for one that is not there."""
        wanted = np.fromiter(track_ids, dtype=np.int64)
        if not len(self.track_ids):
            return np.full((len(wanted), len(SIDES)), np.nan)
        place = np.minimum(np.searchsorted(self.track_ids, wanted), len(self.track_ids) - 1)
        found: Floats = np.where((self.track_ids[place] == wanted)[:, None], self.values[place], np.nan)
        return found

    def of(self, key: str, track_ids: Ints) -> Floats:
        """Return from -1 to 1 how far each track (n,) stands to one end of a side; 0 where unknown."""
        if key not in KEYS:
            return np.zeros(len(track_ids))
        column = self.rows(track_ids.tolist())[:, KEYS.index(key)]
        leaning: Floats = np.clip(np.nan_to_num(column) / LEANING_AT, -1.0, 1.0)
        return leaning


def _scores(column: Floats) -> Floats:
    """Return normal scores by rank, so that no source's scale and no outlier counts; NaN where unknown."""
    known = np.isfinite(column)
    scores = np.full(len(column), np.nan)
    count = int(known.sum())
    if count >= FEWEST_KNOWN and np.ptp(column[known]) > 0:
        scores[known] = ndtri((rankdata(column[known]) - 0.5) / count)
    return scores


def _tagged(side: Side, track_ids: Ints, terms: Terms) -> Floats:
    """Return what tags say: 1 for more, -1 for less, NaN where none of them was given."""
    found = np.full(len(track_ids), np.nan)
    if not len(terms):
        return found
    votes = np.zeros((2, len(terms)))
    for row, names in enumerate((side.less, side.more)):
        wanted = frozenset(names)
        here = np.isin(terms.term, [number for number, name in enumerate(terms.names) if name in wanted])
        votes[row] = np.bincount(terms.row[here], terms.weight[here], len(terms))
    whole = votes.sum(axis=0)
    said = np.where(whole > 0, (votes[1] - votes[0]) / np.maximum(whole, 1e-9), np.nan)
    place = np.minimum(np.searchsorted(terms.track_ids, track_ids), len(terms) - 1)
    return np.where(terms.track_ids[place] == track_ids, said[place], np.nan)


def _mean(parts: list[tuple[Floats, float]], size: int) -> Floats:
    """Return the weighted mean of what is known, NaN where nothing is."""
    total, weight = np.zeros(size), np.zeros(size)
    for scores, counts in parts:
        known = np.isfinite(scores)
        total[known] += counts * scores[known]
        weight[known] += counts
    return np.where(weight > 0, total / np.maximum(weight, 1e-9), np.nan)
