"""Measure the taste model on real feedback beside simpler ways: `python -m benchmarks.taste`.

New members: n of a person's opinions are shown, the rest scored, the shared parts learnt from other people only
(5-fold over people). One person: n opinions shown, all others scored; for those alone, no community can help.
Figures are mean AUCs. The data lie beside the project in `../shared/data`; without them there is nothing to measure.
"""

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from recommender.dataset import Dataset, Floats, Ints
from recommender.features import Features
from recommender.taste import TasteModel

DATA = Path(__file__).parents[2] / "shared" / "data"
FOLDS = 5
FEWEST_OF_A_KIND = 3
"""Likes and dislikes a person must have left to score, so that an AUC means something."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One folder of feedback: opinions (N,) and the tracks' features."""

    person: Ints
    track: Ints
    liked: Floats
    features: Features

    @classmethod
    def load(cls, name: str) -> "Corpus":
        """Read one folder in the data's common form."""
        tracks = pd.read_csv(DATA / name / "tracks.csv").drop_duplicates("track").sort_values("track")
        feedback = pd.read_csv(DATA / name / "feedback.csv").drop_duplicates(["user", "track"], keep="last")
        feedback = feedback[feedback.track.isin(tracks.track)]
        numbers = tracks.select_dtypes("number").drop(columns=["track"])
        artist = pd.factorize(tracks.artist)[0] if "artist" in tracks else np.full(len(tracks), -1)
        features = Features(
            tracks.track.to_numpy(np.int64),
            numbers.to_numpy(float),
            tuple(numbers.columns),
            {"numbers": slice(0, numbers.shape[1])},
            np.asarray(artist, dtype=np.int64),
        )
        columns = (feedback.user.to_numpy(np.int64), feedback.track.to_numpy(np.int64), feedback.liked.to_numpy(float))
        return cls(*columns, features)

    def dataset(self, rows: npt.NDArray[np.intp]) -> Dataset:
        """Return some of the opinions, each as one reaction of today."""
        rows = rows[np.lexsort((self.track[rows], self.person[rows]))]
        people, person = np.unique(self.person[rows], return_inverse=True)
        tracks, track = np.unique(self.track[rows], return_inverse=True)
        sure = np.ones(len(rows))
        return Dataset(people, tracks, person, track, self.liked[rows], sure, sure.astype(bool))

    def filled(self, rows: npt.NDArray[np.intp]) -> Floats:
        """Return plain features of some opinions, medians where unknown, for the simpler ways."""
        matrix = self.features.matrix
        middle = np.nan_to_num(np.nanmedian(matrix, axis=0)) if matrix.size else np.zeros(matrix.shape[1])
        scale = np.nanstd(matrix, axis=0) + 1e-9 if matrix.size else np.ones(matrix.shape[1])
        shown = matrix[self.features.rows(self.track[rows])]
        return (np.where(np.isnan(shown), middle, shown) - middle) / scale

    def splits(self, people: Ints, shown: int, draws: int) -> Iterator[tuple[int, Ints, Ints]]:
        """Yield (person, rows shown, rows to score) of everybody with enough left to score."""
        for person in people.tolist():
            own = np.flatnonzero(self.person == person)
            for draw in range(draws):
                order = np.random.default_rng((draw, person)).permutation(own)
                hidden = self.liked[order[shown:]]
                if min(hidden.sum(), (1 - hidden).sum()) >= FEWEST_OF_A_KIND:
                    yield person, order[:shown], order[shown:]


def _alone(corpus: Corpus, make: Callable[[], ClassifierMixin], shown: Ints, hidden: Ints) -> Floats:
    if len(np.unique(corpus.liked[shown])) < 2 or not corpus.features.matrix.shape[1]:
        return np.zeros(len(hidden))
    model = make().fit(corpus.filled(shown), corpus.liked[shown])
    return np.asarray(model.predict_proba(corpus.filled(hidden))[:, 1])


ALONE: dict[str, Callable[[], ClassifierMixin]] = {
    "own logistic": lambda: LogisticRegression(C=0.1, max_iter=500),
    "own forest": lambda: RandomForestClassifier(100, min_samples_leaf=2, random_state=0),
}


