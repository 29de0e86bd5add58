"""The figures of an evaluation in a terminal, 80 columns wide or more."""

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from recommender.evaluation_report import Figure, Report, Table

DIGITS = 3
SHORTENED = {
    "calibration error": "calib.\nerror",
    "coverage": "cover-\nage",
    "Precision@30": "prec.\n@30",
    "by chance": "by\nchance",
    "accuracy": "accu-\nracy",
    "Recall@10 all": "Recall\n@10 all",
    "NDCG@10 all": "NDCG\n@10 all",
}
"""Headings that would be wider than the figures below them."""

MARKED = " Bold: the best, or within one standard error of it."


def print_report(report: Report, console: Console) -> None:
    """Print every table; the best of a column, and what is within a standard error of it, stands in bold."""
    people = f"{report.people:,} {'person' if report.people == 1 else 'people'}"
    console.print(
        f"{report.name}: {people}, {report.tracks:,} tracks, {report.opinions:,} opinions; "
        f"seeds {', '.join(map(str, report.seeds))}",
        highlight=False,
    )
    for table in report.tables:
        console.print()
        console.print(_fitting(table, console))
        console.print(f"{table.note}.{MARKED if table.ranked else ''}", style="dim", highlight=False)
    for sentence in report.left_out:
        console.print()
        console.print(sentence, highlight=False)


def _fitting(table: Table, console: Console) -> Grid:
    """Return the table with standard errors beside the figures, or below them where that is too wide."""
    wide = _grid(table, " ", (0, 1))
    return wide if console.measure(wide).maximum <= console.width else _grid(table, "\n", (0, 0, 0, 1))


def _grid(table: Table, between: str, padding: tuple[int, ...]) -> Grid:
    grid = Grid(title=table.title, title_justify="left", box=None, padding=padding, pad_edge=False)  # type: ignore[arg-type]
    grid.add_column("", no_wrap=True)
    for column in table.columns:
        # A terminal of 80 columns has room for ten that are no wider than their figures.
        grid.add_column(SHORTENED.get(column, column.replace("@", "\n@")), justify="right", vertical="top")
    for line in table.lines:
        cells = [_cell(figure, between, bold=table.ties(place, figure)) for place, figure in enumerate(line.figures)]
        grid.add_row(line.method, *cells)
    return grid


def _cell(figure: Figure, between: str, *, bold: bool) -> Text:
    if figure.mean != figure.mean:  # NaN: nothing could be measured
        return Text("-", style="dim")
    text = Text(_number(figure), style="bold" if bold else "")
    if figure.error == figure.error:
        text.append(f"{between}±{figure.error:.{DIGITS}f}".replace("±0.", "±."), style="not bold dim")
    return text


def _number(figure: Figure) -> str:
    mean = figure.mean
    if figure.error != figure.error and mean >= 1 and float(mean).is_integer():
        return f"{mean:,.0f}"  # a count
    return f"{mean:.{DIGITS}f}".replace("0.", ".", 1) if abs(mean) < 1 else f"{mean:.2f}"
