"""A prior taught by everybody, and each person's way off it: a logistic model with shared and personal weights.

Log-odds of a like = x . (mean + own) + what the person thinks of the artist, with mean_j ~ N(0, reach_j),
own_j ~ N(0, variance_j) and artist effects ~ N(0, artist_variance). Weights are at their joint mode (penalised
quasi-likelihood, Breslow and Clayton, 1993), variances by empirical-Bayes EM: where people share a taste its
variance shrinks and newcomers inherit the mean; where they do not, the mean shrinks and people speak for themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from recommender.dataset import Floats, Ints, summed
from recommender.newton import Problems, solve

GROUP_PSEUDO = 4.0
"""Columns' worth of the starting guess in a group's variance, so that one column cannot run away."""

COLUMN_PSEUDO = 12.0
"""People's worth of the group's variance in each column's own."""

CONTRARY = 0.3
"""Least std of a personal weight, as a share of the shared one: the more a community agrees, the larger the step
that somebody contrary has to take away from it."""

MEAN_STEPS = 2
LAST_STEPS = 10
LAST_TURNS = 3
"""Turns between weights and artist effects after the last round; in a round one of each will do."""

ARTIST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Columns whose weights are alike before anything is known.

    `reach` and `spread` are the variances to begin with, of the shared and of the personal weight;
    `floor` is the least personal variance, so that enough reactions can always overrule the community.
    """

    columns: slice
    reach: float
    spread: float
    floor: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What the community taught: `mean`, `reach`, `variance` (d,) and the variance of artist effects."""

    mean: Floats
    reach: Floats
    variance: Floats
    artist_variance: float

    @classmethod
    def start(cls, groups: Sequence[Group], artist_variance: float) -> "Prior":
        """Return the prior before any opinion."""
        size = groups[-1].columns.stop
        reach, variance = np.ones(size), np.ones(size)
        for group in groups:
            reach[group.columns], variance[group.columns] = group.reach, group.spread
        return cls(np.zeros(size), reach, variance, artist_variance)


@dataclass(frozen=True, slots=True)
class Rows:
    """Opinions to learn from, sorted by person: `design` (N, d), `liked`, `weight` (N,), `starts` (P + 1,).

    `pair` (N,) numbers the person's artists (-1: no artist known) from 0 to `pairs` - 1.
    """

    design: Floats
    liked: Floats
    weight: Floats
    starts: Ints
    pair: Ints
    pairs: int

    @property
    def person(self) -> Ints:
        """Return the person's place of each row."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Own:
    """Everybody's own part: weights and their posterior variances (P, d), artist effects and theirs (pairs,)."""

    weights: Floats
    spread: Floats
    artist: Floats
    artist_spread: Floats

    @classmethod
    def start(cls, rows: Rows, prior: Prior) -> "Own":
        """Return nobody differing from the community."""
        shape = (len(rows.starts) - 1, len(prior.mean))
        unsure = np.full(rows.pairs, prior.artist_variance)
        return cls(np.zeros(shape), np.broadcast_to(prior.variance, shape), np.zeros(rows.pairs), unsure)


def fit_everybody(rows: Rows, groups: Sequence[Group], prior: Prior, rounds: int) -> tuple[Prior, Own]:
    """Learn the prior and everybody's own part by `rounds` of EM."""
    own = Own.start(rows, prior)
    for _ in range(rounds):
        mean, mean_spread = _fit_mean(rows, prior, own)
        prior = replace(prior, mean=mean)
        own = _step(rows, prior, own, steps=1)
        prior, own = _centre(prior, own)
        prior = _variances(prior, own, mean_spread, groups)
    return prior, fit_own(rows, prior, own)


def fit_own(rows: Rows, prior: Prior, own: Own) -> Own:
    """Return everybody's own part under the prior, beginning at `own`."""
    for _ in range(LAST_TURNS):
        own = _step(rows, prior, own, LAST_STEPS)
    return own


