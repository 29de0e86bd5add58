"""Lists from likes alone: the ways of `collaborative`, their blend with what is known of tracks, and simpler ways."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy import sparse

from recommender.collaborative import make
from recommender.collaborative_als import ImplicitALS
from recommender.collaborative_ease import EASE
from recommender.collaborative_ways import WAYS
from recommender.dataset import Floats

ALS_SHARE = 0.4
"""What ALS weighs beside EASE in the blend; from .25 to .5 lists are equally good."""

NEIGHBOURS = 100

POPULARITY, USER_KNN, ITEM_KNN, TAGS, BLEND = "popularity", "user kNN", "item kNN", "tags alone", "blend"
LIST_WAYS = (POPULARITY, TAGS, USER_KNN, ITEM_KNN, *WAYS, BLEND)


class ListWay(Protocol):
    """Scores for lists, after a fit on likes (P, T) and what is known of the tracks (T, m)."""

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> object:
        """Learn from the likes and from what is known of tracks, which may be nothing (m = 0)."""
        ...

    def scores(self, rows: slice) -> Floats:
        """Return scores of all tracks for these people (n, T)."""
        ...


def list_way(name: str, seed: int) -> ListWay:
    """Return a way by its name in LIST_WAYS, unfitted.

    Raises:
        ValueError: there is no such way.
    """
    simple: dict[str, Callable[[], ListWay]] = {
        POPULARITY: Popularity,
        TAGS: TagProfile,
        USER_KNN: UserNeighbours,
        ITEM_KNN: ItemNeighbours,
    }
    if name in simple:
        return simple[name]()
    return Blend(seed) if name == BLEND else LikesAlone(name, seed)


class LikesAlone:
    """A collaborative way, which needs to know nothing of the tracks."""

    def __init__(self, way: str, seed: int) -> None:
        self.way = make(way, seed)

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:  # noqa: ARG002
        """Learn from the likes."""
        self.way.fit(likes)

    def scores(self, rows: slice) -> Floats:
        """Return the way's scores."""
        return self.way.scores(rows)


class Blend:
    """EASE that knows tags, and ALS, each brought to one scale a person."""

    def __init__(self, seed: int, als_share: float = ALS_SHARE) -> None:
        self.ease, self.als = EASE(seed), ImplicitALS(seed)
        self.als_share = als_share

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:
        """Fit both."""
        self.ease.fit(likes, about if about.shape[1] else None)
        self.als.fit(likes)

    def scores(self, rows: slice) -> Floats:
        """Return the weighted sum of both ways' standard scores."""
        return standard(self.ease.scores(rows)) + self.als_share * standard(self.als.scores(rows))


class Popularity:
    """What most people like, the same for everybody."""

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:  # noqa: ARG002
        """Count."""
        self.people, self.count = likes.shape[0], np.asarray(likes.sum(axis=0), dtype=np.float64)

    def scores(self, rows: slice) -> Floats:
        """Return the counts."""
        return np.tile(self.count, (len(range(*rows.indices(self.people))), 1))


class TagProfile:
    """Tracks whose tags are those of what the person likes."""

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:
        """Sum up everybody's tags."""
        self.about, self.profile = about, sparse.csr_array(likes @ about)

    def scores(self, rows: slice) -> Floats:
        """Return the products of profile and tracks."""
        return np.asarray((self.profile[rows] @ self.about.T).toarray())


class UserNeighbours:
    """What the people with the most alike likes like; a like of a rare track tells more."""

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:  # noqa: ARG002
        """Find everybody's neighbours."""
        rare = np.log(likes.shape[0] / np.maximum(likes.sum(axis=0), 1))
        alike = _cosines(sparse.csr_array(likes @ sparse.diags_array(rare)))
        self.likes, self.near = likes, sparse.csr_array(_nearest(alike))

    def scores(self, rows: slice) -> Floats:
        """Return the likeness of the neighbours who like each track, summed."""
        return np.asarray((self.near[rows] @ self.likes).toarray())


class ItemNeighbours:
    """Tracks liked by those who like what the person likes."""

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:  # noqa: ARG002
        """Normalise people and tracks; products are taken a block of people at a time."""
        likes = sparse.csr_array(likes)
        length = np.sqrt(np.maximum(likes.multiply(likes).sum(axis=0), 1))
        self.likes, self.scaled = likes, sparse.csr_array(likes @ sparse.diags_array(1 / length))

    def scores(self, rows: slice) -> Floats:
        """Return each track's cosines with the person's own, summed."""
        through = self.likes[rows] @ self.scaled.T
        return np.asarray((through @ self.scaled).toarray())


def standard(scores: Floats) -> Floats:
    """Return scores with mean 0 and spread 1 in each row."""
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-12))


def _cosines(rows: sparse.csr_array) -> Floats:
    length = np.sqrt(rows.multiply(rows).sum(axis=1))
    products = (rows @ rows.T).toarray() / np.maximum(length[:, None] * length[None, :], 1e-12)
    np.fill_diagonal(products, 0.0)
    return np.asarray(products)


def _nearest(alike: Floats) -> Floats:
    """Return the likeness of each row's nearest neighbours, 0 for all others."""
    if alike.shape[1] <= NEIGHBOURS:
        return alike
    edge = np.partition(alike, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS, None]
    return np.where(alike >= edge, alike, 0.0)
