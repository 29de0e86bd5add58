"""The several tastes of one person: where their likes lie, in how many heaps, and what share each has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.dataset import Floats, Ints

MOST_TASTES = 6
"""Tastes told apart at most: a list of thirty gives each a few tracks."""

FEWEST_LIKES = 5
"""Likes that make a taste: fewer are a whim, or noise."""

APART = 0.1
"""Silhouette beyond that of one shapeless cloud from which likes are said to lie in heaps: below, they are one taste
that is broad, for any cloud can be cut in parts."""

BETTER = 0.03
"""What one taste more must add to that."""

SHARP = 0.1
"""Difference in likeness at which a track belongs to one taste e times as much as to another."""

ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Tastes:
    """The heaps of a person's likes: unit `centroids` (c, k), the largest first, and the `shares` (c,) of likes."""

    centroids: Floats
    shares: Floats

    def __len__(self) -> int:
        """Return how many tastes there are."""
        return len(self.shares)

    def belongs(self, vectors: Floats) -> Floats:
        """Return how far tracks belong to each taste (n, c); rows add up to 1, or to 0 where nothing is known."""
        if not len(self):
            return np.zeros((len(vectors), 0))
        logits = (vectors @ self.centroids.T) / SHARP
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        known = np.any(vectors != 0, axis=1, keepdims=True)
        found: Floats = weights / weights.sum(axis=1, keepdims=True) * known
        return found


def tastes_of(vectors: Floats) -> Tastes:
    """Return the tastes in the vectors (n, k) of what a person likes: as few as tell the likes apart.

    Heaps are split where they are widest, and settled by spherical k-means, so that the same
    likes always make the same tastes. How many there are is told by how much further apart they are than the parts of a
    cloud of the same widths (the gap of Tibshirani, Walther and Hastie, 2001).
    """
    known = vectors[np.flatnonzero(np.any(vectors != 0, axis=1))]
    if not len(known):
        return Tastes(np.zeros((0, vectors.shape[1])), np.zeros(0))
    best, most = np.zeros(len(known), dtype=np.int64), APART - BETTER
    for (heap, apart), (_, chance) in zip(_cuts(known), _cuts(_cloud(known)), strict=False):
        if apart - chance > most + BETTER and np.bincount(heap).min() >= FEWEST_LIKES - 2:
            best, most = heap, apart - chance
    sizes = np.bincount(best)
    order = np.argsort(-sizes, kind="stable")
    return Tastes(_centroids(known, best)[order], sizes[order] / sizes.sum())


def divergence(shares: Floats, belongs: Floats, smoothing: float = 0.01) -> float:
    """Return how far a list (rows of `belongs`) is from the shares: KL(shares | list's), 0 where they are equal."""
    if len(shares) < 2 or not len(belongs):
        return 0.0
    listed = belongs.sum(axis=0) / max(float(belongs.sum()), 1e-9)
    mixed = (1 - smoothing) * listed + smoothing * shares
    return float(np.sum(shares * np.log(np.maximum(shares, 1e-12) / np.maximum(mixed, 1e-12))))


def _cuts(vectors: Floats) -> Iterator[tuple[Ints, float]]:
    """Yield the vectors cut into two heaps and more, with how far apart these are."""
    heap = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(2, min(MOST_TASTES, len(vectors) // FEWEST_LIKES) + 1):
        heap = _settled(vectors, _split(vectors, heap))
        yield heap.copy(), _silhouette(vectors, heap)


def _cloud(vectors: Floats) -> Floats:
    """Return as many vectors without heaps, as wide in every direction: what the cuts are compared with."""
    middle = vectors.mean(axis=0)
    _, widths, axes = np.linalg.svd(vectors - middle, full_matrices=False)
    drawn = np.random.default_rng(0).normal(0, 1, (len(vectors), len(widths)))
    found = middle + (drawn * widths / np.sqrt(len(vectors))) @ axes
    unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return unit


def _centroids(vectors: Floats, heap: Ints) -> Floats:
    sums = np.zeros((int(heap.max()) + 1, vectors.shape[1]))
    np.add.at(sums, heap, vectors)
    unit: Floats = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return unit


def _split(vectors: Floats, heap: Ints) -> Ints:
    """Split the most scattered heap in two along its longest axis."""
    scatter = np.bincount(heap, 1 - np.sum(vectors * _centroids(vectors, heap)[heap], axis=1))
    widest = np.flatnonzero(heap == scatter.argmax())
    inside = vectors[widest] - vectors[widest].mean(axis=0)
    axis = np.linalg.svd(inside, full_matrices=False)[2][0]
    along = inside @ axis
    halves = heap.copy()
    halves[widest[along > np.median(along)]] = heap.max() + 1
    return halves


def _settled(vectors: Floats, heap: Ints) -> Ints:
    for _ in range(ROUNDS):
        nearest = (vectors @ _centroids(vectors, heap).T).argmax(axis=1)
        if np.array_equal(nearest, heap) or len(np.unique(nearest)) <= int(heap.max()):
            break
        heap = nearest
    return heap


def _silhouette(vectors: Floats, heap: Ints) -> float:
    """Return the mean silhouette, each like measured against the centroids instead of all others."""
    far = 1 - vectors @ _centroids(vectors, heap).T
    rows = np.arange(len(vectors))
    own = far[rows, heap]
    far[rows, heap] = np.inf
    other = far.min(axis=1)
    return float(np.mean((other - own) / np.maximum(np.maximum(own, other), 1e-9)))
