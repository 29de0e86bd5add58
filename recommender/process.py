"""Many people's tastes as Gaussian processes, many at once: what is thought of a track follows from tracks like it.

A person's way off the community is f ~ GP(0, K). K adds up what is linear in the columns, what goes with the artist,
and what goes with a place among sounds, where likeness falls along every axis by itself: the kernel that the trees of
a random forest average to (Davies and Ghahramani, 2014), without growing any. It is fitted by Laplace's approximation
(Rasmussen and Williams, 2006, chapter 3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from recommender.dataset import Bools, Floats, Ints

Places = npt.NDArray[np.float32]

CHUNK_CELLS = 1 << 16
"""Cells of the covariances of a batch: enough to leave Python, few enough for the cache."""

LARGEST = 2_048
"""Opinions of one person learnt from together; more are dealt out to several processes, whose mean is taken."""

SINGLE_FROM = 256
"""Opinions from which single precision does: what is rounded off is far below what is not known."""

LEAST_CURVATURE = 0.15
"""Curvature that an opinion's likelihood is given at least (the most is 0.25), so that what the community is nearly
sure of can still be contradicted."""


OWN_SIDE = 2.0
"""Log-odds that an opinion alone stands for: as far as one step leads from not knowing."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """How far tastes go: the variance of each column's weight (d,), of an artist's effect, and of each block (b,).

    `ends` (b,) tells where the places' axes of each block end.
    """

    columns: Floats
    artist: float
    blocks: Floats
    ends: Ints


@dataclass(frozen=True, slots=True)
class Points:
    """Tracks as a person's taste sees them: `columns` (..., n, d), `places` (..., n, l) and `artist` (..., n)."""

    columns: Floats
    places: Places
    artist: Ints


@dataclass(frozen=True, slots=True)
class Table:
    """Opinions of many people, sorted by person: person p owns rows starts[p] to starts[p + 1].

    `lead` (N, k) are the columns that differ by person; `track` (N,) points into `shared` (T, c), the columns that
    do not, of which the first l, times `narrowness` (l,), are the places. `liked` and `weight` are (N,).
    """

    lead: Floats
    track: Ints
    artist: Ints
    liked: Floats
    weight: Floats
    starts: Ints
    shared: npt.NDArray[np.float32]
    narrowness: Floats

    def points(self, rows: Any) -> Points:
        """Return the tracks of some rows."""
        shared = self.shared[self.track[rows]]
        places = shared[..., : len(self.narrowness)] * self.narrowness.astype(np.float32)
        return Points(np.concatenate([self.lead[rows], shared], axis=-1), places, self.artist[rows])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some people's rows (B, n) side by side; those not `inside` are padding."""

    people: Ints
    rows: Ints
    inside: Bools


