"""EASE: every track's liking predicted from all other tracks by one ridge regression in closed form.

Steck, "Embarrassingly shallow autoencoders for sparse data" (2019), with two additions: columns are scaled down by how
often their tracks are seen, which treats rare ones fairer; and what is known of tracks (tags) may stand beside people's
opinions as further rows (Jeunen et al., "Closed-form models for collaborative filtering with side-information", 2020).
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import lapack

from recommender.collaborative_sklearn import fair
from recommender.dataset import Floats

RIDGE = 50.0
"""Opinions' worth of doubt; on the plays of 1,900 people 35 to 70 do as well."""

BLOCK = 512


class EASE:
    """The closed form, solved on the side of the rows or of the tracks, whichever are fewer.

    With P = (X'X + ridge)^-1 the weights are I - P / diag(P), and X P = (XX' + ridge)^-1 X (Woodbury's identity).
    After `fit`: `inverse_` of the one or the other, and `diagonal_` of P (T,).
    """

    rows_: sparse.csr_array
    inverse_: Floats
    diagonal_: Floats

    def __init__(self, seed: int = 0, ridge: float = RIDGE) -> None:
        self.seed = seed
        self.ridge = ridge

    def fit(self, opinions: sparse.csr_array, about: sparse.csr_array | None = None) -> Self:
        """Learn how tracks follow from one another; `about` (T, m) is what is known of them, if anything."""
        self.people_ = opinions.shape[0]
        scaled = fair(opinions)
        self.rows_ = sparse.csr_array(scaled if about is None else sparse.vstack([scaled, about.T]))
        rows, tracks = self.rows_.shape
        self.by_rows_ = rows < tracks
        gram = self.rows_ @ self.rows_.T if self.by_rows_ else self.rows_.T @ self.rows_
        self.inverse_ = _inverse(gram.toarray(), self.ridge)
        self.diagonal_ = self._diagonal() if self.by_rows_ else np.diag(self.inverse_).copy()
        return self

    def scores(self, rows: slice) -> Floats:
        """Return X B for these people (n, T)."""
        here = range(*rows.indices(self.people_))
        own = self.rows_[here.start : here.stop]
        return np.asarray(own.toarray() - self._smoothed(slice(here.start, here.stop)) / self.diagonal_)

    def factors(self, count: int) -> tuple[Floats, Floats]:
        """Return the leading singular vectors of the scores, their weight shared between people and tracks."""
        from sklearn.utils.extmath import randomized_svd  # heavy: only where it is used

        blocks = [self.scores(slice(low, low + BLOCK)) for low in range(0, self.people_, BLOCK)]
        left, weight, right = randomized_svd(np.vstack(blocks), count, random_state=self.seed)
        return left * np.sqrt(weight), right.T * np.sqrt(weight)

    def _smoothed(self, rows: slice) -> Floats:
        """Return some rows of X P."""
        return np.asarray(self.inverse_[rows] @ self.rows_ if self.by_rows_ else self.rows_[rows] @ self.inverse_)

    def _diagonal(self) -> Floats:
        """Return diag(P) = (1 - diag(X' (XX' + ridge)^-1 X)) / ridge."""
        explained = np.zeros(self.rows_.shape[1])
        for low in range(0, self.rows_.shape[0], BLOCK):
            here = slice(low, low + BLOCK)
            explained += self.rows_[here].multiply(self._smoothed(here)).sum(axis=0)
        return np.asarray((1 - explained) / self.ridge)


def _inverse(gram: npt.NDArray[np.float64], ridge: float) -> Floats:
    """Return the inverse of gram + ridge by Cholesky's factors."""
    gram[np.diag_indices_from(gram)] += ridge
    lower, _ = lapack.dpotrf(gram.T, lower=1, overwrite_a=1)
    inverse, _ = lapack.dpotri(lower, lower=1, overwrite_c=1)
    below = np.tril(inverse)
    return np.asarray(below + np.tril(below, -1).T)
