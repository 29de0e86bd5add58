"""Backups: consistent while in use, checked, restored only where nothing newer is lost."""

import asyncio
import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sandbox.clock import FastClock
from storage import snapshots
from storage.backup import back_up, backup_folder, clear_old, standing
from storage.database import Database, StorageSettings
from storage.errors import NewerDatabase, StorageError
from storage.restore import restore
from storage.stores import Storage, open_storage
from tests.storage_helpers import saved_ids, share

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


async def lived_in(settings: StorageSettings, clock: FastClock, shares: int = 3) -> None:
    """Leave some shares in a database."""
    async with open_storage(settings, clock) as storage:
        for number, track_id in enumerate(await saved_ids(storage, shares)):
            await share(storage, 100 + number, [track_id])


def revision_of(path: Path, revision: str | None = None) -> str:
    """Return, or set, the revision of a database file's tables."""
    with sqlite3.connect(path) as conn:
        if revision is not None:
            conn.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        found = str(conn.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    conn.close()
    return found


async def test_a_backup_of_a_database_in_use_holds_one_moment(
    storage_settings: StorageSettings, clock: FastClock
) -> None:
    """Writers go on meanwhile; each transaction is in it whole or not at all, and the file is its owner's alone."""
    async with open_storage(storage_settings, clock) as storage:
        ids = await saved_ids(storage, 1)
        going = True

        async def write() -> int:
            number = 0
            while going:
                number += 1
                await share(storage, number, ids)
            return number

        writing = asyncio.create_task(write())
        backups = [await back_up(storage_settings, NOW + timedelta(minutes=number)) for number in range(5)]
        going = False
        assert await writing > 0
    for backup in backups:
        held = snapshots.check(backup.path)
        assert held == backup.contents
        assert held.rows["shares"] == held.rows["share_tracks"]
        assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in backup_folder(storage_settings).iterdir()) == sorted(
        backup.path.name for backup in backups
    )


async def test_a_restored_backup_is_what_was_backed_up(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path
) -> None:
    """It comes back whole into a place where there is nothing, and opens."""
    await lived_in(storage_settings, clock)
    backup = await back_up(storage_settings, NOW, tmp_path / "mine.db")
    (tmp_path / "tastebud.db").unlink()
    done = await restore(storage_settings, backup.path, NOW)
    assert (done.contents, done.aside) == (backup.contents, None)
    async with open_storage(storage_settings, clock) as storage:
        assert await storage.shares.count() == 3


async def test_a_newer_database_is_not_replaced_by_a_slip(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path
) -> None:
    """What came after the backup needs `force`, and is kept beside, with what stood in its log alone."""
    await lived_in(storage_settings, clock)
    backup = await back_up(storage_settings, NOW)
    clock.advance(timedelta(hours=1))
    async with open_storage(storage_settings, clock) as storage:
        await share(storage, 200, await saved_ids(storage, 1))
    with pytest.raises(StorageError, match=r"is newer than this backup.*--force"):
        await restore(storage_settings, backup.path, NOW)
    assert snapshots.check(tmp_path / "tastebud.db").rows["shares"] == 4
    done = await restore(storage_settings, backup.path, NOW, force=True)
    assert done.aside is not None
    assert snapshots.check(done.aside).rows["shares"] == 4
    assert snapshots.check(tmp_path / "tastebud.db") == backup.contents


async def test_the_log_of_a_killed_process_is_not_played_into_the_restored_database(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path
) -> None:
    """What SQLite left beside the old file after a kill goes with the old file."""
    await lived_in(storage_settings, clock)
    backup = await back_up(storage_settings, NOW)
    file = tmp_path / "tastebud.db"
    holder = sqlite3.connect(file)
    holder.execute("INSERT INTO servers (id, name) VALUES (77, 'in the log')")
    holder.commit()
    kept = {name: (tmp_path / name).read_bytes() for name in ("tastebud.db", "tastebud.db-wal", "tastebud.db-shm")}
    holder.close()
    for name, content in kept.items():  # as a kill leaves them
        (tmp_path / name).write_bytes(content)
    done = await restore(storage_settings, backup.path, NOW, force=True)
    assert snapshots.check(file) == backup.contents
    assert done.aside is not None
    with sqlite3.connect(done.aside) as conn:
        assert conn.execute("SELECT name FROM servers WHERE id = 77").fetchone() == ("in the log",)
    conn.close()


