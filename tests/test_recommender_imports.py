"""What was brought along by an import, as the model learns from it."""

import pytest

from recommender.dataset import IMPORT_SOURCE, IMPORT_WEIGHT, SHARE_SOURCE, SHARE_WEIGHT, build_dataset
from storage.opinions import Source
from tests.fixtures.recommender import DAY_MS, NOW_MS, REACTION, SHARE, Columns


def test_the_numbers_of_the_implicit_sources_are_those_of_storage() -> None:
    """The rooms do not know each other, so the numbers stand twice."""
    assert (SHARE_SOURCE, IMPORT_SOURCE) == (Source.SHARE, Source.IMPORT)


@pytest.mark.parametrize(("value", "liked"), [(1, 1.0), (-1, 0.0)])
def test_an_import_is_a_mild_opinion(value: int, liked: float) -> None:
    """Either way, at its own weight, less than a share's."""
    columns = Columns()
    columns.add(1, 7, value, IMPORT_SOURCE, weight=0.5)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.opinions_of(1) == {7: liked}
    assert dataset.explicit.tolist() == [False]
    assert dataset.weight.tolist() == pytest.approx([0.5 * IMPORT_WEIGHT])
    assert IMPORT_WEIGHT < SHARE_WEIGHT


def test_the_weight_of_imports_is_a_setting() -> None:
    """Shares and reactions keep theirs."""
    columns = Columns()
    columns.add(1, 7, 1, IMPORT_SOURCE)
    columns.add(1, 8, 1, SHARE)
    columns.add(1, 9, 1, REACTION)
    dataset = build_dataset(columns, NOW_MS, import_weight=0.1)
    assert dataset.weight.tolist() == pytest.approx([0.1, SHARE_WEIGHT, 1.0])


def test_a_reaction_outweighs_a_newer_import() -> None:
    """What is said here is newer than anything heard elsewhere."""
    columns = Columns()
    columns.add(1, 7, -1, REACTION, at=NOW_MS - DAY_MS)
    columns.add(1, 7, 1, IMPORT_SOURCE, at=NOW_MS)
    dataset = build_dataset(columns, NOW_MS)
    assert dataset.opinions_of(1) == {7: 0.0}
    assert dataset.weight.tolist() == pytest.approx([0.5 ** (1 / 730)])
