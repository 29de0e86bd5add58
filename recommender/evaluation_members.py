"""Judging how a new member is served: n of their opinions are shown, the rest scored, by models of other people.

Five folds over people; the shared parts are learnt from the other four. A person counts at every n at which they have
at least three likes and three dislikes left to score. The figure is the mean over people of the AUC (of its mean over
draws), and the standard error is that over people.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recommender.dataset import Floats, Ints
from recommender.evaluation_data import Corpus
from recommender.evaluation_opponents import Way
from recommender.evaluation_report import Figure, Line, Progress, Table
from recommender.evaluation_scores import auc, calibration_error

FOLDS = 5
FEWEST_OF_A_KIND = 3
"""Likes and dislikes that must be left to score, so that an AUC means something."""

NOTE = "AUC for a new member of whom n opinions are known, shared parts learnt from other people; 5 folds over people"


@dataclass(slots=True)
class Found:
    """What one way scored: AUCs by size and person, and every probability beside the opinion it was for."""

    aucs: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    said: list[tuple[Floats, Floats]] = field(default_factory=list)

    def add(self, size: int, person: int, liked: Floats, scores: Floats) -> None:
        """Keep the scores of one draw."""
        self.aucs.setdefault((size, person), []).append(auc(liked, scores))
        self.said.append((liked, scores))

    def figure(self, size: int) -> Figure:
        """Return the mean AUC over people at a number of opinions shown."""
        return Figure.of([np.mean(values) for (shown, _), values in self.aucs.items() if shown == size])

    def calibration(self) -> float:
        """Return the expected calibration error of all probabilities."""
        if not self.said:
            return float("nan")
        liked, scores = zip(*self.said, strict=True)
        return calibration_error(np.concatenate(liked), np.concatenate(scores))


def judge_members(
    corpus: Corpus,
    ways: Mapping[str, Way],
    sizes: Sequence[int],
    draws: int,
    progress: Progress,
    folds: int = FOLDS,
    seed: int = 0,
) -> Table:
    """Return the learning curve of all ways; `folds` below 5 looks at the first of them alone."""
    found = {name: Found() for name in ways}
    people = np.random.default_rng(seed).permutation(corpus.people)
    for fold in range(folds):
        mine = people[fold::FOLDS]
        train = corpus.dataset(np.flatnonzero(~np.isin(corpus.person, mine)))
        for place, (name, way) in enumerate(ways.items()):
            progress(f"new members by {name}, fold {fold + 1}", (fold + place / len(ways)) / folds)
            way.learn(train, corpus.features)
            for size in sizes:
                for person, shown, hidden in draws_of(corpus, mine, size, draws, seed):
                    scores = way.answer(corpus.dataset(shown), corpus.track[hidden])
                    found[name].add(size, person, corpus.liked[hidden], scores)
    lines = [
        Line(name, (*(each.figure(size) for size in sizes), Figure(each.calibration(), float("nan"))))
        for name, each in found.items()
    ]
    columns = (*(f"n={size}" for size in sizes), "calibration error")
    return Table("A new member", NOTE, columns, tuple(lines), lowest=("calibration error",), curve=True)


def draws_of(corpus: Corpus, people: Ints, size: int, draws: int, seed: int) -> Iterator[tuple[int, Ints, Ints]]:
    """Yield (person, rows shown, rows to score) of everybody with enough left to score."""
    for person in people.tolist():
        own = np.flatnonzero(corpus.person == person)
        for draw in range(seed * draws, (seed + 1) * draws):
            order = np.random.default_rng((draw, person)).permutation(own)
            hidden = corpus.liked[order[size:]]
            if min(hidden.sum(), (1 - hidden).sum()) >= FEWEST_OF_A_KIND:
                yield person, order[:size], order[size:]
