"""A list as a whole: expected likes, variety, a person's tastes in their shares, and how new it may be.

Chosen greedily, a place at a time, so that every beginning of the list is itself a good list. All candidates are
weighed at once: a place costs half a dozen operations on arrays, whatever the number of places before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.dataset import Floats, Ints

LARGEST_TABLE = 2_000
"""Candidates up to which all likenesses are worked out beforehand, in one product of matrices."""

SHORTLIST = 20
"""Tracks that a wildcard is drawn from: those of which most may still be hoped."""

TEMPERATURE = 0.05
"""How far below the best hope a wildcard's may lie and still have a third of its chance."""

SMOOTHING = 0.5
"""Tracks of each taste that a list is thought to hold before it holds any."""


@dataclass(frozen=True, slots=True)
class Aims:
    """What a list is for, beside likes, a row for each candidate.

    `vectors` (n, k) tell likeness by their products. `artists` (n,) are keys, -1 for nobody's. `belongs` (n, c) tells
    how far a candidate belongs to each taste, and `shares` (c,) what part of the list each taste should have.
    """

    vectors: npt.NDArray[Any]
    artists: Ints
    belongs: npt.NDArray[Any]
    shares: Floats

    @classmethod
    def none(cls, size: int) -> "Aims":
        """Return aims that leave the order to the scores."""
        return cls(np.zeros((size, 0)), np.full(size, -1, dtype=np.int64), np.zeros((size, 0)), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each aim counts, in chances of a like: `diversity` and `calibration`; `per_artist` tracks of one artist."""

    diversity: float = 0.1
    calibration: float = 0.05
    per_artist: int = 2


class Listing:
    """A list that grows by a row at a time; each place costs the same, however long the list is."""

    def __init__(self, worth: Floats, aims: Aims, weights: Weights) -> None:
        self._weights = weights
        self._aims = aims
        size = len(worth)
        self._worth = worth.astype(np.float32)
        # What may come now: closed rows stand at minus infinity.
        self._open = self._worth.copy()
        self._taken = np.zeros(size, dtype=bool)
        self._vectors = np.ascontiguousarray(aims.vectors, dtype=np.float32)
        self._alike = self._vectors @ self._vectors.T if size <= LARGEST_TABLE else None
        self._cost = np.zeros(size, dtype=np.float32)
        self._spare = np.empty(size, dtype=np.float32)
        self._belongs = np.ascontiguousarray(aims.belongs, dtype=np.float32)
        self._counts = np.full(len(aims.shares), SMOOTHING)
        self._artists = aims.artists.tolist()
        self._of_artist: dict[int, list[int]] = {}
        for row, artist in enumerate(self._artists):
            if artist >= 0:
                self._of_artist.setdefault(artist, []).append(row)
        self._used: dict[int, int] = {}
        self._allowed = weights.per_artist
        self._length = 0

    def best(self, worth: npt.NDArray[np.float32] | None = None) -> int:
        """Return the open row that adds most; `worth` (n,) takes the place of what was given at the beginning."""
        self._let_more_come()
        values = self._values(self._open if worth is None else np.where(np.isfinite(self._open), worth, -np.inf))
        return int(values.argmax())

    def drawn(self, hopes: Floats, rng: np.random.Generator) -> tuple[int, float]:
        """Return an open row drawn from those of the highest hopes (n,), and the chance with which it was drawn."""
        self._let_more_come()
        values = np.where(np.isfinite(self._open), hopes - self._cost, -np.inf)
        count = min(SHORTLIST, int(np.isfinite(values).sum()))
        few = np.argpartition(-values, count - 1)[:count]
        few = few[np.lexsort((few, -values[few]))]
        chance = np.exp((values[few] - values[few[0]]) / TEMPERATURE)
        chance /= chance.sum()
        place = int(rng.choice(count, p=chance))
        return int(few[place]), float(chance[place])

    def take(self, row: int) -> None:
        """Put the row on the list."""
        self._length += 1
        self._taken[row] = True
        self._open[row] = -np.inf
        if self._weights.diversity:
            alike = self._vectors @ self._vectors[row] if self._alike is None else self._alike[row]
            np.multiply(alike, self._weights.diversity, out=self._spare)
            np.maximum(self._cost, self._spare, out=self._cost)
        if len(self._counts):
            self._counts += self._aims.belongs[row]
        artist = self._artists[row]
        if artist >= 0:
            used = self._used[artist] = self._used.get(artist, 0) + 1
            if used >= self._allowed:
                self._open[self._of_artist[artist]] = -np.inf

    def _values(self, worth: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        values: npt.NDArray[np.float32] = np.subtract(worth, self._cost, out=self._spare)
        if len(self._counts) > 1 and self._weights.calibration:
            # What one more of each taste adds to (length) x sum of share x log(count): the list's divergence from the
            # shares (Steck, 2018), by the difference that a track makes, so that beginnings are calibrated too.
            pull = self._weights.calibration * (self._length + 1) * self._aims.shares * np.log1p(1 / self._counts)
            values += self._belongs @ pull.astype(np.float32)
        return values

    def _let_more_come(self) -> None:
        """Where candidates ran out, let every artist have one more."""
        while not np.isfinite(self._open.max(initial=-np.inf)):
            self._allowed += 1
            self._open = np.where(self._taken, -np.inf, self._worth).astype(np.float32)
            for artist, used in self._used.items():
                if used >= self._allowed:
                    self._open[self._of_artist[artist]] = -np.inf


@dataclass(frozen=True, slots=True)
class Place:
    """A row on a list, the chance with which it came there, and whether it was drawn for what it teaches."""

    row: int
    propensity: float = 1.0
    explores: bool = False


def arrange(
    worth: Floats,
    hopes: Floats,
    aims: Aims,
    weights: Weights,
    count: int,
    wildcards: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Place]:
    """Yield at most `count` places of a list.

    `worth` (n,) is what each candidate is thought to be worth, `hopes` (n,) what it may be; `wildcards` are the places
    that explore. Wildcards' chances are known, so what people say of them can be weighed as if all had been shown.
    """
    listing = Listing(worth, aims, weights)
    explored = frozenset(wildcards)
    for place in range(min(count, len(worth))):
        if place in explored:
            row, chance = listing.drawn(hopes, rng)
            found = Place(row, chance, explores=True)
        else:
            found = Place(listing.best())
        listing.take(found.row)
        yield found
