"""What was asked in vain, and who does not answer: neither is asked again at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from catalog.clock import Clock
from catalog.errors import Unreachable
from catalog.ledger import Misses
from catalog.models import Service
from catalog.waits import spoken

T = TypeVar("T")

# What a service does not have today it may have in two weeks.
MISS_LASTS = timedelta(days=14)
# A service's silence takes a while to be sure of: what waits behind it shall not wait as long again.
SILENCE_LASTS = timedelta(seconds=30)


class Memory:
    """Misses, which stand for two weeks, and silences, which last a moment; a refusal is neither."""

    def __init__(self, misses: Misses, clock: Clock) -> None:
        self._misses = misses
        self._clock = clock
        self._silent_until: dict[Service, datetime] = {}

    async def missed(self, service: Service, key: str) -> bool:
        """Tell whether the answer was none lately."""
        return await self._misses.known(service, key, self._clock.now() - MISS_LASTS)

    async def remember(self, service: Service, key: str) -> None:
        """Keep that the answer was none."""
        await self._misses.remember(service, key)

    async def unless_missed(self, service: Service, key: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """Ask, unless the answer was none lately; an error is raised and never remembered."""
        if await self.missed(service, key):
            return None
        found = await ask()
        if found is None:
            await self.remember(service, key)
        return found

    async def unless_silent(self, service: Service, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, unless the service did not answer a moment ago, which is an error like that one."""
        until = self._silent_until.get(service)
        if until is not None and self._clock.now() < until:
            raise Unreachable(f"{spoken(service)} did not answer a moment ago; it will be asked again soon.")
        try:
            return await ask()
        except Unreachable:
            self._silent_until[service] = self._clock.now() + SILENCE_LASTS
            raise
