"""Judging one person alone: by cross-validation, at random and by artist, and by a learning curve.

Nobody else can help here, so all ways learn from the same opinions and the tracks' own columns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from recommender.dataset import Dataset, Floats, Ints
from recommender.evaluation_data import Corpus
from recommender.evaluation_members import draws_of
from recommender.evaluation_opponents import Estimator, Judged, Way
from recommender.evaluation_report import Figure, Line, Progress, Table
from recommender.evaluation_scores import accuracy, auc, calibration_error
from recommender.features import Features

FOLDS = 10
RANDOM_NOTE = "10-fold cross-validation; the standard error is that over folds"
ARTIST_NOTE = "10-fold cross-validation; all tracks of an artist are in the same fold, so none is known from the fit"
CURVE_NOTE = "AUC on all the rest when n opinions drawn at random are known; the standard error is that over draws"


class JudgedAlone(Judged):
    """An estimator that has only the one person to learn from; unless `credited` it is not told who the artists are."""

    def __init__(self, make: Callable[[], Estimator], *, credited: bool = True) -> None:
        super().__init__(make)
        self.credited = credited

    def learn(self, train: Dataset, features: Features) -> None:
        """Fit it on the person."""
        nobody = np.full(len(features), -1, dtype=np.int64)
        super().learn(train, features if self.credited else replace(features, artist=nobody))

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Ask what it learnt of the person."""
        return self.model.score(int(shown.people[0]), self.features, tracks)[0]


def judge_folds(
    corpus: Corpus, ways: Mapping[str, Way], seeds: Sequence[int], progress: Progress, *, by_artist: bool
) -> Table:
    """Return AUC, accuracy and calibration of all ways by cross-validation, once for each seed."""
    lines = []
    for place, (name, way) in enumerate(ways.items()):
        told = partial(_within, progress, place, len(ways))
        measures = fold_measures(corpus, name, way, seeds, told, by_artist=by_artist)
        lines.append(Line(name, tuple(Figure.of(column) for column in measures.T)))
    return Table(
        "One person, folds by artist" if by_artist else "One person, random folds",
        ARTIST_NOTE if by_artist else RANDOM_NOTE,
        ("AUC", "accuracy", "calibration error"),
        tuple(lines),
        lowest=("calibration error",),
    )


def fold_measures(
    corpus: Corpus, name: str, way: Way, seeds: Sequence[int], progress: Progress, *, by_artist: bool
) -> Floats:
    """Return AUC, accuracy and calibration error of each fold (seeds x folds, 3); folds are the same for every way."""
    measures = []
    for at, (learnt, held) in enumerate(_folds(corpus, seeds, by_artist=by_artist)):
        progress(f"{_kind(by_artist=by_artist)} folds by {name}", at / (FOLDS * len(seeds)))
        shown = corpus.dataset(learnt)
        way.learn(shown, corpus.features)
        scores, liked = way.answer(shown, corpus.track[held]), corpus.liked[held]
        measures.append((auc(liked, scores), accuracy(liked, scores), calibration_error(liked, scores)))
    return np.array(measures)


def judge_curve(
    corpus: Corpus, ways: Mapping[str, Way], sizes: Sequence[int], draws: int, progress: Progress, seed: int = 0
) -> Table:
    """Return each way's AUC by how many opinions the person has given."""
    lines = []
    for place, (name, way) in enumerate(ways.items()):
        figures = []
        for at, size in enumerate(sizes):
            progress(f"learning curve by {name}", (place + at / len(sizes)) / len(ways))
            figures.append(Figure.of(curve_aucs(corpus, way, size, draws, seed)))
        lines.append(Line(name, tuple(figures)))
    columns = tuple(f"n={size}" for size in sizes)
    return Table("One person, learning curve", CURVE_NOTE, columns, tuple(lines), curve=True)


def curve_aucs(corpus: Corpus, way: Way, size: int, draws: int, seed: int = 0) -> list[float]:
    """Return the AUC of each draw of so many opinions; draws are the same for every way."""
    aucs = []
    for _, learnt, held in draws_of(corpus, corpus.people[:1], size, draws, seed):
        shown = corpus.dataset(learnt)
        way.learn(shown, corpus.features)
        aucs.append(auc(corpus.liked[held], way.answer(shown, corpus.track[held])))
    return aucs


def _kind(*, by_artist: bool) -> str:
    return "by artist," if by_artist else "random"


def _within(progress: Progress, place: int, of: int, what: str, done: float) -> None:
    progress(what, (place + done) / of)


def _folds(corpus: Corpus, seeds: Sequence[int], *, by_artist: bool) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows to learn from and rows held out; a track without an artist is an artist of its own."""
    rows = corpus.features.rows(corpus.track)
    artist = corpus.features.artist[rows]
    group = np.where(artist >= 0, artist, artist.max(initial=0) + 1 + rows) if by_artist else np.arange(len(corpus))
    _, group = np.unique(group, return_inverse=True)
    for seed in seeds:
        fold = np.random.default_rng(seed).permutation(int(group.max()) + 1)[group] % FOLDS
        for held in range(FOLDS):
            yield np.flatnonzero(fold != held), np.flatnonzero(fold == held)
