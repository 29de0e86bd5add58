"""Judging what was really shown: picks joined with what people said of them later, exploring ones apart.

Opinions that people chose to give say little of tracks drawn at random, so three kinds are never mixed: on picks that
explored, on all other picks, and on tracks that nobody had shown to the person.
"""

from dataclasses import dataclass

import numpy as np

from recommender.dataset import IMPORT_SOURCE, Bools, Floats
from recommender.evaluation_report import Figure, Line, Table
from recommender.evaluation_scores import auc, calibration_error
from recommender.evaluation_stream import Showings, Stream
from recommender.evaluation_weeks import Judged

ALL, EXPLORING, OTHER, FOUND = "all picks", "exploring picks", "other picks", "never picked"
FEWEST_WEIGHED = 2

PICKS_NOTE = (
    "picks of drops and what their owner said of them afterwards; hit rate: likes among answers; by chance: the same "
    "if each candidate were picked alike often (answers weighed by 1 / propensity)"
)
PICKS_COLUMNS = ("picks", "answered", "liked", "hit rate", "by chance", "foretold", "calibration error")
KINDS_NOTE = (
    "what the {way} foretold each week of what was said then, by how the track came to the person: exploring picks "
    "alone stand for tracks at large; what people find by themselves they mostly like"
)
KINDS_COLUMNS = ("opinions", "liked", "foretold", "AUC", "calibration error")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of each showing (M,): 1 liked, 0 disliked, NaN unanswered."""

    showings: Showings
    liked: Floats


def answers(stream: Stream) -> Answered:
    """Join each showing with the newest word that its person said of the track after it, imports aside."""
    showings, rows = stream.showings, stream.rows
    rows = rows.where(rows.source != IMPORT_SOURCE)
    order = np.argsort(rows.at, kind="stable")
    columns = (rows.person_id, rows.track_id, rows.at, rows.value)
    said_last = zip(*(column[order].tolist() for column in columns), strict=True)
    newest = {(person, track): (at, value) for person, track, at, value in said_last}
    liked = np.full(len(showings), np.nan)
    pairs = zip(showings.person_id.tolist(), showings.track_id.tolist(), showings.at.tolist(), strict=True)
    for place, (person, track, at) in enumerate(pairs):
        said = newest.get((person, track))
        if said is not None and said[0] >= at:
            liked[place] = float(said[1] > 0)
    return Answered(showings, liked)


def picks_table(stream: Stream) -> Table | None:
    """Return how drops were received, or None where none were made."""
    joined = answers(stream)
    in_drop = joined.showings.in_drop
    if not in_drop.any():
        return None
    explores = joined.showings.explores
    parts = {ALL: in_drop, EXPLORING: in_drop & explores, OTHER: in_drop & ~explores}
    lines = tuple(Line(name, _received(joined, here)) for name, here in parts.items() if here.any())
    return Table("Drops as they were received", PICKS_NOTE, PICKS_COLUMNS, lines, ranked=False)


def kinds_table(stream: Stream, judged: Judged, way: str) -> Table:
    """Return how well opinions were foretold, by how the track came to the person."""
    showings, rows = stream.showings, judged.rows
    shown: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    columns = (showings.person_id, showings.track_id, showings.at, showings.explores)
    for person, track, at, explores in zip(*(column.tolist() for column in columns), strict=True):
        shown.setdefault((person, track), []).append((at, explores))
    kinds = []
    for person, track, at in zip(rows.person_id.tolist(), rows.track_id.tolist(), rows.at.tolist(), strict=True):
        before = [each for each in shown.get((person, track), ()) if each[0] <= at]
        kinds.append(FOUND if not before else EXPLORING if max(before)[1] else OTHER)
    kind, chances = np.array(kinds, dtype=object), judged.chances(way)
    lines = tuple(
        Line(name, _foretold(judged.liked[kind == name], chances[kind == name]))
        for name in (EXPLORING, OTHER, FOUND)
        if (kind == name).any()
    )
    return Table("Opinions by how they came about", KINDS_NOTE.format(way=way), KINDS_COLUMNS, lines, ranked=False)


def _received(joined: Answered, here: Bools) -> tuple[Figure, ...]:
    liked, score = joined.liked[here], joined.showings.score[here]
    said = np.isfinite(liked)
    return (
        Figure(float(len(liked)), float("nan")),
        Figure.of(said.astype(np.float64)),
        Figure.of(np.nan_to_num(liked)),
        Figure.of(liked),
        _by_chance(liked[said], joined.showings.propensity[here][said]),
        Figure.of(score),
        Figure(calibration_error(liked[said], score[said]) if said.any() else float("nan"), float("nan")),
    )


def _foretold(liked: Floats, chances: Floats) -> tuple[Figure, ...]:
    nan = float("nan")
    count, error = Figure(float(len(liked)), nan), Figure(calibration_error(liked, chances), nan)
    return count, Figure.of(liked), Figure.of(chances), Figure(auc(liked, chances), nan), error


def _by_chance(liked: Floats, propensity: Floats) -> Figure:
    """Return the self-normalised estimate by inverse propensities, with its standard error by linearisation.

    Unknown propensities leave their picks out; a pick that was certain tells of itself alone, and so counts least.
    """
    known = np.isfinite(propensity) & (propensity > 0)
    if known.sum() < FEWEST_WEIGHED:
        return Figure(float("nan"), float("nan"))
    weight = 1 / propensity[known]
    mean = float(weight @ liked[known] / weight.sum())
    error = float(np.sqrt(np.sum((weight * (liked[known] - mean)) ** 2)) / weight.sum())
    return Figure(mean, error)
