"""Everybody's taste at once: community first, person second."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from recommender import packing
from recommender.collaborative_ways import WAYS
from recommender.dataset import HALF_LIFE_DAYS, IMPORT_WEIGHT, SHARE_WEIGHT, Dataset, Floats, Ints, summed
from recommender.evidence import RATES, Evidence, lookup
from recommender.features import Features
from recommender.hierarchy import Group, Prior, learn_prior, sample, told
from recommender.process import Kernel, Points, Table, covariance, likenesses, solve
from recommender.relevance import Said
from recommender.shelf import Shelf
from recommender.space import WIDEST_BLOCK, Space

TASTE_MODEL = "taste"
TASTE_VERSION = 3
"""Counts up whenever stored models of an older way can no longer be read."""

ARTIST_VARIANCE = 10.0
"""Where artist effects begin: a person's likes of one artist go together far more than their sound explains."""

BLOCK_VARIANCE = 15.0
"""Where likeness begins: people are sure of most of what they say, so that likes of what is most alike tell much."""

EMBEDDING_VARIANCE = 1.0
"""The same of an embedding's: what its directions tell leaves little to neighbourhoods."""

FEW_PEOPLE = 10.0
"""People from which what they like counts as half of what all people might: one alone teaches nothing of others."""

OWN_LINEAR = 0.005
"""Where people's own weights of a narrow block's columns begin: what its neighbourhoods leave is little."""

OWN_LINEAR_WIDE = 0.1
"""The same of a wide block's components: in an embedding directions mean something, and near is seldom very near."""

LEAST_VARIANCE = 1e-6

REMEMBERED = 128
"""Opinions of a person from which the uncertainty is told: of more it would only be smaller."""


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """How the taste model learns.

    share_weight: what sharing a track counts beside a reaction, which counts 1.
    import_weight: what a track brought along by an import counts at most beside a reaction.
    half_life_days: the age at which an opinion counts half.
    factors: the most collaborative factors; small communities get fewer.
    collaborative: how they are found: svd, als, ease or plsa.
    bumps: how many bumps follow the community's curved taste; more fit closer and cost more.
    bump_width: how far tracks may be from each other and still be thought alike.
    rounds: rounds of learning the community's prior.
    seed: the start of the randomness in factors and bumps.
    """

    share_weight: float = SHARE_WEIGHT
    import_weight: float = IMPORT_WEIGHT
    half_life_days: float = HALF_LIFE_DAYS
    factors: int = 4
    collaborative: str = "als"
    bumps: int = 64
    bump_width: float = 1.7
    rounds: int = 4
    seed: int = 7

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if self.collaborative not in WAYS:
            raise ValueError(f"collaborative is {self.collaborative!r}: name one of {', '.join(WAYS)}.")


@dataclass(frozen=True, slots=True)
class PersonTaste:
    """One person's own part: by opinion the track, what it adds (`alpha`) and how much it tells (`curvature`)."""

    tracks: Ints
    alpha: npt.NDArray[np.float32]
    curvature: npt.NDArray[np.float32]


