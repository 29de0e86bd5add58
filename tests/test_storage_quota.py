"""The call ledger: counted in memory, exact at once, written in groups."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from sandbox.clock import FastClock
from storage import quota
from storage.database import StorageSettings
from storage.errors import StorageError
from storage.schema import spending
from storage.stores import Storage, open_storage

DAY = datetime(2026, 1, 5, tzinfo=UTC)


async def written(storage: Storage) -> int:
    """Return the calls that stand in the database itself."""
    async with storage.db.read() as conn:
        return int(await conn.scalar(select(func.sum(spending.c.calls))) or 0)


async def test_counting_waits_for_no_disk_and_is_exact_at_once(storage: Storage) -> None:
    """A thousand calls queue a few writes, and the budget check sees every one of them."""
    before = storage.db.queued
    for number in range(1_000):
        await storage.quota.spend("spotify", "get")
        if number % 100 == 0:
            assert await storage.quota.spent("spotify", "get", DAY) == number + 1
    assert await storage.quota.spent("spotify", "get", DAY) == 1_000
    assert storage.db.queued - before <= 4
    await storage.quota.settle()
    assert await written(storage) == 1_000
    assert await storage.quota.today() == [("spotify", "get", 1_000)]


async def test_a_call_near_midnight_belongs_to_its_own_day(storage: Storage, clock: FastClock) -> None:
    """What waits in memory over midnight is written for the day on which it was made."""
    clock.move_to(DAY + timedelta(hours=23, minutes=59))
    await storage.quota.spend("deezer", "track", 3)
    clock.advance(timedelta(minutes=2))
    await storage.quota.spend("deezer", "track")
    for _ in range(2):
        assert await storage.quota.spent("deezer", "track", clock.now()) == 1
        assert await storage.quota.spent("deezer", "track", DAY) == 4
        assert await storage.quota.today() == [("deezer", "track", 1)]
        await storage.quota.settle()


async def test_counts_come_in_by_themselves(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to settle: after a moment they are on the disk, so that is what a kill loses at most."""
    monkeypatch.setattr(quota, "WRITTEN_AFTER", 0.01)
    await storage.quota.spend("deezer", "track")
    async with asyncio.timeout(20):
        while not await written(storage):
            await asyncio.sleep(0.01)


async def test_closing_writes_what_was_counted_last(storage_settings: StorageSettings, clock: FastClock) -> None:
    """A restart finds every call."""
    async with open_storage(storage_settings, clock) as storage:
        await storage.quota.spend("labs", "similar", 7)
    async with open_storage(storage_settings, clock) as storage:
        assert await storage.quota.today() == [("labs", "similar", 7)]


async def test_reading_while_writing_counts_nothing_twice(storage: Storage) -> None:
    """Counts on their way into the database are counted once, whichever comes first."""
    for _ in range(50):
        await storage.quota.spend("spotify", "get")
        writing = asyncio.create_task(storage.quota.settle())
        await asyncio.sleep(0)
        now = await storage.quota.spent("spotify", "get", DAY)
        assert now == (await storage.quota.today())[0][2]
        await writing
    assert await storage.quota.spent("spotify", "get", DAY) == 50


async def test_a_full_disk_loses_no_count(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Counts stay and are written once that works again; the log says so once."""

    async def full(_: object) -> None:
        raise StorageError("The disk is full.")

    await storage.quota.spend("spotify", "get", 2)
    with monkeypatch.context() as patch:
        patch.setattr(storage.quota, "_write", full)
        with pytest.raises(StorageError, match="full"):
            await storage.quota.settle()
        await storage.quota.settle_if_possible()
        await storage.quota.spend("spotify", "get")
        await storage.quota.settle_if_possible()
    assert [record.message for record in caplog.records].count(
        "The calls made are not written down for now: The disk is full."
    ) == 1
    assert await storage.quota.spent("spotify", "get", DAY) == 3
    await storage.quota.settle()
    assert await written(storage) == 3
