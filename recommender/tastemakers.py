"""Whose shares do best with others: shrunk for small numbers, and not worth farming.

A voter is one witness for a sharer, however much they vote. What a witness weighs falls where they vote for hardly
anybody else, and where two people praise each other; so a ring of friends or of puppets is worth little more than
one person. Sharing more earns nothing: what a witness saw and passed over counts a little against the sharer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.dataset import Bools, Floats, Ints, summed

PASSED_OVER = 0.02
"""What a share that a witness did not react to counts beside a dislike: most people are not there most of the time."""

LEAST_WITNESS = 0.15
"""Weight of a witness who praises the sharer and is praised back without exception."""

BREADTH = 2.0
"""Sharers beside this one that a witness must have voted on to weigh half."""

WEAKEST_PRIOR = 3.0
"""Witnesses' worth of the community's mean at least: with few sharers their spread cannot be measured."""

STRONGEST_PRIOR = 30.0


@dataclass(frozen=True, slots=True)
class Tastemaker:
    """A sharer: `chance` that somebody here likes what they share, shrunk; the votes of others that stand behind it."""

    person_id: int
    chance: float
    likes: int
    dislikes: int
    voters: int


def tastemakers(voter: Ints, sharer: Ints, liked: Bools, shares: Mapping[int, int]) -> list[Tastemaker]:
    """Return the sharers whom others voted on, the best first.

    A row a vote on a share: by whom, of whose share, whether it was a like; own votes are left out. `shares` counts
    the tracks that each sharer shared.
    """
    others = voter != sharer
    voter, sharer, liked = voter[others], sharer[others], liked[others]
    if not len(voter):
        return []
    pairs, place = np.unique(np.stack([voter, sharer]), axis=1, return_inverse=True)
    likes = np.bincount(place.ravel(), liked, pairs.shape[1])
    voted = np.bincount(place.ravel(), minlength=pairs.shape[1])
    shared = np.array([max(shares.get(int(each), 0), 1) for each in pairs[1]], dtype=float)
    rate = likes / (voted + PASSED_OVER * np.maximum(shared - voted, 0))
    weight = _weights(pairs, likes / voted)
    ids, at = np.unique(pairs[1], return_inverse=True)
    good, all_of = summed(at, weight * rate, len(ids)), summed(at, weight, len(ids))
    before, strength = _prior(good, all_of)
    chance = (good + strength * before) / (all_of + strength)
    counts = [np.bincount(at, column).astype(int).tolist() for column in (likes, voted - likes, np.ones(len(at)))]
    found = [Tastemaker(*row) for row in zip(ids.tolist(), chance.tolist(), *counts, strict=True)]
    return sorted(found, key=lambda each: (-each.chance, -each.voters, each.person_id))


def _weights(pairs: Ints, praise: Floats) -> Floats:
    """Return what each witness weighs: less where they know few others, less where the praise is mutual."""
    given = {(int(one), int(other)): float(how) for one, other, how in zip(*pairs, praise, strict=True)}
    breadth: dict[int, int] = {}
    for one, other in given:
        # Who votes back is no independent witness of anything: only the others tell how widely somebody listens.
        breadth[one] = breadth.get(one, 0) + ((other, one) not in given)
    found = []
    for (one, other), how in given.items():
        mutual = min(how, given.get((other, one), 0.0))
        apart = breadth[one] - ((other, one) not in given)
        wide = (1 + max(apart, 0)) / (1 + max(apart, 0) + BREADTH)
        found.append(max(1 - mutual**2, LEAST_WITNESS) * wide)
    return np.array(found)


def _prior(good: Floats, all_of: Floats) -> tuple[float, float]:
    """Return the community's mean and how many witnesses it weighs as, by the moments of a beta-binomial."""
    mean = float(good.sum() / all_of.sum())
    rates = good / all_of
    spread = float(np.average((rates - mean) ** 2, weights=all_of))
    noise = float(mean * (1 - mean) * len(rates) / all_of.sum())
    between = max(spread - noise, 1e-6)
    strength = mean * (1 - mean) / between - 1
    return mean, float(np.clip(strength, WEAKEST_PRIOR, STRONGEST_PRIOR))
