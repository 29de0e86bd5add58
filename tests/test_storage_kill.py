"""kill -9 while feedback comes in."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENOUGH = 60


@pytest.mark.parametrize("turn", range(2))
def test_kill_9_loses_nothing_acknowledged(tmp_path: Path, turn: int) -> None:
    """Every reaction whose await returned before the kill is in the file after it."""
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "storage_kill_child.py"), str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert child.stdout is not None
    with child, child.stdout as pipe:
        acknowledged = [int(next(pipe)) for _ in range(ENOUGH + 13 * turn)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in pipe if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    conn = sqlite3.connect(tmp_path / "tastebud.db")
    kept = {
        row[0]
        for row in conn.execute("SELECT discord_id FROM feedback JOIN people ON people.id = person_id WHERE source = 2")
    }
    check = conn.execute("PRAGMA integrity_check").fetchone()
    conn.close()
    assert check == ("ok",)
    assert set(acknowledged) <= kept
    assert len(acknowledged) >= ENOUGH
