"""The taste model on real feedback, where it lies beside the project, against floors it must not fall below."""

import numpy as np
import pytest

taste = pytest.importorskip("benchmarks.taste")
pytestmark = pytest.mark.skipif(not taste.DATA.exists(), reason="the real feedback beside the project is absent")


def test_new_members_are_served_better_than_by_popularity() -> None:
    """Where ratings are free of selection (cm100k), few opinions do not hurt and many help."""
    found = taste.new_members("cm100k", (5, 80), 1, folds=2)
    ours, popular = np.array(found["taste model"]), np.array(found["popularity"])
    assert ours[0] > popular[0]
    assert ours[1] > popular[1] + 0.02


def test_a_small_community_carries_its_new_members() -> None:
    """With 30 people (situnes) a new member is served as well as by popularity, far above a model of their own."""
    found = {
        way: np.array(values)
        for way, values in taste.new_members("situnes", (5, 20), 2, alone=["own logistic"]).items()
    }
    assert np.all(found["taste model"] > found["popularity"] - 0.015)
    assert np.all(found["taste model"] > found["own logistic"] + 0.1)


@pytest.mark.parametrize(
    ("name", "floors"), [("mcintire", (0.60, 0.70)), ("seed", (0.68, 0.79)), ("brice", (0.92, 0.94))]
)
def test_one_person_alone_is_understood(name: str, floors: tuple[float, float]) -> None:
    """One person's classifier is no worse than plain logistic regression, from 20 opinions on."""
    found = taste.one_person(name, (20, 100), 3, alone=["own logistic"])
    assert np.all(np.array(found["taste model"]) > np.array(found["own logistic"]) - 0.01)
    assert np.all(np.array(found["taste model"]) > floors)
