"""What stands between us and one service: its pace, the window it tells of, and its breaker."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiolimiter import AsyncLimiter

from catalog import waits
from catalog.breaker import Breaker
from catalog.clock import Clock

# ListenBrainz says how many calls are left in its window and in how many seconds the next begins.
REMAINING, RESET_IN = "X-RateLimit-Remaining", "X-RateLimit-Reset-In"


@dataclass(frozen=True, slots=True)
class SourcesSettings:
    """How failing music services are treated.

    failures: failures in a row after which a service is left alone for a while.
    rest_minutes: how long it is left alone; twice as long each time that it fails again, up to six hours.
    """

    failures: int = 5
    rest_minutes: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if self.failures < 1 or self.rest_minutes <= 0:
            raise ValueError("failures cannot be below 1, and rest_minutes must be above 0.")


class Pace:
    """Let calls through so often a second."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._limiter = self._new()
        self._last = 0.0

    async def turn(self) -> None:
        """Return when a call may be made."""
        now = asyncio.get_running_loop().time()
        if now < self._last:  # a loop's time may be moved by hand, and the limiter would wait for all that it went back
            self._limiter = self._new()
        self._last = now
        await self._limiter.acquire()

    def _new(self) -> AsyncLimiter:
        # A limiter lets no call through that is larger than its bucket: below one a second the period grows.
        return AsyncLimiter(max(self._per_second, 1.0), max(1.0, 1.0 / self._per_second))


class Line:
    """The way to one service."""

    def __init__(self, service: str, clock: Clock, settings: SourcesSettings) -> None:
        self.breaker = Breaker(service, clock, settings.failures, timedelta(minutes=settings.rest_minutes))
        self._clock = clock
        self._pace: Pace | None = None
        self._free_at: datetime | None = None

    def pace(self, per_second: float) -> None:
        """Let calls through at most so often."""
        self._pace = Pace(per_second)

    async def turn(self) -> None:
        """Return when a call may be made."""
        if self._free_at is not None:
            left = (self._free_at - self._clock.now()).total_seconds()
            self._free_at = None
            if left > 0:
                await self._clock.sleep(left)
        if self._pace is not None:
            await self._pace.turn()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the window: when it is used up, wait for the next."""
        if headers.get(REMAINING) == "0" and RESET_IN in headers:
            seconds = min(waits.retry_after(headers[RESET_IN], self._clock.now()), waits.SHORT_WAIT)
            self._free_at = self._clock.now() + timedelta(seconds=seconds)
