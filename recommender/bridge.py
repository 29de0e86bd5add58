"""A path of tracks from one taste to another, each near the one before."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from recommender.dataset import Floats, Ints

CONVEXITY = 3.0
"""Power of a step's length: above 1, two small steps are better than one large one."""

NARROWED = 400
"""Tracks between both ends that a path is looked for among."""

SAME_ARTIST = 0.15
"""What a step to another track of the same artist costs beside its length: it would be no step."""

LONGEST = 10


def path(start: int, end: int, track_ids: Ints, vectors: Floats, artists: Ints, longest: int = LONGEST) -> list[int]:
    """Return the ids of tracks from `start` to `end`, at most `longest` of them.

    `vectors` (n, k) are unit rows or zeros, `artists` (n,) the key of each track's artist or -1. Of all paths the one
    whose steps' lengths, each to the power of CONVEXITY, add up to least.
    """
    place = {int(track): row for row, track in enumerate(track_ids)}
    first, last = place[start], place[end]
    rows = _between(vectors, first, last)
    lengths = _lengths(vectors[rows], artists[rows])
    steps = sparse.csr_matrix(lengths**CONVEXITY)
    before = dijkstra(steps, indices=[0], return_predecessors=True)[1][0]
    found = [1]
    while found[-1] != 0 and before[found[-1]] >= 0:
        found.append(int(before[found[-1]]))
    if found[-1] != 0:
        found.append(0)
    ordered = [int(track_ids[rows[row]]) for row in reversed(found)]
    return _thinned(ordered, longest)


def _between(vectors: Floats, first: int, last: int) -> list[int]:
    """Return the rows of both ends, then of the tracks that lie most between them."""
    ends = vectors[[first, last]]
    nearness = vectors @ ends.T
    worth = nearness.min(axis=1) + nearness.mean(axis=1)
    worth[~np.abs(vectors).any(axis=1)] = -np.inf
    worth[[first, last]] = -np.inf
    order = [row for row in np.argsort(-worth, kind="stable").tolist() if np.isfinite(worth[row])]
    return [first, last, *order[:NARROWED]]


def _lengths(vectors: Floats, artists: Ints) -> Floats:
    """Return how far tracks are from each other, never 0: the way between two equal tracks is one step too."""
    lengths: Floats = np.maximum(1.0 - vectors @ vectors.T, 0.0) + 0.02
    same = (artists[:, None] == artists[None, :]) & (artists[:, None] >= 0)
    lengths = lengths + SAME_ARTIST * same
    np.fill_diagonal(lengths, 0.0)
    return lengths


def _thinned(ordered: Sequence[int], longest: int) -> list[int]:
    """Return the path with steps left out evenly where it is too long; both ends stay."""
    if len(ordered) <= longest:
        return list(ordered)
    kept = np.unique(np.linspace(0, len(ordered) - 1, longest).round().astype(int))
    return [ordered[place] for place in kept.tolist()]
