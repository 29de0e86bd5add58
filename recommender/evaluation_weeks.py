"""Judging week by week: all ways learn from what was said before a week, and are asked about the week.

Each person who likes something new in a week gets a ranking of all tracks of which they had said nothing before. It is
judged by what they came to like in it; the probabilities by what they came to say. What people find by themselves is
judged here too, and much of it nobody could have been shown: the figures compare ways, and are no shares of hits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recommender.dataset import IMPORT_SOURCE, SHARE_SOURCE, Dataset, Floats, Ints
from recommender.evaluation_opponents import Way
from recommender.evaluation_report import Figure, Line, Progress, Table
from recommender.evaluation_scores import LIST, calibration_error, list_measures
from recommender.evaluation_stream import Rows, Stream, start_of, week_name, week_of

FEWEST_WEEKS = 3
LAST_WEEKS = 26
"""Weeks that are judged, the newest: half a year tells how it is now."""

FEWEST_BEFORE = 20
"""Opinions from which there is something to learn."""

MOST_CANDIDATES = 3_000
"""Tracks that are ranked for a person, drawn at random beside the week's own: of more the order would be the same."""

COLUMNS = ("Precision@30", "NDCG@10", "Recall@10", "coverage", "novelty", "calibration error")
NOTE = (
    "learnt from all that was said before each week; ranked is what a person had said nothing of; mean over people and "
    "weeks; the last {weeks} weeks"
)


@dataclass(slots=True)
class Told:
    """What one way said of the weeks: measures of lists, what was listed, and each probability with its opinion."""

    weeks: list[int] = field(default_factory=list)
    measures: list[tuple[float, float, float]] = field(default_factory=list)
    listed: list[Ints] = field(default_factory=list)
    bits: list[float] = field(default_factory=list)
    chances: list[Floats] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """The opinions that were foretold (M rows), each one's week, the tracks there were, and what all ways told."""

    rows: Rows
    week: Ints
    tracks: int
    told: Mapping[str, Told]

    @property
    def weeks(self) -> list[int]:
        """Return the weeks that were judged."""
        return [int(week) for week in np.unique(self.week)]

    @property
    def liked(self) -> Floats:
        """Return 1 for each like, else 0."""
        return (self.rows.value > 0).astype(np.float64)

    def chances(self, way: str) -> Floats:
        """Return what a way foretold of each opinion."""
        return np.concatenate(self.told[way].chances) if self.told[way].chances else np.empty(0)


def judge_weeks(stream: Stream, ways: Mapping[str, Way], progress: Progress, seed: int = 0) -> Judged | None:
    """Return what all ways told of the weeks that can be judged, or None where they are too few."""
    rows = new_opinions(stream.rows)
    weeks = weeks_to_judge(stream, rows)
    if len(weeks) < FEWEST_WEEKS:
        return None
    told = {name: Told() for name in ways}
    seen: list[Rows] = []
    for turn, week in enumerate(weeks):
        before = start_of(week)
        train = stream.dataset(before)
        asked = list(_asked(stream, rows, week, seed))
        seen += [own for own, _, _ in asked]
        for place, (name, way) in enumerate(ways.items()):
            progress(f"week {week_name(week)} by {name}", (turn + place / len(ways)) / len(weeks))
            way.learn(train, stream.features)
            for own, shown, candidates in asked:
                scores = way.answer(shown, np.concatenate([own.track_id, candidates]))
                _judge(told[name], week, own, candidates, scores, train)
    together = _joined(seen)
    return Judged(together, week_of(together.at), len(stream.features), told)


def weeks_to_judge(stream: Stream, rows: Rows) -> list[int]:
    """Return the newest weeks in which something new was said and before which there was something to learn from."""
    weeks = np.unique(week_of(rows.at)).tolist()
    at = np.sort(stream.rows.at)
    told = [week for week in weeks if np.searchsorted(at, start_of(week)) >= FEWEST_BEFORE]
    return told[-LAST_WEEKS:]


