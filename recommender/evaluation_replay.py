"""Lists replayed on feedback that was held back: what an optimised list gains in variety, and what it costs in likes.

A person's opinions are split in two by lot. From the one half, with everybody's, taste is learnt; the tracks of the
other are what may be listed, and how many of the listed ones the person said they like is known. Where there are
likes alone, everything that was not learnt from may be listed, and what is held back counts as liked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from sklearn.decomposition import TruncatedSVD

from recommender.dataset import Bools, Floats, Ints
from recommender.evaluation_data import Corpus
from recommender.evaluation_lists import split, top
from recommender.evaluation_report import Figure, Line, Table
from recommender.features import Features
from recommender.listing import Aims, Weights, arrange
from recommender.listing_tastes import Tastes, divergence, tastes_of
from recommender.listing_vectors import list_vectors
from recommender.lists import list_way
from recommender.ranking import RankingSettings, weights_of, wildcard_places
from recommender.taste import TasteModel

TOP, MMR, LIST, WILD = "top-N", "MMR", "list", "list with wildcards"
WAYS = (TOP, MMR, LIST, WILD)

COLUMNS = ("expected likes", "held-out likes", "diversity", "divergence", "tastes met")
NOTE = (
    "per person: share of the list expected, and said, to be liked; mean distance of two tracks; Kullback-Leibler "
    "divergence of the list from the shares of the person's tastes; share of those tastes on the list"
)

SHORTLIST = 300
"""Candidates of a person from likes alone, as many as a drop has."""

TAG_COLUMNS = 24

LIKELIEST, LEAST_LIKELY = 0.9, 0.3
"""Chances that the best and the last of a shortlist from likes alone are taken for: such data tells none."""


DEFAULTS = RankingSettings()


@dataclass(frozen=True, slots=True)
class Case:
    """One person's candidates: what the model says, how they compare, and the truth.

    `scores`, `stds`, `liked` and `artists` are (n,), `vectors` (n, k); `tastes` are those of what was learnt from.
    """

    scores: Floats
    stds: Floats
    vectors: Floats
    artists: Ints
    liked: Bools
    tastes: Tastes


def from_opinions(corpus: Corpus, seed: int, most: int = 200, fewest: int = 30) -> Iterator[Case]:
    """Yield cases of people with both likes and dislikes, at most so many of those who said at least so much."""
    rng = np.random.default_rng(seed)
    shown = rng.random(len(corpus)) < 0.5
    model = TasteModel().fit(corpus.dataset(np.flatnonzero(shown)), corpus.features)
    artist = np.append(corpus.features.artist, -1)
    people = [person for person in corpus.people.tolist() if (corpus.person == person).sum() >= 2 * fewest]
    for person in rng.permutation(people)[:most].tolist():
        own = corpus.person == person
        ids, liked = corpus.track[own & ~shown], corpus.liked[own & ~shown] > 0
        scores, stds = model.score(person, corpus.features, ids)
        likes = corpus.track[own & shown & (corpus.liked > 0)]
        vectors = list_vectors(model, corpus.features, np.concatenate([ids, likes]))
        tastes = tastes_of(vectors[len(ids) :])
        yield Case(scores, stds, vectors[: len(ids)], artist[corpus.features.rows(ids)], liked, tastes)


def from_likes(corpus: Corpus, seed: int, most: int = 300, way: str = "als") -> Iterator[Case]:
    """Yield cases of people of whom likes alone are known; tracks are compared by their tags."""
    parts = split(corpus, seed)
    model = list_way(way, seed)
    model.fit(parts.learnt, corpus.tags)
    vectors = TruncatedSVD(TAG_COLUMNS, random_state=seed).fit_transform(corpus.tags)
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    chances = np.linspace(LIKELIEST, LEAST_LIKELY, SHORTLIST)
    for row in np.random.default_rng(seed).permutation(parts.learnt.shape[0])[:most].tolist():
        held = parts.held[[row]].toarray().ravel() > 0
        learnt = parts.learnt[[row]].toarray().ravel() > 0
        if not held.any():
            continue
        scores = np.asarray(model.scores(slice(row, row + 1)), dtype=np.float64)
        best = top(np.where(learnt, -np.inf, scores), SHORTLIST)[0]
        tastes = tastes_of(vectors[learnt])
        stds = np.full(SHORTLIST, 0.1)
        yield Case(chances, stds, vectors[best], corpus.features.artist[best], held[best], tastes)


def synthetic(seed: int, people: int = 60, tracks: int = 1_200, genres: int = 10) -> Corpus:
    """Return a community whose members each like two to four of the genres, one more than the others."""
    from scipy import sparse

    rng = np.random.default_rng(seed)
    genre = rng.integers(0, genres, tracks)
    matrix = rng.normal(0, 1.0, (genres, 12))[genre] + rng.normal(0, 0.6, (tracks, 12))
    fond = np.full((people, genres), 0.12)
    for row in fond:
        loved = rng.choice(genres, rng.integers(2, 5), replace=False)
        row[loved] = np.sort(rng.uniform(0.55, 0.9, len(loved)))
    person = np.repeat(np.arange(people), 160)
    # People mostly meet what they like: half of what they rate comes from what they love.
    loved_first = np.concatenate([rng.choice(tracks, 160, replace=False, p=_leaning(one[genre])) for one in fond])
    liked = (rng.random(len(person)) < fond[person, genre[loved_first]]).astype(float)
    features = Features(
        np.arange(tracks, dtype=np.int64),
        matrix,
        tuple(f"numbers.{column}" for column in range(12)),
        {"numbers": slice(0, 12)},
        rng.integers(0, tracks // 4, tracks),
    )
    nothing = np.full(len(person), np.nan)
    tags = sparse.csr_array((tracks, 0))
    return Corpus("synthetic", person, loved_first, liked, nothing, features, tags, ("",) * tracks)


def _leaning(chance: Floats) -> Floats:
    found: Floats = chance / chance.sum()
    return found


def listed(case: Case, way: str, count: int, settings: RankingSettings, rng: np.random.Generator) -> list[int]:
    """Return the rows of a list made in one of the WAYS."""
    if way == TOP:
        best: list[int] = np.argsort(-case.scores, kind="stable")[:count].tolist()
        return best
    plain = Weights(settings.diversity, 0.0, settings.per_artist)
    weights = plain if way == MMR else weights_of(settings)
    aims = Aims(case.vectors, case.artists, case.tastes.belongs(case.vectors), case.tastes.shares)
    wild = wildcard_places(settings, count) if way == WILD else []
    places = arrange(case.scores, case.scores + case.stds, aims, weights, count, wild, rng)
    return [place.row for place in places]


def measure(case: Case, rows: list[int]) -> tuple[float, ...]:
    """Return the measures of one list, in the order of COLUMNS."""
    vectors = case.vectors[rows]
    size = len(rows)
    alike = (np.sum(vectors @ vectors.T) - np.sum(vectors**2)) / max(size * (size - 1), 1)
    belongs = case.tastes.belongs(vectors)
    met = np.bincount(belongs.argmax(axis=1), minlength=len(case.tastes)) if len(case.tastes) else np.ones(1)
    return (
        float(case.scores[rows].mean()),
        float(case.liked[rows].mean()),
        float(1 - alike),
        divergence(case.tastes.shares, belongs) if len(case.tastes) > 1 else float("nan"),
        float((met > 0).mean()) if len(case.tastes) > 1 else float("nan"),
    )


def replay(cases: Mapping[str, list[Case]], count: int = 30, settings: RankingSettings = DEFAULTS) -> list[Table]:
    """Return a table for each body of cases, with every way's measures and their standard errors over people."""
    tables = []
    for name, some in cases.items():
        short = [case for case in some if len(case.scores) > 2 * min(count, 10)]
        size = min(count, max(min((len(case.scores) for case in short), default=1) // 2, 1))
        lines = []
        for way in WAYS:
            found = [
                measure(case, listed(case, way, size, settings, np.random.default_rng(place)))
                for place, case in enumerate(short)
            ]
            lines.append(Line(way, tuple(Figure.of(column) for column in np.array(found).T)))
        tables.append(Table(f"{name}: lists of {size}", NOTE, COLUMNS, tuple(lines), ("divergence",)))
    return tables


def verdict(table: Table) -> str:
    """Return what the optimised list trades against plain top-N, in a sentence."""
    best = {line.method: line.figures for line in table.lines}
    plain, ours = best[TOP], best[LIST]
    likes = ours[1].mean - plain[1].mean
    within = "within a standard error" if likes >= -plain[1].error else "more than a standard error lower"
    return (
        f"held-out likes {likes:+.3f} ({within}), diversity {ours[2].mean - plain[2].mean:+.3f}, "
        f"divergence {plain[3].mean:.3f} to {ours[3].mean:.3f}, tastes met {plain[4].mean:.0%} to {ours[4].mean:.0%}"
    )


def with_weights(settings: RankingSettings, diversity: float, calibration: float) -> RankingSettings:
    """Return the settings with other weights, to compare."""
    return replace(settings, diversity=diversity, calibration=calibration)
