"""A heartbeat file beside the database: written while the process lives, read by `tastebud health`."""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from catalog.clock import Clock

log = logging.getLogger(__name__)

BEAT_SUFFIX = ".heartbeat"
BEAT_SECONDS = 15.0
STALE_AFTER = timedelta(seconds=90)  # six beats: a box that swaps is slow, not dead


@dataclass(frozen=True, slots=True)
class Beat:
    """What the running process says of itself."""

    pid: int
    at: str
    connected: bool

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether the process was alive a moment ago."""
        return now - datetime.fromisoformat(self.at) <= STALE_AFTER


def read_beat(path: Path) -> Beat | None:
    """Return the last heartbeat, or None where no process has written one."""
    try:
        return Beat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def judge(path: Path, now: datetime) -> tuple[bool, str]:
    """Tell whether a process lives, and how it is, in a sentence."""
    beat = read_beat(path)
    if beat is None:
        return False, f"No bot is running: there is no heartbeat in {path}."
    if not beat.is_fresh(now):
        return False, f"The bot gave its last sign of life at {beat.at[:19]} UTC: see its log, and start it again."
    return True, f"Alive (process {beat.pid}), {'connected to Discord' if beat.connected else 'waiting for Discord'}."


class Heartbeat:
    """Write the file every few seconds for as long as the event loop turns."""

    def __init__(self, path: Path, clock: Clock, is_connected: Callable[[], bool]) -> None:
        self._is_connected = is_connected
        self._path = path
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._complained = False

    def __enter__(self) -> Self:
        """Begin, on the running event loop."""
        self.beat()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and take the file away: a stopped process is not alive."""
        if self._timer:
            self._timer.cancel()
        with suppress(OSError):  # it has been complained of
            self._path.unlink(missing_ok=True)

    def beat(self) -> None:
        """Write the file now and again in a while.

        It hangs on the event loop's own timer, not on the scheduler's tick: a weekly run of an hour is no sickness.
        """
        self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self.beat)
        try:
            self._write()
        except OSError as error:
            if not self._complained:
                log.warning("The heartbeat %s cannot be written (%s): make room or grant access.", self._path, error)
            self._complained = True
        else:
            self._complained = False

    def _write(self) -> None:
        beat = Beat(pid=os.getpid(), at=self._clock.now().isoformat(), connected=self._is_connected())
        fresh = self._path.with_suffix(".new")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(asdict(beat)), encoding="utf-8")
        fresh.replace(self._path)
