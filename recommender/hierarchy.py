"""A prior taught by everybody: what all share, and how far people go their own way.

Log-odds of a like = x . mean + own(x), with mean_j ~ N(0, reach_j) and each person's own ~ GP(0, K). The mean is the
generalised least squares of penalised quasi-likelihood (Breslow and Clayton, 1993): opinions count as far as they
tell more than one person's taste. Variances by empirical-Bayes EM: where people share a taste newcomers inherit it;
where they do not, the mean shrinks and people speak for themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from recommender.dataset import Floats, Ints
from recommender.process import (
    Chunk,
    Kernel,
    Places,
    Table,
    chunks,
    contradicted,
    inner,
    likelihood,
    likenesses,
    same,
    times,
)

GROUP_PSEUDO = 4.0
"""Columns' worth of the starting guess in a group's variance, so that one column cannot run away."""

COLUMN_PSEUDO = 12.0
"""People's worth of the group's variance in each column's own."""

SCALE_PSEUDO = 50.0
"""Opinions' worth of the starting guess in the variances of sounds and artists: a few opinions, taken for exact,
always seem to say that nothing goes with anything."""

CONTRARY = 0.4
"""Least std of a personal weight, as a share of the shared one: the more a community agrees, the larger the step
that somebody contrary has to take away from it."""

SAMPLE_ROWS = 20_000
"""Opinions that the prior is learnt from: it is a few hundred numbers, and more opinions would not move them."""

SAMPLE_OF_ONE = 256
"""Opinions of one person among those."""

CALIBRATION_START = (0.0, 0.0, 2.0, 0.5)
"""Shift and slope before any opinion, of the community and by what is told: one step stops short of how sure people
are of what they say."""

CALIBRATION_STD = (0.5, 0.5, 0.7, 1.0)
"""How far from there they may be: shifts as they are, slopes by their logarithm, so that none turns a score round."""

SHIFTS = 2
"""Shifts among those; the slopes follow."""

MOST_SURE = 8.0
"""Log-odds beyond which being surer is not told apart."""

TOLD_HALF = 5.0
"""Curvature from which a person has told half of what they might: some twenty-five opinions."""

CALIBRATION_STEPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Columns whose weights are alike before anything is known.

    `reach` and `spread` are the variances to begin with, of the shared and of the personal weight; `floor` is the
    least personal variance, so that enough reactions can always overrule the community. Columns without a spread
    are the community's alone; they come last.
    """

    columns: slice
    reach: float
    spread: float
    floor: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What the community taught: `mean` and `reach` (d,), and how far people go their own way.

    `variance` (k,) is that of people's own weights of the first k columns; artist effects and sounds have one each.
    `shift` and `slope` calibrate the log-odds; the own ones are added as far as the person's opinions tell.
    """

    mean: Floats
    reach: Floats
    variance: Floats
    artist_variance: float
    blocks: Floats
    ends: Ints
    shift: float
    own_shift: float
    slope: float
    own_slope: float

    @classmethod
    def start(cls, groups: Sequence[Group], artist_variance: float, blocks: Floats, ends: Ints) -> "Prior":
        """Return the prior before any opinion."""
        reach = np.concatenate([np.full(_size(group), group.reach) for group in groups])
        variance = np.concatenate([np.full(_size(group), group.spread) for group in groups if group.spread])
        return cls(np.zeros(len(reach)), reach, variance, artist_variance, blocks, ends, *CALIBRATION_START)

    @property
    def kernel(self) -> Kernel:
        """Return how far people go their own way."""
        return Kernel(self.variance, self.artist_variance, self.blocks, self.ends)

    def chance(self, margin: Floats, variance: Floats, told: float) -> Floats:
        """Return the calibrated probability of a like (n,) at log-odds of some variance, as much as is `told`."""
        sure = moderated(margin, variance, told)
        return np.asarray(expit(self.shift + self.own_shift * told + (self.slope + self.own_slope * told) * sure))


def sample(starts: Ints, artist: Ints, seed: int) -> tuple[Ints, Ints]:
    """Return rows to learn the prior from, of whole people as far as it goes, and where each of them starts.

    Of a person with very many it takes whole artists, so that what goes with the artist shows.
    """
    rng = np.random.default_rng(seed)
    sizes = np.minimum(np.diff(starts), SAMPLE_OF_ONE)
    order = rng.permutation(len(sizes))
    kept = np.sort(order[: np.searchsorted(np.cumsum(sizes[order]), SAMPLE_ROWS) + 1])
    chance = rng.random(int(artist.max(initial=0)) + 2)
    rows = []
    for person in kept.tolist():
        own = np.arange(starts[person], starts[person + 1])
        if len(own) > SAMPLE_OF_ONE:
            drawn = np.where(artist[own] >= 0, chance[artist[own]], rng.random(len(own)))
            own = np.sort(own[np.argsort(drawn, kind="stable")[:SAMPLE_OF_ONE]])
        rows.append(own)
    return np.concatenate(rows), np.append(0, np.cumsum(sizes[kept]))


