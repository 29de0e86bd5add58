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
from recommender.evaluation_scores import auc, calibration_error, list_measures

FOLDS = 5
FEWEST_OF_A_KIND = 3
"""Likes and dislikes that must be left to score, so that an AUC means something."""

MOST_PEOPLE = 400
"""Of each fold's people, who are scored: of more the standard error would be smaller than anybody needs."""

LISTS_NOTE = "the tracks that a new member rated beside the {size} shown, ranked; what was not rated is not on the list"
NOTE = "AUC for a new member of whom n opinions are known, shared parts learnt from other people; 5 folds over people"


@dataclass(slots=True)
class Found:
    """What one way scored: AUCs by size and person, and every probability beside the opinion it was for."""

    aucs: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    lists: dict[tuple[int, int], list[tuple[float, float, float]]] = field(default_factory=dict)
    said: list[tuple[Floats, Floats]] = field(default_factory=list)

    def add(self, size: int, person: int, liked: Floats, scores: Floats) -> None:
        """Keep the scores of one draw."""
        self.aucs.setdefault((size, person), []).append(auc(liked, scores))
        self.lists.setdefault((size, person), []).append(list_measures(liked, scores))
        self.said.append((liked, scores))

    def join(self, other: "Found") -> None:
        """Take over what was scored of other people."""
        self.aucs |= other.aucs
        self.lists |= other.lists
        self.said += other.said

    def by_person(self, size: int) -> dict[int, float]:
        """Return each person's AUC, the mean over draws, at a number of opinions shown."""
        return {person: float(np.mean(values)) for (shown, person), values in self.aucs.items() if shown == size}

    def figure(self, size: int) -> Figure:
        """Return the mean AUC over people at a number of opinions shown."""
        return Figure.of(list(self.by_person(size).values()))

    def list_figures(self, size: int) -> tuple[Figure, ...]:
        """Return precision@30, NDCG@10 and recall@10, the mean over people."""
        means = [np.mean(values, axis=0) for (shown, _), values in self.lists.items() if shown == size]
        return tuple(Figure.of(column) for column in np.reshape(means, (-1, 3)).T)

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
    return curve_of(find_members(corpus, ways, sizes, draws, progress, range(folds), seed), sizes)


def find_members(
    corpus: Corpus,
    ways: Mapping[str, Way],
    sizes: Sequence[int],
    draws: int,
    progress: Progress,
    folds: Sequence[int] = range(FOLDS),
    seed: int = 0,
) -> dict[str, Found]:
    """Return what all ways scored in these folds of people; draws are the same for every way."""
    found = {name: Found() for name in ways}
    people = np.random.default_rng(seed).permutation(corpus.people)
    for turn, fold in enumerate(folds):
        mine = people[fold::FOLDS]
        train = corpus.dataset(np.flatnonzero(~np.isin(corpus.person, mine)))
        mine = mine[:MOST_PEOPLE]
        for place, (name, way) in enumerate(ways.items()):
            progress(f"new members by {name}, fold {fold + 1}", (turn + place / len(ways)) / len(folds))
            way.learn(train, corpus.features)
            for size in sizes:
                for person, shown, hidden in draws_of(corpus, mine, size, draws, seed):
                    scores = way.answer(corpus.dataset(shown), corpus.track[hidden])
                    found[name].add(size, person, corpus.liked[hidden], scores)
    return found


def curve_of(found: Mapping[str, Found], sizes: Sequence[int], title: str = "A new member") -> Table:
    """Return AUCs by number of opinions shown as a table."""
    lines = [
        Line(name, (*(each.figure(size) for size in sizes), Figure(each.calibration(), float("nan"))))
        for name, each in found.items()
    ]
    columns = (*(f"n={size}" for size in sizes), "calibration error")
    return Table(title, NOTE, columns, tuple(lines), lowest=("calibration error",), curve=True)


def lists_of(found: Mapping[str, Found], size: int) -> Table:
    """Return how well a new member's own tracks are ranked, as a table."""
    lines = [Line(name, each.list_figures(size)) for name, each in found.items()]
    note = LISTS_NOTE.format(size=size)
    return Table(f"A new member's lists, n={size}", note, ("Precision@30", "NDCG@10", "Recall@10"), tuple(lines))


def draws_of(corpus: Corpus, people: Ints, size: int, draws: int, seed: int) -> Iterator[tuple[int, Ints, Ints]]:
    """Yield (person, rows shown, rows to score) of everybody with enough left to score."""
    order = np.argsort(corpus.person, kind="stable")
    sorted_people = corpus.person[order]
    lows, highs = (np.searchsorted(sorted_people, people, side) for side in ("left", "right"))
    for person, low, high in zip(people.tolist(), lows.tolist(), highs.tolist(), strict=True):
        own = order[low:high]
        for draw in range(seed * draws, (seed + 1) * draws):
            shuffled = np.random.default_rng((draw, person)).permutation(own)
            hidden = corpus.liked[shuffled[size:]]
            if min(hidden.sum(), (1 - hidden).sum()) >= FEWEST_OF_A_KIND:
                yield person, shuffled[:size], shuffled[size:]
