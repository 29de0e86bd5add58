"""What the clients need of what storage keeps across restarts: the quota ledger, misses and answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from catalog.models import Kept


class Ledger(Protocol):
    """Keep pauses that services asked for, and calls spent a UTC day."""

    async def pause(self, service: str, until: datetime, reason: str) -> None:
        """Remember that the service is not to be called before that instant."""
        ...

    async def paused_until(self, service: str) -> datetime | None:
        """Return the end of the service's pause, or None."""
        ...

    async def spend(self, service: str, bucket: str, n: int = 1) -> None:
        """Count calls of now, for today, without waiting for the disk."""
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


class Answers(Protocol):
    """Keep what services answered, under a kind of question and a key, for ever; asking anew replaces it."""

    async def recall(self, kind: str, keys: Sequence[str]) -> Mapping[str, Kept]:
        """Return what is kept under these keys."""
        ...

    async def remember(self, kind: str, texts: Mapping[str, str | None]) -> None:
        """Keep answers of now, None for a miss."""
        ...
