"""The rows of `make eval`: what the taste model must reach, what it reached, and what the others reached beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from recommender.dataset import Floats
from recommender.evaluation import OURS


class Verdict(StrEnum):
    """How a row stands to its goal."""

    MET = "met"
    TIED = "tied"
    SHORT = "short"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: our figure, the best opponent's, the goal with what it is, and the standard error that decides a tie.

    Beside an opponent `error` is that of the difference in the same folds or draws, of new members that of our figure,
    which `own_error` is everywhere; `lowest`: less is better.
    """

    group: str
    name: str
    ours: float
    goal: float
    goal_name: str
    error: float
    opponent: str = ""
    opponent_value: float = float("nan")
    lowest: bool = False
    skipped: str = ""
    others: Mapping[str, float] | None = None
    own_error: float = float("nan")

    @property
    def verdict(self) -> Verdict:
        """Return met at the goal or beyond it, tied within one standard error of it, else short."""
        if self.skipped:
            return Verdict.SKIPPED
        missing = (self.ours - self.goal) if self.lowest else (self.goal - self.ours)
        if missing <= 0:
            return Verdict.MET
        return Verdict.TIED if missing <= self.error else Verdict.SHORT


def skipped(group: str, name: str, reason: str) -> Row:
    """Return a row that could not be measured."""
    nan = float("nan")
    return Row(group, name, nan, nan, "", nan, skipped=reason)


def beside(
    group: str,
    name: str,
    values: Mapping[str, Floats],
    against: Sequence[str] = (),
    independent: int | None = None,
    *,
    other_people: bool = False,
) -> Row:
    """Return a row whose goal is the best of the opponents `against` (all, by default), paired value by value.

    `values` holds a figure of every way for each fold, draw or person, in one order. Only so many of the values are
    `independent`: folds drawn again are of the same opinions. A tie is told by the difference's error, or, where the
    question is how `other_people` would be served, by that of our figure.
    """
    means = {way: float(np.nanmean(each)) for way, each in values.items()}
    others = {way: mean for way, mean in means.items() if way != OURS}
    best = max(others, key=lambda way: others[way])
    rival = max(against or others, key=lambda way: others[way])
    apart = values[OURS] - values[rival]
    return Row(
        group,
        name,
        means[OURS],
        means[rival],
        rival if against else "best opponent",
        _error(values[OURS] if other_people else apart, independent),
        best,
        others[best],
        others=others,
        own_error=_error(values[OURS], independent),
    )


def reaching(
    group: str, name: str, values: Mapping[str, Floats], goal: float, *, independent: int | None = None
) -> Row:
    """Return a row whose goal is a figure."""
    means = {way: float(np.nanmean(each)) for way, each in values.items()}
    others = {way: mean for way, mean in means.items() if way != OURS}
    best = max(others, key=lambda way: others[way], default="")
    error = _error(values[OURS], independent)
    return Row(
        group,
        name,
        means[OURS],
        goal,
        "figure",
        error,
        best,
        others.get(best, float("nan")),
        others=others,
        own_error=error,
    )


def _error(values: Floats, independent: int | None) -> float:
    seen = values[np.isfinite(values)]
    count = min(independent or len(seen), len(seen))
    return float(seen.std(ddof=1) / np.sqrt(count)) if len(seen) > 1 else float("nan")
