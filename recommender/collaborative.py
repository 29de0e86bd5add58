"""Collaborative factors: four ways of seeing what tracks have in common by who liked and disliked them.

A way is fitted on one sparse matrix of opinions, people by tracks: above zero a like, below zero a dislike, nothing
where nobody said anything. It then scores every track for every person, and gives factors for models to build on.
"""

from typing import Protocol, Self

import numpy as np
from scipy import sparse

from recommender.collaborative_als import ImplicitALS
from recommender.collaborative_ease import EASE
from recommender.collaborative_sklearn import PLSA, SVD
from recommender.collaborative_ways import WAYS
from recommender.dataset import Dataset, Floats, summed

TRACK_PSEUDO = 5.0
"""Opinions that stand against a track's own: its rate starts from the mean of all."""

FAIR_RATE = 0.5
"""Where likes are more than this share of all opinions, one that all others share still counts: being chosen tells."""


class Collaborative(Protocol):
    """One way; its settings are given when it is made."""

    def fit(self, opinions: sparse.csr_array) -> Self:
        """Learn from opinions (P, T), signed and weighted."""
        ...

    def scores(self, rows: slice) -> Floats:
        """Return how much the people of these rows are expected to like every track (n, T), in no unit."""
        ...

    def factors(self, count: int) -> tuple[Floats, Floats]:
        """Return factors of people (P, count) and of tracks (T, count) whose products stand for the scores."""
        ...


LEARNT = 16
"""Factors that ALS learns at least, of which the leading ones are taken; 64 are no better and cost four times that."""


def make(way: str, seed: int, count: int | None = None) -> Collaborative:
    """Return a way by its name, unfitted; `count` factors where it has factors, as many as suit lists by default.

    Raises:
        ValueError: there is no such way.
    """
    if way == "svd":
        return SVD(seed, count)
    if way == "als":
        return ImplicitALS(seed, count)
    if way == "ease":
        return EASE(seed)
    if way == "plsa":
        return PLSA(seed, count)
    raise ValueError(f"There is no collaborative way '{way}': name one of {', '.join(WAYS)}.")


def factors(dataset: Dataset, way: str, count: int, seed: int) -> tuple[Floats, Floats]:
    """Return factors of the dataset's people (P, count) and of its tracks (T, count), each of unit mean square.

    With too few people or tracks for so many factors the last columns are zeros.

    Raises:
        ValueError: there is no such way.
    """
    return factors_of(signed(dataset), way, count, seed)


def factors_of(opinions: sparse.csr_array, way: str, count: int, seed: int) -> tuple[Floats, Floats]:
    """Return the factors of a matrix of opinions (P, T), as `factors` does."""
    people, tracks = opinions.shape
    found = min(count, people - 1, tracks - 1)
    person, track = np.zeros((people, count)), np.zeros((tracks, count))
    # The leading directions of more factors serve better than as few factors learnt alone (ALS: AUC +.003 to .008).
    fitted = make(way, seed, max(found, LEARNT) if way == "als" else max(found, 1))
    if found > 0 and opinions.nnz:
        left, right = fitted.fit(opinions).factors(found)
        person[:, :found], track[:, :found] = unit(left), unit(right)
    return person, track


def signed(dataset: Dataset) -> sparse.csr_array:
    """Return the opinions as a matrix (P, T): each weighted, less what others' opinions of the track lead to expect."""
    weight, liked, place = dataset.weight, dataset.liked, dataset.track
    size = len(dataset.tracks)
    rate = float((weight @ liked + 1) / (weight.sum() + 2))
    count = summed(place, weight, size)[place] - weight
    likes = summed(place, weight * liked, size)[place] - weight * liked
    expected = (likes + TRACK_PSEUDO * rate) / (count + TRACK_PSEUDO) * min(1.0, FAIR_RATE / rate)
    values = weight * (liked - expected)
    return sparse.csr_array((values, (dataset.person, place)), shape=(len(dataset.people), size))


def unit(values: Floats) -> Floats:
    """Return columns brought to unit mean square; a column of zeros stays."""
    scale = np.sqrt(np.mean(values**2, axis=0))
    return np.asarray(values / np.maximum(scale, 1e-9))