def chunks(owned: Ints, starts: Ints) -> Iterator[Chunk]:
    """Batch people by size, so that padding stays small; person p owns owned[starts[p]:starts[p + 1]]."""
    sizes = np.diff(starts)
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    while len(order):
        # From the largest down, so that the first of a batch tells its width.
        width = int(sizes[order[-1]])
        count = max(CHUNK_CELLS // width**2, 1)
        people, order = order[-count:], order[:-count]
        columns = np.arange(width)
        inside = columns < sizes[people][:, None]
        yield Chunk(people, owned[np.where(inside, starts[people][:, None] + columns, starts[people][:, None])], inside)


def likenesses(left: Places, right: Places, ends: Ints) -> Iterator[Places]:
    """Yield each block's likeness (..., n, m) of places (..., n, l) and (..., m, l)."""
    begin = 0
    for end in ends.tolist():
        yield likeness(left[..., begin:end], right[..., begin:end])
        begin = end


def likeness(left: Places, right: Places) -> Places:
    """Return exp(-distance) (..., n, m) of places (..., n, l) and (..., m, l), distances summed along the axes."""
    out = np.zeros((*left.shape[:-1], right.shape[-2]), dtype=np.float32)
    step = max(CHUNK_CELLS // max(right.shape[-2], 1), 1)
    ours, theirs = np.moveaxis(left, -1, 0)[..., None], np.ascontiguousarray(np.moveaxis(right, -1, 0))[..., None, :]
    for low in range(0, left.shape[-2], step):
        part = out[..., low : low + step, :]
        spare = np.empty_like(part)
        for one, other in zip(ours[..., low : low + step, :], theirs, strict=True):
            np.subtract(one, other, out=spare)
            np.abs(spare, out=spare)
            part -= spare
        np.exp(part, out=part)
    return out


def same(left: Ints, right: Ints) -> Bools:
    """Return which artists (..., n) are which (..., m); an unknown one, below 0, is nobody's."""
    found: Bools = (left[..., :, None] == right[..., None, :]) & (left[..., :, None] >= 0)
    return found


def covariance(kernel: Kernel, left: Points, right: Points) -> Floats:
    """Return K (..., n, m)."""
    found: Floats = (left.columns * kernel.columns) @ np.swapaxes(right.columns, -1, -2)
    for variance, alike in zip(kernel.blocks, likenesses(left.places, right.places, kernel.ends), strict=True):
        found += np.multiply(alike, np.float32(variance), out=alike)
    if (left.artist >= 0).any():
        found += kernel.artist * same(left.artist, right.artist)
    return found


def solve(table: Table, offset: Floats, kernel: Kernel) -> tuple[Floats, Floats]:
    """Return alpha (N,) and the curvatures (N,): a person's taste at x is K(x, own rows) @ alpha.

    `offset` (N,) are the community's log-odds. The taste is one Newton step from there. Stepping on to the posterior's
    mode costs several times as much and orders tracks no better (a little worse with many opinions): likes that are
    already explained then say no more, as in logistic regression beside least squares on separable classes.
    """
    alpha, curvature = np.zeros(len(offset)), np.ones(len(offset))
    owned, starts, share = _dealt(table.starts)
    for chunk in chunks(owned, starts):
        points, rows, inside = table.points(chunk.rows), chunk.rows, chunk.inside
        pull, curve = contradicted(offset[rows], table.liked[rows], table.weight[rows] * inside)
        found = _step(covariance(kernel, points, points), pull, curve)
        alpha[rows[inside]], curvature[rows[inside]] = found[inside], curve[inside]
    return alpha * share, curvature


def likelihood(margin: Floats, liked: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the slope and the curvature of opinions' log-likelihood at some log-odds."""
    chance = expit(margin)
    return weight * (liked - chance), weight * np.maximum(chance * (1 - chance), LEAST_CURVATURE)


def contradicted(margin: Floats, liked: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return slope and curvature such that one step from any log-odds reaches the opinion's own side.

    Newton's own step falls short where the community was all but sure of the opposite.
    """
    pull, curvature = likelihood(margin, liked, weight)
    side = 2 * liked - 1
    return side * np.maximum(side * pull, curvature * (OWN_SIDE - side * margin)), curvature


def inner(cov: Floats, root: Floats) -> Floats:
    """Return 1 + root K root (B, n, n), which can be inverted however flat K is."""
    found: Floats = cov * root[:, :, None]
    found *= root[:, None, :]
    places = np.arange(root.shape[1])
    found[:, places, places] += 1
    return found


def times(matrix: Floats, vector: Floats) -> Floats:
    """Return the products (B, n) of matrices (B, n, n) and vectors (B, n)."""
    product: Floats = (matrix @ vector[..., None])[..., 0]
    return product


def _dealt(starts: Ints) -> tuple[Ints, Ints, Floats]:
    """Deal out the rows of who has very many: the rows part by part, where each part starts, each row's share."""
    owned, ends, shares = [], [0], []
    for low, high in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        parts = max(-(-(high - low) // LARGEST), 1)
        for part in range(parts):
            owned.append(np.arange(low + part, high, parts))
            ends.append(ends[-1] + len(owned[-1]))
        shares.append(np.full(high - low, 1 / parts))
    if not owned:
        return np.zeros(0, dtype=np.int64), np.array(ends), np.zeros(0)
    return np.concatenate(owned), np.array(ends), np.concatenate(shares)


def _step(cov: Floats, pull: Floats, curvature: Floats) -> Floats:
    """Return alpha (B, n) after one Newton step: (K + 1 / curvature)^-1 (pull / curvature)."""
    real = np.dtype(np.float32 if cov.shape[-1] > SINGLE_FROM else np.float64)
    root: Floats = np.sqrt(curvature).astype(real)
    cov = cov.astype(real, copy=False)
    wanted, system = root * times(cov, pull.astype(real)), inner(cov, root)
    if len(system) > 1:
        found: Floats = np.linalg.solve(system, wanted[:, :, None])[:, :, 0]
    else:
        factor = cho_factor(system[0], lower=True, overwrite_a=True, check_finite=False)
        found = np.asarray(cho_solve(factor, wanted[0], check_finite=False))
    alpha: Floats = pull - root * found
    return alpha
