"""The two ways that scikit-learn gives: TruncatedSVD, and probabilistic latent semantic analysis."""

from typing import Self

import numpy as np
from scipy import sparse

from recommender.dataset import Floats

FAIRNESS = 0.25
"""A track seen n times weighs n ** -FAIRNESS an opinion, which treats rare ones fairer; EASE does so too."""

CELLS_A_FACTOR = 8
"""People and tracks for each factor where their number is not given: with more, factors repeat what was said."""

SVD_FACTORS = 64
PLSA_FACTORS = 64

PLSA_ITERATIONS = 60
"""Multiplicative updates: more fit what people said, not what they will say."""


def fair(opinions: sparse.csr_array) -> sparse.csr_array:
    """Return the opinions (P, T), those of often seen tracks made smaller."""
    seen = np.maximum(abs(opinions).sum(axis=0), 1.0)
    return sparse.csr_array(opinions @ sparse.diags_array(seen**-FAIRNESS))


class Factored:
    """A way whose scores are products of `person_` (P, k) and `track_` (T, k)."""

    person_: Floats
    track_: Floats

    def __init__(self, seed: int = 0, count: int | None = None) -> None:
        self.seed = seed
        self.count = count

    def size(self, opinions: sparse.csr_array, usual: int) -> int:
        """Return how many factors to learn: as many as asked for, else the usual number or fewer."""
        return self.count or max(1, min(usual, min(opinions.shape) // CELLS_A_FACTOR))

    def scores(self, rows: slice) -> Floats:
        """Return the products for these people (n, T)."""
        return np.asarray(self.person_[rows] @ self.track_.T)

    def factors(self, count: int) -> tuple[Floats, Floats]:
        """Return the first factors of people and tracks."""
        return self.person_[:, :count], self.track_[:, :count]


class SVD(Factored):
    """TruncatedSVD: the directions in which opinions differ most, all unsaid ones counting as 0."""

    def fit(self, opinions: sparse.csr_array) -> Self:
        """Learn the directions."""
        from sklearn.decomposition import TruncatedSVD  # heavy: only where it is used

        model = TruncatedSVD(min(self.size(opinions, SVD_FACTORS), opinions.shape[1]), random_state=self.seed)
        self.person_ = model.fit_transform(fair(opinions))
        self.track_ = model.components_.T
        return self


class PLSA(Factored):
    """Hofmann's aspects (1999): NMF with the Kullback-Leibler loss maximises their likelihood.

    Liking a track and disliking it are two words of the vocabulary; a track's factor is what speaks for the first
    beside the second.
    """

    def fit(self, opinions: sparse.csr_array) -> Self:
        """Learn the aspects."""
        from sklearn.decomposition import NMF  # heavy: only where it is used

        words = sparse.csr_array(sparse.hstack([opinions.maximum(0), (-opinions).maximum(0)]))
        count = min(self.size(opinions, PLSA_FACTORS), *words.shape)
        model = NMF(
            count,
            solver="mu",
            beta_loss="kullback-leibler",
            init="nndsvda",  # zeros of a plain NNDSVD stay zeros under multiplicative updates
            max_iter=PLSA_ITERATIONS,
            tol=0,
            random_state=self.seed,
        )
        self.person_ = model.fit_transform(words)
        tracks = opinions.shape[1]
        self.track_ = (model.components_[:, :tracks] - model.components_[:, tracks:]).T
        return self
