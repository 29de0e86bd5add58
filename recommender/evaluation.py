"""What a body of feedback can tell about ways to recommend, all of it in one report.

One person's opinions are judged by cross-validation and a learning curve; those of several by how a new member is
served, and by what they said next where instants are known; and likes alone, without dislikes, by lists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recommender import evaluation_opponents as opponents
from recommender.collaborative_ways import WAYS
from recommender.evaluation_bayes import HierarchicalBayes, RidgeCorrection
from recommender.evaluation_classifiers import BOOSTERS, BOOSTING, FOREST, LOGISTIC, classifiers
from recommender.evaluation_data import BadFolder, Corpus
from recommender.evaluation_drops import kinds_table
from recommender.evaluation_lists import judge_lists
from recommender.evaluation_members import FEWEST_OF_A_KIND, Found, curve_of, find_members, lists_of
from recommender.evaluation_person import JudgedAlone, judge_curve, judge_folds
from recommender.evaluation_report import Progress, Report, Table
from recommender.evaluation_stream import Stream
from recommender.evaluation_weeks import (
    FEWEST_WEEKS,
    course_table,
    judge_weeks,
    new_opinions,
    weeks_table,
    weeks_to_judge,
)
from recommender.lists import LIST_WAYS
from recommender.taste import TasteModel, TasteSettings

OURS = "taste model"
WITH_ARTISTS = f"{OURS} + artists"
SIZES = (5, 10, 20, 40, 80)
CURVE_SIZES = (5, 10, 20, 40, 80, 160, 320, 640)

OFTEN = 2_000
"""People times draws of new members from which one draw a person is enough."""

MOST_DRAWS = 6
LIKES_ALONE = 0.98
"""From this share of likes on there is nothing to tell apart, and lists are judged."""

Step = Callable[[Progress], list[Table]]
"""A part of the work, told how to tell of its progress."""

FAIR_SHARE = 0.5
"""Of all people, those who can be scored at a number of opinions shown, for it to be a column."""

FEWEST_PEOPLE, FEW_SIZES = 3, 3
"""Where no number of opinions has so large a share: people it must have, and how many columns there are then."""


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
    _check(corpus)
    return report(corpus, plan, list(_steps(corpus, plan)), progress)


def report(corpus: Corpus, plan: Plan, steps: Sequence[Step], progress: Progress) -> Report:
    """Do the steps one after the other and return what they found.

    Raises:
        BadFolder: there is none.
    """
    if not steps:
        raise BadFolder(f"{corpus.name} says too little to judge by: give at least {10 * FEWEST_OF_A_KIND} opinions.")
    tables: list[Table] = []
    for place, step in enumerate(steps):
        tables += step(_part(progress, place, len(steps)))
    progress("done", 1.0)
    counts = (len(corpus.people), len(corpus.features), len(corpus))
    return Report(corpus.name, plan.seeds, *counts, tuple(tables))


def _check(corpus: Corpus) -> None:
    """Find out whether there is anything to tell apart."""
    likes, dislikes = corpus.liked.sum(), (1 - corpus.liked).sum()
    if not likes:
        raise BadFolder(f"{corpus.name} holds dislikes alone: nothing can be recommended without a like (liked = 1).")
    if len(corpus.people) == 1 and dislikes < FEWEST_OF_A_KIND:
        raise BadFolder(
            f"{corpus.name} holds the likes of one person alone: give at least {FEWEST_OF_A_KIND} dislikes "
            "(liked = 0), or likes of several people."
        )


def _part(progress: Progress, place: int, of: int) -> Progress:
    return lambda what, done: progress(what, (place + done) / of)


def _steps(corpus: Corpus, plan: Plan) -> Iterator[Step]:
    if corpus.liked.mean() > LIKES_ALONE:
        yield lambda told: [judge_lists(corpus, plan.seeds, told, LIST_WAYS)]
        return
    if len(corpus.people) > 1:
        yield from members_steps(corpus, plan)
        yield from weeks_steps(Stream.of(corpus, plan.taste), corpus, plan)
        return
    ways, seed = alone(corpus, plan), plan.seeds[0]
    if len(corpus) >= 10 * FEWEST_OF_A_KIND:
        yield lambda told: [judge_folds(corpus, ways, plan.seeds[:1], told, by_artist=False)]
        credited = corpus.features.artist[corpus.features.artist >= 0]
        if len(np.unique(credited)) > 10 * FEWEST_OF_A_KIND:
            yield lambda told: [judge_folds(corpus, ways, plan.seeds[:1], told, by_artist=True)]
    sizes = [size for size in CURVE_SIZES if size <= len(corpus) // 2]
    if sizes and min(corpus.liked.sum(), (1 - corpus.liked).sum()) > FEWEST_OF_A_KIND:
        yield lambda told: [judge_curve(corpus, ways, sizes, plan.draws, told, seed)]


def members_steps(corpus: Corpus, plan: Plan) -> Iterator[Step]:
    """Yield how a new member is served; nothing where hardly anybody's opinions can be scored."""
    scorable = {size: _scorable(corpus, size) for size in SIZES}
    sizes = [size for size, people in scorable.items() if people >= FAIR_SHARE * len(corpus.people)]
    # Where most people said little, those are looked at who said enough.
    sizes = sizes or [size for size, people in scorable.items() if people >= FEWEST_PEOPLE][:FEW_SIZES]
    if not sizes:
        return
    draws = int(np.clip(OFTEN // (len(sizes) * len(corpus.people)), 1, MOST_DRAWS))
    seed, by_way = plan.seeds[0], members_by_way(plan)
    yield lambda told: _curve_and_lists(
        find_members(corpus, members(corpus, plan), sizes, draws, told, seed=seed), sizes
    )
    title = "A new member, by collaborative way"
    yield lambda told: [curve_of(find_members(corpus, by_way, sizes, draws, told, seed=seed), sizes, title)]


def weeks_steps(stream: Stream, corpus: Corpus, plan: Plan) -> Iterator[Step]:
    """Yield how what people said next was foretold, week by week; nothing where instants are not known."""
    if len(weeks_to_judge(stream, new_opinions(stream.rows))) < FEWEST_WEEKS:
        return

    def work(told: Progress) -> list[Table]:
        judged = judge_weeks(stream, members(corpus, replace(plan, full=False)), told, plan.seeds[0])
        if judged is None:
            return []
        apart = [kinds_table(stream, judged, OURS)] if len(stream.showings) else []
        return [weeks_table(judged), course_table(judged, OURS), *apart]

    yield work


def _curve_and_lists(found: Mapping[str, Found], sizes: Sequence[int]) -> list[Table]:
    return [curve_of(found, sizes), lists_of(found, sizes[len(sizes) // 2])]


def members_by_way(plan: Plan) -> dict[str, opponents.Way]:
    """Return the taste model with factors of people found in each of the collaborative ways."""
    return {f"{OURS}, {way}": opponents.Judged(_maker(replace(plan.taste, collaborative=way))) for way in WAYS}


def members(corpus: Corpus, plan: Plan) -> dict[str, opponents.Way]:
    """Return the ways to serve a new member; where the tracks have no columns of their own, factors stand for them."""
    known = bool(len(opponents.known_columns(corpus.features)))
    made = classifiers()
    ways: dict[str, opponents.Way] = {
        OURS: opponents.Judged(_maker(plan.taste)),
        "popularity": opponents.Popularity(),
        "user kNN": opponents.Neighbours(),
        "pooled logistic": opponents.Pooled(made[LOGISTIC]),
        "pooled boosting": opponents.Pooled(made[BOOSTING]),
        "ridge correction": RidgeCorrection(),
        "hierarchical Bayes": HierarchicalBayes(scalar=known),
        "own logistic": opponents.Alone(made[LOGISTIC]),
    }
    if known:
        ways["own logistic, factors"] = opponents.Alone(made[LOGISTIC], use_factors=True)
        ways["hier. Bayes, factors"] = HierarchicalBayes(scalar=False, use_factors=True)
    if plan.full:
        ways["own forest"] = opponents.Alone(made[FOREST])
        ways |= {f"own {name}": opponents.Alone(made[name]) for name in BOOSTERS if name in made}
    return ways


def alone(corpus: Corpus, plan: Plan) -> dict[str, opponents.Way]:
    """Return the ways to serve one person without any others; only the last knows who the artists are."""
    ways: dict[str, opponents.Way] = {OURS: JudgedAlone(_maker(plan.taste), credited=False)}
    ways |= {name: opponents.Alone(make) for name, make in classifiers().items()}
    if np.any(corpus.features.artist >= 0):
        ways[WITH_ARTISTS] = JudgedAlone(_maker(plan.taste))
    return ways


def _maker(settings: TasteSettings) -> Callable[[], TasteModel]:
    return lambda: TasteModel(settings)


def _scorable(corpus: Corpus, size: int) -> int:
    """Return how many people are likely to have enough left to score."""
    _, place = np.unique(corpus.person, return_inverse=True)
    count, likes = np.bincount(place), np.bincount(place, corpus.liked)
    left = np.maximum(count - size, 0) / np.maximum(count, 1)
    return int(np.sum(np.minimum(likes, count - likes) * left >= FEWEST_OF_A_KIND))
