"""How much each axis of the space has to do with what people like, so that it counts more in what is alike.

Kernel-target alignment (Cristianini and others, 2002) of each axis by itself: how much more alike along it the likes
of one person are to each other, and the dislikes, than both are by chance. It only leans: along no axis are tracks
told apart much more, or less, than along the others, since the evidence of few opinions would choose too boldly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.dataset import Dataset, Floats, Ints

LEAN = 3.0
"""What every axis counts before anything is known of it; what is known adds the logarithm of its evidence."""

MOST_OF_ONE = 256
"""Opinions of one person that are compared with each other."""

MOST = 5_000
"""Opinions compared in all: what is asked for is a number an axis."""


@dataclass(frozen=True, slots=True)
class Said:
    """Some people's opinions, sorted by person: person p owns rows starts[p] to starts[p + 1].

    `track` (n,) are rows of the features, `side` (n,) how far each opinion is off its person's mean.
    """

    track: Ints
    side: Floats
    starts: Ints

    @classmethod
    def of(cls, dataset: Dataset, track: Ints, seed: int) -> "Said":
        """Return a sample of opinions; `track` (N,) are the rows of the features that they are about, -1 for none."""
        rng = np.random.default_rng(seed)
        ends = np.searchsorted(dataset.person, np.arange(len(dataset.people) + 1))
        rows: list[Ints] = []
        sides: list[Floats] = []
        taken = 0
        for person in rng.permutation(len(dataset.people)).tolist():
            own = np.arange(ends[person], ends[person + 1])
            own = own[track[own] >= 0]
            own = own if len(own) <= MOST_OF_ONE else np.sort(rng.permutation(own)[:MOST_OF_ONE])
            weight = dataset.weight[own]
            side = weight * (dataset.liked[own] - np.sum(weight * dataset.liked[own]) / max(weight.sum(), 1e-9))
            if side.any():
                rows.append(track[own])
                sides.append(side)
                taken += len(own)
            if taken >= MOST:
                break
        starts = np.cumsum([0, *(len(own) for own in rows)])
        return cls(np.concatenate([np.zeros(0, dtype=np.int64), *rows]), np.concatenate([np.zeros(0), *sides]), starts)

    def people(self) -> Iterator[tuple[Ints, Floats]]:
        """Yield each person's rows and sides."""
        for low, high in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True):
            yield self.track[low:high], self.side[low:high]


def relevance(linear: Floats, said: Said, ends: Ints) -> Floats:
    """Return what each axis (l,) counts, with mean 1 in each block; `linear` (T, l) are the tracks' columns."""
    found, chance = np.zeros(linear.shape[1]), np.zeros(linear.shape[1])
    for track, side in said.people():
        for axis, places in enumerate(linear[track].T.astype(np.float32)):
            more, spread = _alignment(places, side)
            found[axis] += more
            chance[axis] += spread
    evidence = LEAN + np.log1p(np.maximum(found / np.sqrt(np.maximum(chance, 1e-12)), 0))
    begin = 0
    for end in ends.tolist():
        evidence[begin:end] /= evidence[begin:end].mean()
        begin = end
    return evidence


def _alignment(places: npt.NDArray[np.float32], side: Floats) -> tuple[float, float]:
    """Return how much more alike than by chance one person's opinions of one side are, and that figure's variance.

    The likeness K (n, n) along the axis is centred, K - row means - column means + mean, and an opinion is not
    compared with itself; under chance the sum of side_i K_ij side_j has variance 2 mean(side^2)^2 sum(K_ij^2).
    """
    count = len(places)
    alike = np.subtract.outer(places, places)
    np.abs(alike, out=alike)
    np.negative(alike, out=alike)
    np.exp(alike, out=alike)
    ones_and_side = np.stack([np.ones(count), side], axis=1).astype(np.float32)
    sums, pulled = (alike @ ones_and_side).astype(np.float64).T
    total = sums.sum()
    itself = 1 - 2 * sums / count + total / count**2
    squares = float(np.vdot(alike, alike)) - 2 * float(sums @ sums) / count + (total / count) ** 2
    found = float(side @ pulled - (side**2) @ itself)
    return found, 2 * float(np.mean(side**2)) ** 2 * max(squares - float(itself @ itself), 0.0)
