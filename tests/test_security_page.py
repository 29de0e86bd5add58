"""SECURITY.md names guards: each must be a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = sorted(set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))))


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """Return the names of all tests there are."""
    files = (ROOT / "tests").glob("test_*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}


@pytest.mark.parametrize("name", NAMED)
def test_every_guard_is_a_test(name: str, tests: set[str]) -> None:
    """A row without its test promises nothing."""
    assert name in tests


def test_every_boundary_names_one() -> None:
    """No row of the table of boundaries is without a guard that fails."""
    page = (ROOT / "SECURITY.md").read_text("utf-8").partition("| boundary |")[2].partition("\n## ")[0]
    rows = page.splitlines()[2:]
    assert len(rows) > 10
    assert all("`test_" in row for row in rows if row.startswith("|"))
