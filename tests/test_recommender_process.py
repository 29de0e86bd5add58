"""Tastes as Gaussian processes: beside plain linear algebra, and on tastes that no straight line follows."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from recommender import process
from recommender.evaluation_scores import calibration_error
from recommender.features import Block, assemble
from recommender.process import OWN_SIDE, Kernel, Points, Table, contradicted, covariance, likeness, solve
from recommender.taste import TasteModel
from tests.fixtures.recommender import opinions, table

KERNEL = Kernel(np.array([0.5, 0.1, 0.1]), 1.5, np.array([2.0, 4.0]), np.array([1, 2]))


def feedback(sizes: list[int], seed: int = 0) -> Table:
    """Return random opinions of so many people, on two blocks of one axis each."""
    rng = np.random.default_rng(seed)
    count = sum(sizes)
    return Table(
        lead=np.ones((count, 1)),
        track=rng.integers(0, 50, count),
        artist=rng.integers(-1, 9, count),
        liked=rng.integers(0, 2, count).astype(float),
        weight=rng.uniform(0.3, 1, count),
        starts=np.append(0, np.cumsum(sizes)),
        shared=rng.normal(size=(50, 2)).astype(np.float32),
        narrowness=np.array([0.6, 0.9]),
    )


def test_likeness_falls_along_every_axis() -> None:
    """Likeness is exp of minus the summed distances, for one person's places and for many people's at once."""
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=(3, rows, 4)).astype(np.float32) for rows in (300, 400))
    expected = np.exp(-np.abs(left[:, :, None] - right[:, None]).sum(axis=-1))
    assert likeness(left, right) == pytest.approx(expected, abs=1e-6)
    assert likeness(left[1], right[1]) == pytest.approx(expected[1], abs=1e-6)


def test_covariance_adds_up_columns_blocks_and_artists() -> None:
    """Two tracks go together by their columns, by either block's likeness and by a known artist."""
    columns, places = np.array([[1.0, 2.0, 0.0]]), np.array([[0.0, 1.0]], dtype=np.float32)
    one = Points(columns, places, np.array([3]))
    other = Points(np.array([[1.0, 1.0, 5.0]]), np.array([[0.5, 3.0]], dtype=np.float32), np.array([3]))
    apart = 0.5 + 0.2 + 2 * np.exp(-0.5) + 4 * np.exp(-2.0)
    assert covariance(KERNEL, one, other)[0, 0] == pytest.approx(apart + 1.5)
    nobody = Points(columns, places, np.array([-1]))
    assert covariance(KERNEL, nobody, nobody)[0, 0] == pytest.approx(0.5 + 0.4 + 2 + 4)


@pytest.mark.parametrize("sizes", [[7, 0, 31, 2, 31, 1], [300]])
def test_everybody_at_once_is_everybody_alone(sizes: list[int]) -> None:
    """Batches padded to one width give what plain linear algebra gives each person."""
    rows = feedback(sizes)
    offset = np.random.default_rng(1).normal(size=len(rows.liked))
    alpha, curvature = solve(rows, offset, KERNEL)
    for low, high in zip(rows.starts[:-1], rows.starts[1:], strict=True):
        own = np.arange(low, high)
        pull, curve = contradicted(offset[own], rows.liked[own], rows.weight[own])
        points = rows.points(own)
        cov = covariance(KERNEL, points, points)
        assert curvature[own] == pytest.approx(curve)
        assert alpha[own] == pytest.approx(np.linalg.solve(cov + np.diag(1 / curve), pull / curve), abs=2e-4)


def test_very_many_opinions_are_dealt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has more opinions than fit one process gets the mean of several, which agrees with the one."""
    rows = feedback([400])
    offset = np.zeros(400)
    points = rows.points(np.arange(400))
    cov = covariance(KERNEL, points, points)
    whole = cov @ solve(rows, offset, KERNEL)[0]
    monkeypatch.setattr(process, "LARGEST", 150)
    dealt = cov @ solve(rows, offset, KERNEL)[0]
    assert np.corrcoef(whole, dealt)[0, 1] > 0.9
    assert np.abs(dealt).mean() < 1.2 * np.abs(whole).mean()


def test_one_step_reaches_the_opinions_own_side() -> None:
    """However sure the community was of the opposite, an opinion pulls to its own side; an expected one hardly."""
    margin = np.array([-9.0, 0.0, 9.0])
    pull, curvature = contradicted(margin, np.ones(3), np.ones(3))
    reached = margin + pull / curvature
    assert reached[:2] == pytest.approx([OWN_SIDE, OWN_SIDE])
    assert reached[2] == pytest.approx(9, abs=0.01)


def bent_taste(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return sounds and likes of one who likes the loud fast and the soft slow, which is in no column alone."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, 6))
    return matrix, (rng.random(count) < expit(4 * np.sign(matrix[:, 0] * matrix[:, 1]))).astype(float)


def test_a_taste_that_is_in_no_column_alone() -> None:
    """One person's likes of two corners out of four are learnt, where a straight line finds nothing."""
    matrix, liked = bent_taste(800)
    features = table(matrix)
    dataset = opinions((1, row + 1, 1 if liked[row] else -1) for row in range(300))
    ids = np.arange(301, 801)
    ours = roc_auc_score(liked[300:], TasteModel().fit(dataset, features).score(1, features, ids)[0])
    straight = LogisticRegression().fit(matrix[:300], liked[:300]).predict_proba(matrix[300:])[:, 1]
    assert ours > 0.8
    assert roc_auc_score(liked[300:], straight) < 0.6


def test_a_block_that_says_nothing_is_listened_to_less() -> None:
    """Of two blocks the one that likes do not follow loses variance to the one that they do."""
    matrix, liked = bent_taste(400)
    ids, noise = np.arange(1, 401), np.random.default_rng(8).normal(size=(400, 6))
    names = tuple("uvwxyz")
    blocks = {"a": Block(ids, noise.astype(np.float32), names), "b": Block(ids, matrix.astype(np.float32), names)}
    dataset = opinions((1, row + 1, 1 if liked[row] else -1) for row in range(250))
    kernel = TasteModel().fit(dataset, assemble(ids, blocks, {})).prior_.kernel
    assert kernel.blocks[1] > 1.2 * kernel.blocks[0]


@pytest.mark.parametrize("seed", range(3))
def test_chances_are_what_happens(seed: int) -> None:
    """Of tracks given a chance, about that share is liked, though the person is alone and no chance was tuned."""
    matrix, liked = bent_taste(900, seed)
    features = table(matrix)
    dataset = opinions((1, row + 1, 1 if liked[row] else -1) for row in range(300))
    chance = TasteModel().fit(dataset, features).score(1, features, np.arange(301, 901))[0]
    assert calibration_error(liked[300:], chance) < 0.12
