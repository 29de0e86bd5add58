"""What the community's opinions say of a track to one person, that person's own opinions left out.

Columns: how liked the track is, how liked its artist is, and collaborative factors of the track. Leaving the person
out is what makes the columns honest: a column that holds a person's own like predicts it in the fit and nothing after.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from scipy.special import logit

from recommender.dataset import Dataset, Floats, Ints, summed
from recommender.factors import Factors

TRACK_PSEUDO = 5.0
"""Opinions that stand against a track's own: its rate starts from the mean of all."""

ARTIST_PSEUDO = 5.0
PERSON_PSEUDO = 5.0

PEOPLE_A_FACTOR = 12
"""People needed for each collaborative factor: with fewer, factors follow noise."""

RATES = 2
"""Evidence columns before the factors: the track's rate and its artist's."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Weighted counts by key: `keys` (k,) sorted, `count` and `likes` (k,)."""

    keys: Ints
    count: Floats
    likes: Floats

    @classmethod
    def of(cls, keys: Ints, weight: Floats, liked: Floats) -> Self:
        """Count opinions by key."""
        unique, place = np.unique(keys, return_inverse=True)
        size = len(unique)
        return cls(unique, summed(place, weight, size), summed(place, weight * liked, size))

    def at(self, keys: Ints) -> tuple[Floats, Floats]:
        """Return count and likes at each key, zero for an unknown one and for -1."""
        rows = lookup(self.keys, keys)
        if not len(self.keys):
            return np.zeros(len(keys)), np.zeros(len(keys))
        return np.where(rows >= 0, self.count[rows], 0.0), np.where(rows >= 0, self.likes[rows], 0.0)


def lookup(keys: Ints, wanted: Ints) -> Ints:
    """Return the place of each wanted key in sorted `keys`, -1 where it is absent or negative."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((keys[place] == wanted) & (wanted >= 0), place, -1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Opinions:
    """Opinions as the evidence counted them, so that a person's own can be left out: columns (N,) sorted by person."""

    person: Ints
    track: Ints
    artist: Ints
    weight: Floats
    liked: Floats
    residual: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """The community's opinions, counted: `people` (P,) ids, the mean `rate`, tallies, factors and the opinions."""

    people: Ints
    rate: float
    tracks: Tally
    artists: Tally
    factors: Factors
    opinions: Opinions

    @classmethod
    def fit(cls, dataset: Dataset, artist: Ints, factors: int, seed: int, way: str = "als") -> Self:
        """Count all opinions; `artist` (N,) is the artist key of each opinion's track, -1 where unknown.

        `factors` are the most collaborative factors, found in a `way` of WAYS.
        """
        ids, weight, liked = dataset.tracks[dataset.track], dataset.weight, dataset.liked
        rate = float((weight @ liked + 1) / (weight.sum() + 2))
        tracks = Tally.of(ids, weight, liked)
        credited = artist >= 0
        artists = Tally.of(artist[credited], weight[credited], liked[credited])
        residual = _residuals(dataset, tracks, rate)
        shape = (len(dataset.people), len(dataset.tracks))
        cells = (dataset.person, dataset.track)
        found = Factors.fit(
            sparse.csr_array((residual, cells), shape=shape),
            sparse.csr_array((weight, cells), shape=shape),
            min(factors, len(dataset.people) // PEOPLE_A_FACTOR),
            seed,
            way,
        )
        opinions = Opinions(dataset.person, ids, artist, weight, liked, residual)
        return cls(dataset.people, rate, tracks, artists, found, opinions)

    @property
    def size(self) -> int:
        """Return how many columns the evidence has."""
        return RATES + self.factors.count

    def of_opinions(self) -> Floats:
        """Return the columns (N, size) of every counted opinion, each to its own person."""
        own = self.opinions
        # One number a pair: sorting rows of two takes many times as long.
        pairs = own.person * (int(own.artist.max(initial=-1)) + 2) + own.artist + 1
        _, pair = np.unique(pairs, return_inverse=True)
        count = summed(pair, own.weight, len(pair))[pair]
        likes = summed(pair, own.weight * own.liked, len(pair))[pair]
        return self._columns(own, count, likes, self.factors.person[own.person])

    def to_person(self, person_id: int | None, track_ids: Ints, artist: Ints) -> Floats:
        """Return the columns (n, size) of tracks to one person; None or an unknown one has nothing to leave out."""
        size = len(track_ids)
        place = -1 if person_id is None else int(lookup(self.people, np.array([person_id]))[0])
        low, high = np.searchsorted(self.opinions.person, [place, place + 1]) if place >= 0 else (0, 0)
        counted = self.opinions
        weight, liked, residual = np.zeros(size), np.zeros(size), np.zeros(size)
        order = np.argsort(counted.track[low:high])
        rows = lookup(counted.track[low:high][order], track_ids)
        met = rows >= 0
        rows = low + order[rows[met]]
        weight[met], liked[met], residual[met] = counted.weight[rows], counted.liked[rows], counted.residual[rows]
        here = slice(low, high)
        by_artist = Tally.of(counted.artist[here], counted.weight[here], counted.liked[here]).at(artist)
        own = Opinions(np.full(size, place), track_ids, artist, weight, liked, residual)
        person = self.factors.person[place] if place >= 0 else np.zeros(self.factors.count)
        return self._columns(own, *by_artist, np.tile(person, (size, 1)))

    def _columns(self, own: Opinions, artist_count: Floats, artist_likes: Floats, person: Floats) -> Floats:
        count, likes = self.tracks.at(own.track)
        track = self._log_odds(count - own.weight, likes - own.weight * own.liked, TRACK_PSEUDO)
        count, likes = self.artists.at(own.artist)
        known = own.artist >= 0
        artist = self._log_odds(count - artist_count * known, likes - artist_likes * known, ARTIST_PSEUDO)
        place = lookup(self.tracks.keys, own.track)
        factors = self.factors.of_tracks(place, person, own.weight, own.residual)
        return np.hstack([track[:, None], artist[:, None], factors])

    def _log_odds(self, count: Floats, likes: Floats, pseudo: float) -> Floats:
        """Return how far the smoothed rate stands from the mean, in log-odds."""
        smoothed = (np.maximum(likes, 0) + pseudo * self.rate) / (np.maximum(count, 0) + pseudo)
        return np.asarray(logit(np.clip(smoothed, 1e-3, 1 - 1e-3)) - logit(self.rate))


def _residuals(dataset: Dataset, tracks: Tally, rate: float) -> Floats:
    """Return what is left of each opinion beside what others say of the track and how generous the person is."""
    weight, liked, place = dataset.weight, dataset.liked, dataset.track
    left = tracks.count[place] - weight
    expected = (tracks.likes[place] - weight * liked + TRACK_PSEUDO * rate) / (np.maximum(left, 0) + TRACK_PSEUDO)
    residual = liked - expected
    total = summed(dataset.person, weight, len(dataset.people))
    bias = summed(dataset.person, weight * residual, len(dataset.people)) / (total + PERSON_PSEUDO)
    return np.asarray(residual - bias[dataset.person])
