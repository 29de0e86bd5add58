"""Leave a service alone that keeps failing, so that it holds nobody up, and ask again later."""

import logging
from datetime import datetime, timedelta

from catalog import waits
from catalog.clock import Clock
from catalog.errors import CatalogError, Refused

log = logging.getLogger(__name__)

# A service that stays away is asked four times a day at least.
LONGEST_REST = timedelta(hours=6)
# The reason of a refusal that is our own: the service was not asked.
RESTING = "resting"
UNAVAILABLE = 503


class Breaker:
    """Count failures in a row: after so many the service rests, and longer each time that it fails again.

    When the rest is over one failure is enough for the next. An answer ends it all.
    """

    def __init__(self, service: str, clock: Clock, failures: int, rest: timedelta) -> None:
        self._service = service
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._failures = 0
        self._rests = 0
        self._until: datetime | None = None

    def check(self) -> None:
        """Raise Refused while the service rests."""
        left = self.left()
        if left > 0:
            name = waits.spoken(self._service)
            sentence = (
                f"{name} failed {self._failures} times in a row; it will be asked again in {waits.in_words(left)}."
            )
            raise Refused(sentence, UNAVAILABLE, left, RESTING)

    def left(self) -> float:
        """Return the seconds that are left of the rest, 0 when the service may be asked."""
        return 0.0 if self._until is None else max((self._until - self._clock.now()).total_seconds(), 0.0)

    def passed(self) -> None:
        """Note an answer."""
        if self._rests:
            log.info("%s answers again.", waits.spoken(self._service))
        self._failures, self._rests, self._until = 0, 0, None

    def failed(self, error: CatalogError) -> None:
        """Note a failure; a call that was not made for a pause's sake is none."""
        if isinstance(error, Refused) and error.reason == waits.PAUSED:
            return
        self._failures += 1
        if self._failures < self._most or self.left() > 0:
            return
        rest = min(self._rest * 2**self._rests, LONGEST_REST)
        self._rests = min(self._rests + 1, 16)
        self._until = self._clock.now() + rest
        name, words = waits.spoken(self._service), waits.in_words(rest.total_seconds())
        log.warning("%s failed %d times in a row and is left alone for %s: %s", name, self._failures, words, error)
