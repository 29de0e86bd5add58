"""One list for several people: nobody's taste is left out, and each track is for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.dataset import Floats
from recommender.listing import Aims, Listing, Weights

FIRST = 0.5
"""Pleasure that everybody is thought to have had before the first track, in tracks of their own taste."""

IMPATIENCE = 0.15
"""Difference in pleasure at which the less happy one counts e times as much, where the least happy comes first."""

PLEASED = 0.5
"""Pleasure from which a track is said to be for somebody; 1 is that of the best there are for them."""

BEST_FEW = 10
"""Tracks whose mean chance is what somebody's full pleasure is measured by."""

DISPLEASURE = 0.1
"""What a track below a person's middle counts, so that among those that please nobody the least bad comes first."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A row on a shared list, and the people (by place) it is for: those it pleases, who lacked it most first."""

    row: int
    made_for: tuple[int, ...]


def pleasures(chances: Floats) -> Floats:
    """Return what each track (columns) is to each person (rows), measured by what that person could have.

    0 is a person's middling track, 1 their best few: a generous person, or one of whom much is known, weighs no more
    than a reserved one. Who likes everything alike is pleased by everything.
    """
    middle = np.median(chances, axis=1, keepdims=True)
    few = min(BEST_FEW, chances.shape[1])
    top = np.partition(chances, -few, axis=1)[:, -few:].mean(axis=1, keepdims=True)
    reach = top - middle
    found = (chances - middle) / np.maximum(reach, 1e-9)
    flat: Floats = np.where(reach < 1e-6, 1.0, np.where(found < 0, DISPLEASURE * found, found))
    return flat


def share_out(
    chances: Floats, aims: Aims, weights: Weights, count: int, *, least_first: bool = False
) -> Iterator[Shared]:
    """Yield at most `count` rows of a list for all people; `chances` (m, n) are those of a like.

    Each place goes to what adds most to the sum of logarithms of everybody's pleasure so far (Nash's solution): a taste
    gets its share of places by how many have it. With `least_first` the least happy come first, however few they are.
    """
    pleasure = pleasures(chances)
    had = np.zeros(len(pleasure))
    listing = Listing(chances.mean(axis=0), aims, weights)
    for _ in range(min(count, chances.shape[1])):
        lack = np.exp(-(had - had.min()) / IMPATIENCE) if least_first else 1 / (had + FIRST)
        lack /= lack.sum()
        row = listing.best((lack @ pleasure).astype(np.float32))
        listing.take(row)
        yield Shared(row, _made_for(pleasure[:, row], lack))
        had += np.maximum(pleasure[:, row], 0)


def _made_for(pleasure: Floats, lack: Floats) -> tuple[int, ...]:
    order = np.argsort(-lack * pleasure, kind="stable")
    pleased = [place for place in order.tolist() if pleasure[place] >= PLEASED]
    return tuple(pleased) or (int(pleasure.argmax()),)