def _step(rows: Rows, prior: Prior, own: Own, steps: int) -> Own:
    weights, spread = solve(problems_of(rows, prior, own), prior.variance, own.weights, steps)
    own = replace(own, weights=weights, spread=spread)
    return _fit_artists(rows, prior, own, rows.design @ prior.mean + _personal(rows, own))


def problems_of(rows: Rows, prior: Prior, own: Own) -> Problems:
    """Return everybody's regression at the fitted artist effects."""
    offset = rows.design @ prior.mean + _artist(rows, own)
    return Problems(rows.design, rows.liked, rows.weight, offset, rows.starts)


def _personal(rows: Rows, own: Own) -> Floats:
    margin: Floats = np.einsum("nd,nd->n", rows.design, own.weights[rows.person])
    return margin


def _artist(rows: Rows, own: Own) -> Floats:
    return np.append(own.artist, 0.0)[rows.pair]


def _fit_mean(rows: Rows, prior: Prior, own: Own) -> tuple[Floats, Floats]:
    offset = _personal(rows, own) + _artist(rows, own)
    everybody = Problems(rows.design, rows.liked, rows.weight, offset, np.array([0, len(rows.liked)]))
    mean, spread = solve(everybody, prior.reach, prior.mean[None], MEAN_STEPS)
    return mean[0], spread[0]


def _fit_artists(rows: Rows, prior: Prior, own: Own, offset: Floats) -> Own:
    """Take Newton steps on the artist effects: each is a problem of one number, so its Hessian is a sum."""
    effect: Floats = own.artist
    curvature: Floats = np.zeros(rows.pairs)
    known = rows.pair >= 0
    pair, liked, weight = rows.pair[known], rows.liked[known], rows.weight[known]
    for _ in range(ARTIST_STEPS):
        chance = expit(offset[known] + effect[pair])
        pull = summed(pair, weight * (liked - chance), rows.pairs) - effect / prior.artist_variance
        curvature = summed(pair, weight * chance * (1 - chance), rows.pairs) + 1 / prior.artist_variance
        effect = effect + pull / curvature
    return replace(own, artist=effect, artist_spread=1 / curvature)


def _centre(prior: Prior, own: Own) -> tuple[Prior, Own]:
    """Move what all people's own parts have in common into the mean, as far as the mean's own prior lets it.

    Nobody's log-odds change by it, so it is free, and it spares the alternation its slowest direction.
    """
    people = len(own.weights)
    pull = own.weights.sum(axis=0) / prior.variance - prior.mean / prior.reach
    shift = pull / (people / prior.variance + 1 / prior.reach)
    return replace(prior, mean=prior.mean + shift), replace(own, weights=own.weights - shift)


def _variances(prior: Prior, own: Own, mean_spread: Floats, groups: Sequence[Group]) -> Prior:
    people = len(own.weights)
    reach, variance = prior.reach.copy(), prior.variance.copy()
    squares = np.sum(own.weights**2 + own.spread, axis=0)
    # What the mean would be known to within if people's own parts were not held fixed.
    seen = np.maximum(1 / mean_spread - 1 / prior.reach, 1e-9)
    unsure = 1 / (1 / (1 / seen + prior.variance / people) + 1 / prior.reach)
    for group in groups:
        here = group.columns
        size = here.stop - here.start
        if not size:
            continue
        common = (squares[here].sum() + GROUP_PSEUDO * group.spread) / (people * size + GROUP_PSEUDO)
        own_variance = (squares[here] + COLUMN_PSEUDO * common) / (people + COLUMN_PSEUDO)
        variance[here] = np.maximum(own_variance, group.floor + (CONTRARY * prior.mean[here]) ** 2)
        shared = np.sum(prior.mean[here] ** 2 + unsure[here])
        reach[here] = (shared + GROUP_PSEUDO * group.reach) / (size + GROUP_PSEUDO)
    artist = np.sum(own.artist**2 + own.artist_spread) + GROUP_PSEUDO * prior.artist_variance
    return replace(prior, reach=reach, variance=variance, artist_variance=artist / (len(own.artist) + GROUP_PSEUDO))
