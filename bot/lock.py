"""One running bot a database: two would write and announce everything twice."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StartError
from storage.database import StorageSettings


class AlreadyRunning(StartError):
    """Another process works on this database."""


def beside_database(settings: StorageSettings, suffix: str) -> Path:
    """Return a file in the database's folder that is named like it; with PostgreSQL, in the key file's."""
    _, sqlite, file = settings.url.partition(":///") if settings.url.startswith("sqlite") else ("", "", "")
    database = Path(file.partition("?")[0]) if sqlite and file else Path(settings.key_file).parent / "tastebud"
    return database.with_suffix(suffix)


@contextmanager
def only_one(settings: StorageSettings) -> Iterator[None]:
    """Hold the lock of a database; the system gives it back when the process ends, however it ends.

    Raises:
        AlreadyRunning: another process holds it.
        StartError: the folder cannot be written.
    """
    path = beside_database(settings, ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise StartError(f"The folder {path.parent} cannot be written ({error.strerror}): check its owner.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"Another Tastebud runs on this database ({path} is held): stop it first.") from error
        yield
