"""What `make eval` measures: the jobs of every folder, and how their answers become rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import taste_jobs as jobs
from benchmarks.taste_jobs import DATA, FOREST_RATED, JOINED, Job
from benchmarks.taste_rows import Row, beside, reaching, skipped
from recommender.dataset import Floats
from recommender.evaluation import OURS, WITH_ARTISTS, Plan, members
from recommender.evaluation_classifiers import FOREST, classifiers
from recommender.evaluation_members import FOLDS, Found
from recommender.evaluation_person import FOLDS as FOLDS_ALONE
from recommender.lists import BLEND, LIST_WAYS

Times = list[tuple[int, float, float]]
Answers = Mapping[tuple[object, ...], Any]

SEEDS = (0, 1, 2)
DRAWS = 40
SINGLE = {
    "mcintire": (5, 10, 20, 40, 80, 160, 320, 640),
    "seed": (5, 10, 20, 40, 80, 160, 320, 640),
    "brice": (5, 10, 20, 40, 80),
}
CURVE_GOALS = {("mcintire", 20): 0.65, ("mcintire", 40): 0.70, ("mcintire", 160): 0.79}
FIT_GOAL = 0.1
JOIN_GOALS = {False: 0.945, True: 0.90}
MEMBERS = {"situnes": ((5, 10, 20), 6), "cm100k": ((5, 10, 20, 40, 80), 1)}
SLOW = "own forest"
CALIBRATED, CALIBRATION_GOAL = "cm100k", 0.05
LIST_GOALS = (("Recall@10", 0, 0.204), ("NDCG@10", 1, 0.199))
READINGS = (("", 0), (", val. ranked", 2))
"""Whether validation's likes are left out of the ranking, and how far on the measures of lists stand then."""

FIT_GROUP = "Time of a fit as a share of RandomForestClassifier(300, n_jobs=1), one core"
JOIN_GROUP = "mcintire with tags and factors of hetrec's artists, AUC"
LIST_GROUP = f"{JOINED}: lists of plays, 3 seeds (ours: the blend)"
FOLDERS = (*SINGLE, *MEMBERS, JOINED)

COSTS = {FOREST: 1.5, FOREST_RATED: 3.0, "extra trees": 0.9, "XGBoost": 0.3, "LightGBM": 0.25, "gradient boosting": 0.3}
"""Seconds a fit, roughly: what the progress bar goes by, and what is begun with."""


