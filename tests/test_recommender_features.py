"""Blocks side by side, and the space they are compared in."""

import numpy as np
import pytest

from catalog.models import Track
from recommender.features import NUMBERS_NAMES, Block, assemble, numbers_of
from recommender.space import WIDEST_BLOCK, Space
from tests.fixtures.recommender import table


def block(ids: list[int], width: int, seed: int = 0) -> Block:
    """Return a block of noise."""
    values = np.random.default_rng(seed).normal(size=(len(ids), width)).astype(np.float32)
    return Block(np.array(ids), values, tuple(f"c{column}" for column in range(width)))


def test_blocks_meet_by_track() -> None:
    """Every track has one row; what a block does not know of it is NaN; a block's strangers are left out."""
    audio, numbers = block([3, 1], 2), block([2, 3, 99], 1)
    features = assemble([1, 2, 3], {"deezer": numbers, "audio": audio}, {1: [50, 60], 3: []})
    assert features.names == ("audio.c0", "audio.c1", "deezer.c0")
    assert features.matrix[2, :2].tolist() == audio.values[0].tolist()
    assert np.isnan(features.matrix[1, :2]).all()
    assert features.matrix[2, 2] == numbers.values[1, 0]
    assert features.artist.tolist() == [50, -1, -1]


def test_rows_are_found_in_any_order() -> None:
    """Rows and sub-tables follow the ids asked for; an unknown track has an empty row."""
    features = assemble([5, 7, 9], {"audio": block([5, 7, 9], 3)}, {7: [1]})
    assert features.rows([9, 4, 5]).tolist() == [2, -1, 0]
    taken = features.take([7, 4])
    assert taken.artist.tolist() == [1, -1]
    assert np.isnan(taken.matrix[1]).all()
    assert assemble([], {}, {}).rows([1]).tolist() == [-1]


def test_zero_means_unknown_at_deezer() -> None:
    """Deezer writes 0 for a bpm or gain it has not measured; that is no tempo."""
    known = dict(
        zip(NUMBERS_NAMES, numbers_of(Track("T", year=1999, explicit=False), -8.5, 0, 0).tolist(), strict=True)
    )
    assert known["gain"] == -8.5
    assert known["year"] == 1999
    assert known["explicit"] == 0
    assert all(np.isnan(known[name]) for name in ("bpm", "rank", "duration"))


def test_scaling_shrugs_at_outliers_and_gaps() -> None:
    """An absurd value counts as the edge, and what is missing stands in the middle and is marked."""
    matrix = np.random.default_rng(0).lognormal(size=(200, 3))
    matrix[0, 0], matrix[1, 1] = 1e12, np.nan
    features = table(matrix)
    space = Space.fit(features, bumps=10, width=0.5, seed=0)
    columns = space.transform(features)
    assert np.abs(columns[:, :3]).max() < 3
    assert columns[0, 0] == columns[:, 0].max()
    assert columns[1, 1] == 0
    assert columns[:, 3].tolist() == [float(row == 1) for row in range(200)]


def test_a_wide_block_is_compressed() -> None:
    """A block of a hundred columns that say six things keeps where they point, at one length."""
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(300, 6))
    said = latent @ rng.normal(size=(6, 100))
    features = table(said + 0.1 * rng.normal(size=(300, 100)))
    space = Space.fit(features, bumps=8, width=0.5, seed=0)
    linear = space.linear(features)
    assert linear.shape[1] == WIDEST_BLOCK
    assert np.sum(linear**2, axis=1) == pytest.approx(np.full(300, WIDEST_BLOCK))
    latent /= np.linalg.norm(said, axis=1, keepdims=True)
    told = linear @ np.linalg.lstsq(linear, latent, rcond=None)[0]
    assert np.corrcoef(told.ravel(), latent.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("matrix", [np.zeros((5, 0)), np.full((5, 3), np.nan), np.ones((20, 2)), np.zeros((0, 4))])
def test_tables_that_say_nothing_make_no_columns(matrix: np.ndarray) -> None:
    """No columns, nothing known, nothing that varies, no tracks: an empty space, not an error."""
    features = table(matrix)
    space = Space.fit(features, bumps=8, width=0.5, seed=0)
    assert space.transform(features).shape == (len(matrix), 0)


def test_many_columns_of_many_units_are_no_embedding() -> None:
    """Where one column counts milliseconds and another shares, each counts by its ranks, and rows keep their length."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(300, WIDEST_BLOCK + 6))
    one, other = (
        Space.fit(table(matrix * units), bumps=8, width=0.5, seed=0)
        for units in (1.0, np.where(np.arange(matrix.shape[1]) == 3, 1e5, 1.0))
    )
    assert one.directed.tolist() == [True]
    assert other.directed.tolist() == [False]
    assert np.std(np.sum(other.linear(table(matrix)) ** 2, axis=1)) > 1


def test_what_is_unknown_points_nowhere() -> None:
    """A track without its embedding stands in the middle."""
    matrix = np.random.default_rng(2).normal(size=(60, WIDEST_BLOCK + 6))
    matrix[7] = np.nan
    features = table(matrix)
    assert not Space.fit(features, bumps=8, width=0.5, seed=0).linear(features)[7].any()
