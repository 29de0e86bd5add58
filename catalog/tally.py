"""Count calls without waiting for the disk: what comes while counts are being written is written together next."""

import asyncio
from collections import Counter

from catalog.ledger import Ledger


class Tally:
    """Counts on their way into the ledger; a kill may lose the last of them, which no budget hangs on."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._counts: Counter[tuple[str, str]] = Counter()
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
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    async def _write(self) -> None:
        while self._counts:
            taken, self._counts = self._counts, Counter()
            for (service, bucket), calls in taken.items():
                await self._ledger.spend(service, bucket, calls)