class TasteModel:
    """A classifier per person that starts from what the community taught (scikit-learn's contract).

    After `fit`: `space_` (how tracks compare), `evidence_` (the community's opinions), `prior_` (the community's
    taste), `shelf_` (the tracks with opinions) and `people_` (each person's own part, by id).
    """

    space_: Space
    evidence_: Evidence
    prior_: Prior
    shelf_: Shelf
    people_: dict[int, PersonTaste]

    def __init__(self, settings: TasteSettings = TasteSettings()) -> None:
        self.settings = settings
        self._seen: tuple[Features, Floats] | None = None

    def fit(self, dataset: Dataset, features: Features) -> Self:
        """Learn the community's prior and everybody's taste from all opinions; none at all will do."""
        settings = self.settings
        self._seen = None
        said = Said.of(dataset, features.rows(dataset.tracks)[dataset.track], settings.seed)
        self.space_ = Space.fit(features, settings.bumps, settings.bump_width, settings.seed, said)
        artist = features.take(dataset.tracks).artist
        self.evidence_ = Evidence.fit(
            dataset, artist[dataset.track], settings.factors, settings.seed, settings.collaborative
        )
        content = self._content(features, dataset.tracks)
        self.shelf_ = Shelf.of(dataset.tracks, content[:, : self._shared], artist)
        table = self._table(dataset, self.evidence_.of_opinions())
        self.prior_ = self._learn_prior(table, content[:, self._shared :])
        self.people_ = self._people(dataset, table, content)
        return self

    def refit_person(self, person_id: int, dataset: Dataset, features: Features) -> Self:
        """Learn one person's taste anew from their opinions in `dataset`; the community's part stays."""
        here = dataset.rows_of(person_id)
        if here.start == here.stop:
            return self.forget(person_id)
        tracks, track = np.unique(dataset.tracks[dataset.track[here]], return_inverse=True)
        alone = Dataset(
            people=np.array([person_id]),
            tracks=tracks,
            person=np.zeros(len(track), dtype=np.int64),
            track=track,
            liked=dataset.liked[here],
            weight=dataset.weight[here],
            explicit=dataset.explicit[here],
        )
        content, artist = self._content(features, tracks), self._artist(features, tracks)
        self.shelf_ = self.shelf_.with_tracks(tracks, content[:, : self._shared], artist)
        evidence = self.evidence_.to_person(person_id, tracks[track], artist[track])
        self.people_ |= self._people(alone, self._table(alone, evidence), content)
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

        The probability is the mean over the posterior (MacKay's approximation), so it leans to 1/2 where unsure,
        and calibrated by what people's opinions would have been foretold from their others.
        """
        ids = np.asarray(track_ids, dtype=np.int64)
        content, artist = self._content(features, ids), self._artist(features, ids)
        lead = self._lead(self.evidence_.to_person(person_id, ids, artist))
        points = self.space_.points(lead, content[:, : self._shared], artist)
        prior, kernel = self.prior_, self.prior_.kernel
        margin = np.hstack([lead, content]) @ prior.mean
        open_to = points.columns**2 @ kernel.columns + kernel.artist * (artist >= 0) + kernel.blocks.sum()
        variance, had = open_to, 0.0
        taste = self.people_.get(person_id) if person_id is not None else None
        if person_id is not None and taste is not None:
            own = self._own(person_id, taste.tracks)
            with_own = covariance(kernel, points, own)
            margin += with_own @ taste.alpha
            had = float(told(taste.curvature))
            variance = np.maximum(variance - _known(kernel, own, taste.curvature, with_own), LEAST_VARIANCE)
        chance = prior.chance(margin, variance, had)
        # A chance's variance, which at the most is that of a coin thrown.
        spread = chance * (1 - chance) * variance
        return chance, np.sqrt(chance * (1 - chance) * spread / (1 + spread))

    def shortlist(self, person_id: int | None, features: Features, track_ids: npt.ArrayLike, count: int) -> Ints:
        """Return the `count` tracks most worth scoring, best first: a cheap look at very many.

        All but likeness is told as `score` tells it; likeness to the person's opinions is read off its values at
        the landmarks, so that a track costs a row of columns instead of a comparison with every opinion.
        """
        ids = np.asarray(track_ids, dtype=np.int64)
        content, artist = self._content(features, ids), self._artist(features, ids)
        lead = self._lead(self.evidence_.to_person(person_id, ids, artist))
        weights, kernel = self.prior_.mean.copy(), self.prior_.kernel
        effect = np.zeros(len(ids))
        taste = self.people_.get(person_id) if person_id is not None else None
        if person_id is not None and taste is not None:
            own, alpha = self._own(person_id, taste.tracks), taste.alpha.astype(np.float64)
            weights[: len(kernel.columns)] += kernel.columns * (alpha @ own.columns)
            if len(self.space_.centre):
                weights[-len(self.space_.centre) :] += self.space_.whitener.T @ self._at_landmarks(own, alpha)
            known, place = np.unique(own.artist, return_inverse=True)
            by_artist = lookup(known, artist)
            effect = kernel.artist * np.where(by_artist >= 0, summed(place, alpha, len(known))[by_artist], 0.0)
        likely = np.hstack([lead, content]) @ weights + effect
        return ids[np.argsort(-likely, kind="stable")[:count]]

    def _at_landmarks(self, own: Points, alpha: Floats) -> Floats:
        """Return what likeness to a person's own opinions adds at each landmark (m,)."""
        kernel, space = self.prior_.kernel, self.space_
        places = (space.landmarks * space.narrowness).astype(np.float32)
        found = np.zeros(len(places))
        for variance, alike in zip(kernel.blocks, likenesses(places, own.places, space.ends), strict=True):
            found += variance * (alike @ alpha)
        return found

    def vectors(self, features: Features, track_ids: npt.ArrayLike) -> Floats:
        """Return unit vectors (n, k) whose products tell how alike tracks sound; zeros where nothing is known."""
        linear = self._content(features, np.asarray(track_ids, dtype=np.int64))[:, self.space_.sounding]
        length: Floats = np.linalg.norm(linear, axis=1, keepdims=True)
        unit: Floats = linear / np.maximum(length, 1e-9)
        return unit

    def to_bytes(self) -> bytes:
        """Return the fitted model as an npz archive without pickle."""
        parts = {"space": self.space_, "evidence": self.evidence_, "prior": self.prior_, "shelf": self.shelf_}
        return packing.pack(TASTE_VERSION, parts, "people", self.people_)

    @classmethod
    def from_bytes(cls, blob: bytes, settings: TasteSettings = TasteSettings()) -> Self:
        """Return the model that `to_bytes` wrote; raise ValueError for anything else."""
        model = cls(settings)
        with packing.Archive(blob, TASTE_VERSION) as archive:
            model.space_ = archive.part("space", Space)
            model.evidence_ = archive.part("evidence", Evidence)
            model.prior_ = archive.part("prior", Prior)
            model.shelf_ = archive.part("shelf", Shelf)
            model.people_ = archive.table("people", PersonTaste)
        return model

    @property
    def _shared(self) -> int:
        """Return how many content columns people have weights of their own for: all but the bumps."""
        return sum(self.space_.sizes[:2])

    def _table(self, dataset: Dataset, evidence: Floats) -> Table:
        track = self.shelf_.rows(dataset.tracks)[dataset.track]
        return Table(
            lead=self._lead(evidence),
            track=track,
            artist=self.shelf_.artist[track],
            liked=dataset.liked,
            weight=dataset.weight,
            starts=np.searchsorted(dataset.person, np.arange(len(dataset.people) + 1)),
            shared=self.shelf_.columns,
            narrowness=self.space_.narrowness,
        )

    def _learn_prior(self, table: Table, bumps: Floats) -> Prior:
        settings = self.settings
        groups = _groups(table.lead.shape[1], self.space_, len(table.starts) - 1)
        prior = Prior.start(groups, ARTIST_VARIANCE, _block_variances(self.space_), self.space_.ends)
        if not len(table.liked):
            return prior
        rows, starts = sample(table.starts, table.artist, settings.seed)
        return learn_prior(table, bumps, rows, starts, groups, prior, settings.rounds)

    def _people(self, dataset: Dataset, table: Table, content: Floats) -> dict[int, PersonTaste]:
        """Learn everybody's own part; `content` (T, c) are the columns of the dataset's tracks."""
        leading = table.lead.shape[1]
        offset = table.lead @ self.prior_.mean[:leading] + (content @ self.prior_.mean[leading:])[dataset.track]
        alpha, curvature = (each.astype(np.float32) for each in solve(table, offset, self.prior_.kernel))
        tracks = dataset.tracks[dataset.track]
        tastes: dict[int, PersonTaste] = {}
        for place, person_id in enumerate(dataset.people.tolist()):
            here = slice(table.starts[place], table.starts[place + 1])
            tastes[person_id] = PersonTaste(tracks[here], alpha[here], curvature[here])
        return tastes

    def _own(self, person_id: int, tracks: Ints) -> Points:
        """Return the tracks of a person's own opinions as that person's taste sees them."""
        place = self.shelf_.rows(tracks)
        artist = self.shelf_.artist[place]
        lead = self._lead(self.evidence_.to_person(person_id, tracks, artist))
        return self.space_.points(lead, self.shelf_.columns[place], artist)

    def _lead(self, evidence: Floats) -> Floats:
        return np.hstack([np.ones((len(evidence), 1)), evidence])

    def _content(self, features: Features, track_ids: Ints) -> Floats:
        """Return the content columns of tracks; those of the last table are kept, since it scores many people."""
        if self._seen is None or self._seen[0] is not features:
            # One row more for tracks the table does not hold: -1 finds it.
            ids = np.append(features.track_ids, -1)
            self._seen = features, self.space_.transform(features.take(ids))
        return self._seen[1][features.rows(track_ids)]

    def _artist(self, features: Features, track_ids: Ints) -> Ints:
        return np.append(features.artist, -1)[features.rows(track_ids)]


def _known(kernel: Kernel, own: Points, curvature: Floats, with_own: Floats) -> Floats:
    """Return how much of the variance (n,) a person's own opinions took away, a spread of them standing for all."""
    some = np.linspace(0, len(curvature) - 1, min(len(curvature), REMEMBERED)).astype(np.int64)
    few = Points(own.columns[some], own.places[some], own.artist[some])
    root = np.sqrt(curvature[some].astype(np.float64))
    inner = covariance(kernel, few, few) * root[:, None] * root + np.eye(len(some))
    rest = (with_own[:, some] * root) @ np.linalg.inv(np.linalg.cholesky(inner)).T
    known: Floats = np.sum(rest**2, axis=1)
    return known


def _block_variances(space: Space) -> Floats:
    """Return where the blocks begin: more of them say more, but also the same again."""
    shared = BLOCK_VARIANCE / np.sqrt(max(int(np.sum(~space.directed)), 1))
    return np.where(space.directed, EMBEDDING_VARIANCE, shared)


def _groups(lead: int, space: Space, people: int) -> list[Group]:
    common = people / (people + FEW_PEOPLE)
    _, gaps, bumps = space.sizes
    groups: list[Group] = []
    end = 0
    for size, reach, spread, floor in (
        (1, 4.0, 0.5, 0.05),  # how generous people are
        (RATES, 1.0, 0.1, 0.02),  # how far they go with the community
        (lead - 1 - RATES, 0.02, 0.1, 0.002),  # factors: nobody shares a sign of those
        *(_block(size, common) for size in np.diff(space.ends, prepend=0).tolist()),
        _block(gaps, common),
        (bumps, 0.5 * common, 0.0, 0.0),  # the community's taste in sounds; a person's own needs none
    ):
        groups.append(Group(slice(end, end + size), reach, spread, floor))
        end += size
    return groups


def _block(size: int, common: float) -> tuple[int, float, float, float]:
    return size, 0.05 * common, OWN_LINEAR_WIDE if size >= WIDEST_BLOCK else OWN_LINEAR, 0.004
