"""What the community says of a track, with the person's own opinions left out."""

import numpy as np
import pytest
from scipy.special import logit

from recommender.dataset import Dataset, Ints
from recommender.evidence import ARTIST_PSEUDO, TRACK_PSEUDO, Evidence
from tests.fixtures.recommender import opinions

PEOPLE, TRACKS = 60, 40


def community(seed: int = 0) -> tuple[Dataset, Ints]:
    """Return random opinions of two camps, and the artist of every opinion's track (four tracks an artist)."""
    rng = np.random.default_rng(seed)
    rows = [
        (person, track, 1 if rng.random() < (0.8 if person % 2 == track % 2 else 0.3) else -1)
        for person in range(1, PEOPLE + 1)
        for track in rng.choice(TRACKS, 20, replace=False).tolist()
    ]
    dataset = opinions(rows)
    return dataset, dataset.tracks[dataset.track] // 4


def test_rates_leave_the_person_out() -> None:
    """A track's and an artist's rate to a person are those of everybody else, smoothed to the mean."""
    dataset, artist = community()
    evidence = Evidence.fit(dataset, artist, 4, 0)
    own, track_ids = dataset.rows_of(7), dataset.tracks
    columns = evidence.to_person(7, track_ids, track_ids // 4)
    others = np.ones(len(dataset), dtype=bool)
    others[own] = False
    for keys, wanted, pseudo, column in (
        (dataset.tracks[dataset.track], track_ids, TRACK_PSEUDO, 0),
        (artist, track_ids // 4, ARTIST_PSEUDO, 1),
    ):
        for row, key in enumerate(wanted.tolist()):
            said, weight = dataset.liked[others & (keys == key)], dataset.weight[others & (keys == key)]
            rate = (said @ weight + pseudo * evidence.rate) / (weight.sum() + pseudo)
            assert columns[row, column] == pytest.approx(logit(rate) - logit(evidence.rate))


def test_factors_leave_the_person_out() -> None:
    """A person's own opinion of a track does not move the track's factors that they are shown."""
    dataset, artist = community()
    liked = dataset.liked.copy()
    factors = Evidence.fit(dataset, artist, 4, 0).factors
    first = dataset.rows_of(7).start
    person, track = dataset.person[first], dataset.track[first : first + 1]
    own, weight = factors.person[person][None], dataset.weight[first : first + 1]
    shown = []
    for residual in (np.array([0.5]), np.array([-0.5])):
        moment = factors.moment.copy()
        moment[track] += weight * residual * own - weight * (liked[first] - 0.5) * own
        changed = type(factors)(factors.person, factors.gram, moment, factors.unit)
        shown.append(changed.of_tracks(track, own, weight, residual))
    assert shown[0] == pytest.approx(shown[1], abs=1e-5)


def test_the_fit_and_the_score_see_the_same() -> None:
    """The columns of counted opinions are those that the person is shown when they are scored."""
    dataset, artist = community()
    evidence = Evidence.fit(dataset, artist, 4, 0)
    everything = evidence.of_opinions()
    for person_id in (1, 30, 60):
        rows = dataset.rows_of(person_id)
        track_ids = dataset.tracks[dataset.track[rows]]
        assert everything[rows] == pytest.approx(evidence.to_person(person_id, track_ids, artist[rows]), abs=1e-9)


def test_strangers_and_unknown_tracks_see_the_whole_community() -> None:
    """Nothing is left out for a stranger, and a track nobody met stands at the mean."""
    dataset, artist = community()
    evidence = Evidence.fit(dataset, artist, 4, 0)
    ids = np.array([3, 999])
    for person_id in (None, 777):
        columns = evidence.to_person(person_id, ids, np.array([0, -1]))
        assert columns[1].tolist() == [0.0] * evidence.size
        assert columns[0, 0] != 0


@pytest.mark.parametrize(("people", "factors"), [(5, 0), (30, 2), (60, 4)])
def test_few_people_get_few_factors(people: int, factors: int) -> None:
    """A dozen people are needed for each collaborative factor, and no more are made than asked for."""
    dataset = opinions((person, track, 1) for person in range(people) for track in range(6))
    assert Evidence.fit(dataset, np.full(len(dataset), -1), 4, 0).factors.count == factors
