"""The dead man's switch: tell the owner when what should happen by itself does not."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from catalog.clock import Clock
from storage.troubles import Trouble, Troubles

EVERY = timedelta(minutes=10)
"""How often the signs of life are read."""

STILL = timedelta(days=7)
"""After how long the owner is told again of what lasts."""

QUIET = timedelta(hours=1)
"""How long a trouble must be gone before it is called over: one that comes and goes is one trouble."""

log = logging.getLogger(__name__)

Probe = Callable[[datetime], Awaitable[Mapping[str, str]]]
"""What looks at one thing at an instant, and returns a sentence for each trouble it finds, by its name."""

Tell = Callable[[str, str], Awaitable[bool]]
"""How the owner is told: a word that makes a repeat one, and the text; False when they cannot be told just now."""


class Watchdog:
    """Ask every probe, keep what they find, and tell the owner: once, again after a week, and when it is over.

    Whatever a probe raises is a trouble of its own, and keeps no other from being asked.
    """

    def __init__(self, troubles: Troubles, clock: Clock, probes: Mapping[str, Probe], tell: Tell) -> None:
        self._troubles = troubles
        self._clock = clock
        self._probes = probes
        self._tell = tell
        self._next = clock.now()
        self._gone: dict[str, datetime] = {}

    async def run(self) -> list[Trouble]:
        """Look around if it is time, and return the troubles that last."""
        now = self._clock.now()
        if now >= self._next:
            self._next = now + EVERY
            await self._look(now)
        return await self._troubles.all()

    async def _look(self, now: datetime) -> None:
        found = await self._found(now)
        known = {trouble.name: trouble for trouble in await self._troubles.all()}
        for name, sentence in found.items():
            self._gone.pop(name, None)
            await self._note(name, sentence, known.get(name), now)
        for name, trouble in known.items():
            if name in found:
                continue
            if name.partition(" ")[0] not in self._probes:
                await self._note(name, trouble.sentence, trouble, now)  # others keep it, and they end it
            elif name.partition(" ")[0] not in found:  # a sign that cannot be read says nothing of what it said before
                await self._end(trouble, now, replaced=_stem(name) in map(_stem, found))

    async def _found(self, now: datetime) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, probe in self._probes.items():
            try:
                found |= await probe(now)
            except Exception as error:
                # One sign that cannot be read must not hide the others.
                log.exception("The sign of life %r could not be read.", name)
                found[name] = f"I could not look at {name} ({type(error).__name__}): the log says why."
        return found

    async def _note(self, name: str, sentence: str, known: Trouble | None, now: datetime) -> None:
        told = known.told_at if known else None
        if told is not None and now - told < STILL:
            if known is None or known.sentence != sentence:
                await self._troubles.keep(name, sentence)
            return
        if known is None:
            log.warning("Trouble: %s", sentence)
            await self._troubles.keep(name, sentence)
        again = f" (since {known.since:%Y-%m-%d %H:%M} UTC)" if known and told else ""
        if await self._tell(f"trouble {name} {now:%Y%m%d%H%M}", f"⚠️ {sentence}{again}"):
            await self._troubles.keep(name, sentence, told_at=now)

    async def _end(self, trouble: Trouble, now: datetime, *, replaced: bool) -> None:
        """Say that a trouble is over; one that has come to its next stage just goes."""
        if replaced:
            await self._troubles.over(trouble.name)
            return
        since = self._gone.setdefault(trouble.name, now)
        if now - since < QUIET:
            return
        log.info("Trouble over: %s", trouble.sentence)
        if trouble.told_at is not None and not await self._tell(
            f"over {trouble.name} {trouble.since:%Y%m%d%H%M}", f"✅ Over: {trouble.sentence}"
        ):
            return
        self._gone.pop(trouble.name, None)
        await self._troubles.over(trouble.name)


def _stem(name: str) -> str:
    """Return a trouble's name without its stage, such as the days that are left."""
    stem, dash, stage = name.rpartition("-")
    return stem if dash and stage.isdigit() else name
