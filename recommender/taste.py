"""Everybody's taste at once: community first, person second."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from recommender import packing
from recommender.dataset import HALF_LIFE_DAYS, SHARE_WEIGHT, Dataset, Floats, Ints
from recommender.evidence import RATES, Evidence, lookup
from recommender.features import Features
from recommender.hierarchy import Group, Own, Prior, Rows, fit_everybody, fit_own, problems_of
from recommender.newton import learned
from recommender.space import Space

TASTE_MODEL = "taste"
TASTE_VERSION = 1
"""Counts up whenever stored models of an older way can no longer be read."""

LEARNED_RANK = 12
"""Directions of a person's posterior kept: what they taught the model; the rest is as unsure as the prior."""

ARTIST_VARIANCE = 2.0
"""Where artist effects begin: a person's likes of one artist go together far more than their sound explains."""


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """How the taste model learns.

    share_weight: what sharing a track counts beside a reaction, which counts 1.
    half_life_days: the age at which an opinion counts half.
    factors: the most collaborative factors; small communities get fewer.
    bumps: how many bumps follow curved tastes; more fit closer and cost more.
    bump_width: how narrow the bumps are.
    rounds: rounds of learning the community's prior.
    seed: the start of the randomness in factors and bumps.
    """

    share_weight: float = SHARE_WEIGHT
    half_life_days: float = HALF_LIFE_DAYS
    factors: int = 4
    bumps: int = 64
    bump_width: float = 0.5
    rounds: int = 6
    seed: int = 7


@dataclass(frozen=True, slots=True)
class PersonTaste:
    """One person's own part: `weights` (d,), `learned` (r, d), and by artist key the effect and its variance."""

    weights: npt.NDArray[np.float32]
    learned: npt.NDArray[np.float32]
    artists: Ints
    effects: npt.NDArray[np.float32]
    unsure: npt.NDArray[np.float32]


