"""What an evaluation found: tables of figures with their standard errors, for eyes and for programs."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Progress = Callable[[str, float], None]
"""Told what is being done and the share of all work that is done."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean and its standard error, NaN where one draw alone was made."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: npt.ArrayLike) -> Self:
        """Return the mean of independent values, and its standard error."""
        seen = np.asarray(values, dtype=np.float64)
        seen = seen[np.isfinite(seen)]
        error = float(seen.std(ddof=1) / np.sqrt(len(seen))) if len(seen) > 1 else float("nan")
        return cls(float(seen.mean()) if len(seen) else float("nan"), error)


@dataclass(frozen=True, slots=True)
class Line:
    """One way of doing it, and its figure in every column."""

    method: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of several ways side by side.

    `note` tells how they were measured. `lowest`: columns in which less is better. `curve`: the columns are numbers of
    opinions, and the table a learning curve. `ranked`: lines are rivals, of which the best is marked.
    """

    title: str
    note: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    lowest: tuple[str, ...] = ()
    curve: bool = False
    ranked: bool = True

    def best(self, column: int) -> float:
        """Return the best mean of a column."""
        means = [mean for line in self.lines if np.isfinite(mean := line.figures[column].mean)]
        if not means:
            return float("nan")
        return float((min if self.columns[column] in self.lowest else max)(means))

    def ties(self, column: int, figure: Figure) -> bool:
        """Tell whether a figure is the best of its column, or within one standard error of it."""
        if not self.ranked:
            return False
        slack = figure.error if np.isfinite(figure.error) else 0.0
        return abs(figure.mean - self.best(column)) <= slack + 1e-12


@dataclass(frozen=True, slots=True)
class Report:
    """All tables about one body of feedback, and in sentences what could not be judged."""

    name: str
    seeds: tuple[int, ...]
    people: int
    tracks: int
    opinions: int
    tables: tuple[Table, ...]
    left_out: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain lists and dictionaries; a figure that cannot be told is null."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def columns_of(values: Sequence[Sequence[npt.ArrayLike]]) -> tuple[Figure, ...]:
    """Return a figure for each column of values."""
    return tuple(Figure.of(np.asarray(column, dtype=np.float64)) for column in values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