@dataclass(slots=True)
class _Part:
    """One batch of the sample: what stays (rows, design, likenesses, artists) and what a round finds."""

    chunk: Chunk
    columns: Floats
    design: Floats
    alike: list[Places]
    artists: Floats
    taste: Floats
    precision: Floats
    spread: Floats
    target: Floats


def learn_prior(
    table: Table, bumps: Floats, rows: Ints, starts: Ints, groups: Sequence[Group], prior: Prior, rounds: int
) -> Prior:
    """Learn the prior by `rounds` of EM from some rows of the table; `bumps` (T, b) are the last columns."""
    begin = prior
    parts = [_part(table, bumps, chunk, prior.ends) for chunk in chunks(rows, starts)]
    for _ in range(rounds):
        information, pull = np.diag(1 / prior.reach), np.zeros(len(prior.mean))
        for part in parts:
            _expect(part, table, prior)
            information += np.einsum("bni,bnj->ij", part.design, part.spread, optimize=True)
            pull += np.einsum("bni,bn->i", part.design, part.target)
        inverse = np.linalg.inv(information)
        prior = replace(prior, mean=inverse @ pull)
        prior = _variances(prior, parts, np.diag(inverse), groups, begin)
    return _calibrated(prior, parts, table) if rounds else prior


def _part(table: Table, bumps: Floats, chunk: Chunk, ends: Ints) -> _Part:
    points = table.points(chunk.rows)
    design = np.concatenate([points.columns, bumps[table.track[chunk.rows]]], axis=-1)
    none, flat = np.zeros((0, 0, 0)), np.zeros(chunk.rows.shape)
    alike = list(likenesses(points.places, points.places, ends))
    artists = same(points.artist, points.artist).astype(np.float32)
    return _Part(chunk, points.columns, design, alike, artists, flat, none, none, flat)


def _expect(part: _Part, table: Table, prior: Prior) -> None:
    """Weigh the batch's opinions by what they tell beside the people's own tastes, at the present estimate."""
    margin = part.design @ prior.mean + part.taste
    cov = _cov(part, prior)
    rows, inside = part.chunk.rows, part.chunk.inside
    pull, curvature = likelihood(margin, table.liked[rows], table.weight[rows] * inside)
    part.precision = _precision(cov, curvature)
    part.spread = part.precision @ part.design
    # precision @ (margin + pull / curvature), without dividing by what may be 0.
    part.target = times(part.precision, margin - times(cov, pull)) + pull


def _precision(cov: Floats, curvature: Floats) -> Floats:
    """Return (K + 1 / curvature)^-1 (B, n, n); rows without curvature have none."""
    root = np.sqrt(curvature)
    precision: Floats = np.linalg.inv(inner(cov, root)) * root[:, :, None] * root[:, None, :]
    return precision


def _cov(part: _Part, prior: Prior) -> Floats:
    cov: Floats = (part.columns * prior.variance) @ np.swapaxes(part.columns, 1, 2)
    for variance, alike in zip(prior.blocks.tolist(), part.alike, strict=True):
        cov += variance * alike
    cov += prior.artist_variance * part.artists
    return cov


def _variances(prior: Prior, parts: Sequence[_Part], unsure: Floats, groups: Sequence[Group], begin: Prior) -> Prior:
    size = len(prior.variance)
    columns, blocks, artist = np.zeros((2, size)), np.zeros((len(prior.blocks), 2)), np.zeros(2)
    for part in parts:
        alpha = part.target - part.spread @ prior.mean
        part.taste = times(_cov(part, prior), alpha)
        columns[0] += np.sum(np.einsum("bnk,bn->bk", part.columns, alpha) ** 2, axis=0)
        columns[1] += np.einsum("bnk,bnk->k", part.columns, part.spread[:, :, :size])
        artist += _explained(part.artists, alpha, part.precision)
        blocks += [_explained(alike, alpha, part.precision) for alike in part.alike] or 0.0
    reach, variance = prior.reach.copy(), prior.variance.copy()
    for group in groups:
        here = group.columns
        shared = np.sum(prior.mean[here] ** 2 + unsure[here])
        reach[here] = (shared + GROUP_PSEUDO * group.reach) / (_size(group) + GROUP_PSEUDO)
        if group.spread and _size(group):
            variance[here] = _columns(prior, columns, group)
    return replace(
        prior,
        reach=reach,
        variance=variance,
        artist_variance=_rescaled(prior.artist_variance, artist, begin.artist_variance, SCALE_PSEUDO),
        blocks=np.array(
            [_rescaled(*each, SCALE_PSEUDO) for each in zip(prior.blocks, blocks, begin.blocks, strict=True)]
        ),
    )


