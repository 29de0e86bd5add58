"""One opinion per person and track."""

import numpy as np
import pytest

from recommender.dataset import SHARE_WEIGHT, build_dataset
from tests.fixtures.recommender import DAY_MS, NOW_MS, RATING, REACTION, SHARE, Columns


def test_the_newest_reaction_is_the_opinion() -> None:
    """A person who took back a like by a dislike is read as disliking, whatever the order of the rows."""
    columns = Columns()
    columns.add(1, 7, -1, REACTION, at=NOW_MS - 1)
    columns.add(1, 7, 1, RATING, at=NOW_MS - 2)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.opinions_of(1) == {7: 0.0}
    assert dataset.weight.tolist() == pytest.approx([1.0])


def test_a_reaction_outweighs_a_newer_share() -> None:
    """Sharing a track again does not undo the dislike said before."""
    columns = Columns()
    columns.add(1, 7, -1, REACTION, at=NOW_MS - DAY_MS)
    columns.add(1, 7, 1, SHARE, at=NOW_MS)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.opinions_of(1) == {7: 0.0}
    assert dataset.explicit.tolist() == [True]


def test_a_share_alone_is_a_mild_like() -> None:
    """A share counts as a like of little weight, shared again or not."""
    columns = Columns()
    columns.add(1, 7, 1, SHARE, weight=0.5)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.opinions_of(1) == {7: 1.0}
    assert dataset.weight.tolist() == pytest.approx([0.5 * SHARE_WEIGHT])


def test_old_opinions_count_less() -> None:
    """An opinion as old as the half-life counts half; one from a clock ahead of ours counts whole."""
    columns = Columns()
    columns.add(1, 7, 1, at=NOW_MS - 100 * DAY_MS)
    columns.add(1, 8, 1, at=NOW_MS + DAY_MS)
    dataset = build_dataset(columns, NOW_MS, half_life_days=100)
    assert dataset.weight.tolist() == pytest.approx([0.5, 1.0])


def test_rows_of_a_person_stand_together() -> None:
    """Everybody's rows are found by id, and a stranger has none."""
    columns = Columns()
    for person, track in ((9, 1), (3, 2), (9, 4), (5, 1)):
        columns.add(person, track, 1)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.people.tolist() == [3, 5, 9]
    assert set(dataset.opinions_of(9)) == {1, 4}
    assert dataset.opinions_of(4) == {}
    assert dataset.opinions_of(99) == {}
    assert np.all(np.diff(dataset.person) >= 0)


def test_no_feedback_is_an_empty_dataset() -> None:
    """A bot that was started a minute ago has a dataset of nothing."""
    assert len(build_dataset(Columns(), NOW_MS)) == 0
