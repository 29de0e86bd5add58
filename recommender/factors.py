"""Collaborative factors: what tracks have in common according to who liked them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.collaborative import factors_of
from recommender.dataset import Floats, Ints

TRACK_RIDGE = 10.0
"""Opinions' worth of doubt about a track's factors, which are measured against people's of unit mean square."""


@dataclass(frozen=True, slots=True)
class Factors:
    """A weighted low-rank fit of residual opinions.

    `person` (P, k) has unit mean square; a track's factors solve `gram` (T, k, k) v = `moment` (T, k), which lets
    one person's part be taken out again; `unit` (k,) brings the tracks' factors to unit mean square.
    """

    person: Floats
    gram: npt.NDArray[np.float32]
    moment: npt.NDArray[np.float32]
    unit: Floats

    @classmethod
    def fit(cls, residual: sparse.csr_array, weight: sparse.csr_array, count: int, seed: int, way: str = "als") -> Self:
        """Factor residuals (P, T) into `count` factors; both matrices hold the same cells.

        People's factors are found in a `way` of WAYS; those of tracks are their regression on people's, so that one
        person's part can be taken out.
        """
        weighted = residual.multiply(weight).tocsr()
        person = factors_of(weighted, way, count, seed)[0]
        gram, moment = _normal_equations(weight.T.tocsr(), weighted.T.tocsr(), person, TRACK_RIDGE)
        found = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
        unit = np.maximum(np.sqrt(np.mean(found**2, axis=0)), 1e-9) if len(found) else np.ones(count)
        return cls(person, gram.astype(np.float32), moment.astype(np.float32), unit)

    @property
    def count(self) -> int:
        """Return how many factors there are."""
        return int(self.person.shape[1])

    def of_tracks(self, track: Ints, own: Floats, weight: Floats, residual: Floats) -> Floats:
        """Return the factors (n, k) of tracks by position, -1 for an unknown one (zeros).

        `own` (n, k) are the factors of a person whose opinions of `weight` and `residual` (n,) are left out.
        """
        out = np.zeros((len(track), self.count))
        known = np.flatnonzero(track >= 0)
        if not (len(known) and self.count):
            return out
        rows = track[known]
        part = own[known] * weight[known, None]
        gram = self.gram[rows].astype(np.float64) - part[:, :, None] * own[known][:, None, :]
        moment = self.moment[rows] - part * residual[known, None]
        out[known] = np.linalg.solve(gram, moment[:, :, None])[:, :, 0] / self.unit
        return out


def _normal_equations(
    weight: sparse.csr_array, weighted: sparse.csr_array, other: Floats, ridge: float
) -> tuple[Floats, Floats]:
    size = other.shape[1]
    squares = (other[:, :, None] * other[:, None, :]).reshape(len(other), size * size)
    gram = (weight @ squares).reshape(weight.shape[0], size, size) + ridge * np.eye(size)
    return gram, weighted @ other
