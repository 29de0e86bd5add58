"""How late the event loop is: what blocks it keeps Discord waiting too."""

import asyncio
from collections import deque
from typing import Self

STEP_SECONDS = 1.0
REMEMBERED = 60
"""Steps looked back on: a scrape a minute misses none."""


class LagMeter:
    """Wake once a second and note how much later than asked, on the loop's own timer as the heartbeat does."""

    def __init__(self) -> None:
        self._late: deque[float] = deque([0.0], maxlen=REMEMBERED)
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        """Begin, on the running event loop."""
        self._ask()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        if self._timer:
            self._timer.cancel()

    @property
    def worst(self) -> float:
        """Return the longest delay of the last minute, in seconds."""
        return max(self._late)

    def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(STEP_SECONDS, self._woken, loop.time() + STEP_SECONDS)

    def _woken(self, due: float) -> None:
        self._late.append(max(asyncio.get_running_loop().time() - due, 0.0))
        self._ask()
