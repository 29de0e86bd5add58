"""Feedback in the order it came, and what had been shown before it: what can be judged over time."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.dataset import MS_A_DAY, Bools, Dataset, Floats, Ints, OpinionColumns, build_dataset
from recommender.evaluation_data import Corpus
from recommender.features import Features
from recommender.taste import TasteSettings

REACTION = 2
"""What feedback of a folder counts as: a word on purpose (storage's Source.REACTION)."""

MS_A_WEEK = 7 * MS_A_DAY
FIRST_MONDAY = 4 * MS_A_DAY
"""1 January 1970 was a Thursday."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of standing feedback (N,); `at` in milliseconds."""

    person_id: Ints
    track_id: Ints
    source: Ints
    value: Ints
    weight: Floats
    at: Ints

    @classmethod
    def of(cls, rows: OpinionColumns) -> Self:
        """Return any columns of feedback as these."""
        return cls(
            np.asarray(rows.person_id, dtype=np.int64),
            np.asarray(rows.track_id, dtype=np.int64),
            np.asarray(rows.source, dtype=np.int64),
            np.asarray(rows.value, dtype=np.int64),
            np.asarray(rows.weight, dtype=np.float64),
            np.asarray(rows.at, dtype=np.int64),
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.at)

    def where(self, chosen: Bools) -> "Rows":
        """Return some of the rows."""
        return Rows(*(getattr(self, each.name)[chosen] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Showings:
    """What was shown to people, in columns (M,): when (milliseconds), the score it had, whether it explored.

    `propensity` is the chance with which it came to be shown, NaN where nobody noted it; `in_drop`: as one of a week's.
    """

    person_id: Ints
    track_id: Ints
    at: Ints
    score: Floats
    explores: Bools
    propensity: Floats
    in_drop: Bools

    @classmethod
    def none(cls) -> Self:
        """Return no showings."""
        whole, real, told = np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.bool_)
        return cls(whole, whole, whole, real, told, real, told)

    def __len__(self) -> int:
        """Return the number of showings."""
        return len(self.at)

    def where(self, chosen: Bools) -> "Showings":
        """Return some of the showings."""
        return Showings(*(getattr(self, each.name)[chosen] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Stream:
    """Standing feedback with its instants, what is known of the tracks, and what was shown to whom."""

    name: str
    rows: Rows
    features: Features
    taste: TasteSettings
    showings: Showings = field(default_factory=Showings.none)

    @classmethod
    def of(cls, corpus: Corpus, taste: TasteSettings) -> Self:
        """Return a folder's feedback that has an instant."""
        timed = np.isfinite(corpus.at)
        rows = Rows(
            corpus.person[timed],
            corpus.track[timed],
            np.full(int(timed.sum()), REACTION, dtype=np.int64),
            np.where(corpus.liked[timed] > 0, 1, -1).astype(np.int64),
            np.ones(int(timed.sum())),
            (corpus.at[timed] * 1000).astype(np.int64),
        )
        return cls(corpus.name, rows, corpus.features, taste)

    def dataset(self, before_ms: float, person_id: int | None = None) -> Dataset:
        """Return everybody's opinions before an instant, or one person's, as they would have been learnt then."""
        chosen = self.rows.at < before_ms
        if person_id is not None:
            chosen &= self.rows.person_id == person_id
        taste = self.taste
        return build_dataset(
            self.rows.where(chosen),
            int(before_ms),
            share_weight=taste.share_weight,
            import_weight=taste.import_weight,
            half_life_days=taste.half_life_days,
        )

    def corpus(self) -> Corpus:
        """Return everybody's opinions said on purpose, without their order."""
        last = int(self.rows.at.max(initial=0)) + 1
        told = self.dataset(last)
        kept = told.explicit
        person, track = told.people[told.person[kept]], told.tracks[told.track[kept]]
        here = self.features.rows(track) >= 0
        size = len(self.features)
        return Corpus(
            self.name,
            person[here],
            track[here],
            told.liked[kept][here],
            np.full(int(here.sum()), np.nan),
            self.features,
            sparse.csr_array((size, 0)),
            ("",) * size,
        )

    def known(self) -> "Stream":
        """Return it without feedback on tracks of which the table knows nothing."""
        return replace(self, rows=self.rows.where(self.features.rows(self.rows.track_id) >= 0))


def week_of(at_ms: npt.NDArray[np.number[Any]]) -> Ints:
    """Return the number of each instant's ISO week (UTC), counted from the first of 1970."""
    weeks: Ints = np.floor((at_ms - FIRST_MONDAY) / MS_A_WEEK).astype(np.int64)
    return weeks


def start_of(week: int) -> float:
    """Return the Monday of a week in milliseconds."""
    return FIRST_MONDAY + week * MS_A_WEEK


def week_name(week: int) -> str:
    """Return a week as its ISO name."""
    day = np.datetime64(int(start_of(week)), "ms").astype("datetime64[D]").item()
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"
