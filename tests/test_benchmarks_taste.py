"""`make eval`: verdicts, what is paired with what, and what becomes of the figures."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from benchmarks import taste, taste_jobs, taste_plan, taste_readme
from benchmarks.taste_plan import FOLDERS, Scope, all_jobs, all_rows
from benchmarks.taste_rows import Row, Verdict, beside, reaching, skipped
from benchmarks.taste_show import rows_as_tables, summary
from recommender.evaluation import OURS


def test_an_opponent_is_met_in_the_same_draws() -> None:
    """The error that decides a tie is that of the differences, however much the draws themselves vary."""
    draws = np.array([0.5, 0.6, 0.7, 0.8])
    row = beside("g", "n", {OURS: draws, "forest": draws + np.array([0.01, 0.0, 0.01, 0.0]), "other": draws - 0.1})
    assert (row.opponent, row.verdict) == ("forest", Verdict.SHORT)
    assert row.error == pytest.approx(0.01 / np.sqrt(12))
    assert row.own_error > 0.05
    assert beside("g", "n", {OURS: draws, "forest": draws + np.array([0.02, -0.01, 0, 0])}).verdict is Verdict.TIED
    assert beside("g", "n", {OURS: draws, "forest": draws, "best": draws + 1}, ("forest",)).verdict is Verdict.MET


def test_a_figure_is_met_tied_or_missed() -> None:
    """Within one standard error of the goal is a tie; where less is better beyond it; folds drawn again count once."""
    values = {OURS: np.array([0.5, 0.625, 0.75])}
    assert reaching("g", "n", values, 0.625).verdict is Verdict.MET
    assert reaching("g", "n", values, 0.65).verdict is Verdict.TIED
    assert reaching("g", "n", values, 0.8).verdict is Verdict.SHORT
    assert reaching("g", "n", values, 0.7, independent=1).error == pytest.approx(0.125)
    assert Row("g", "n", 0.2, 0.1, "figure", 0.0, lowest=True).verdict is Verdict.SHORT
    assert skipped("g", "n", "no folder").verdict is Verdict.SKIPPED


def test_the_table_fits_a_terminal_of_80_columns() -> None:
    """No cell is cut, and what falls short is named again below."""
    rows = [
        Row("a group", "all opinions, 10 folds", 0.81234, 0.9, "figure", 0.0123, "hier. Bayes, factors", 0.9),
        skipped("another", "all of it", "there is no folder x in ../shared/data"),
    ]
    console = Console(file=io.StringIO(), width=80)
    for table in rows_as_tables(rows):
        console.print(table)
    console.print(summary(rows, 600))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "…" not in text
    assert ".812 ≥ .900 .012 .900 hier. Bayes, factors" in text
    assert "a group; all opinions, 10 folds: .812, not .900" in text
    assert "there is no folder x" in text


def test_without_the_data_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so and ends with a code of its own."""
    monkeypatch.setattr(taste, "DATA", tmp_path / "nowhere")
    assert taste.main([]) == taste.NO_DATA
    assert "Nothing was measured" in capsys.readouterr().err


def test_a_folder_that_is_absent_is_skipped_with_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is no work for it, and its rows say why."""
    for module in (taste_jobs, taste_plan):
        monkeypatch.setattr(module, "DATA", tmp_path)
    assert list(all_jobs(Scope())) == []
    rows = all_rows({}, {}, Scope())
    assert {row.verdict for row in rows} == {Verdict.SKIPPED}
    assert all(any(name in row.skipped for name in FOLDERS) for row in rows)


def test_kept_figures_name_no_folder_of_the_machine() -> None:
    """Figures, seeds, libraries and the machine; no path, and no NaN, which is no JSON."""
    row = beside("g", "n", {OURS: np.array([0.5, 0.6]), "forest": np.array([0.6, 0.7])})
    text = json.dumps(taste.as_json([row, skipped("h", "m", "absent")], Scope(), 12.3), allow_nan=False)
    kept = json.loads(text)
    assert kept["short"] == ["g, n"]
    assert kept["rows"][0]["verdict"] == "short"
    assert kept["seeds"] == [0, 1, 2]
    assert {"numpy", "scikit-learn"} <= kept["libraries"].keys()
    assert str(Path.home()) not in text
    assert str(Path(__file__).parents[1]) not in text


def test_the_readme_shows_what_was_measured() -> None:
    """The short table is that of the kept figures, to the letter."""
    result = json.loads(taste_readme.RESULT.read_text(encoding="utf-8"))
    readme = taste_readme.README.read_text(encoding="utf-8")
    assert taste_readme.with_table(readme, taste_readme.short_table(result)) == readme


def test_how_other_people_would_be_served_is_told_by_our_own_error() -> None:
    """These people's difference may be sure, and still say little about others."""
    ours = np.array([0.5, 0.6, 0.7, 0.8])
    values = {OURS: ours, "rival": ours + 0.01}
    assert beside("g", "n", values).verdict is Verdict.SHORT
    others = beside("g", "n", values, other_people=True)
    assert others.verdict is Verdict.TIED
    assert others.error == others.own_error > 0.01
