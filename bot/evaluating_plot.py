"""The figures of an evaluation as a picture: learning curves as lines, all else as points with standard errors."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from scipy.optimize import isotonic_regression

from recommender.dataset import Floats
from recommender.evaluation import OURS, WITH_ARTISTS
from recommender.evaluation_report import Line, Report, Table

INK, FAINT, GRID, WARM = "#22252b", "#6b7280", "#e6e8ec", "#c8401c"
OTHERS = ("#17627d", "#4d7c35", "#7b5ea7", "#93650a", "#22767f", "#a0496b", "#4b5563", "#83573d")
"""Dark enough on white to be read as letters (4.5 to 1 and more)."""

OUR_LINES = (OURS, WITH_ARTISTS)
MARKERS = "osD^vPX*"
DOTS_AN_INCH = 160
WIDTH, CURVE_HEIGHT, LINE_HEIGHT, HEAD = 8.5, 4.8, 0.3, 1.1
DRAWN = ("AUC", "NDCG@10", "Recall@10", "hit rate")
"""Columns of tables that are no curve that are drawn, two at most."""

NAME_GAP = 0.05
"""How far apart names stand at the ends of curves, as a share of the height."""


def draw(report: Report, path: Path) -> None:
    """Draw every table into one picture; the file's ending names its form."""
    tables = [table for table in report.tables if table.lines and (table.curve or _drawn(table))]
    heights = [CURVE_HEIGHT if table.curve else LINE_HEIGHT * len(table.lines) + HEAD for table in tables]
    sheet = Sheet(figsize=(WIDTH, sum(heights, 0.6)), dpi=DOTS_AN_INCH, layout="constrained")
    FigureCanvasAgg(sheet)
    people = f"{report.people:,} {'person' if report.people == 1 else 'people'}"
    title = f"{report.name}: {people}, {report.opinions:,} opinions"
    sheet.suptitle(title, color=INK, fontsize=13, x=0.02, ha="left")
    if tables:
        grid = sheet.subplots(len(tables), squeeze=False, height_ratios=heights)
        for axes, table in zip(grid[:, 0], tables, strict=True):
            _style(axes, table)
            (_curve if table.curve else _points)(axes, table)
    sheet.savefig(path)


def _style(axes: Axes, table: Table) -> None:
    axes.set_title(table.title, loc="left", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="y" if table.curve else "x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _curve(axes: Axes, table: Table) -> None:
    """Draw means over the number of opinions known, with their standard errors; names stand at the ends."""
    places = [place for place, column in enumerate(table.columns) if column.startswith("n=")]
    sizes = [int(table.columns[place].removeprefix("n=")) for place in places]
    for number, line in enumerate(table.lines):
        means = np.array([line.figures[place].mean for place in places])
        errors = np.nan_to_num([line.figures[place].error for place in places])
        colour, ours = _colour(line, number), line.method in OUR_LINES
        axes.plot(
            sizes,
            means,
            color=colour,
            linewidth=2.6 if ours else 1.3,
            linestyle="-" if line.method == OURS or not ours else _dashes(number),
            marker=MARKERS[number % len(MARKERS)],
            markersize=5 if ours else 4,
            zorder=3 if ours else 2,
        )
        if line.method == OURS:
            axes.fill_between(sizes, means - errors, means + errors, color=colour, alpha=0.16, linewidth=0)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("opinions known (band: one standard error)", color=INK, fontsize=9)
    axes.set_ylabel("AUC", color=INK, fontsize=9)
    _name_ends(axes, table, places[-1], sizes[-1])


def _name_ends(axes: Axes, table: Table, last: int, size: int) -> None:
    """Write each line's name beside its end, moved apart and inside the picture, with a thread to its line."""
    ends = [(line.figures[last].mean, number) for number, line in enumerate(table.lines)]
    ends = sorted(end for end in ends if np.isfinite(end[0]))
    low, high = axes.get_ylim()
    heights = _apart(np.array([mean for mean, _ in ends]), (high - low) * NAME_GAP, low, high)
    for (mean, number), height in zip(ends, heights.tolist(), strict=True):
        line = table.lines[number]
        axes.annotate(
            line.method,
            (size, mean),
            xytext=(1.05, (height - low) / (high - low)),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            color=_colour(line, number),
            fontweight="bold" if line.method == OURS else "normal",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": _colour(line, number),
                "linewidth": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 1,
                "shrinkB": 4,
            },
        )


def _apart(wanted: Floats, gap: float, low: float, high: float) -> Floats:
    """Return ascending places at least a gap apart, as near to the wanted ones as they can be, within the bounds."""
    if not len(wanted):
        return wanted
    steps = gap * np.arange(len(wanted))
    # The nearest ascending sequence, in squares, after the gaps are taken out.
    places: Floats = np.asarray(isotonic_regression(wanted - steps).x, dtype=np.float64) + steps
    places += max(low - places[0], 0.0)
    places -= max(places[-1] - high, 0.0)
    return places


def _points(axes: Axes, table: Table) -> None:
    """Draw a point with its standard error for each line, its figure beside it; the axis begins where the points do."""
    columns = _drawn(table)
    for turn, place in enumerate(columns):
        offset = (turn - (len(columns) - 1) / 2) * 0.36
        for number, line in enumerate(table.lines):
            figure, colour = line.figures[place], WARM if line.method in OUR_LINES else OTHERS[0]
            if not np.isfinite(figure.mean):
                continue
            marker, filled = ("o", colour) if turn == 0 else ("D", "white")
            style = {"fmt": marker, "color": colour, "markerfacecolor": filled, "markersize": 6, "linewidth": 1.4}
            error = figure.error if np.isfinite(figure.error) else 0.0
            label = table.columns[place] if number == len(table.lines) - 1 else None
            axes.errorbar(figure.mean, number + offset, xerr=error, label=label, **style)  # type: ignore[arg-type]
    axes.set_yticks(range(len(table.lines)), [line.method for line in table.lines])
    axes.set_ylim(len(table.lines) - 0.4, -0.6)
    axes.margins(x=0.08)
    if len(columns) > 1:
        axes.legend(frameon=False, fontsize=9, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(columns))
    else:
        axes.set_xlabel(f"{table.columns[columns[0]]} (bars: one standard error)", color=INK, fontsize=9)


def _drawn(table: Table) -> list[int]:
    return [place for place, column in enumerate(table.columns) if column in DRAWN][:2]


def _colour(line: Line, number: int) -> str:
    return WARM if line.method in OUR_LINES else OTHERS[number % len(OTHERS)]


def _dashes(number: int) -> tuple[int, tuple[int, int]]:
    return 0, (1 + number % 4, 1)
