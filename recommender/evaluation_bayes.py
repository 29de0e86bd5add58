"""Two textbook ways to start a person's own weights from everybody's: a ridge correction, and hierarchical Bayes.

Both are logistic regressions on plain columns; they stand beside the taste model as what others would build.
"""

from itertools import pairwise

import numpy as np
from scipy.special import expit

from recommender.dataset import Dataset, Floats, Ints
from recommender.evaluation_classifiers import logistic
from recommender.evaluation_opponents import Columns
from recommender.features import Features

CORRECTION_RIDGE = 10.0
"""What stands against each weight of the correction, whose columns have unit spread."""

MOST_COLUMNS = 32
"""Columns of which people have weights of their own: a matrix of them is inverted for each person and round."""

NEWTON_STEPS = 6
ROUNDS = 8
FIRST_VARIANCE = 0.1
LEAST_VARIANCE = 1e-4


class RidgeCorrection:
    """The log-odds of everybody's logistic regression, and the person's own small correction of its weights."""

    def __init__(self, *, use_factors: bool = False) -> None:
        self.use_factors = use_factors

    def learn(self, train: Dataset, features: Features) -> None:
        """Fit the shared regression."""
        self.columns = Columns(train, features, use_factors=self.use_factors, rated=True, most=MOST_COLUMNS)
        self.shared = logistic().fit(self.columns.of(train.tracks[train.track]), train.liked)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Correct the log-odds by the person's opinions."""
        own, asked = self.columns.of(shown.tracks[shown.track]), self.columns.of(tracks)
        margin = np.asarray(self.shared.decision_function(asked))
        if len(shown):
            offset = np.asarray(self.shared.decision_function(own))
            precision = np.full(own.shape[1] + 1, CORRECTION_RIDGE)
            weights, _ = _posterior(_with_one(own), shown.liked, offset, np.zeros(len(precision)), np.diag(precision))
            margin = margin + _with_one(asked) @ weights
        return np.asarray(expit(margin))


class HierarchicalBayes:
    """Logistic regressions whose weights come from one Gaussian, learnt by EM with Laplace's approximation.

    With `scalar` the Gaussian has one variance for all weights, else a whole covariance matrix.
    """

    def __init__(self, *, scalar: bool, use_factors: bool = False) -> None:
        self.scalar, self.use_factors = scalar, use_factors

    def learn(self, train: Dataset, features: Features) -> None:
        """Learn the mean and the covariance of people's weights."""
        self.columns = Columns(train, features, use_factors=self.use_factors, rated=True, most=MOST_COLUMNS)
        rows = _with_one(self.columns.of(train.tracks[train.track]))
        size = rows.shape[1]
        starts = np.searchsorted(train.person, np.arange(len(train.people) + 1)).tolist()
        whole = np.diag(np.full(size, 0.1))
        self.mean, _ = _posterior(rows, train.liked, np.zeros(len(rows)), np.zeros(size), whole)
        spread = np.eye(size) * FIRST_VARIANCE
        for _ in range(ROUNDS):
            precision = np.linalg.inv(spread)
            found = [
                _posterior(rows[low:high], train.liked[low:high], np.zeros(high - low), self.mean, precision)
                for low, high in pairwise(starts)
            ]
            weights = np.array([each for each, _ in found])
            self.mean = weights.mean(axis=0)
            apart = weights - self.mean
            spread = (apart.T @ apart + np.sum([each for _, each in found], axis=0)) / len(found)
            if self.scalar:
                spread = np.eye(size) * np.trace(spread) / size
            spread = spread + np.eye(size) * LEAST_VARIANCE
        self.precision = np.linalg.inv(spread)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Move the shared mean by the person's opinions."""
        weights = self.mean
        if len(shown):
            own = _with_one(self.columns.of(shown.tracks[shown.track]))
            weights, _ = _posterior(own, shown.liked, np.zeros(len(own)), self.mean, self.precision)
        return np.asarray(expit(_with_one(self.columns.of(tracks)) @ weights))


def _with_one(columns: Floats) -> Floats:
    return np.hstack([np.ones((len(columns), 1)), columns])


def _posterior(rows: Floats, liked: Floats, offset: Floats, mean: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Return the mode (d,) and covariance (d, d) of a logistic regression's weights, by Newton's method."""
    weights, bent = mean.copy(), precision
    for _ in range(NEWTON_STEPS):
        chance = expit(rows @ weights + offset)
        curved = rows * (chance * (1 - chance))[:, None]
        bent = rows.T @ curved + precision
        weights = weights + np.linalg.solve(bent, rows.T @ (liked - chance) - precision @ (weights - mean))
    return weights, np.linalg.inv(bent)
