"""Putting a backup in place of the database, without losing what is newer by a slip."""

import asyncio
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import backup_postgres, snapshots
from storage.backup import STAMP, database_file
from storage.engines import make_folder
from storage.errors import NewerDatabase, StorageError
from storage.migrate import NEWER, revisions
from storage.settings import StorageSettings
from storage.snapshots import Contents, Damaged

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LOGS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database that is open or was killed


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where what was there before stands now."""

    contents: Contents | None
    aside: Path | None


async def restore(settings: StorageSettings, source: Path, now: datetime, *, force: bool = False) -> Restored:
    """Put a backup in place of the database; nobody may be at work on it.

    What was there is kept beside it. Raise StorageError, and change nothing, when the backup is damaged, was made by
    a newer Tastebud, or when the database is newer than it and `force` was not given.
    """
    file = database_file(settings)
    if file is None:
        if not force:
            raise StorageError(
                "This replaces all that the database server has of Tastebud: say --force if you mean it."
            )
        await backup_postgres.restore(settings.url, source)
        return Restored(None, None)
    return await asyncio.to_thread(_restore_file, file, source, now, force)


def _restore_file(file: Path, source: Path, now: datetime, force: bool) -> Restored:
    comes = snapshots.check(source)
    if comes.revision not in revisions():
        raise NewerDatabase(NEWER.format(what="backup was", revision=comes.revision or "none"))
    stands = _what_stands(file)
    if not force:
        _refuse_if_newer(file, stands, comes)
    make_folder(file)
    fresh = file.with_name(file.name + ".restoring")
    try:
        snapshots.copy(source, fresh)
        if snapshots.check(fresh) != comes:
            raise StorageError("The disk did not keep what was restored: nothing was changed; check the disk.")
        aside = _put_aside(file, now) if file.exists() else None
        fresh.replace(file)
        snapshots.flush(file.parent)
    except OSError as error:
        raise StorageError(f"{file} cannot be written ({error.strerror}): check its folder.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return Restored(comes, aside)


def _what_stands(file: Path) -> Contents | None:
    """Return what the database holds that is to be replaced; None where there is none to lose."""
    if not file.exists() or file.stat().st_size == 0:
        return None
    try:
        return snapshots.check(file)
    except Damaged:
        return None  # that is why one restores


def _refuse_if_newer(file: Path, stands: Contents | None, comes: Contents) -> None:
    if stands is None or stands.newest is None:
        return
    ours, theirs = (stands.newest, stands.total), (comes.newest or LONG_AGO, comes.total)
    if ours > theirs:
        raise StorageError(
            f"{file} is newer than this backup: its newest row is of {_when(stands.newest)}, the backup's of "
            f"{_when(comes.newest)}. Say --force to replace it anyway; it is kept beside the new one."
        )


def _put_aside(file: Path, now: datetime) -> Path:
    """Keep the old database under another name, with its log in it, or beside it where it cannot be read.

    Its log must not stay behind: SQLite would play it into the database that comes.
    """
    aside = file.with_name(f"{file.stem}-replaced-{now.astimezone(UTC):{STAMP}}{file.suffix}")
    try:
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("PRAGMA journal_mode=DELETE")
        left = [log for log in LOGS if file.with_name(file.name + log).exists()]
    except sqlite3.Error:
        left = [log for log in LOGS if file.with_name(file.name + log).exists()]
    aside.unlink(missing_ok=True)
    os.link(file, aside)  # it has both names until the new one takes the first, so there is no moment without it
    for log in left:
        file.with_name(file.name + log).replace(aside.with_name(aside.name + log))
    return aside


def _when(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "no known hour"
