"""`tastebud evaluate`, from the command line to the picture."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bot.errors import StartError
from bot.evaluating import Output, seeds_of, show
from bot.evaluating_print import print_report
from recommender.evaluation import Plan
from recommender.evaluation_report import Figure, Line, Report, Table
from recommender.taste import TasteSettings
from tests.fixtures.product import Tastebud

WAYS = ("popularity", "svd", "als", "ease", "plsa", "blend")
PNG = b"\x89PNG\r\n"


@pytest.fixture
def likes(tmp_path: Path) -> Path:
    """Return a folder with the likes of two camps."""
    rng, folder = np.random.default_rng(0), tmp_path / "likes"
    folder.mkdir()
    rows = [f"{person},{track},1" for person in range(24) for track in range(person % 2, 60, 2) if rng.random() < 0.7]
    (folder / "feedback.csv").write_text("\n".join(["user,track,liked", *rows]), encoding="utf-8")
    (folder / "tracks.csv").write_text("\n".join(["track", *map(str, range(60))]), encoding="utf-8")
    return folder


@pytest.fixture
def listener(tmp_path: Path) -> Path:
    """Return a folder with one person's opinions, who likes what is loud."""
    rng, folder = np.random.default_rng(0), tmp_path / "listener"
    folder.mkdir()
    loud = rng.random(40)
    rows = [f"1,{track},{int(loud[track] > 0.5)}" for track in range(40)]
    (folder / "feedback.csv").write_text("\n".join(["user,track,liked", *rows]), encoding="utf-8")
    tracks = [f"{track},{value:.3f}" for track, value in enumerate(loud)]
    (folder / "tracks.csv").write_text("\n".join(["track,loudness", *tracks]), encoding="utf-8")
    return folder


def shown(folder: Path, plan: Plan, plot: Path | None = None) -> str:
    """Return what is printed."""
    console = Console(file=io.StringIO(), width=200)
    show(folder, plan, Output(plot=plot), console, Console(file=io.StringIO()))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_the_command_prints_figures_for_programs(tastebud: Tastebud, likes: Path) -> None:
    """`--json` alone stands on standard output, with all ways and the seeds that were asked for."""
    ended = await tastebud.run("evaluate", str(likes), "--json", "--seeds", "3,4")
    assert ended.code == 0, ended.err
    report = json.loads(ended.out)
    assert (report["seeds"], report["people"], report["tracks"]) == ([3, 4], 24, 60)
    methods = {line["method"] for line in report["tables"][0]["lines"]}
    assert {"popularity", "svd", "als", "ease", "plsa", "blend"} <= methods


async def test_a_bad_folder_ends_the_command_in_a_sentence(tastebud: Tastebud, tmp_path: Path) -> None:
    """Exit code 1 and one line, without a traceback."""
    ended = await tastebud.run("evaluate", str(tmp_path / "nowhere"))
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "There is no folder" in ended.err


def test_lists_are_told_in_a_table(likes: Path) -> None:
    """The four ways stand beside popularity, which serves camps badly."""
    text = shown(likes, Plan(seeds=(0,)))
    assert "likes: 24 people, 60 tracks" in text
    means = {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line.startswith(WAYS)}
    assert set(WAYS) == means.keys()
    assert means["ease"] > means["popularity"] + 0.1


def test_one_listener_is_told_in_tables_and_a_picture(
    listener: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folds and the learning curve, and both of them drawn."""
    monkeypatch.setattr("recommender.evaluation_classifiers.TREES", 5)
    picture = tmp_path / "curves.png"
    text = shown(listener, Plan(taste=TasteSettings(rounds=1), draws=2, seeds=(0,)), picture)
    assert "One person, random folds" in text
    assert "n=20" in text
    assert picture.read_bytes().startswith(PNG)


def test_the_best_is_bold_and_what_is_unknown_a_dash() -> None:
    """Whoever looks at a table sees the best, its ties, and where nothing could be measured."""
    lines = (
        Line("a", (Figure(0.7, 0.01), Figure(float("nan"), float("nan")))),
        Line("b", (Figure(0.6, 0.01), Figure(2.5, float("nan")))),
    )
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard")
    print_report(Report("x", (0,), 1, 1, 1, (Table("T", "note", ("AUC", "novelty"), lines),)), console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "\x1b[1m.700" in text
    assert "\x1b[1m.600" not in text
    assert "2.50" in text
    assert "-" in text.splitlines()[4]


@pytest.mark.parametrize("text", ["", "a", "1,,2", "-1", "1.5"])
def test_bad_seeds_are_told(text: str) -> None:
    """Seeds are whole numbers with commas between."""
    with pytest.raises(StartError, match="write whole numbers"):
        seeds_of(text)


def test_seeds_count_once() -> None:
    """The same seed twice would make the error look smaller than it is."""
    assert seeds_of("0, 1,1") == (0, 1)


def test_a_picture_that_cannot_be_written_is_told_before_the_work(likes: Path, tmp_path: Path) -> None:
    """Nobody waits minutes for a slip in a file's name."""
    with pytest.raises(StartError, match="There is no folder"):
        shown(likes, Plan(), tmp_path / "nowhere" / "x.png")
    with pytest.raises(StartError, match=r"name a \.png"):
        shown(likes, Plan(seeds=(0,)), tmp_path / "x.wrong")
