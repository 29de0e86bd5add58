"""The one source of time. Nothing else in the product asks the system for it."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tell the time and wait; made in the composition root and handed to everybody.

    Waits are bounded (a back-off, a pause): periodic work hangs on the scheduler's tick, so a clock
    whose sleep returns at once, as in the demo, cannot spin.
    """

    def now(self) -> datetime:
        """Return the current instant, timezone-aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of this clock."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the current instant, timezone-aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait that many real seconds."""
        await asyncio.sleep(seconds)