async def test_what_is_no_sound_backup_is_refused(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path
) -> None:
    """Rubbish, a stranger's database, a cut-off file and a newer Tastebud's change nothing."""
    await lived_in(storage_settings, clock)
    good = (await back_up(storage_settings, NOW)).path
    rubbish, strange, cut, newer = (tmp_path / name for name in ("rubbish", "strange", "cut", "newer"))
    rubbish.write_bytes(b"a shopping list " * 999)
    with sqlite3.connect(strange) as conn:
        conn.execute("CREATE TABLE x (y)")
    conn.close()
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    newer.write_bytes(good.read_bytes())
    revision_of(newer, "9999")
    before = (tmp_path / "tastebud.db").read_bytes()
    for file, said in ((rubbish, "cannot be read"), (strange, "not one of Tastebud"), (tmp_path / "none", "not there")):
        with pytest.raises(StorageError, match=said):
            await restore(storage_settings, file, NOW, force=True)
    with pytest.raises(StorageError, match=r"damaged|cannot be read"):
        await restore(storage_settings, cut, NOW, force=True)
    with pytest.raises(NewerDatabase, match="newer version"):
        await restore(storage_settings, newer, NOW, force=True)
    assert (tmp_path / "tastebud.db").read_bytes() == before


async def test_tables_change_only_after_a_backup(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update keeps the database as it was; where that cannot be written, nothing is changed."""
    await lived_in(storage_settings, clock)
    file = tmp_path / "tastebud.db"
    with sqlite3.connect(file) as conn:  # as the version before left it
        for name in ("leases", "outbox", "troubles"):
            conn.execute(f"DROP TABLE {name}")
        head = revision_of(file)
        conn.execute("UPDATE alembic_version SET version_num = '0011'")
    conn.close()
    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "copy", _full_disk)
        with pytest.raises(StorageError, match="cannot be written"):
            async with Database.open(storage_settings, clock):
                pass
        assert revision_of(file) == "0011"
    async with Database.open(storage_settings, clock):
        pass
    assert revision_of(file) == head
    (backup,) = standing(storage_settings)
    assert backup.path.name.endswith(f"-before-{head}.db")
    assert revision_of(backup.path) == "0011"


def _full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


async def test_old_backups_go_and_the_newest_stays(storage_settings: StorageSettings, clock: FastClock) -> None:
    """What is older than it is kept goes, other people's files stay, and so does the last backup however old it is."""
    await lived_in(storage_settings, clock, 1)
    settings = replace(storage_settings, backup_days=2)
    for day in range(5):
        await back_up(settings, NOW + timedelta(days=day))
    other = backup_folder(settings) / "mine.db"
    other.write_bytes(b"mine")
    (backup_folder(settings) / "tastebud-20260101-000000.db.part").write_bytes(b"cut short")
    clear_old(settings, NOW + timedelta(days=5))
    assert [(each.at - NOW).days for each in standing(settings)] == [4, 3]
    clear_old(settings, NOW + timedelta(days=500))
    assert [(each.at - NOW).days for each in standing(settings)] == [4]
    assert sorted(path.name for path in backup_folder(settings).iterdir()) == ["mine.db", "tastebud-20260109-030000.db"]


async def test_a_backup_that_does_not_hold_what_was_copied_is_no_backup(
    storage_settings: StorageSettings, clock: FastClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that loses something is found out at once."""
    await lived_in(storage_settings, clock)
    check = snapshots.check
    monkeypatch.setattr(snapshots, "check", lambda path: replace(check(path), newest=None))
    with pytest.raises(StorageError, match="did not hold"):
        await back_up(storage_settings, NOW)
    assert standing(storage_settings) == []


async def test_a_server_is_dumped_and_restored(
    storage: Storage, opened_settings: StorageSettings, tmp_path: Path, clock: FastClock
) -> None:
    """PostgreSQL's own programs do it, and a restore wants to be meant."""
    await storage.servers.ensure(5, "five")
    settings = replace(opened_settings, backups=str(tmp_path / "kept"))
    backup = await back_up(settings, clock.now())
    assert backup.size == backup.path.stat().st_size > 0
    if not settings.url.startswith("postgresql"):
        return
    async with storage.db.read() as conn:
        assert await conn.scalar(text("SELECT name FROM servers")) == "five"
    await storage.servers.ensure(6, "six")
    with pytest.raises(StorageError, match="--force"):
        await restore(settings, backup.path, clock.now())
    await restore(settings, backup.path, clock.now(), force=True)
    assert [server.id for server in await storage.servers.all()] == [5]


async def test_a_server_without_its_programs_is_a_sentence(
    opened_settings: StorageSettings, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pg_dump is not installed the owner is told what to install; a file needs none."""
    assert storage
    monkeypatch.setenv("PATH", str(tmp_path))
    if not opened_settings.url.startswith("postgresql"):
        assert await back_up(replace(opened_settings, backups=str(tmp_path / "kept")), NOW)
        return
    with pytest.raises(StorageError, match=r"pg_dump is not installed.*postgresql-client"):
        await back_up(replace(opened_settings, backups=str(tmp_path / "kept")), NOW)