class TasteModel:
    """A classifier per person that starts from what the community taught (scikit-learn's contract).

    After `fit`: `space_` (how tracks compare), `evidence_` (the community's opinions), `prior_` (the community's
    taste) and `people_` (each person's own part, by id).
    """

    space_: Space
    evidence_: Evidence
    prior_: Prior
    people_: dict[int, PersonTaste]

    def __init__(self, settings: TasteSettings = TasteSettings()) -> None:
        self.settings = settings
        self._seen: tuple[Features, Floats] | None = None

    def fit(self, dataset: Dataset, features: Features) -> Self:
        """Learn the community's prior and everybody's taste from all opinions; none at all will do."""
        settings = self.settings
        self._seen = None
        self.space_ = Space.fit(features, settings.bumps, settings.bump_width, settings.seed)
        artist = features.take(dataset.tracks).artist[dataset.track]
        self.evidence_ = Evidence.fit(dataset, artist, settings.factors, settings.seed)
        evidence = self.evidence_.of_opinions()
        rows = self._rows(dataset, features, evidence, artist)
        groups = _groups(evidence.shape[1], self.space_)
        start = Prior.start(groups, ARTIST_VARIANCE)
        self.prior_, own = fit_everybody(rows, groups, start, settings.rounds if len(dataset) else 0)
        self.people_ = self._people(dataset.people, rows, own, artist)
        return self

    def refit_person(self, person_id: int, dataset: Dataset, features: Features) -> Self:
        """Learn one person's taste anew from their opinions in `dataset`; the community's part stays."""
        here = dataset.rows_of(person_id)
        if here.start == here.stop:
            return self.forget(person_id)
        track_ids = dataset.tracks[dataset.track[here]]
        alone = Dataset(
            people=np.array([person_id]),
            tracks=dataset.tracks,
            person=np.zeros(len(track_ids), dtype=np.int64),
            track=dataset.track[here],
            liked=dataset.liked[here],
            weight=dataset.weight[here],
            explicit=dataset.explicit[here],
        )
        artist = self._artist(features, track_ids)
        rows = self._rows(alone, features, self.evidence_.to_person(person_id, track_ids, artist), artist)
        own = fit_own(rows, self.prior_, Own.start(rows, self.prior_))
        self.people_ |= self._people(alone.people, rows, own, artist)
        return self

    def forget(self, person_id: int) -> Self:
        """Drop one person's own part; the community's counts lose them with the next fit."""
        self.people_.pop(person_id, None)
        return self

    def knows(self, person_id: int) -> bool:
        """Tell whether the model holds feedback of that person's own."""
        return person_id in self.people_

    def score(self, person_id: int | None, features: Features, track_ids: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return the probability of a like (n,) and its std (n,); None or an unknown person: the community's.

        The probability is the mean over the posterior (MacKay's approximation), so it leans to 1/2 where unsure.
        """
        ids = np.asarray(track_ids, dtype=np.int64)
        artist = self._artist(features, ids)
        design = self._design(features, ids, self.evidence_.to_person(person_id, ids, artist))
        margin, variance = design @ self.prior_.mean, design**2 @ self.prior_.variance
        unsure = np.full(len(ids), self.prior_.artist_variance)
        taste = self.people_.get(person_id) if person_id is not None else None
        if taste is not None:
            margin += design @ taste.weights
            variance -= np.sum((design @ taste.learned.T) ** 2, axis=1)
            place = lookup(taste.artists, artist)
            met = place >= 0
            margin[met] += taste.effects[place[met]]
            unsure[met] = taste.unsure[place[met]]
        variance = np.maximum(variance, 0) + unsure
        chance = expit(margin / np.sqrt(1 + np.pi * variance / 8))
        return chance, chance * (1 - chance) * np.sqrt(variance)

    def vectors(self, features: Features, track_ids: npt.ArrayLike) -> Floats:
        """Return unit vectors (n, k) whose products tell how alike tracks sound; zeros where nothing is known."""
        linear = self._content(features, np.asarray(track_ids, dtype=np.int64))[:, self.space_.sounding]
        length: Floats = np.linalg.norm(linear, axis=1, keepdims=True)
        unit: Floats = linear / np.maximum(length, 1e-9)
        return unit

    def to_bytes(self) -> bytes:
        """Return the fitted model as an npz archive without pickle."""
        parts = {"space": self.space_, "evidence": self.evidence_, "prior": self.prior_}
        return packing.pack(TASTE_VERSION, parts, "people", self.people_)

    @classmethod
    def from_bytes(cls, blob: bytes, settings: TasteSettings = TasteSettings()) -> Self:
        """Return the model that `to_bytes` wrote; raise ValueError for anything else."""
        model = cls(settings)
        with packing.Archive(blob, TASTE_VERSION) as archive:
            model.space_ = archive.part("space", Space)
            model.evidence_ = archive.part("evidence", Evidence)
            model.prior_ = archive.part("prior", Prior)
            model.people_ = archive.table("people", PersonTaste)
        return model

    def _rows(self, dataset: Dataset, features: Features, evidence: Floats, artist: Ints) -> Rows:
        design = self._design(features, dataset.tracks[dataset.track], evidence)
        pair, pairs = _pairs(dataset.person, artist)
        starts = np.searchsorted(dataset.person, np.arange(len(dataset.people) + 1))
        return Rows(design, dataset.liked, dataset.weight, starts, pair, pairs)

    def _design(self, features: Features, track_ids: Ints, evidence: Floats) -> Floats:
        return np.hstack([np.ones((len(track_ids), 1)), evidence, self._content(features, track_ids)])

    def _content(self, features: Features, track_ids: Ints) -> Floats:
        """Return the content columns of tracks; those of the last table are kept, since it scores many people."""
        if self._seen is None or self._seen[0] is not features:
            # One row more for tracks the table does not hold: -1 finds it.
            ids = np.append(features.track_ids, -1)
            self._seen = features, self.space_.transform(features.take(ids))
        return self._seen[1][features.rows(track_ids)]

    def _artist(self, features: Features, track_ids: Ints) -> Ints:
        return np.append(features.artist, -1)[features.rows(track_ids)]

    def _people(self, people: Ints, rows: Rows, own: Own, artist: Ints) -> dict[int, PersonTaste]:
        directions = learned(problems_of(rows, self.prior_, own), self.prior_.variance, own.weights, LEARNED_RANK)
        tastes: dict[int, PersonTaste] = {}
        for place, person_id in enumerate(people.tolist()):
            here = slice(rows.starts[place], rows.starts[place + 1])
            pair, first = np.unique(rows.pair[here], return_index=True)
            first, pair = first[pair >= 0], pair[pair >= 0]
            tastes[person_id] = PersonTaste(
                own.weights[place].astype(np.float32),
                directions[place].astype(np.float32),
                artist[here][first],
                own.artist[pair].astype(np.float32),
                own.artist_spread[pair].astype(np.float32),
            )
        return tastes


def _pairs(person: Ints, artist: Ints) -> tuple[Ints, int]:
    """Give each person's artists numbers, in the order of (person, artist); -1 where no artist is known."""
    known = artist >= 0
    pair = np.full(len(artist), -1, dtype=np.int64)
    if not known.any():
        return pair, 0
    found, place = np.unique(np.stack([person[known], artist[known]]), axis=1, return_inverse=True)
    pair[known] = place
    return pair, found.shape[1]


def _groups(evidence: int, space: Space) -> list[Group]:
    linear, gaps, bumps = space.sizes
    groups: list[Group] = []
    end = 0
    for size, reach, spread, floor in (
        (1, 4.0, 0.5, 0.05),  # how generous people are
        (RATES, 1.0, 0.1, 0.02),  # how far they go with the community
        (evidence - RATES, 0.02, 0.1, 0.002),  # factors: nobody shares a sign of those
        (linear + gaps, 0.05, 0.05, 0.004),
        (bumps, 0.5, 0.5, 0.02),
    ):
        groups.append(Group(slice(end, end + size), reach, spread, floor))
        end += size
    return groups
