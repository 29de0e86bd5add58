"""How the rows of `make eval` look in a terminal, 80 columns wide or more."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich import box
from rich.table import Table
from rich.text import Text

from benchmarks.taste_rows import Row, Verdict

STYLES = {Verdict.MET: "green", Verdict.TIED: "yellow", Verdict.SHORT: "bold red", Verdict.SKIPPED: "dim"}
MARKS = {Verdict.MET: "✓", Verdict.TIED: "≈", Verdict.SHORT: "✗", Verdict.SKIPPED: "–"}
WIDTHS = (25, 5, 6, 4, 26)


def rows_as_tables(rows: Sequence[Row]) -> Iterator[Table]:
    """Yield a table for each group of rows; the mark says the verdict without its colour too."""
    for group, each in groupby(rows, key=lambda row: row.group):
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, padding=0, title=group, title_justify="left", title_style="bold"
        )
        table.add_column("", width=WIDTHS[0])
        for heading, width in zip(("ours", "goal", "±"), WIDTHS[1:4], strict=True):
            table.add_column(heading, justify="right", width=width)
        table.add_column("best of the others", width=WIDTHS[4])
        table.add_column("", no_wrap=True)
        for row in each:
            table.add_row(*_cells(row))
        yield table


def summary(rows: Sequence[Row], seconds: float) -> Text:
    """Return how many rows are met, tied and short, naming the last, and how long it took."""
    text = Text()
    for verdict in Verdict:
        if count := sum(row.verdict is verdict for row in rows):
            text.append(f"{MARKS[verdict]} {count} {verdict}  ", style=STYLES[verdict])
    text.append(
        f"in {seconds / 60:.0f} min. Tied: within one standard error (±) of the goal; beside others it is that of the "
        "difference in the same folds or draws, for new members that of our figure.",
        style="dim",
    )
    for row in rows:
        if row.verdict is Verdict.SHORT:
            text.append(f"\n✗ {row.group}; {row.name}: {figure(row.ours)}, not {figure(row.goal)}", style="red")
        if row.skipped:
            text.append(f"\n– {row.group}: {row.skipped}", style="dim")
    return text


def figure(value: float) -> str:
    """Return a figure as tables show it: .700 instead of 0.700, a dash for none."""
    if value != value:
        return "–"
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def _cells(row: Row) -> tuple[Text, ...]:
    mark = Text(f"{MARKS[row.verdict]} {row.verdict}", style=STYLES[row.verdict])
    if row.skipped:
        return Text(row.name), Text("–"), Text(), Text(), Text(), mark
    opponent = f"{figure(row.opponent_value)} {row.opponent}" if row.opponent else ""
    goal = ("≤ " if row.lowest else "≥ ") + figure(row.goal)
    error = figure(row.error) if row.error > 0 else ""
    return (
        Text(row.name),
        Text(figure(row.ours), style="bold"),
        Text(goal),
        Text(error, style="dim"),
        Text(opponent),
        mark,
    )
