"""Rate limits of the sandbox's services: off unless a test sets them, since clients are not paced on loopback."""

from collections import deque
from datetime import datetime, timedelta

from catalog.clock import Clock


class RateLimit:
    """At most `limit` requests in a window; None lets everything through."""

    def __init__(self, clock: Clock, window: timedelta, limit: int | None = None) -> None:
        self.limit = limit
        self.window = window
        self._clock = clock
        self._recent: deque[datetime] = deque()

    def admit(self) -> bool:
        """Count a request; tell whether it is within the limit."""
        self._forget()
        if self.limit is not None and len(self._recent) >= self.limit:
            return False
        self._recent.append(self._clock.now())
        return True

    @property
    def remaining(self) -> int:
        """Return how many requests are left in the window."""
        self._forget()
        return max((self.limit if self.limit is not None else 1_000) - len(self._recent), 0)

    @property
    def resets_in(self) -> int:
        """Return the seconds until the oldest request leaves the window."""
        self._forget()
        if not self._recent:
            return int(self.window.total_seconds())
        left = self._recent[0] + self.window - self._clock.now()
        return max(1, round(left.total_seconds()))

    def _forget(self) -> None:
        now = self._clock.now()
        while self._recent and now - self._recent[0] >= self.window:
            self._recent.popleft()
