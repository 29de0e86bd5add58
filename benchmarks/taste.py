"""Measure the taste model on real feedback beside what else a user would pick: `make eval`.

Every row has our figure, the best opponent's, the goal and the standard error; within one of it a row counts as tied.
The feedback lies beside the project in `../shared/data`; without it there is nothing to measure. Two processes of one
thread each do the work. Figures go to `benchmarks/taste.json` and the README's short table; the exit code is 1 where a
row falls short.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks import taste_readme
from benchmarks.taste_jobs import DATA, Job, fit_times, one_thread
from benchmarks.taste_plan import DRAWS, FOLDERS, SEEDS, SINGLE, UNASKED, Scope, all_jobs, all_rows
from benchmarks.taste_readme import RESULT
from benchmarks.taste_rows import Row, Verdict
from benchmarks.taste_show import rows_as_tables, summary

PROCESSES = 2
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "lightgbm", "xgboost-cpu", "xgboost")
NO_DATA = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything, print it and keep it; return 1 where a row falls short, 2 without anything to measure."""
    options = _parser().parse_args(arguments)
    console, errors = Console(), Console(stderr=True)
    if not DATA.is_dir():
        errors.print(f"make eval needs the real feedback in {DATA}: there is no such folder. Nothing was measured.")
        return NO_DATA
    one_thread()
    began = time.perf_counter()
    scope = Scope(tuple(options.folders or FOLDERS), options.draws)
    rows = measure(scope, errors, options.processes)
    seconds = time.perf_counter() - began
    shown = [row for row in rows if not row.skipped.endswith(UNASKED)]
    for table in rows_as_tables(shown):
        console.print(table, "")
    console.print(summary(shown, seconds))
    if out := options.out or (RESULT if scope == Scope() else None):  # the file in the project holds whole runs alone
        out.write_text(json.dumps(as_json(rows, scope, seconds), indent=1) + "\n", encoding="utf-8")
    if scope == Scope() and not options.out:
        taste_readme.main()
    return 1 if any(row.verdict is Verdict.SHORT for row in rows) else 0


def measure(scope: Scope, console: Console, processes: int = PROCESSES) -> list[Row]:
    """Return all rows; progress goes to the console."""
    work = sorted(all_jobs(scope), key=lambda job: -job.seconds)
    here = [folder for folder in SINGLE if not scope.why_not(folder)]
    with _bar(console) as bar:
        task = bar.add_task("timing fits, alone on the machine", total=sum(job.seconds for job in work))
        # One at a time and before all else, since neighbours on the same caches would blur the ratio.
        timed = {folder: fit_times(folder) for folder in here}
        answers: dict[tuple[object, ...], Any] = {}
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=one_thread) as pool:
            running: dict[Future[Any], Job] = {pool.submit(job.work, *job.arguments): job for job in work}
            try:
                for done in as_completed(running):
                    job = running[done]
                    answers[job.key] = done.result()
                    bar.update(task, advance=job.seconds, description=job.about)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return all_rows(answers, timed, scope)


def as_json(rows: Sequence[Row], scope: Scope, seconds: float) -> dict[str, Any]:
    """Return the figures with what they were measured by and on; nothing names a folder of this machine."""
    return {
        "seconds": round(seconds),
        "seeds": list(SEEDS),
        "draws": scope.draws,
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system()},
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "short": [f"{row.group}, {row.name}" for row in rows if row.verdict is Verdict.SHORT],
        "rows": [_plain({**asdict(row), "verdict": row.verdict.value}) for row in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, float):
        return round(value, 5) if value == value else None  # NaN is no JSON
    return value


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _bar(console: Console) -> Progress:
    columns = (BarColumn(bar_width=24), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"))
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.taste", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help=f"where the figures go as JSON; a whole run's go to {RESULT.name}")
    parser.add_argument("--folders", nargs="+", choices=FOLDERS, help="measure by these alone")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws of the learning curves")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many work at once")
    return parser


if __name__ == "__main__":
    sys.exit(main())
