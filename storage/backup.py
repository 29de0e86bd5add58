"""Backups: made while the bot runs, checked by restoring them, and cleared away when they are old."""

import asyncio
import logging
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import backup_postgres, snapshots
from storage.engines import make_folder, parse_url
from storage.errors import StorageError
from storage.settings import StorageSettings
from storage.snapshots import Contents

STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"^tastebud-(?P<at>\d{8}-\d{6})(?P<why>-before-[\w-]+)?\.(?:db|dump)$")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that stands: where, when it was made, how many bytes it has, and what it holds where that is known."""

    path: Path
    at: datetime
    size: int
    contents: Contents | None = None


def backup_folder(settings: StorageSettings) -> Path:
    """Return the folder that automatic backups stand in."""
    if settings.backups:
        return Path(settings.backups)
    file = database_file(settings)
    return (file or Path(settings.key_file)).parent / "backups"


def database_file(settings: StorageSettings) -> Path | None:
    """Return the SQLite file that the settings name, None for a server."""
    url = parse_url(settings.url)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


async def back_up(settings: StorageSettings, now: datetime, target: Path | None = None, why: str = "") -> Backup:
    """Make a backup, into the folder of backups unless a file is named, and return it once it is found good.

    It is consistent, whatever is being written meanwhile. SQLite's is checked by restoring it into a temporary
    file: that one must be sound and hold every row. Raise StorageError, and leave nothing behind, when it cannot be.
    """
    file = database_file(settings)
    path = target or backup_folder(settings) / _name(now, why, "db" if file else "dump")
    if path.exists():
        raise StorageError(f"{path} is there already: name another file, or move it away.")
    make_folder(path)
    if file is None:
        await backup_postgres.dump(settings.url, path)
        return Backup(path, now, path.stat().st_size)
    return await asyncio.to_thread(back_up_now, file, path, now)


def back_up_now(file: Path, target: Path, now: datetime) -> Backup:
    """Make and check a backup of a SQLite file in this thread."""
    try:
        held = snapshots.copy(file, target)
        try:
            found = _restored(target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"The backup {target} cannot be written ({error.strerror}): check its folder.") from error
    if found != held:
        target.unlink(missing_ok=True)
        raise StorageError(f"The backup {target} did not hold what was copied, and was removed: check the disk.")
    return Backup(target, now, target.stat().st_size, found)


def before_migration(file: Path, settings: StorageSettings, now: datetime, to: str) -> Backup:
    """Back up a SQLite file whose tables are about to be changed."""
    target = backup_folder(settings) / _name(now, f"before-{to}", "db")
    make_folder(target)
    return back_up_now(file, target, now)


def standing(settings: StorageSettings) -> list[Backup]:
    """Return the backups in the folder that carry a name of ours, the newest first."""
    folder = backup_folder(settings)
    found = [(match, path) for path in _files(folder) if (match := _NAME.match(path.name))]
    made = [
        Backup(path, datetime.strptime(match["at"], STAMP).replace(tzinfo=UTC), path.stat().st_size)
        for match, path in found
    ]
    return sorted(made, key=lambda each: each.at, reverse=True)


def clear_old(settings: StorageSettings, now: datetime) -> list[Path]:
    """Remove the backups that are older than they are kept, never the newest one; return what went."""
    old = [each for each in standing(settings)[1:] if now - each.at > timedelta(days=settings.backup_days)]
    for each in old:
        each.path.unlink(missing_ok=True)
    for part in _files(backup_folder(settings)):
        if part.name.endswith(snapshots.PART) and _NAME.match(part.name.removesuffix(snapshots.PART)):
            part.unlink(missing_ok=True)  # of a backup that a kill cut short
    return [each.path for each in old]


def _restored(backup: Path) -> Contents:
    """Return what comes out when a backup is restored into a temporary file."""
    with tempfile.TemporaryDirectory(dir=backup.parent, prefix=".checking-") as folder:
        trial = Path(folder) / "restored.db"
        snapshots.copy(backup, trial)
        return snapshots.check(trial)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _name(now: datetime, why: str, suffix: str) -> str:
    return f"tastebud-{now.astimezone(UTC):{STAMP}}{f'-{why}' if why else ''}.{suffix}"
