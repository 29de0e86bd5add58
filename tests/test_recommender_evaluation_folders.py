"""Folders of strangers: odd ids, missing files and columns, constant and unknown numbers, next to nothing, a lot."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from recommender.evaluation import Plan, evaluate
from recommender.evaluation_data import BadFolder, read
from recommender.evaluation_report import Report
from recommender.taste import TasteSettings

QUICK = Plan(taste=TasteSettings(rounds=1), seeds=(0,), draws=1)


def write(folder: Path, feedback: list[str], tracks: list[str]) -> Path:
    """Write a folder whose first lines are the headers."""
    (folder / "feedback.csv").write_text("\n".join(feedback) + "\n", encoding="utf-8")
    (folder / "tracks.csv").write_text("\n".join(tracks) + "\n", encoding="utf-8")
    return folder


def judged(folder: Path) -> Report:
    """Judge a folder as the command does, which tells what warns by the figures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return evaluate(read(folder), QUICK, lambda _what, _done: None)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let forests have few trees: what they say is not asked here."""
    monkeypatch.setattr("recommender.evaluation_classifiers.TREES", 5)


def test_columns_may_stand_in_any_order_and_be_spelt_anyhow(tmp_path: Path) -> None:
    """A mark of the byte order, capitals and spaces in headers, and ids that are words in one file alone."""
    feedback = ["\ufeffLiked, Track ,USER", "1,7,ann", "0,x9,ann", "1,x9,bob"]
    corpus = read(write(tmp_path, feedback, ["tempo,track,Artist", "100,7,A", "120,x9,B", "90,3,"]))
    assert len(corpus) == 3
    assert corpus.features.names == ("numbers.tempo",)
    assert corpus.features.matrix[corpus.features.rows(corpus.track), 0].tolist() == [100, 120, 120]
    assert sorted(corpus.features.artist.tolist()) == [-1, 0, 1]


def test_what_is_no_number_is_unknown(tmp_path: Path) -> None:
    """Words among numbers, infinities and truth values; a title that is a number is no feature."""
    tracks = ["track,title,loud,live,genre,empty", "1,1999,-3,True,rock,", "2,1984,oops,False,pop,", "3,7,inf,,jazz,"]
    features = read(write(tmp_path, ["user,track,liked", "1,1,1", "1,2,0", "1,3,True"][:3], tracks)).features
    assert features.names == ("numbers.loud", "numbers.live")
    assert np.isnan(features.matrix[1:, 0]).all()
    assert features.matrix[:2, 1].tolist() == [1, 0]


@pytest.mark.parametrize("columns", ["", ",same,unknown,half"])
def test_one_person_with_useless_columns_is_judged(tmp_path: Path, columns: str) -> None:
    """Nothing known of tracks, columns that are constant, empty or half empty: figures, and no crash."""
    rng = np.random.default_rng(0)
    feedback = ["user,track,liked", *(f"me,{track},{int(rng.random() < 0.5)}" for track in range(60))]
    extra = [",1,," + ("" if track % 2 else f"{rng.random():.2f}") if columns else "" for track in range(60)]
    report = judged(write(tmp_path, feedback, [f"track{columns}", *(f"{n}{more}" for n, more in enumerate(extra))]))
    assert [table.title for table in report.tables] == ["One person, random folds", "One person, learning curve"]
    assert 0 <= report.tables[0].lines[0].figures[0].mean <= 1


def test_hardly_any_dislikes_are_judged_by_whom_they_allow(tmp_path: Path) -> None:
    """Where few people have enough of both kinds, the sizes they allow are columns all the same."""
    rng = np.random.default_rng(1)
    feedback = ["user,track,liked"]
    for person in range(24):
        own = rng.permutation(80)[: 30 if person < 5 else 8]
        feedback += [f"{person},{track},{int(rng.random() < (0.5 if person < 5 else 0.9))}" for track in own]
    report = judged(write(tmp_path, feedback, ["track", *map(str, range(80))]))
    assert report.tables[0].title == "A new member"
    assert report.tables[0].columns[0] == "n=5"


def test_instants_are_judged_week_by_week(tmp_path: Path) -> None:
    """With `at` the report has the weeks, with a line for each of them; an instant that is none is left out."""
    rng, hour = np.random.default_rng(2), 3600
    feedback = ["user,track,liked,at"]
    for person in range(8):
        for turn, track in enumerate(rng.permutation(40)[:25]):
            at = 1_700_000_000 + turn * 36 * hour + person if turn else "soon"
            feedback.append(f"{person},{track},{int(track % 2 == person % 2)},{at}")
    report = judged(write(tmp_path, feedback, ["track,sound", *(f"{n},{n % 2}" for n in range(40))]))
    titles = [table.title for table in report.tables]
    assert "Week by week, what people liked next" in titles
    course = report.tables[titles.index("Over time")]
    assert [line.method for line in course.lines][:2] == ["2023-W47", "2023-W48"]
    assert sum(line.figures[0].mean for line in course.lines) <= 8 * 24


@pytest.mark.parametrize(
    ("feedback", "sentence"),
    [
        (["1,1,0", "1,2,0", "2,1,0"], "holds dislikes alone"),
        (["1,1,1", "1,2,1", "1,3,1"], "likes of one person alone"),
        (["1,1,1", "1,2,0", "1,3,0", "1,4,0"], "says too little to judge by"),
        (["1,1,1", "2,2,0"], "says too little to judge by"),
    ],
)
def test_what_cannot_be_judged_is_told(tmp_path: Path, feedback: list[str], sentence: str) -> None:
    """One sentence that says what is missing."""
    folder = write(tmp_path, ["user,track,liked", *feedback], ["track", *map(str, range(1, 9))])
    with pytest.raises(BadFolder, match=sentence):
        judged(folder)


def test_a_handful_of_likes_makes_lists(tmp_path: Path) -> None:
    """Two people and a few tracks are few, and no reason to crash."""
    feedback = [
        "user,track,liked",
        *(f"{person},{track},1" for person in (1, 2) for track in range(person, person + 6)),
    ]
    report = judged(write(tmp_path, feedback, ["track,tags", *(f"{n},rock" for n in range(9))]))
    assert report.tables[0].title == "Lists from likes"
