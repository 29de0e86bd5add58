"""Who is first: what happens to one message happens in order, and stale reads are noticed.

discord.py starts a task for each event, so a reaction could overtake the message it stands on while
that message's link is still being resolved. Every handler takes a turn on the message's id; turns on
one message are served in the order in which they were asked for.

Catch-up reads pages of history and applies them a little later. What live events touched in between
is newer than the page: a `Reading` notes it, and the reader looks at that message again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Turns:
    """One queue per message, gone as soon as it is empty."""

    def __init__(self) -> None:
        self._queues: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}
        self._readings: list[set[int]] = []

    @asynccontextmanager
    async def live(self, message_id: int) -> AsyncIterator[None]:
        """Take a turn for an event that has just happened; readings under way learn of it."""
        for touched in self._readings:
            touched.add(message_id)
        async with self.turn(message_id):
            yield

    @asynccontextmanager
    async def turn(self, message_id: int) -> AsyncIterator[None]:
        """Wait until everything asked for before on this message is done."""
        queue = self._queues.setdefault(message_id, asyncio.Lock())
        self._waiting[message_id] = self._waiting.get(message_id, 0) + 1
        try:
            async with queue:
                yield
        finally:
            self._waiting[message_id] -= 1
            if not self._waiting[message_id]:
                del self._waiting[message_id], self._queues[message_id]

    @contextmanager
    def reading(self) -> Iterator[set[int]]:
        """Give a set that fills with the ids of messages touched by live events from now on."""
        touched: set[int] = set()
        self._readings.append(touched)
        try:
            yield touched
        finally:
            self._readings = [each for each in self._readings if each is not touched]
