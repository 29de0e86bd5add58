"""Judging lists by likes alone: a person's likes are split 8:1:1, and the ten best-ranked tracks are looked at.

One generator a seed (numpy's default_rng) permutes the likes of one person after another, in order of their ids: the
first eight tenths are learnt from, the last tenth is what lists must find. The tenth between was for choosing the
settings, and is not learnt from. Every track is ranked but those learnt from; validation likes are left out as well,
as no product would recommend what it knows a person likes, and, in the columns called "all", left in, where each takes
the place of one that could count. Recall = hits / held-out likes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.dataset import Bools, Floats, Ints
from recommender.evaluation_data import Corpus
from recommender.evaluation_report import Figure, Line, Progress, Table
from recommender.lists import LIST_WAYS, ListWay, list_way

LENGTH = 10
BLOCK = 256
LEARNT, VALIDATED, HELD = 0, 1, 2

NOTE = (
    "likes split 8:1:1 a person, learnt from eight tenths alone; all tracks ranked but those learnt from and "
    "validation's (columns 'all': but those learnt from); mean over people"
)
COLUMNS = ("Recall@10", "NDCG@10", "Recall@10 all", "NDCG@10 all", "Precision@30", "coverage", "novelty")


@dataclass(frozen=True, slots=True)
class Split:
    """Likes as matrices (P, T): learnt from, for validation, and held out."""

    learnt: sparse.csr_array
    validated: sparse.csr_array
    held: sparse.csr_array


def split(corpus: Corpus, seed: int) -> Split:
    """Split everybody's likes; their order in the corpus is where the permutation starts."""
    rows = np.flatnonzero(corpus.liked > 0)
    rows = rows[np.argsort(corpus.person[rows], kind="stable")]
    people, person = np.unique(corpus.person[rows], return_inverse=True)
    track = corpus.features.rows(corpus.track[rows])
    part = np.zeros(len(rows), dtype=np.int64)
    random = np.random.default_rng(seed)
    starts = np.searchsorted(person, np.arange(len(people) + 1))
    for low, high in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        order, size = low + random.permutation(high - low), high - low
        part[order[int(size * 0.8) : int(size * 0.9)]] = VALIDATED
        part[order[int(size * 0.9) :]] = HELD
    shape = (len(people), len(corpus.features))
    return Split(
        *(
            sparse.csr_array((np.ones(int((part == each).sum())), (person[part == each], track[part == each])), shape)
            for each in (LEARNT, VALIDATED, HELD)
        )
    )


def judge_lists(
    corpus: Corpus,
    seeds: Sequence[int],
    progress: Progress,
    ways: Sequence[str] = LIST_WAYS,
    make: Callable[[str, int], ListWay] = list_way,
) -> Table:
    """Return the table of all ways; a standard error is that over people, of their means over seeds."""
    found: dict[str, list[Floats]] = {way: [] for way in ways}
    extents: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for place, (seed, way) in enumerate([(seed, way) for seed in seeds for way in ways]):
        progress(f"lists by {way}, seed {seed}", place / (len(seeds) * len(ways)))
        parts = split(corpus, seed)
        model = make(way, seed)
        model.fit(parts.learnt, corpus.tags)
        people, extent = judge(model, parts)
        found[way].append(people)
        extents[way].append(extent)
    lines = []
    for way in ways:
        by_person = np.mean(found[way], axis=0)
        figures = [Figure.of(column) for column in by_person.T]
        figures += [Figure.of(column) for column in zip(*extents[way], strict=True)]
        lines.append(Line(way, tuple(figures)))
    return Table("Lists from likes", NOTE, COLUMNS, tuple(lines))


def judge(model: ListWay, parts: Split) -> tuple[Floats, tuple[float, float]]:
    """Return the measures of each person (P, 5), NaN for one without held-out likes, and coverage and novelty."""
    measures = []
    shown = np.zeros(parts.learnt.shape[1])
    for rows in _blocks(parts.learnt.shape[0]):
        scores = np.asarray(model.scores(rows), dtype=np.float64)
        held = parts.held[rows].toarray() > 0
        known = parts.learnt[rows].toarray() > 0
        strict = top(np.where(known, -np.inf, scores), LENGTH)
        best = top(np.where(known | (parts.validated[rows].toarray() > 0), -np.inf, scores), 3 * LENGTH)
        long = np.take_along_axis(held, best, axis=1).mean(axis=1)
        long[~held.any(axis=1)] = np.nan
        measures.append(np.column_stack([*recall_ndcg(best[:, :LENGTH], held), *recall_ndcg(strict, held), long]))
        shown += np.bincount(best[:, :LENGTH].ravel(), minlength=len(shown))
    return np.vstack(measures), _extent(shown, parts.learnt)


def top(scores: Floats, count: int) -> Ints:
    """Return the places (n, count) of the highest scores of each row, best first; ties go to the earlier track."""
    count = min(count, scores.shape[1])
    best: Ints = np.sort(np.argpartition(-scores, count - 1, axis=1)[:, :count], axis=1)
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def recall_ndcg(best: Ints, held: Bools) -> tuple[Floats, Floats]:
    """Return recall and NDCG (n,) of lists of places (n, k), NaN where nothing is held out.

    The ideal list has as many hits as are held out, at most its length (Järvelin and Kekäläinen, 2002).
    """
    hits, count = np.take_along_axis(held, best, axis=1), held.sum(axis=1)
    worth = 1 / np.log2(np.arange(2, best.shape[1] + 2))
    ideal = np.append(0.0, np.cumsum(worth))[np.minimum(count, best.shape[1])]
    none = np.where(count > 0, 1.0, np.nan)
    return hits.sum(axis=1) / np.maximum(count, 1) * none, hits @ worth / np.maximum(ideal, 1e-12) * none


def _extent(shown: Floats, learnt: sparse.csr_array) -> tuple[float, float]:
    """Return the share of all tracks on any list, and the mean surprise of those listed in bits: -log2(likers / P)."""
    likers = np.maximum(np.asarray(learnt.sum(axis=0), dtype=np.float64), 1.0)
    bits = np.log2(learnt.shape[0] / likers)
    return float(np.mean(shown > 0)), float(bits @ shown / max(shown.sum(), 1.0))


def _blocks(size: int) -> Iterator[slice]:
    for low in range(0, size, BLOCK):
        yield slice(low, low + BLOCK)