def _columns(prior: Prior, found: Floats, group: Group) -> Floats:
    """Return the next variances of people's own weights of a group's columns, which draw on each other."""
    here = group.columns
    variance = prior.variance[here]
    explained, expected = found[:, here] * variance
    common = (explained.sum() + GROUP_PSEUDO) / (expected.sum() + GROUP_PSEUDO * variance.mean() / group.spread)
    scale = (explained + COLUMN_PSEUDO * common) / (expected + COLUMN_PSEUDO)
    least: Floats = group.floor + (CONTRARY * prior.mean[here]) ** 2
    return np.asarray(np.maximum(variance * scale, least))


def _explained(shape: Places | Floats, alpha: Floats, precision: Floats) -> Floats:
    """Return what this shape of covariance explains per unit of variance, and what it should if the variance fits."""
    return np.array([np.sum(alpha * times(shape, alpha)), np.sum(precision * shape)])


def _rescaled(variance: float, found: Floats, begin: float, pseudo: float) -> float:
    """Return the next estimate of a variance: where it fits, what is explained is what was expected."""
    if not variance:
        return 0.0
    explained, expected = variance * found
    return float(variance * (explained + pseudo) / (expected + pseudo * variance / begin))


def _calibrated(prior: Prior, parts: Sequence[_Part], table: Table) -> Prior:
    """Fit the calibration to what each opinion would have been foretold, by the person's others and by none."""
    found = [_foretold(part, table, prior) for part in parts]
    design = np.concatenate([rows for rows, _, _ in found])
    liked = np.concatenate([said for _, said, _ in found])
    weight = np.concatenate([counts for _, _, counts in found])
    best = begin = _unbounded(np.array(CALIBRATION_START))
    doubt = 1 / np.array(CALIBRATION_STD) ** 2
    for _ in range(CALIBRATION_STEPS):
        now = np.append(best[:SHIFTS], np.exp(best[SHIFTS:]))
        chance = expit(design @ now)
        slopes = design * np.append(np.ones(SHIFTS), now[SHIFTS:])
        pull = slopes.T @ (weight * (liked - chance)) - doubt * (best - begin)
        hessian = (slopes.T * (weight * chance * (1 - chance))) @ slopes + np.diag(doubt)
        best = best + np.clip(np.linalg.solve(hessian, pull), -1, 1)
    shift, own_shift, slope, own_slope = (float(each) for each in (*best[:SHIFTS], *np.exp(best[SHIFTS:])))
    return replace(prior, shift=shift, own_shift=own_shift, slope=slope, own_slope=own_slope)


def _unbounded(calibration: Floats) -> Floats:
    """Return a calibration with its slopes as logarithms."""
    return np.append(calibration[:SHIFTS], np.log(calibration[SHIFTS:]))


def _foretold(part: _Part, table: Table, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Return rows of 1, what is told, log-odds and their product, and of each the opinion and what it counts.

    Each opinion is there twice: foretold by the community alone, of which nothing is known, and by the person's
    other opinions as well. Leaving one out of a Gaussian process needs no second fit (Rasmussen and Williams, 2006,
    section 5.4.2).
    """
    rows, inside = part.chunk.rows, part.chunk.inside
    cov, margin = _cov(part, prior), part.design @ prior.mean
    pull, curvature = contradicted(margin, table.liked[rows], table.weight[rows] * inside)
    precision = _precision(cov, curvature)
    alpha = pull - times(precision, times(cov, pull))
    own, curvature = np.maximum(np.einsum("bnn->bn", precision), 1e-9), np.maximum(curvature, 1e-9)
    open_to = np.einsum("bnn->bn", cov)
    left = np.clip(1 / own - 1 / curvature, 0, open_to)
    had = np.broadcast_to(told(curvature * inside)[:, None], inside.shape)
    sure = moderated(margin + pull / curvature - alpha / own, left, had)[inside]
    unsure, had = moderated(margin, open_to, 0.0)[inside], had[inside]
    ones, none = np.ones(len(sure)), np.zeros(len(sure))
    design = np.vstack([np.column_stack([ones, had, sure, had * sure]), np.column_stack([ones, none, unsure, none])])
    return design, np.tile(table.liked[rows][inside], 2), np.tile(table.weight[rows][inside] / 2, 2)


def told(curvature: npt.NDArray[Any]) -> Floats:
    """Return how much people have told of themselves, 0 to 1, by the curvatures (..., n) of their opinions."""
    total = np.sum(curvature, axis=-1, dtype=np.float64)
    return np.asarray(total / (total + TOLD_HALF))


def moderated(margin: Floats, variance: Floats, told: npt.ArrayLike) -> Floats:
    """Return log-odds whose chance is the mean over what is not known (MacKay's approximation), the less the more told.

    With many opinions the step's variance, near where they are, orders tracks worse than the log-odds themselves.
    """
    narrower = (1 + np.pi * variance / 8) ** ((1 - np.asarray(told)) / 2)
    return np.asarray(np.clip(margin / narrower, -MOST_SURE, MOST_SURE))


def _size(group: Group) -> int:
    return int(group.columns.stop - group.columns.start)
