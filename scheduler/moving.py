"""What moved the scores of picks, with the tags and the days that it can be told by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from recommender.dataset import Floats
from recommender.explain import CLOSE
from recommender.movers import Explainer, Mind, Mover
from recommender.taste import TasteModel
from scheduler.knowledge import Knowledge
from scheduler.weeks import zone
from storage.feedback import FeedbackRow

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.tag_terms import Terms

A_WEEK = timedelta(days=6)
"""How long ago a weekday can be named without another of that name between."""

_explainers: "WeakKeyDictionary[TasteModel, tuple[object, object, Explainer]]" = WeakKeyDictionary()


def movers(
    knowledge: Knowledge,
    person_id: int | None,
    opinions: Mapping[int, float],
    days: Mapping[int, str],
    track_ids: Sequence[int],
) -> list[list[Mover]]:
    """Return for each track what moved the person's score of it, the most first."""
    if not len(track_ids):
        return []
    known = {track: value for track, value in opinions.items() if track in knowledge.tracks}
    liked = sorted(track for track, value in known.items() if value > 0.5)
    model, features = knowledge.model, knowledge.features
    alike = model.vectors(features, track_ids) @ model.vectors(features, liked).T if liked else np.zeros((0, 0))
    close: Floats = np.where(alike >= CLOSE, alike, 0.0)
    mind = Mind(person_id if person_id is not None and model.knows(person_id) else None, known, days)
    return _explainer(knowledge).movers(mind, track_ids, close)


def disliked_days(rows: Sequence[FeedbackRow], now: datetime, timezone: str) -> dict[int, str]:
    """Return the tracks disliked in the last days with the word for the day, in the person's time zone."""
    try:
        clocks: tzinfo = zone(timezone)
    except ValueError:
        clocks = UTC
    today = now.astimezone(clocks).date()
    words = {}
    for row in rows:
        day = row.at.astimezone(clocks).date()
        if row.value < 0 and today - day <= A_WEEK and row.track_id not in words:
            words[row.track_id] = {0: "today", 1: "yesterday"}.get((today - day).days, f"on {day:%A}")
    return words


def _explainer(knowledge: Knowledge) -> Explainer:
    """Return what explains this model's scores of these features, made once."""
    model, terms = knowledge.model, knowledge.tagged.terms
    kept = _explainers.get(model)
    if kept is None or kept[0] is not knowledge.features or kept[1] is not terms:
        tags = _Tags(terms)
        kept = knowledge.features, terms, Explainer(model, knowledge.features, tags.of)
        _explainers[model] = kept
    return kept[2]


class _Tags:
    """What people call tracks, the most telling first: names that may be shown."""

    def __init__(self, terms: "Terms") -> None:
        self._names = terms.names
        shown = np.array([_can_be_shown(name, terms) for name in terms.names], dtype=np.bool_)
        rare = np.log(max(len(terms), 1) / np.maximum(np.bincount(terms.term, minlength=len(terms.names)), 1)) + 1
        kept = np.flatnonzero(shown[terms.term]) if len(terms.term) else np.zeros(0, dtype=np.int64)
        weight = terms.weight[kept] * rare[terms.term[kept]]
        order = np.lexsort((terms.term[kept], -weight, terms.row[kept]))
        self._term = terms.term[kept][order]
        rows = terms.row[kept][order]
        self._starts = np.searchsorted(rows, np.arange(len(terms) + 1))
        self._place = {track: row for row, track in enumerate(terms.track_ids.tolist())}

    def of(self, track_ids: Sequence[int]) -> list[list[str]]:
        """Return the names of each track."""
        found = []
        for track in track_ids:
            row = self._place.get(track)
            terms = self._term[self._starts[row] : self._starts[row + 1]].tolist() if row is not None else []
            found.append([self._names[term] for term in dict.fromkeys(terms)])
        return found


def _can_be_shown(name: str, terms: "Terms") -> bool:
    """Tell whether a term is a name of music: never a member's words, nor a stranger's joke."""
    from recommender.tag_names import is_known
    from recommender.tag_terms import AUTO, SAID, WORD

    return not name.startswith((AUTO, SAID, WORD)) and (is_known(name) or name in terms.genres)
