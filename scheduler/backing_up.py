"""A backup a day, made between ticks' other work, and old ones cleared away."""

import logging
from datetime import timedelta

from catalog.clock import Clock
from scheduler.threads import in_thread
from storage.backup import back_up, clear_old, standing
from storage.errors import StorageError
from storage.settings import StorageSettings

EVERY = timedelta(days=1)
"""How old the newest backup may become."""

AGAIN = timedelta(hours=1)
"""How long a backup that failed is left alone."""

log = logging.getLogger(__name__)


class Backups:
    """Make the daily backup, as a chore of the tick; what kept the last one from being made is in `trouble`."""

    def __init__(self, settings: StorageSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._next = clock.now()
        self.trouble = ""

    async def run(self) -> bool:
        """Make a backup if the newest is a day old; tell whether one was made."""
        now = self._clock.now()
        if not self._settings.backup_days or now < self._next:
            return False
        made = await in_thread(standing, self._settings)
        if made and timedelta() <= now - made[0].at < EVERY:
            self._next = made[0].at + EVERY
            return False
        try:
            backup = await back_up(self._settings, now)
            await in_thread(clear_old, self._settings, now)
        except (StorageError, OSError) as error:
            self.trouble = str(error)
            self._next = now + AGAIN
            log.warning("The daily backup could not be made: %s", error)
            return False
        self.trouble = ""
        self._next = now + EVERY
        log.info("The daily backup is %s (%d kB).", backup.path, backup.size // 1024)
        return True
