"""The figures of an evaluation as a picture: learning curves as lines, all else as bars."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet

from recommender.evaluation import OURS
from recommender.evaluation_report import Report, Table

INK, FAINT, WARM = "#22252b", "#8a919e", "#e4572e"
OTHERS = ("#17627d", "#6a994e", "#7b5ea7", "#c08a1e", "#4c9fa8", "#a0496b", "#5b6472", "#9c6b4f")
DOTS_AN_INCH = 160
BARS = ("Recall@10", "NDCG@10")
"""Columns of a table that is not a curve that are drawn; the first of it where it has none of these."""


def draw(report: Report, path: Path) -> None:
    """Draw every table into one picture; the file's ending names its form."""
    tables = report.tables
    sheet = Sheet(figsize=(8.5, 4.6 * len(tables) + 0.4), dpi=DOTS_AN_INCH, layout="constrained")
    FigureCanvasAgg(sheet)
    sheet.suptitle(
        f"{report.name}: {report.people:,} people, {report.opinions:,} opinions",
        color=INK,
        fontsize=13,
        x=0.02,
        ha="left",
    )
    for axes, table in zip(sheet.subplots(len(tables), squeeze=False)[:, 0], tables, strict=True):
        _style(axes, table)
        if table.curve:
            _curve(axes, table)
        else:
            _bars(axes, table)
    sheet.savefig(path)


def _style(axes: Axes, table: Table) -> None:
    axes.set_title(table.title, loc="left", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="y" if table.curve else "x", color="#e6e8ec", linewidth=0.8)
    axes.set_axisbelow(True)


def _curve(axes: Axes, table: Table) -> None:
    """Draw means over the number of opinions known, with a band of one standard error; names stand at the ends."""
    places = [place for place, column in enumerate(table.columns) if column.startswith("n=")]
    sizes = [int(table.columns[place].removeprefix("n=")) for place in places]
    for number, line in enumerate(table.lines):
        means = [line.figures[place].mean for place in places]
        errors = [line.figures[place].error for place in places]
        colour, ours = _colour(table, number), line.method == OURS
        axes.plot(sizes, means, color=colour, linewidth=2.6 if ours else 1.4, marker="o", markersize=3.5)
        low, high = zip(*((mean - error, mean + error) for mean, error in zip(means, errors, strict=True)), strict=True)
        axes.fill_between(sizes, low, high, color=colour, alpha=0.16 if ours else 0.05, linewidth=0)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("opinions known", color=INK, fontsize=9)
    axes.set_ylabel("AUC", color=INK, fontsize=9)
    _name_ends(axes, table, places[-1], sizes[-1])


def _name_ends(axes: Axes, table: Table, last: int, size: int) -> None:
    """Write each line's name beside its end, moved apart where ends are close."""
    ends = sorted((line.figures[last].mean, number) for number, line in enumerate(table.lines))
    low, high = axes.get_ylim()
    gap, at = (high - low) * 0.055, float("-inf")
    for mean, number in ends:
        at = max(mean, at + gap)
        line = table.lines[number]
        axes.annotate(
            line.method,
            (size, at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=_colour(table, number),
            fontweight="bold" if line.method == OURS else "normal",
            annotation_clip=False,
        )


def _bars(axes: Axes, table: Table) -> None:
    places = [place for place, column in enumerate(table.columns) if column in BARS] or [0]
    height = 0.8 / len(places)
    for turn, place in enumerate(places):
        at = [number + turn * height for number in range(len(table.lines))]
        figures = [line.figures[place] for line in table.lines]
        axes.barh(
            at,
            [figure.mean for figure in figures],
            height * 0.92,
            xerr=[figure.error for figure in figures],
            color=(OTHERS[0], "#9fc3cf")[turn % 2],
            error_kw={"ecolor": FAINT, "linewidth": 1},
            label=table.columns[place],
        )
    axes.set_yticks([number + height * (len(places) - 1) / 2 for number in range(len(table.lines))])
    axes.set_yticklabels([line.method for line in table.lines])
    axes.invert_yaxis()
    axes.legend(frameon=False, fontsize=9, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(places))


def _colour(table: Table, number: int) -> str:
    return WARM if table.lines[number].method == OURS else OTHERS[number % len(OTHERS)]
