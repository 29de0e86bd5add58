"""How much each axis of the space has to do with what people like."""

import numpy as np
import pytest

from recommender.dataset import Dataset, Floats, Ints
from recommender.relevance import LEAN, MOST, MOST_OF_ONE, Said, relevance

AXES = 4
TRACKS = 300
ENDS = np.array([AXES])


def opinions(person: Ints, track: Ints, liked: Floats) -> Dataset:
    """Return opinions of weight 1 about tracks 0, 1, ..."""
    people, place = np.unique(person, return_inverse=True)
    return Dataset(
        people=people,
        tracks=np.arange(TRACKS),
        person=place.astype(np.int64),
        track=track,
        liked=liked,
        weight=np.ones(len(track)),
        explicit=np.ones(len(track), dtype=bool),
    )


def one_person(linear: Floats, seed: int = 3) -> Said:
    """Return the opinions of somebody who goes by how far from the middle the second axis is."""
    liked = (np.abs(linear[:, 1]) < np.median(np.abs(linear[:, 1]))).astype(np.float64)
    tracks = np.arange(TRACKS)
    return Said.of(opinions(np.zeros(TRACKS, dtype=np.int64), tracks, liked), tracks, seed)


@pytest.fixture
def linear() -> Floats:
    """Return tracks somewhere along four axes that have nothing to do with each other."""
    return np.random.default_rng(5).normal(size=(TRACKS, AXES))


def test_what_taste_goes_by_counts_more(linear: Floats) -> None:
    """Also where the taste is bent: no weight of the axis tells the middle from the ends."""
    found = relevance(linear, one_person(linear), ENDS)
    assert found.argmax() == 1
    assert found[1] > 1.3 * np.delete(found, 1).max()


def test_the_axes_of_a_block_keep_their_sum(linear: Floats) -> None:
    """So that nothing becomes more or less alike on the whole."""
    found = relevance(linear, one_person(linear), np.array([1, AXES]))
    assert found[0] == pytest.approx(1)
    assert found[1:].mean() == pytest.approx(1)


def test_chance_hardly_moves_anything(linear: Floats) -> None:
    """Somebody who throws a coin goes by no axis."""
    rng = np.random.default_rng(11)
    for _ in range(10):
        liked = rng.integers(0, 2, TRACKS).astype(np.float64)
        said = Said.of(opinions(np.zeros(TRACKS, dtype=np.int64), np.arange(TRACKS), liked), np.arange(TRACKS), 1)
        assert np.abs(relevance(linear, said, ENDS) - 1).max() < 0.4


def test_it_is_the_alignment_as_it_is_defined(linear: Floats) -> None:
    """Beside the centred likenesses written out, of two people."""
    rng = np.random.default_rng(2)
    person = np.sort(rng.integers(0, 2, TRACKS))
    liked = rng.integers(0, 2, TRACKS).astype(np.float64)
    said = Said.of(opinions(person, np.arange(TRACKS), liked), np.arange(TRACKS), 1)
    found, chance = np.zeros(AXES), np.zeros(AXES)
    for each in (0, 1):
        rows = np.flatnonzero(person == each)
        side = liked[rows] - liked[rows].mean()
        centre = np.eye(len(rows)) - 1 / len(rows)
        for axis in range(AXES):
            places = linear[rows, axis]
            alike = centre @ np.exp(-np.abs(places[:, None] - places)) @ centre
            np.fill_diagonal(alike, 0)
            found[axis] += side @ alike @ side
            chance[axis] += 2 * np.mean(side**2) ** 2 * np.sum(alike**2)
    expected = LEAN + np.log1p(np.maximum(found / np.sqrt(chance), 0))
    assert relevance(linear, said, ENDS) == pytest.approx(expected / expected.mean(), rel=1e-4)


def test_nobody_is_compared_with_somebody_else() -> None:
    """Two people of one mind each, of opposite minds, say nothing about any axis."""
    person = np.repeat([0, 1], TRACKS // 2)
    said = Said.of(opinions(person, np.arange(TRACKS), person.astype(np.float64)), np.arange(TRACKS), 1)
    assert not len(said.track)


def test_tracks_without_a_row_are_left_out(linear: Floats) -> None:
    """An opinion may be older than what is known of the track."""
    liked = (linear[:, 0] > 0).astype(np.float64)
    rows = np.arange(TRACKS)
    rows[::3] = -1
    said = Said.of(opinions(np.zeros(TRACKS, dtype=np.int64), np.arange(TRACKS), liked), rows, 1)
    assert (said.track >= 0).all()
    assert len(said.track) == 200


def test_a_sample_is_taken_of_very_many() -> None:
    """A number an axis needs no million comparisons."""
    rng = np.random.default_rng(4)
    person = np.sort(rng.integers(0, 40, 20_000))
    dataset = opinions(person, rng.integers(0, TRACKS, 20_000), rng.integers(0, 2, 20_000).astype(np.float64))
    said = Said.of(dataset, dataset.track, 1)
    assert MOST <= len(said.track) < MOST + MOST_OF_ONE
    assert np.diff(said.starts).max() <= MOST_OF_ONE
