"""The pieces of work that `make eval` hands to its processes: each judges some ways on one folder of real feedback."""

import os
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.dataset import Dataset, Floats, Ints
from recommender.evaluation import OURS, Plan, alone, members
from recommender.evaluation_classifiers import forest
from recommender.evaluation_data import Corpus, read
from recommender.evaluation_join import join
from recommender.evaluation_lists import judge, split
from recommender.evaluation_members import Found, find_members
from recommender.evaluation_opponents import Columns, Way
from recommender.evaluation_person import curve_aucs, fold_measures
from recommender.features import Features
from recommender.lists import list_way

DATA = Path(__file__).parents[2] / "shared" / "data"
JOINED = "hetrec"
FOREST_RATED = "forest, artist rate"
TIMED_SIZES = (40, 160, None)
"""Numbers of opinions at which fits are timed; None is all of them."""

TIMES = 7


@dataclass(frozen=True, slots=True)
class Job:
    """One call of a function of this module in a process of its own; `about` is shown, `seconds` is a guess."""

    key: tuple[object, ...]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    folder: str
    about: str
    seconds: float


def one_thread() -> None:
    """Keep a process to one thread: those of BLAS only wait for each other on matrices this small."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    warnings.simplefilter("ignore")  # single-kind draws and unknown columns are told by the figures


@cache
def corpus_of(folder: str, joined: str | None = None) -> Corpus:
    """Return a folder's opinions, read once a process, with tags and factors of artists where `joined` names whose."""
    corpus = read(DATA / folder)
    return corpus if joined is None else join(corpus, corpus_of(joined), 0)


def folds(folder: str, way: str, seeds: tuple[int, ...]) -> Floats:
    """Return a way's AUC in each random fold (seeds x folds,), of audio features alone."""
    corpus = corpus_of(folder)
    return fold_measures(corpus, way, _alone(corpus)[way], seeds, _quiet, by_artist=False)[:, 0]


def joined_folds(folder: str, way: str, seeds: tuple[int, ...], by_artist: bool) -> Floats:
    """Return a way's AUC in each fold (seeds x folds,), with tags and factors of the artists."""
    corpus = corpus_of(folder, JOINED)
    return fold_measures(corpus, way, _alone(corpus)[way], seeds, _quiet, by_artist=by_artist)[:, 0]


def curve(folder: str, way: str, size: int, draws: int) -> Floats:
    """Return a way's AUC in each draw (draws,) of so many opinions."""
    corpus = corpus_of(folder)
    return np.array(curve_aucs(corpus, _alone(corpus)[way], size, draws))


def new_members(folder: str, names: tuple[str, ...], sizes: tuple[int, ...], draws: int, fold: int) -> dict[str, Found]:
    """Return what ways scored for the people of one fold."""
    corpus = corpus_of(folder)
    every = members(corpus, Plan(full=True))
    return find_members(corpus, {name: every[name] for name in names if name in every}, sizes, draws, _quiet, [fold])


def lists(folder: str, way: str, seed: int) -> Floats:
    """Return the measures of lists of each person (P, 5)."""
    corpus = corpus_of(folder)
    parts = split(corpus, seed)
    model = list_way(way, seed)
    model.fit(parts.learnt, corpus.tags)
    return judge(model, parts)[0]


def fit_times(folder: str) -> list[tuple[int, float, float]]:
    """Return (opinions, our seconds, the forest's) of fits of one person, in turns; the medians of CPU time."""
    corpus = corpus_of(folder)
    ours: Way = _alone(corpus)[OURS]
    order = np.random.default_rng(0).permutation(len(corpus))
    found = []
    for size in TIMED_SIZES:
        shown = corpus.dataset(order[:size])
        columns = Columns(shown, corpus.features).of(shown.tracks[shown.track])
        ours.learn(shown, corpus.features)  # warm-up: imports, caches
        seconds = [
            (_seconds(ours.learn, shown, corpus.features), _seconds(forest().fit, columns, shown.liked))
            for _ in range(TIMES)
        ]
        found.append((len(shown), *np.median(seconds, axis=0).tolist()))
    return found


class RatedForest:
    """A random forest that also knows how many of an artist's other tracks the person likes."""

    def learn(self, train: Dataset, features: Features) -> None:
        """Count the person's likes by artist, and fit on columns of which each row's own opinion is left out."""
        self.columns, self.features = Columns(train, features), features
        ids = train.tracks[train.track]
        self.artist = self._artist(ids)
        self.liked = train.liked
        self.mean = float(train.liked.mean())
        own = (self.artist[:, None] == self.artist[None, :]) & (self.artist >= 0)[:, None]
        np.fill_diagonal(own, val=False)
        self.model = forest().fit(self._beside(ids, own), train.liked)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:  # noqa: ARG002
        """Return its probabilities."""
        artist = self._artist(tracks)
        same = (artist[:, None] == self.artist[None, :]) & (artist >= 0)[:, None]
        return np.asarray(self.model.predict_proba(self._beside(tracks, same))[:, 1])

    def _artist(self, tracks: Ints) -> Ints:
        return self.features.artist[self.features.rows(tracks)]

    def _beside(self, tracks: Ints, same: Any) -> Floats:
        count = same.sum(axis=1)
        rate = (same @ self.liked + 2 * self.mean) / (count + 2)
        return np.column_stack([self.columns.of(tracks), rate, np.log1p(count)])


def _alone(corpus: Corpus) -> Mapping[str, Way]:
    return {**alone(corpus, Plan()), FOREST_RATED: RatedForest()}


def _seconds(work: Callable[..., object], *arguments: object) -> float:
    # A benchmark is about time, so it asks the system for it: what a core worked, however busy the machine is.
    began = time.process_time()
    work(*arguments)
    return time.process_time() - began


def _quiet(what: str, done: float) -> None:
    """Tell nobody: the parent process counts jobs."""
