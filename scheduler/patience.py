"""Wait longer after each failure, in memory: a restart may try at once."""

from collections.abc import Hashable
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


class Patience:
    """Remember per key how often something failed and when to try again."""

    def __init__(self) -> None:
        self._waits: dict[Hashable, tuple[int, datetime]] = {}

    def is_over(self, key: Hashable, now: datetime) -> bool:
        """Tell whether the thing may be tried (again)."""
        return key not in self._waits or now >= self._waits[key][1]

    def failed(self, key: Hashable, now: datetime, at_least: float = 0.0) -> bool:
        """Wait twice as long as after the failure before, `at_least` seconds; tell whether it was the first."""
        failures = self._waits.get(key, (0, now))[0]
        wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
        self._waits[key] = (failures + 1, now + max(wait, timedelta(seconds=at_least)))
        return failures == 0

    def done(self, key: Hashable) -> None:
        """Forget the failures."""
        self._waits.pop(key, None)
