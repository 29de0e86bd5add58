"""From scores to an ordered list: liked, varied, of all a person's tastes, and partly exploring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.matching import normalise_name
from catalog.models import Slot, Track
from recommender.candidates import Candidate
from recommender.dataset import Floats, Ints
from recommender.listing import Aims, Weights, arrange
from recommender.listing_tastes import Tastes

FULL_LIST = 30
"""Tracks of the list that `RankingSettings.wildcards` counts in."""

MIDDLE, ENDS = 5.0, 10.0
"""Where the dial leaves the scores alone, and where it stands at its end; at 0 it stands at the other."""

REACH = 0.4
"""Chance of a like that the dial's ends give for the newest candidate over the most familiar one."""

NEW_FROM = 0.7
"""Newness from which a pick is called new."""


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """How a list is put together.

    wildcards: how many of thirty picks are drawn for what they teach, and labelled so (0 to 30).
    per_artist: how many tracks of one artist a list holds before candidates run out.
    diversity: how much likeness to earlier picks costs (0: nothing).
    calibration: how much it counts that each of a person's tastes has its share of the list (0: nothing).
    dial: from familiar (0) to new (10) for who has not chosen; 5 leaves the order to the scores.
    seed: the start of all randomness; the same seed, person and week give the same list.
    """

    wildcards: int = 2
    per_artist: int = 2
    diversity: float = 0.1
    calibration: float = 0.1
    dial: float = MIDDLE
    seed: int = 20260101

    def __post_init__(self) -> None:
        """Refuse what makes no list; the message is shown to the owner."""
        if not 0 <= self.wildcards <= FULL_LIST:
            raise ValueError(f"ranking.wildcards is {self.wildcards}: write a number from 0 to {FULL_LIST}.")
        if not 0 <= self.dial <= ENDS:
            raise ValueError(f"ranking.dial is {self.dial}: write a number from 0 (familiar) to {ENDS:.0f} (new).")

    def wildcards_in(self, size: int) -> int:
        """Return how many picks of a list of that size are wildcards."""
        return (2 * size * self.wildcards + FULL_LIST) // (2 * FULL_LIST)


@dataclass(frozen=True, slots=True)
class Leaning:
    """What is known of the person beside the scores: `tastes`, and of each candidate (n,) in their order.

    `vectors` (n, k) are those that the tastes were found in. `newness` is 0 for what they know and 1 for what is far
    from it; `repeats` is what having been dropped before costs; `known_artists` tells whose artist they like.
    """

    tastes: Tastes
    vectors: Floats
    newness: Floats
    repeats: Floats
    known_artists: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its place's facts.

    Estimated probability of a like, its std, whether it explores; the chance with which it came to this place given
    those before, and why it stands there. `made_for` are the people (by place) whom a shared list's track is for.
    """

    candidate: Candidate
    score: float
    std: float
    explores: bool = False
    propensity: float = 1.0
    slot: Slot = Slot.BEST
    made_for: tuple[int, ...] = field(default=())


def rng_for(seed: int, person_discord_id: int, week: str) -> np.random.Generator:
    """Return the generator of one person and week, the same in every process (unlike Python's `hash`)."""
    digest = blake2b(f"{seed}/{person_discord_id}/{week}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def rank(
    candidates: Sequence[Candidate],
    scores: npt.ArrayLike,
    stds: npt.ArrayLike,
    tracks: Mapping[int, Track],
    vectors: Floats,
    count: int,
    rng: np.random.Generator,
    settings: RankingSettings = RankingSettings(),
    leaning: Leaning | None = None,
    dial: float | None = None,
) -> list[Ranked]:
    """Return at most `count` candidates, best first.

    `scores`, `stds` (n,) and `vectors` (n, k) of unit length stand in the order of `candidates`. `dial` is the
    person's own, None where they have not chosen.
    Every beginning of the list is itself a good list, so ask for more than are needed: a track that cannot
    be written gives way to the next.
    """
    score, std = np.asarray(scores, dtype=np.float64), np.asarray(stds, dtype=np.float64)
    # Ties fall by lot, so that a community with one opinion of many tracks does not always hear the first.
    worth = score + rng.uniform(0, 1e-5, len(score))
    if leaning is not None:
        worth = worth + dialled(leaning.newness, settings.dial if dial is None else dial) - leaning.repeats
    places = arrange(
        worth,
        worth + std,
        aims_of(candidates, tracks, vectors, leaning),
        weights_of(settings),
        count,
        wildcard_places(settings, count),
        rng,
    )
    return [
        Ranked(
            candidates[place.row],
            float(score[place.row]),
            float(std[place.row]),
            place.explores,
            place.propensity,
            Slot.WILDCARD if place.explores else _slot(leaning, place.row),
        )
        for place in places
    ]


def wildcard_places(settings: RankingSettings, count: int) -> list[int]:
    """Return the places that explore: two of every thirty, evenly spread, and never the first ones of a list."""
    return [place for place in range(count) if settings.wildcards_in(place + 1) > settings.wildcards_in(place)]


def dialled(newness: Floats, dial: float) -> Floats:
    """Return what the dial (0 familiar, 10 new) adds to each candidate, by its rank among them in newness."""
    if not len(newness):
        return newness
    values, place = np.unique(newness, return_inverse=True)
    below = np.cumsum(np.bincount(place)) - np.bincount(place) / 2
    added: Floats = REACH * (dial - MIDDLE) / (ENDS - MIDDLE) * (below[place] / len(newness) - 0.5)
    return added * (len(values) > 1)


def aims_of(
    candidates: Sequence[Candidate], tracks: Mapping[int, Track], vectors: npt.NDArray[Any], leaning: Leaning | None
) -> Aims:
    """Return what a list of these candidates is for, beside likes."""
    artists = _artists(candidates, tracks)
    if leaning is None or not len(leaning.tastes):
        return Aims(vectors, artists, np.zeros((len(candidates), 0)), np.zeros(0))
    return Aims(vectors, artists, leaning.tastes.belongs(leaning.vectors), leaning.tastes.shares)


def weights_of(settings: RankingSettings) -> Weights:
    """Return what each aim counts."""
    return Weights(settings.diversity, settings.calibration, settings.per_artist)


def _artists(candidates: Sequence[Candidate], tracks: Mapping[int, Track]) -> Ints:
    """Return a key of each candidate's first artist, -1 where there is none."""
    keys: dict[str, int] = {}
    found = []
    for candidate in candidates:
        track = tracks.get(candidate.track_id)
        name = normalise_name(track.artists[0].name) if track is not None and track.artists else ""
        found.append(keys.setdefault(name, len(keys)) if name else -1)
    return np.array(found, dtype=np.int64).reshape(len(candidates))


def _slot(leaning: Leaning | None, row: int) -> Slot:
    if leaning is None:
        return Slot.BEST
    if leaning.known_artists[row]:
        return Slot.FAMILIAR
    return Slot.NEW if leaning.newness[row] >= NEW_FROM else Slot.BEST
