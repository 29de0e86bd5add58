"""What the running process does for its owner: backups, the watchdog with its signs of life, and the leader's lease."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot.client import TastebudBot
from bot.errors import StartError
from bot.logs import ErrorMeter
from bot.services import Services
from scheduler.backing_up import Backups
from scheduler.signs import BackupSign, DiskSign, DropSign, SpotifySign
from scheduler.watchdog import Probe, Watchdog
from storage.backup import database_file
from storage.errors import StorageError
from storage.leases import LASTS, Held, Leases, Overtaken

log = logging.getLogger(__name__)

CATCH_UP_LASTS = timedelta(hours=6)
"""How long a catch-up may take; the first one of a large server reads all of its history."""

RENEWALS = 3
"""How often a lease is renewed in the time that it lasts."""


def make_watchdog(services: Services, backups: Backups, errors: ErrorMeter, bot_of: "BotOf", has_app: bool) -> Watchdog:
    """Return the watchdog with everything that the process can look at."""
    storage, settings = services.storage, services.settings
    drops = DropSign(storage.pulse, settings.schedule.active_days)
    folder = (database_file(settings.storage) or Path(settings.storage.key_file)).resolve().parent
    probes: dict[str, Probe] = {
        "drops": drops.drops,
        "enrichment": drops.enrichment,
        "catch-up": CatchUpSign(bot_of),
        "disk": DiskSign(folder),
        "backup": BackupSign(backups),
        "spotify": SpotifySign(services.spotify, storage.accounts, has_app=has_app),
        "errors": errors.sign,
    }

    async def tell(word: str, text: str) -> bool:
        owner = owner_id(bot_of())
        if owner is None:
            return False
        await storage.outbox.put_dm(word, owner, {"content": text})
        return True

    return Watchdog(storage.troubles, services.clock, probes, tell)


BotOf = Callable[[], TastebudBot | None]


class CatchUpSign:
    """What was said while the bot was away is still not read back."""

    def __init__(self, bot_of: BotOf) -> None:
        self._bot_of = bot_of
        self._bot: TastebudBot | None = None
        self._since: datetime | None = None

    async def __call__(self, now: datetime) -> Mapping[str, str]:
        """Say when one and the same connection has not been caught up for hours."""
        bot = self._bot_of()
        if bot is None or not bot.is_ready() or bot.caught_up.is_set():
            self._since = None
        elif bot is not self._bot or self._since is None:
            self._bot, self._since = bot, now
        elif now - self._since >= CATCH_UP_LASTS:
            return {
                "catch-up": "What was said while I was away has not been read back for hours: look into the log, "
                "and restart me."
            }
        return {}


def owner_id(bot: TastebudBot | None) -> int | None:
    """Return who owns the application at Discord, None while nobody has asked; a bot is nobody's owner."""
    application = bot.application if bot else None
    if application is None:
        return None
    owner = application.team.owner if application.team else application.owner
    return owner.id if owner and not owner.bot else None


@asynccontextmanager
async def leading(leases: Leases, overtaken: Callable[[Exception], object]) -> AsyncIterator[None]:
    """Lead as long as the block lasts; raise StartError while another process does.

    When another takes over, every write is refused from then on, and `overtaken` is told once.
    """
    try:
        async with leases.server_lock() as lock:
            await _take(leases, locked=lock is not None)
            renewing = asyncio.create_task(_renew(leases, overtaken), name="lease")
            try:
                yield
            finally:
                renewing.cancel()
                await asyncio.wait([renewing])
                with suppress(StorageError):
                    await leases.release()
    except Held as error:
        raise StartError(str(error)) from error


async def _take(leases: Leases, *, locked: bool) -> None:
    """Take the lead; a lease that another machine's process left behind is waited for once, since it soon ends."""
    try:
        await leases.take(socket.gethostname(), alone=True, locked=locked)
    except Held as error:
        log.warning("%s It is waited for.", error)
        await asyncio.sleep(LASTS.total_seconds() + 1)
        await leases.take(socket.gethostname(), alone=True)


async def _renew(leases: Leases, overtaken: Callable[[Exception], object]) -> None:
    """Renew the lease in real time: a stopped clock must not let it run out."""
    while True:
        await asyncio.sleep(LASTS.total_seconds() / RENEWALS)
        try:
            await leases.renew()
        except Overtaken as error:
            log.warning("%s", error)
            overtaken(error)
            return
        except StorageError as error:
            log.warning("The lease could not be renewed, it is tried again: %s", error)
