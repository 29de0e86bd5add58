"""What the clients need of the quota ledger and of the memory of misses, which storage keeps across restarts."""

from datetime import datetime
from typing import Protocol


class Ledger(Protocol):
    """Keep pauses that services asked for, and calls spent a UTC day."""

    async def pause(self, service: str, until: datetime, reason: str) -> None:
        """Remember that the service is not to be called before that instant."""
        ...

    async def paused_until(self, service: str) -> datetime | None:
        """Return the end of the service's pause, or None."""
        ...

    async def spend(self, service: str, bucket: str, n: int = 1) -> None:
        """Count calls of today."""
        ...

    async def spent(self, service: str, bucket: str, since: datetime) -> int:
        """Return the calls counted since the UTC day of that instant."""
        ...


class Misses(Protocol):
    """Remember what a service does not have, so that it is not asked again soon."""

    async def remember(self, service: str, key: str) -> None:
        """Remember a miss of now."""
        ...

    async def known(self, service: str, key: str, since: datetime) -> bool:
        """Tell whether it was missed since that instant."""
        ...
