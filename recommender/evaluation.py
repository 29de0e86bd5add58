"""What a body of feedback can tell about ways to recommend, all of it in one report.

One person's opinions are judged by cross-validation and a learning curve; those of several by how a new member is
served; and likes alone, without dislikes, by lists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recommender import evaluation_opponents as opponents
from recommender.collaborative_ways import WAYS
from recommender.evaluation_classifiers import classifiers
from recommender.evaluation_data import BadFolder, Corpus
from recommender.evaluation_lists import judge_lists
from recommender.evaluation_members import FEWEST_OF_A_KIND, judge_members
from recommender.evaluation_person import JudgedAlone, judge_curve, judge_folds
from recommender.evaluation_report import Progress, Report, Table
from recommender.lists import LIST_WAYS
from recommender.taste import TasteModel, TasteSettings

OURS = "taste model"
SIZES = (5, 10, 20, 40, 80)
CURVE_SIZES = (5, 10, 20, 40, 80, 160, 320, 640)

OFTEN = 2_000
"""People times draws of new members from which one draw a person is enough."""

MOST_DRAWS = 6
LIKES_ALONE = 0.98
"""From this share of likes on there is nothing to tell apart, and lists are judged."""

FAIR_SHARE = 0.5
"""Of all people, those who can be scored at a number of opinions shown, for it to be a column."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to judge: `taste` settings, `seeds` of all draws, `draws` of the curve, `full` with forests for members."""

    taste: TasteSettings = field(default_factory=TasteSettings)
    seeds: tuple[int, ...] = (0, 1, 2)
    draws: int = 10
    full: bool = False


def evaluate(corpus: Corpus, plan: Plan, progress: Progress) -> Report:
    """Judge all ways that the corpus allows.

    Raises:
        BadFolder: there is too little to judge by.
    """
    steps = list(_steps(corpus, plan))
    if not steps:
        raise BadFolder(f"'{corpus.name}' says too little to judge by: give at least {2 * FEWEST_OF_A_KIND} opinions.")
    tables = []
    for place, step in enumerate(steps):
        tables.append(step(_part(progress, place, len(steps))))
    progress("done", 1.0)
    counts = (len(corpus.people), len(corpus.features), len(corpus))
    return Report(corpus.name, plan.seeds, *counts, tuple(tables))


def _part(progress: Progress, place: int, of: int) -> Progress:
    return lambda what, done: progress(what, (place + done) / of)


def _steps(corpus: Corpus, plan: Plan) -> Iterator[Callable[[Progress], Table]]:
    if corpus.liked.mean() > LIKES_ALONE:
        yield lambda told: judge_lists(corpus, plan.seeds, told, LIST_WAYS)
        return
    if len(corpus.people) > 1:
        yield from _members(corpus, plan)
        return
    ways, seed = alone(corpus, plan), plan.seeds[0]
    if len(corpus) >= 10 * FEWEST_OF_A_KIND:
        yield lambda told: judge_folds(corpus, ways, plan.seeds[:1], told, by_artist=False)
        credited = corpus.features.artist[corpus.features.artist >= 0]
        if len(np.unique(credited)) > 10 * FEWEST_OF_A_KIND:
            yield lambda told: judge_folds(corpus, ways, plan.seeds[:1], told, by_artist=True)
    sizes = [size for size in CURVE_SIZES if size <= len(corpus) // 2]
    if sizes and min(corpus.liked.sum(), (1 - corpus.liked).sum()) > FEWEST_OF_A_KIND:
        yield lambda told: judge_curve(corpus, ways, sizes, plan.draws, told, seed)


def _members(corpus: Corpus, plan: Plan) -> Iterator[Callable[[Progress], Table]]:
    sizes = [size for size in SIZES if _scorable(corpus, size) >= FAIR_SHARE * len(corpus.people)]
    if not sizes:
        return
    draws = int(np.clip(OFTEN // (len(sizes) * len(corpus.people)), 1, MOST_DRAWS))
    by_way = {f"{OURS}, {way}": opponents.Judged(_maker(replace(plan.taste, collaborative=way))) for way in WAYS}
    for title, ways in (("A new member", members(corpus, plan)), ("A new member, by collaborative way", by_way)):
        yield _judging_members(corpus, ways, sizes, draws, plan.seeds[0], title)


def _judging_members(
    corpus: Corpus, ways: Mapping[str, opponents.Way], sizes: Sequence[int], draws: int, seed: int, title: str
) -> Callable[[Progress], Table]:
    return lambda told: replace(judge_members(corpus, ways, sizes, draws, told, seed=seed), title=title)


def members(corpus: Corpus, plan: Plan) -> dict[str, opponents.Way]:
    """Return the ways to serve a new member."""
    known = bool(corpus.features.matrix.shape[1])
    made = classifiers()
    ways: dict[str, opponents.Way] = {
        OURS: opponents.Judged(_maker(plan.taste)),
        "popularity": opponents.Popularity(),
        "user kNN": opponents.Neighbours(),
        "own logistic regression": opponents.Alone(made["logistic regression"]),
    }
    if known:
        ways["pooled logistic regression"] = opponents.Pooled(made["logistic regression"])
        ways["pooled boosting"] = opponents.Pooled(made["gradient boosting"])
    if plan.full:
        ways["own random forest"] = opponents.Alone(made["random forest"])
        if "LightGBM" in made:
            ways["own LightGBM"] = opponents.Alone(made["LightGBM"])
    return ways


def alone(corpus: Corpus, plan: Plan) -> dict[str, opponents.Way]:
    """Return the ways to serve one person without any others; only the last knows who the artists are."""
    ways: dict[str, opponents.Way] = {OURS: JudgedAlone(_maker(plan.taste), credited=False)}
    ways |= {name: opponents.Alone(make) for name, make in classifiers().items()}
    if np.any(corpus.features.artist >= 0):
        ways[f"{OURS}, with artists"] = JudgedAlone(_maker(plan.taste))
    return ways


def _maker(settings: TasteSettings) -> Callable[[], TasteModel]:
    return lambda: TasteModel(settings)


def _scorable(corpus: Corpus, size: int) -> int:
    """Return how many people are likely to have enough left to score."""
    _, place = np.unique(corpus.person, return_inverse=True)
    count, likes = np.bincount(place), np.bincount(place, corpus.liked)
    left = np.maximum(count - size, 0) / np.maximum(count, 1)
    return int(np.sum(np.minimum(likes, count - likes) * left >= FEWEST_OF_A_KIND))
