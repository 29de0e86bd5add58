"""Try a step for one drop after the other: a failure is said once, waits longer each time, and stops no other."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from catalog.errors import CatalogError, NotLinked, PremiumNeeded, Refused, Unreachable
from scheduler.patience import Patience
from storage.drops import Drop

T = TypeVar("T")

SILENCES = 3
"""Times in a row that Spotify may fail to answer before a pass gives up: each costs a time-out."""

_QUOTA = 429
_SPOTIFY = "spotify"

log = logging.getLogger(__name__)


class Attempts:
    """One step of the weekly run, tried drop by drop.

    With `shared_fate` (the step needs the bot's account) a failure that is everybody's, such as a lost consent
    or a used-up quota, ends the pass for all.
    """

    def __init__(self, verb: str, *, shared_fate: bool) -> None:
        self._verb = verb
        self._shared_fate = shared_fate
        self._patience = Patience()
        self._said = ""
        self._silences = 0
        self._stopped = False

    def begin(self) -> None:
        """Begin a pass."""
        self._silences = 0
        self._stopped = False

    def may_try(self, drop: Drop, now: datetime) -> bool:
        """Tell whether the drop's turn has come (again)."""
        return not self._stopped and self._patience.is_over(_SPOTIFY, now) and self._patience.is_over(drop.id, now)

    async def run(self, drop: Drop, step: Callable[[], Awaitable[T]], now: datetime) -> T | None:
        """Return what the step returns, None when it failed; call it only if `may_try`."""
        try:
            result = await step()
        except CatalogError as error:
            self._say(drop, error)
            self._wait(drop, error, now)
            return None
        except Exception:
            # One person's failure must not stop the others.
            log.exception(
                "The drop of %s %d could not be %s; it is tried again.", drop.owner.kind, drop.owner.id, self._verb
            )
            self._patience.failed(drop.id, now)
            return None
        self._patience.done(drop.id)
        self._said, self._silences = "", 0
        return result

    def _say(self, drop: Drop, error: CatalogError) -> None:
        sentence = str(error)
        if sentence != self._said:
            owner = drop.owner
            log.error("The drop of %s %d could not be %s yet: %s", owner.kind, owner.id, self._verb, sentence)
        self._said = sentence

    def _wait(self, drop: Drop, error: CatalogError, now: datetime) -> None:
        refused = isinstance(error, Refused) and (isinstance(error, PremiumNeeded) or error.status == _QUOTA)
        if self._shared_fate and (refused or isinstance(error, NotLinked)):
            self._stopped = True
            if isinstance(error, Refused):
                self._patience.failed(_SPOTIFY, now, error.retry_after or 0.0)
            return
        self._patience.failed(drop.id, now)
        self._silences = self._silences + 1 if isinstance(error, Unreachable) else 0
        self._stopped = self._silences >= SILENCES
