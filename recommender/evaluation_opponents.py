"""What else could be used for a new member or for one person: simpler ways to stand beside the taste model.

Each way learns once from the community, then answers for one person after another from a few opinions of theirs.
"""

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import logit

from recommender.collaborative import factors
from recommender.dataset import Dataset, Floats, Ints
from recommender.features import Features

PSEUDO = 5.0
"""Opinions that stand against a track's own: its rate starts from the mean of all."""

FACTORS = 16
"""Collaborative factors that stand for features where a corpus has none."""

SHRINK = 3.0
"""Shared opinions that stand against a likeness: two people who share few tracks are not yet alike."""

POOLED_TREES = 200


class Estimator(Protocol):
    """What is judged: the taste model's own interface."""

    def fit(self, dataset: Dataset, features: Features) -> Self:
        """Learn from everybody."""
        ...

    def refit_person(self, person_id: int, dataset: Dataset, features: Features) -> Self:
        """Learn one person's opinions."""
        ...

    def forget(self, person_id: int) -> Self:
        """Drop one person's own part."""
        ...

    def score(self, person_id: int | None, features: Features, track_ids: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return the probability of a like (n,) and how unsure it is (n,)."""
        ...


class Way(Protocol):
    """One line of a table of new members."""

    def learn(self, train: Dataset, features: Features) -> None:
        """Learn the shared parts from other people's opinions."""
        ...

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Return scores (n,) of tracks for the one person whose opinions are shown."""
        ...


class Judged:
    """An estimator with the taste model's interface, as a way."""

    def __init__(self, make: Callable[[], Estimator]) -> None:
        self.make = make

    def learn(self, train: Dataset, features: Features) -> None:
        """Fit it on the others."""
        self.model, self.features = self.make().fit(train, features), features

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Teach it the person, ask it, and let it forget them; whoever has said nothing yet is anybody."""
        if not len(shown):
            return self.model.score(None, self.features, tracks)[0]
        person = int(shown.people[0])
        self.model.refit_person(person, shown, self.features)
        scores = self.model.score(person, self.features, tracks)[0]
        self.model.forget(person)
        return scores


class Popularity:
    """The share of the others who like a track."""

    def learn(self, train: Dataset, features: Features) -> None:  # noqa: ARG002
        """Count likes by track."""
        self.rates = Rates(train)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:  # noqa: ARG002
        """Return the rates, whoever asks."""
        return self.rates.at(tracks)


class Rates:
    """How liked each track is, smoothed towards the mean of all."""

    def __init__(self, train: Dataset) -> None:
        self.tracks = train.tracks
        self.mean = float(train.liked.mean()) if len(train) else 0.5
        count, likes = np.bincount(train.track), np.bincount(train.track, train.liked)
        self.rate = (likes + PSEUDO * self.mean) / (count + PSEUDO)

    def at(self, tracks: Ints) -> Floats:
        """Return the rates (n,) of tracks, the mean for one that nobody rated."""
        if not len(self.tracks):
            return np.full(len(tracks), self.mean)
        place = np.minimum(np.searchsorted(self.tracks, tracks), len(self.tracks) - 1)
        return np.where(self.tracks[place] == tracks, self.rate[place], self.mean)


class Neighbours:
    """User kNN: a track's rate, moved by what people like the person think of it beside that rate."""

    def learn(self, train: Dataset, features: Features) -> None:  # noqa: ARG002
        """Keep what everybody's opinions are beside the tracks' rates."""
        self.rates, self.tracks = Rates(train), train.tracks
        left = train.liked - self.rates.at(train.tracks)[train.track]
        self.left = sparse.csr_array((left, (train.person, train.track)), shape=(len(train.people), len(train.tracks)))
        self.said = abs(self.left).sign()

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Weigh everybody by their cosine with the person on the tracks that both rated."""
        own = np.zeros(len(self.tracks))
        place = np.minimum(np.searchsorted(self.tracks, shown.tracks), len(self.tracks) - 1)
        met = self.tracks[place] == shown.tracks
        left = shown.liked - self.rates.at(shown.tracks)[shown.track]
        own[place[met]] = left[np.argsort(shown.track)][met]
        both = self.said @ own**2
        theirs = self.left.multiply(self.left) @ (own != 0)
        shared = self.said @ (own != 0)
        alike = self.left @ own / np.sqrt(np.maximum(both * theirs, 1e-12)) * shared / (shared + SHRINK)
        moved = self.left.T @ alike / (self.said.T @ abs(alike) + 1.0)
        place = np.minimum(np.searchsorted(self.tracks, tracks), len(self.tracks) - 1)
        return self.rates.at(tracks) + np.where(self.tracks[place] == tracks, moved[place], 0.0)


class Columns:
    """Plain columns for classifiers: scaled features, or collaborative factors and the rate where there are none.

    With `use_factors` these are taken although there are features; with `rated` the rate stands beside features too.
    Wider features than `most` are given by so many of their principal components.
    """

    def __init__(
        self,
        train: Dataset,
        features: Features,
        *,
        use_factors: bool = False,
        rated: bool = False,
        most: int | None = None,
    ) -> None:
        self.features, self.train = features, train
        self.some = known_columns(features)
        self.known = bool(len(self.some)) and not use_factors
        self.rates = Rates(train) if rated or not self.known else None
        self.turn: Floats | None = None
        if self.known:
            matrix = features.matrix[:, self.some]
            self.middle, self.scale = np.nanmedian(matrix, axis=0), np.nanstd(matrix, axis=0) + 1e-9
            if most is not None and len(self.some) > most:
                whole = self._features(features.track_ids)
                self.turn = np.linalg.svd(whole.T @ whole, hermitian=True)[0][:, :most]
        else:
            self.track = factors(train, "als", FACTORS, 0)[1]

    def of(self, tracks: Ints) -> Floats:
        """Return the columns (n, d) of tracks."""
        columns = self._features(tracks) if self.known else self._factors(tracks)
        return columns if self.rates is None else np.column_stack([logit(self.rates.at(tracks)), columns])

    def _features(self, tracks: Ints) -> Floats:
        raw = self.features.matrix[self.features.rows(tracks)][:, self.some]
        columns: Floats = (np.where(np.isnan(raw), self.middle, raw) - self.middle) / self.scale
        return columns if self.turn is None else columns @ self.turn / np.sqrt(self.turn.shape[0])

    def _factors(self, tracks: Ints) -> Floats:
        place = np.minimum(np.searchsorted(self.train.tracks, tracks), len(self.train.tracks) - 1)
        met = self.train.tracks[place] == tracks
        return np.asarray(self.track[place] * met[:, None])


def known_columns(features: Features) -> Ints:
    """Return the columns of which anything is known of any track."""
    return np.flatnonzero(np.isfinite(features.matrix).any(axis=0))


class Alone:
    """A classifier of the person's own opinions and nothing else of theirs or anybody's."""

    def __init__(self, make: Callable[[], Any], *, use_factors: bool = False) -> None:
        self.make, self.use_factors = make, use_factors

    def learn(self, train: Dataset, features: Features) -> None:
        """Only make the columns."""
        self.columns = Columns(train, features, use_factors=self.use_factors)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Fit the person's classifier; of one kind of opinion alone nothing can be learnt."""
        if len(np.unique(shown.liked)) < 2:
            return np.full(len(tracks), 0.5)
        model = self.make().fit(self.columns.of(shown.tracks[shown.track]), shown.liked)
        return np.asarray(model.predict_proba(self.columns.of(tracks))[:, 1])


class Pooled:
    """One classifier of everybody's opinions, the same answer for all."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def learn(self, train: Dataset, features: Features) -> None:
        """Fit it on the others."""
        self.columns = Columns(train, features, rated=True)
        self.model = None
        if len(np.unique(train.liked)) > 1:
            self.model = self.make().fit(self.columns.of(train.tracks[train.track]), train.liked)

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:  # noqa: ARG002
        """Return its probabilities, whoever asks; of one kind of opinion alone nothing can be learnt."""
        if self.model is None:
            return np.full(len(tracks), 0.5)
        return np.asarray(self.model.predict_proba(self.columns.of(tracks))[:, 1])
