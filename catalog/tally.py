"""Count calls without waiting for the disk: what comes within a moment is written together."""

import asyncio
from collections import Counter
from contextlib import suppress

from catalog.ledger import Ledger

# A write costs milliseconds, and a service is asked up to ten times a second; people look at the counts.
MOMENT = 0.25


class Tally:
    """Counts on their way into the ledger; a kill may lose those of the last moment, which no budget hangs on."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._counts: Counter[tuple[str, str]] = Counter()
        self._hurry = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    def add(self, service: str, bucket: str) -> None:
        """Count one call; raise what kept earlier ones from being written."""
        self._counts[service, bucket] += 1
        if self._writing is not None and self._writing.done():
            ended, self._writing = self._writing, None
            ended.result()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Return when everything counted so far is in the ledger."""
        if self._writing is None:
            return
        self._hurry.set()
        try:
            await self._writing
        finally:
            self._hurry.clear()
            self._writing = None

    async def _write(self) -> None:
        while self._counts:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), MOMENT)
            taken, self._counts = self._counts, Counter()
            for (service, bucket), calls in taken.items():
                await self._ledger.spend(service, bucket, calls)
