"""Write the README's short table of accuracy from `benchmarks/taste.json`: `python -m benchmarks.taste_readme`.

`make eval` does so after a whole run; a test holds both together.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.taste_rows import Verdict
from benchmarks.taste_show import MARKS, figure

RESULT = Path(__file__).parent / "taste.json"
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- accuracy: written by make eval -->", "<!-- end of accuracy -->"

SHORT = (
    ("mcintire: one person", "all opinions", "One person's 2,005 tracks by sound alone, AUC"),
    ("mcintire: one person", "n = 20", "the same after 20 opinions"),
    ("mcintire: one person", "n = 160", "the same after 160"),
    ("seed: one person", "all opinions", "Another's 2,070 tracks, AUC"),
    ("brice: one person", "all opinions", "A third's 195 tracks, AUC"),
    ("mcintire with tags", "10 folds", "The first with tags and factors of the artists, AUC"),
    ("situnes", "n = 5 ", "A new member after 5 opinions, 30 people, AUC"),
    ("cm100k: a new", "n = 5 ", "A new member after 5 opinions, 702 people, AUC"),
    ("cm100k: a new", "n = 80", "the same after 80"),
    ("hetrec", "NDCG@10", "Lists from the plays of 1,892 people, NDCG@10"),
    ("Calibration", "cm100k", "How far told chances are from what came true (less is better)"),
    ("Time of a fit", "mcintire", "Time of a fit beside a random forest of 300 trees (less is better)"),
)
"""Rows of the whole table that tell most: how their group and name begin, and what they are called here."""


def short_table(result: Mapping[str, Any]) -> str:
    """Return the short table as Markdown."""
    lines = ["| | Tastebud | best of the others | |", "|---|---|---|---|"]
    for group, name, words in SHORT:
        rows = (row for row in result["rows"] if row["group"].startswith(group) and row["name"].startswith(name))
        row = next((each for each in rows if each["ours"] is not None), None)
        if row is not None:
            verdict = Verdict(row["verdict"])
            other = f"{figure(row['opponent_value'])} {row['opponent']}"
            lines.append(f"| {words} | **{figure(row['ours'])}** | {other} | {MARKS[verdict]} {verdict} |")
    counts = {verdict: sum(row["verdict"] == verdict for row in result["rows"]) for verdict in Verdict}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    whole = f"Of all {len(result['rows'])} rows of `make eval`: {told} (tied: within one standard error)."
    return "\n".join([*lines, "", whole])


def with_table(readme: str, table: str) -> str:
    """Return the README with this table in its place."""
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Put the table of the last whole run into the README."""
    table = short_table(json.loads(RESULT.read_text(encoding="utf-8")))
    README.write_text(with_table(README.read_text(encoding="utf-8"), table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