def _popularity(train: Dataset, tracks: Ints) -> Floats:
    count, likes = np.bincount(train.track), np.bincount(train.track, train.liked)
    rate = dict(zip(train.tracks.tolist(), (likes + 5 * train.liked.mean()) / (count + 5), strict=True))
    return np.array([rate.get(track, train.liked.mean()) for track in tracks.tolist()])


def new_members(
    name: str, sizes: tuple[int, ...], draws: int, alone: Iterable[str] = tuple(ALONE), folds: int = FOLDS
) -> dict[str, list[float]]:
    """Return each way's mean AUC by how many opinions a new member has given, over the first `folds` folds."""
    corpus = Corpus.load(name)
    ways = ["taste model", "community alone", "popularity", *(alone if corpus.features.matrix.shape[1] else ())]
    found: dict[str, list[list[float]]] = {way: [[] for _ in sizes] for way in ways}
    people = np.random.default_rng(0).permutation(np.unique(corpus.person))
    for fold in range(folds):
        train = corpus.dataset(np.flatnonzero(~np.isin(corpus.person, people[fold::FOLDS])))
        model = TasteModel().fit(train, corpus.features)
        for place, size in enumerate(sizes):
            for person, shown, hidden in corpus.splits(people[fold::FOLDS], size, draws):
                tracks, liked = corpus.track[hidden], corpus.liked[hidden]
                model.refit_person(person, corpus.dataset(shown), corpus.features)
                scores = {
                    "taste model": model.score(person, corpus.features, tracks)[0],
                    "community alone": model.score(None, corpus.features, tracks)[0],
                    "popularity": _popularity(train, tracks),
                }
                scores |= {way: _alone(corpus, ALONE[way], shown, hidden) for way in ways if way in ALONE}
                for way, score in scores.items():
                    found[way][place].append(roc_auc_score(liked, score))
                model.forget(person)
    return {way: [float(np.mean(values)) for values in columns] for way, columns in found.items()}


def one_person(
    name: str, sizes: tuple[int, ...], draws: int, alone: Iterable[str] = tuple(ALONE)
) -> dict[str, list[float]]:
    """Return each way's mean AUC by how many opinions the one person has given."""
    corpus = Corpus.load(name)
    found: dict[str, list[list[float]]] = {way: [[] for _ in sizes] for way in ("taste model", *alone)}
    for place, size in enumerate(sizes):
        for person, shown, hidden in corpus.splits(np.unique(corpus.person), size, draws):
            model = TasteModel().fit(corpus.dataset(shown), corpus.features)
            scores = {way: _alone(corpus, ALONE[way], shown, hidden) for way in alone}
            scores["taste model"] = model.score(person, corpus.features, corpus.track[hidden])[0]
            for way, score in scores.items():
                found[way][place].append(roc_auc_score(corpus.liked[hidden], score))
    return {way: [float(np.mean(values)) for values in columns] for way, columns in found.items()}


def _show(console: Console, title: str, sizes: tuple[int, ...], found: dict[str, list[float]]) -> None:
    table = Table(title=title)
    table.add_column("AUC")
    for size in sizes:
        table.add_column(f"n={size}", justify="right")
    for way, values in found.items():
        table.add_row(way, *(f"{value:.3f}" for value in values))
    console.print(table)


def main() -> int:
    """Print the tables."""
    console = Console()
    if not DATA.exists():
        console.print(f"No data in {DATA}: the taste model's accuracy is not measured.")
        return 0
    warnings.simplefilter("ignore", category=UserWarning)
    # Wall time is what a benchmark is about, so it asks the system for it.
    began = time.perf_counter()
    with threadpool_limits(1):
        for name, sizes, draws in (("cm100k", (5, 20, 80), 1), ("situnes", (5, 10, 20), 3)):
            _show(console, f"{name}: a new member", sizes, new_members(name, sizes, draws))
        for name in ("mcintire", "seed", "brice"):
            shown = (20, 80, 160) if name == "brice" else (20, 80, 320, 1_800)
            _show(console, f"{name}: one person alone", shown, one_person(name, shown, 4))
    console.print(f"{time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
