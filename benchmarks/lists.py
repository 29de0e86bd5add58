"""What an optimised list gains and costs beside top-N and MMR, and how long it takes: `python -m benchmarks.lists`.

Replayed on feedback that was held back: a community made up with a seed, and the plays and ratings in `../shared/data`
where they lie beside the project. Times are medians of 500 candidates ranked into 50 picks, the ways in turns.
"""

import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid
from threadpoolctl import threadpool_limits

from recommender.dataset import Floats
from recommender.evaluation_data import read
from recommender.evaluation_replay import Case, from_likes, from_opinions, replay, synthetic, verdict
from recommender.evaluation_report import Table
from recommender.listing import Aims, Weights, arrange
from recommender.ranking import RankingSettings, weights_of

DATA = Path(__file__).parents[2] / "shared" / "data"
CANDIDATES, PICKS, WIDTH, TASTES = 500, 50, 32, 4
ROUNDS = 30
LENGTHS = (10, 30)
WIDE = 110


def textbook(scores: Floats, vectors: Floats, count: int, diversity: float) -> list[int]:
    """Rank by maximal marginal relevance as it is usually written (Carbonell and Goldstein, 1998)."""
    chosen: list[int] = []
    left = list(range(len(scores)))
    while left and len(chosen) < count:
        best, worth = left[0], -np.inf
        for row in left:
            alike = max((float(np.dot(vectors[row], vectors[other])) for other in chosen), default=0.0)
            value = scores[row] - diversity * max(alike, 0.0)
            if value > worth:
                best, worth = row, value
        chosen.append(best)
        left.remove(best)
    return chosen


def timed() -> tuple[float, float, float, bool]:
    """Return milliseconds of textbook MMR, of ours as MMR and with all aims, and whether both MMRs agree."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 1, (CANDIDATES, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = rng.random(CANDIDATES)
    nobody = np.full(CANDIDATES, -1, dtype=np.int64)
    alone = Aims(vectors, nobody, np.zeros((CANDIDATES, 0)), np.zeros(0))
    artists = rng.integers(0, CANDIDATES // 3, CANDIDATES)
    shares = rng.dirichlet(np.ones(TASTES))
    full = Aims(vectors, artists, rng.dirichlet(np.ones(TASTES), CANDIDATES), shares)
    found: dict[str, list[float]] = {"textbook": [], "mmr": [], "list": []}
    slow: list[int] = []
    fast: list[int] = []
    for round_ in range(ROUNDS):
        if round_ < 3:  # the textbook's takes a second each
            begun = time.perf_counter()
            slow = textbook(scores, vectors, PICKS, 0.1)
            found["textbook"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        places = list(arrange(scores, scores, alone, Weights(0.1, 0.0, CANDIDATES), PICKS, (), rng))
        found["mmr"].append(time.perf_counter() - begun)
        fast = [place.row for place in places]
        begun = time.perf_counter()
        list(arrange(scores, scores + 0.1, full, weights_of(RankingSettings()), PICKS, (7, 22, 37), rng))
        found["list"].append(time.perf_counter() - begun)
    textbook_ms, mmr_ms, list_ms = (1000 * float(np.median(values)) for values in found.values())
    return textbook_ms, mmr_ms, list_ms, slow == fast


def bodies() -> dict[str, list[Case]]:
    """Return all cases there are to replay."""
    found = {"synthetic": list(from_opinions(synthetic(1), 1))}
    if (DATA / "cm100k").is_dir():
        found["cm100k"] = list(from_opinions(read(DATA / "cm100k"), 1))
    if (DATA / "hetrec").is_dir():
        found["hetrec"] = list(from_likes(read(DATA / "hetrec"), 1))
    return found


def show(console: Console, table: Table) -> None:
    """Print one table and what the list trades."""
    grid = Grid(title=table.title)
    grid.add_column("way")
    for column in table.columns:
        grid.add_column(column, justify="right")
    for line in table.lines:
        grid.add_row(line.method, *(f"{figure.mean:.3f} ± {figure.error:.3f}" for figure in line.figures))
    console.print(grid)
    console.print(f"The list against top-N: {verdict(table)}.\n")


def main() -> int:
    """Print all tables; return 1 where the list costs more likes than a standard error, or ranks otherwise."""
    console = Console(width=WIDE)
    lost = []
    with threadpool_limits(1):
        cases = bodies()
        for length in LENGTHS:
            for table in replay(cases, length):
                show(console, table)
                lost += [table.title] if "more than" in verdict(table) else []
        textbook_ms, mmr_ms, list_ms, same = timed()
    console.print(
        f"{CANDIDATES} candidates into {PICKS} picks: textbook MMR {textbook_ms:.0f} ms, ours {mmr_ms:.2f} ms "
        f"({textbook_ms / mmr_ms:.0f} times faster), with tastes, artists and wildcards {list_ms:.2f} ms "
        f"({textbook_ms / list_ms:.0f} times faster); both MMRs rank {'alike' if same else 'DIFFERENTLY'}."
    )
    if lost:
        console.print(f"Likes were lost beyond a standard error: {', '.join(lost)}.")
    return int(bool(lost) or not same)


if __name__ == "__main__":
    sys.exit(main())
