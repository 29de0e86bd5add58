"""Many small logistic regressions at once: batched Newton with a Gaussian prior around zero."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from recommender.dataset import Floats, Ints

CHUNK_ROWS = 4_096
"""Padded rows of a batch: big enough to leave Python, small enough for the cache."""

MAX_STEP = 4.0
"""How far one step may move any log-odds; Newton's full step can overshoot where data are separable."""


TOLERANCE = 1e-3
"""A step that moves no log-odds further than this is the last: Newton's next would move them by its square."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Rows of many people's problems, sorted by person: person p owns rows starts[p] to starts[p + 1].

    `design` (N, d), `liked`, `weight` and `offset` (N,), `starts` (P + 1,).
    """

    design: Floats
    liked: Floats
    weight: Floats
    offset: Floats
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """Return how many rows each person owns (P,)."""
        return np.diff(self.starts)


def solve(problems: Problems, variance: Floats, start: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return the weights (P, d) that maximise likelihood x N(0, variance), and the posterior's variances (P, d).

    `variance` is (d,); `start` (P, d) is where to begin, at most `steps` Newton steps away. The posterior is
    Laplace's at the last step's beginning, which a converged step does not leave.
    """
    weights = start.copy()
    spread = np.broadcast_to(variance, start.shape).copy()
    for people, chunk in _chunks(problems):
        weights[people], covariance = _newton(chunk, variance, start[people], steps)
        spread[people] = np.diagonal(covariance, axis1=1, axis2=2)
    return weights, spread


def learned(problems: Problems, variance: Floats, weights: Floats, rank: int) -> Floats:
    """Return F (P, rank, d): the posterior covariance is diag(variance) - F.T @ F, up to the directions left out."""
    out = np.zeros((len(weights), rank, len(variance)))
    scale = np.sqrt(variance)
    for people, chunk in _chunks(problems):
        covariance = np.linalg.inv(_hessian(chunk, variance, expit(chunk.margin(weights[people]))))
        values, vectors = np.linalg.eigh(np.eye(len(variance)) - covariance / np.outer(scale, scale))
        top = np.sqrt(np.clip(values[:, -rank:], 0, 1))[:, :, None] * np.swapaxes(vectors[:, :, -rank:], 1, 2)
        out[people, : top.shape[1]] = top * scale
    return out


@dataclass(frozen=True, slots=True)
class _Chunk:
    design: Floats  # (B, n, d), padded with zero weight
    liked: Floats
    weight: Floats
    offset: Floats

    def margin(self, weights: Floats) -> Floats:
        return self.offset + (self.design @ weights[:, :, None])[:, :, 0]


def _chunks(problems: Problems) -> Iterator[tuple[Ints, _Chunk]]:
    """Batch people with rows by size, so that padding stays small."""
    sizes = problems.sizes
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    while len(order):
        # From the largest down, so that the first of a batch tells its width.
        width = int(sizes[order[-1]])
        count = max(CHUNK_ROWS // width, 1)
        people, order = order[-count:], order[:-count]
        columns = np.arange(width)
        inside = columns < sizes[people][:, None]
        rows = np.where(inside, problems.starts[people][:, None] + columns, 0)
        yield (
            people,
            _Chunk(problems.design[rows], problems.liked[rows], problems.weight[rows] * inside, problems.offset[rows]),
        )


def _newton(chunk: _Chunk, variance: Floats, start: Floats, steps: int) -> tuple[Floats, Floats]:
    weights = start.copy()
    covariance: Floats = np.zeros((0, 0, 0))
    transposed = np.swapaxes(chunk.design, 1, 2)
    for _ in range(steps):
        chance = expit(chunk.margin(weights))
        pull = (transposed @ (chunk.weight * (chunk.liked - chance))[:, :, None])[:, :, 0] - weights / variance
        # The inverse costs what solving costs, and is the posterior's covariance as well.
        covariance = np.linalg.inv(_hessian(chunk, variance, chance))
        step = (covariance @ pull[:, :, None])[:, :, 0]
        moved = np.abs((chunk.design @ step[:, :, None])[:, :, 0]).max(axis=1)
        weights += step * np.minimum(1, MAX_STEP / np.maximum(moved, 1e-12))[:, None]
        if moved.max() < TOLERANCE:
            break
    return weights, covariance


def _hessian(chunk: _Chunk, variance: Floats, chance: Floats) -> Floats:
    curvature = chunk.weight * chance * (1 - chance)
    hessian: Floats = np.swapaxes(chunk.design, 1, 2) @ (chunk.design * curvature[:, :, None])
    hessian += np.diag(1 / variance)
    return hessian