def new_opinions(rows: Rows) -> Rows:
    """Return what people said on purpose of tracks that they had said nothing of in an earlier week."""
    spoken = ~np.isin(rows.source, (SHARE_SOURCE, IMPORT_SOURCE))
    order = np.lexsort((rows.at, rows.track_id, rows.person_id))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(rows.person_id[order]) != 0) | (np.diff(rows.track_id[order]) != 0)
    group = np.cumsum(first) - 1
    began = week_of(rows.at[order][first])[group]
    fresh = np.zeros(len(order), dtype=bool)
    fresh[order] = spoken[order] & (week_of(rows.at[order]) == began)
    # Of several words of that week the last one stands.
    kept = np.flatnonzero(fresh[order])
    last = np.ones(len(kept), dtype=bool)
    last[:-1] = np.diff(group[kept]) != 0
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[kept[last]]] = True
    return rows.where(chosen)


def weeks_table(judged: Judged) -> Table:
    """Return how well each way foretold people's next likes."""
    lines = [Line(name, _figures(judged, name)) for name in judged.told]
    note = NOTE.format(weeks=len(judged.weeks))
    return Table("Week by week, what people liked next", note, COLUMNS, tuple(lines), lowest=(COLUMNS[-1],))


def course_table(judged: Judged, way: str) -> Table:
    """Return how one way did in each week."""
    told, chances, lines = judged.told[way], judged.chances(way), []
    for week in judged.weeks:
        here = judged.week == week
        own = [each for each, at in zip(told.measures, told.weeks, strict=True) if at == week]
        lists = [Figure.of(column) for column in np.reshape(own, (-1, 3)).T]
        error = calibration_error(judged.liked[here], chances[here])
        lines.append(Line(week_name(week), (_alone(float(here.sum())), *lists, _alone(error))))
    columns = ("opinions", *COLUMNS[:3], COLUMNS[-1])
    note = f"the {way} in each week; the standard error is that over people"
    return Table("Over time", note, columns, tuple(lines), ranked=False)


def _figures(judged: Judged, name: str) -> tuple[Figure, ...]:
    told = judged.told[name]
    lists = (Figure.of(column) for column in np.reshape(told.measures, (-1, 3)).T)
    listed = np.unique(np.concatenate(told.listed)) if told.listed else np.empty(0)
    extent = _alone(len(listed) / max(judged.tracks, 1)), Figure.of(told.bits)
    return (*lists, *extent, _alone(calibration_error(judged.liked, judged.chances(name))))


def _alone(value: float) -> Figure:
    return Figure(value, float("nan"))


def _asked(stream: Stream, rows: Rows, week: int, seed: int) -> Iterator[tuple[Rows, Dataset, Ints]]:
    """Yield (what a person newly said in the week, what they had said before, other tracks to rank)."""
    here, before = week_of(rows.at) == week, start_of(week)
    draw = np.random.default_rng((seed, max(week, 0)))
    for person in np.unique(rows.person_id[here]).tolist():
        own = rows.where(here & (rows.person_id == person))
        shown = stream.dataset(before, person)
        others = np.setdiff1d(stream.features.track_ids, np.concatenate([shown.tracks, own.track_id]))
        if len(others) > MOST_CANDIDATES:
            others = draw.choice(others, MOST_CANDIDATES, replace=False)
        yield own, shown, others


def _judge(told: Told, week: int, own: Rows, candidates: Ints, scores: Floats, train: Dataset) -> None:
    told.chances.append(scores[: len(own)])
    liked = np.concatenate([(own.value > 0).astype(np.float64), np.zeros(len(candidates))])
    if not liked.any():
        return
    best = np.argsort(-scores, kind="stable")[:LIST]
    listed = np.concatenate([own.track_id, candidates])[best]
    told.weeks.append(week)
    told.measures.append(list_measures(liked, scores))
    told.listed.append(listed)
    told.bits.append(_surprise(listed, train))


def _surprise(listed: Ints, train: Dataset) -> float:
    """Return the mean surprise of tracks in bits, -log2 of the share of people who like them."""
    likes = np.bincount(train.track, train.liked, len(train.tracks) + 1)
    place = np.searchsorted(train.tracks, listed)
    place = np.where(np.isin(listed, train.tracks), place, len(train.tracks))
    return float(np.mean(np.log2(len(train.people) / np.maximum(likes[place], 1.0))))


def _joined(parts: Sequence[Rows]) -> Rows:
    names = ("person_id", "track_id", "source", "value", "weight", "at")
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