UNASKED = "was not asked for"


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is measured: `folders` of those that there are, and so many `draws` of learning curves."""

    folders: tuple[str, ...] = FOLDERS
    draws: int = DRAWS

    def why_not(self, *folders: str) -> str:
        """Return why rows that need these folders cannot be measured, or nothing."""
        for folder in folders:
            if folder not in self.folders:
                return f"{folder} {UNASKED}"
            if not (DATA / folder).is_dir():
                return f"there is no folder {folder} in ../shared/data"
        return ""


def all_jobs(scope: Scope) -> Iterator[Job]:
    """Yield every piece of work that can be done."""
    for folder, sizes in SINGLE.items():
        if not scope.why_not(folder):
            yield from _single_jobs(folder, sizes, scope.draws)
    if not scope.why_not("mcintire", JOINED):
        yield from _join_jobs()
    for folder, (sizes, draws) in MEMBERS.items():
        if not scope.why_not(folder):
            yield from _member_jobs(folder, sizes, draws)
    for seed in SEEDS if not scope.why_not(JOINED) else ():
        for way in LIST_WAYS:
            about = f"{JOINED}: lists by {way}"
            yield Job((JOINED, "lists", way, seed), jobs.lists, (JOINED, way, seed), JOINED, about, 5.0)


def all_rows(answers: Answers, timed: Mapping[str, Times], scope: Scope) -> list[Row]:
    """Return every row; one that could not be measured says why."""
    rows: list[Row] = []
    for folder, sizes in SINGLE.items():
        group, why = f"{folder}: one person, audio features alone, AUC", scope.why_not(folder)
        rows += [skipped(group, "all of it", why)] if why else _single_rows(group, folder, sizes, answers)
    for folder in SINGLE:
        why = scope.why_not(folder)
        rows.append(skipped(FIT_GROUP, folder, why) if why else _fit_row(folder, timed[folder]))
    why = scope.why_not("mcintire", JOINED)
    rows += [skipped(JOIN_GROUP, "all of it", why)] if why else _join_rows(answers)
    for folder, (shown, _) in MEMBERS.items():
        group, why = f"{folder}: a new member, AUC", scope.why_not(folder)
        rows += [skipped(group, "all of it", why)] if why else _member_rows(group, folder, shown, answers)
    why = scope.why_not(JOINED)
    return rows + ([skipped(LIST_GROUP, "all of it", why)] if why else _list_rows(answers))


def _single_jobs(folder: str, sizes: tuple[int, ...], draws: int) -> Iterator[Job]:
    for way in (OURS, *classifiers()):
        cost = COSTS.get(way, 0.15)
        about = f"{folder}: folds by {way}"
        yield Job((folder, "folds", way), jobs.folds, (folder, way, SEEDS), folder, about, 30 * cost)
        for size in sizes:
            about = f"{folder}: {size} opinions by {way}"
            yield Job(
                (folder, size, way), jobs.curve, (folder, way, size, draws), folder, about, draws * (0.1 + cost / 4)
            )


def _single_rows(group: str, folder: str, sizes: tuple[int, ...], answers: Answers) -> list[Row]:
    ways = (OURS, *classifiers())
    rows = [beside(group, "all opinions, 10 folds", _of(answers, folder, "folds", ways), (FOREST,), FOLDS_ALONE)]
    for size in sizes:
        values = _of(answers, folder, size, ways)
        rows.append(beside(group, f"n = {size}", values, (FOREST,)))
        if goal := CURVE_GOALS.get((folder, size)):
            rows.append(reaching(group, f"n = {size}, at least", values, goal))
    return rows


def _of(answers: Answers, folder: str, what: object, ways: tuple[str, ...]) -> dict[str, Floats]:
    return {way: answers[folder, what, way] for way in ways}


def _fit_row(folder: str, times: Times) -> Row:
    ratios = [ours / forest for _, ours, forest in times]
    detail = {f"n = {size}, {ours * 1000:.0f} ms of {forest * 1000:.0f}": ours / forest for size, ours, forest in times}
    return Row(
        FIT_GROUP,
        f"{folder} at {', '.join(str(size) for size, _, _ in times)}",
        float(np.median(ratios)),
        FIT_GOAL,
        "figure",
        0.0,
        FOREST,
        1.0,
        lowest=True,
        others=detail,
    )


def _join_jobs() -> Iterator[Job]:
    for way in (WITH_ARTISTS, FOREST_RATED):
        for by_artist in (False, True):
            key = ("mcintire", "joined", way, by_artist)
            about = f"mcintire with tags and factors: folds by {way}"
            cost = 30 * COSTS.get(way, 0.5)
            yield Job(key, jobs.joined_folds, ("mcintire", way, SEEDS, by_artist), JOINED, about, cost)


def _join_rows(answers: Answers) -> list[Row]:
    rows = []
    for by_artist, goal in JOIN_GOALS.items():
        values = {
            OURS: answers["mcintire", "joined", WITH_ARTISTS, by_artist],
            FOREST_RATED: answers["mcintire", "joined", FOREST_RATED, by_artist],
        }
        name = "grouped by artist" if by_artist else "10 folds"
        rows.append(reaching(JOIN_GROUP, name, values, goal, independent=FOLDS_ALONE))
    return rows


def _member_jobs(folder: str, sizes: tuple[int, ...], draws: int) -> Iterator[Job]:
    ways = member_ways()
    for fold in range(FOLDS):
        quick = tuple(way for way in ways if way != SLOW)
        for names, cost in ((quick, 12.0), ((SLOW,), 120.0 if folder == CALIBRATED else 25.0)):
            about = f"{folder}: new members by {names[0] if len(names) == 1 else 'all other ways'}, fold {fold + 1}"
            key = (folder, "members", names[0] == SLOW, fold)
            yield Job(key, jobs.new_members, (folder, names, sizes, draws, fold), folder, about, cost)


def member_ways() -> tuple[str, ...]:
    """Return the ways to serve new members, those that need features among them."""
    folder = next((each for each in MEMBERS if (DATA / each).is_dir()), None)
    return tuple(members(jobs.corpus_of(folder), Plan(full=True))) if folder else ()


def _member_rows(group: str, folder: str, sizes: tuple[int, ...], answers: Answers) -> list[Row]:
    found: dict[str, Found] = {}
    for fold in range(FOLDS):
        for slow in (False, True):
            for way, each in answers[folder, "members", slow, fold].items():
                found.setdefault(way, Found()).join(each)
    rows = []
    for size in sizes:
        aucs = {way: each.by_person(size) for way, each in found.items()}
        people = sorted(aucs[OURS])
        values = {way: np.array([each[person] for person in people]) for way, each in aucs.items()}
        rows.append(beside(group, f"n = {size} ({len(people)} people)", values, other_people=True))
    if folder == CALIBRATED:
        others = {way: each.calibration() for way, each in found.items()}
        ours = others.pop(OURS)
        best = min(others, key=lambda way: others[way])
        row = Row(
            "Calibration",
            f"{folder}: error",
            ours,
            CALIBRATION_GOAL,
            "figure",
            0.0,
            best,
            others[best],
            lowest=True,
            others=others,
        )
        rows.append(row)
    return rows


def _list_rows(answers: Answers) -> list[Row]:
    rows = []
    by_way = {way: np.mean([answers[JOINED, "lists", way, seed] for seed in SEEDS], axis=0) for way in LIST_WAYS}
    for reading, ahead in READINGS:
        for measure, column, goal in LIST_GOALS:
            values = {OURS if way == BLEND else way: each[:, column + ahead] for way, each in by_way.items()}
            rows.append(reaching(LIST_GROUP, measure + reading, values, goal))
    return rows
