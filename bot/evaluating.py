"""`tastebud evaluate`: how well the ways to recommend do on real feedback, beside what else could be used."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid
from rich.text import Text
from threadpoolctl import threadpool_limits

from bot.errors import StartError
from recommender.evaluation import Plan, evaluate
from recommender.evaluation_data import BadFolder, read
from recommender.evaluation_join import join
from recommender.evaluation_report import Figure, Report, Table

DIGITS = 3
STEPS = 1000


@dataclass(frozen=True, slots=True)
class Output:
    """What becomes of the figures: `as_json` on standard output instead of tables, `plot` a picture of the curves."""

    as_json: bool = False
    plot: Path | None = None


def show(
    folder: Path, plan: Plan, output: Output, console: Console, errors: Console, joined: Path | None = None
) -> None:
    """Judge a folder of feedback and print what was found; progress goes to `errors`, so that figures can be piped.

    Tags and factors of artists are taken from the folder `joined`, if any.

    Raises:
        StartError: the folder is no use, or the picture cannot be written.
    """
    if output.plot is not None:
        _check(output.plot)
    try:
        corpus = read(folder) if joined is None else join(read(folder), read(joined), plan.seeds[0])
        # Threads of BLAS only get into one another's way on matrices this small.
        with _bar(errors) as bar, threadpool_limits(1):
            task = bar.add_task("", total=STEPS)
            report = evaluate(
                corpus, plan, lambda what, done: bar.update(task, description=what, completed=done * STEPS)
            )
    except BadFolder as error:
        raise StartError(str(error)) from error
    if output.as_json:
        console.print_json(json.dumps(report.as_json()))
    else:
        print_report(report, console)
    if output.plot is not None:
        _plot(report, output.plot)
        errors.print(f"The curves are in {output.plot}.", highlight=False)


def seeds_of(text: str) -> tuple[int, ...]:
    """Return the seeds of a text such as '0,1,2'.

    Raises:
        StartError: they are not whole numbers from 0 on.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise StartError(f"--seeds is {text!r}: write whole numbers with commas between, such as 0,1,2.")
    return tuple(dict.fromkeys(int(part) for part in parts))


def print_report(report: Report, console: Console) -> None:
    """Print every table; the best of a column, and what is within a standard error of it, stands in bold."""
    console.print(
        f"{report.name}: {report.people:,} people, {report.tracks:,} tracks, {report.opinions:,} opinions; "
        f"seeds {', '.join(map(str, report.seeds))}",
        highlight=False,
    )
    for table in report.tables:
        console.print()
        console.print(_grid(table))
        console.print(
            f"{table.note}. Bold: the best, or within one standard error of it.", style="dim", highlight=False
        )


def _grid(table: Table) -> Grid:
    grid = Grid(title=table.title, title_justify="left", box=None, pad_edge=False)
    grid.add_column("", no_wrap=True)
    for column in table.columns:
        grid.add_column(column.replace("@", "\n@"), justify="right")  # a terminal of 80 columns has room for that
    for line in table.lines:
        cells = [_cell(figure, bold=table.ties(place, figure)) for place, figure in enumerate(line.figures)]
        grid.add_row(line.method, *cells)
    return grid


def _cell(figure: Figure, *, bold: bool) -> Text:
    if figure.mean != figure.mean:  # NaN: nothing could be measured
        return Text("-", style="dim")
    mean = f"{figure.mean:.{DIGITS}f}" if abs(figure.mean) < 1 else f"{figure.mean:.2f}"
    text = Text(mean.replace("0.", ".", 1) if abs(figure.mean) < 1 else mean, style="bold" if bold else "")
    if figure.error == figure.error:
        text.append(f" ±{figure.error:.{DIGITS}f}".replace("±0.", "±."), style="dim")
    return text


def _bar(console: Console) -> Progress:
    return Progress(
        BarColumn(bar_width=24),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _check(path: Path) -> None:
    """Find out before minutes of work that the picture could not be written."""
    if not path.parent.is_dir():
        raise StartError(f"There is no folder '{path.parent}' for the picture: make it first.")
    if not find_spec("matplotlib"):
        raise StartError("A picture needs matplotlib: run pip install matplotlib.")


def _plot(report: Report, path: Path) -> None:
    from bot.evaluating_plot import draw

    try:
        draw(report, path)
    except (OSError, ValueError) as error:
        raise StartError(f"{path} cannot be written ({error}): name a .png, .svg or .pdf.") from error
