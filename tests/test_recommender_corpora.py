"""The taste model on real feedback, where it lies beside the project, against floors it must not fall below."""

import numpy as np
import pytest

from benchmarks.taste_jobs import DATA, corpus_of
from recommender.dataset import Floats
from recommender.evaluation import OURS, Plan, alone, members
from recommender.evaluation_members import find_members
from recommender.evaluation_person import curve_aucs

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real feedback beside the project is absent")

OWN = "own logistic"


def new_members(folder: str, sizes: tuple[int, ...], draws: int, folds: int = 5) -> dict[str, Floats]:
    """Return the mean AUC of some ways at each number of opinions shown."""
    corpus = corpus_of(folder)
    ways = members(corpus, Plan())
    chosen = {name: ways[name] for name in (OURS, "popularity", OWN)}
    found = find_members(corpus, chosen, sizes, draws, lambda *_: None, range(folds))
    return {name: np.array([each.figure(size).mean for size in sizes]) for name, each in found.items()}


def test_new_members_are_served_better_than_by_popularity() -> None:
    """Where ratings are free of selection (cm100k), few opinions do not hurt and many help."""
    found = new_members("cm100k", (5, 80), 1, folds=2)
    ours, popular = found[OURS], found["popularity"]
    assert ours[0] > popular[0]
    assert ours[1] > popular[1] + 0.02


def test_a_small_community_carries_its_new_members() -> None:
    """With 30 people (situnes) a new member is served as well as by popularity, far above a model of their own."""
    found = new_members("situnes", (5, 20), 2)
    assert np.all(found[OURS] > found["popularity"] - 0.015)
    assert np.all(found[OURS] > found[OWN] + 0.1)


@pytest.mark.parametrize(
    ("name", "floors"), [("mcintire", (0.60, 0.70)), ("seed", (0.68, 0.79)), ("brice", (0.92, 0.94))]
)
def test_one_person_alone_is_understood(name: str, floors: tuple[float, float]) -> None:
    """One person's classifier is no worse than plain logistic regression, from 20 opinions on."""
    corpus = corpus_of(name)
    ways = alone(corpus, Plan())
    ours, logistic = (
        np.array([np.mean(curve_aucs(corpus, ways[way], size, 3)) for size in (20, 100)])
        for way in (OURS, "logistic regression")
    )
    assert np.all(ours > logistic - 0.01)
    assert np.all(ours > floors)
