"""The signs of life that the watchdog looks at: what each of them means, and what to do."""

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from catalog.errors import CatalogError, GrantLost, NotLinked, PremiumNeeded
from catalog.spotify import Spotify
from catalog.tokens import TokenStore, consent_ends
from scheduler.backing_up import Backups
from storage.pulse import Pulse

NO_DROP = timedelta(days=8)
"""A week and a day: whoever waits longer for a list waits for nothing."""

NOT_DESCRIBED = timedelta(days=1)
"""How long a shared track may wait to be described, and how long nothing may be."""

LITTLE_DISK = 500 * 1024 * 1024
"""Bytes that a day of logs, a backup and a week of feedback fit into."""

CONSENT_DAYS = (1, 7, 30)
"""Days ahead of its end at which the owner is told that the consent ends."""

ASK_SPOTIFY = timedelta(hours=6)
"""How often Spotify is asked whether it still answers us."""

Found = Mapping[str, str]


class DropSign:
    """Nobody gets lists any more, although somebody is there to get them; or nothing is described any more."""

    def __init__(self, pulse: Pulse, active_days: int) -> None:
        self._pulse = pulse
        self._active = timedelta(days=active_days)

    async def drops(self, now: datetime) -> Found:
        """Say when no playlist was written for eight days."""
        signs = await self._pulse.read(now - self._active, now - NOT_DESCRIBED)
        since = signs.written or signs.first
        if not signs.active or since is None or now - since < NO_DROP:
            return {}
        last = f"on {signs.written:%Y-%m-%d}" if signs.written else "never"
        return {
            "drops": f"No list was written for {(now - since).days} days (last: {last}) although {signs.active} people "
            "are active: run `tastebud doctor`, and look into the log."
        }

    async def enrichment(self, now: datetime) -> Found:
        """Say when shared tracks wait to be described and none was for a day."""
        signs = await self._pulse.read(now - self._active, now - NOT_DESCRIBED)
        if not signs.waiting or (signs.described is not None and now - signs.described < NOT_DESCRIBED):
            return {}
        number = "1 track waits" if signs.waiting == 1 else f"{signs.waiting} tracks wait"
        return {"enrichment": f"{number} to be described, and none was for a day: run `tastebud doctor`."}


class DiskSign:
    """The disk runs short."""

    def __init__(self, folder: Path, least: int = LITTLE_DISK) -> None:
        self._folder = folder
        self._least = least

    async def __call__(self, now: datetime) -> Found:
        """Say when there is less left than a busy week needs."""
        del now
        left = shutil.disk_usage(self._folder).free
        if left >= self._least:
            return {}
        return {"disk": f"Only {left // 1024**2} MB are left on the disk of {self._folder}: free some space."}


class BackupSign:
    """Backups fail."""

    def __init__(self, backups: Backups) -> None:
        self._backups = backups

    async def __call__(self, now: datetime) -> Found:
        """Say why the last one was not made."""
        del now
        return {"backup": f"The daily backup fails: {self._backups.trouble}"} if self._backups.trouble else {}


class SpotifySign:
    """Spotify does not answer us any more, or soon will not."""

    def __init__(self, spotify: Spotify, store: TokenStore, *, has_app: bool) -> None:
        self._spotify = spotify
        self._store = store
        self._has_app = has_app
        self._asked: datetime | None = None
        self._found: dict[str, str] = {}
        self._was_linked = False

    async def __call__(self, now: datetime) -> Found:
        """Say that the consent ends, has ended, or that Premium has lapsed."""
        if not self._has_app:
            return {}
        grant = await self._store.grant()
        if grant is None:
            return self._without_account()
        self._was_linked = True
        if self._asked is None or now - self._asked >= ASK_SPOTIFY:
            self._asked = now
            self._found = await self._ask()
        left = consent_ends(grant) - now
        stage = next((days for days in CONSENT_DAYS if left <= timedelta(days=days)), None)
        if stage is None:
            return self._found
        ends = f"{consent_ends(grant):%Y-%m-%d}"
        return self._found | {
            f"spotify consent-{stage}": f"Spotify's consent ends on {ends}, and with it all lists: run `tastebud link`."
        }

    def _without_account(self) -> Found:
        if not self._was_linked:
            return {}  # it never was: the start says so, and some want it that way
        return {"spotify link": "Spotify has ended the consent, so no list is written: run `tastebud link`."}

    async def _ask(self) -> dict[str, str]:
        try:
            await self._spotify.me()
        except PremiumNeeded as error:
            return {"spotify premium": f"No list can be written. {error}"}
        except GrantLost as error:
            return {"spotify link": str(error)}
        except NotLinked as error:
            return {"spotify app": str(error)}
        except CatalogError:
            return {}  # away for a while: others notice, and it passes
        return {}
