"""`tastebud evaluate`: how well the ways to recommend do on real feedback, beside what else could be used."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits

from bot.errors import StartError
from bot.evaluating_print import print_report
from recommender.evaluation import Plan, evaluate
from recommender.evaluation_data import BadFolder, read
from recommender.evaluation_join import join
from recommender.evaluation_live import evaluate_stream
from recommender.evaluation_report import Progress as Told
from recommender.evaluation_report import Report
from recommender.evaluation_stream import Stream

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

    def work(progress: Told) -> Report:
        corpus = read(folder) if joined is None else join(read(folder), read(joined), plan.seeds[0])
        return evaluate(corpus, plan, progress)

    _present(work, output, console, errors)


def show_stream(stream: Stream, plan: Plan, output: Output, console: Console, errors: Console) -> None:
    """Judge a community that is alive, and print what was found as `show` does.

    Raises:
        StartError: there is too little to judge by, or the picture cannot be written.
    """
    if output.plot is not None:
        _check(output.plot)
    _present(lambda progress: evaluate_stream(stream, plan, progress), output, console, errors)


def _present(work: Callable[[Told], Report], output: Output, console: Console, errors: Console) -> None:
    try:
        # Threads of BLAS only get into one another's way on matrices this small. What warns of constant columns or
        # one kind of opinion in a draw is told by the figures.
        with _bar(errors) as bar, threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            task = bar.add_task("", total=STEPS)
            report = work(lambda what, done: bar.update(task, description=what, completed=done * STEPS))
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
