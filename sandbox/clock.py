"""A clock that the demo and the tests move by hand."""

import asyncio
from datetime import UTC, datetime, timedelta


class FastClock:
    """Stand still until told otherwise; a sleep returns at once and moves the time by what was slept."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)) -> None:
        self._now = start
        self.slept = 0.0

    def now(self) -> datetime:
        """Return this clock's instant, timezone-aware, in UTC."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let others run once, then move the time forward by that many seconds."""
        self.slept += max(seconds, 0.0)
        await asyncio.sleep(0)
        self.advance(timedelta(seconds=max(seconds, 0.0)))

    def advance(self, by: timedelta) -> None:
        """Move the time forward."""
        self._now += by

    def move_to(self, instant: datetime) -> None:
        """Set the time, backwards too: real clocks jump."""
        self._now = instant.astimezone(UTC)
