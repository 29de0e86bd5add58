"""The one writer: groups, failures, cancellation, a full disk, and the end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, StorageSettings
from storage.errors import StorageError
from storage.schema import emojis, models, servers
from storage.upsert import insert
from storage.writer import JOBS_PER_COMMIT

Job = Callable[[AsyncConnection], Awaitable[int]]


def add_server(number: int) -> Job:
    """Return a job that inserts one row."""

    async def job(conn: AsyncConnection) -> int:
        await conn.execute(insert(conn, servers).values(id=number, name=f"server {number}"))
        return number

    return job


async def kept(db: Database) -> list[int]:
    """Return the ids of the rows that are in the file."""
    async with db.read() as conn:
        return list((await conn.scalars(select(servers.c.id).order_by(servers.c.id))).all())


async def test_queued_jobs_share_one_commit(storage_settings: StorageSettings) -> None:
    """What queues up while the writer is busy is committed together."""
    transactions: list[int] = []

    async def job(conn: AsyncConnection) -> None:
        transactions.append(id(conn.sync_connection.get_transaction()) if conn.sync_connection else 0)

    async with Database.open(storage_settings) as db:
        await asyncio.gather(*(db.write(job) for _ in range(50)))
    assert len(transactions) == 50
    assert len(set(transactions)) == 1


async def test_more_jobs_than_a_group_holds_all_land(storage_settings: StorageSettings) -> None:
    """A queue longer than one group is written in several."""
    count = JOBS_PER_COMMIT * 2 + 7
    async with Database.open(storage_settings) as db:
        done = await asyncio.gather(*(db.write(add_server(number)) for number in range(1, count + 1)))
        assert done == list(range(1, count + 1))
        assert await kept(db) == done


async def test_a_failing_job_fails_alone(storage_settings: StorageSettings) -> None:
    """In a group with a broken job the others land, each once, and only its caller hears of it."""

    async def broken(conn: AsyncConnection) -> int:
        await add_server(77)(conn)
        raise LookupError("broken on purpose")

    async with Database.open(storage_settings) as db:
        jobs = [add_server(1), add_server(2), broken, add_server(3), add_server(1)]
        done = await asyncio.gather(*(db.write(job) for job in jobs), return_exceptions=True)
        assert done[:2] == [1, 2]
        assert isinstance(done[2], LookupError)
        assert done[3] == 3
        assert isinstance(done[4], StorageError), "the same key twice is the database's own refusal"
        assert await kept(db) == [1, 2, 3]


async def test_cancelling_a_caller_leaves_the_writer_working(storage_settings: StorageSettings) -> None:
    """A caller that is cancelled while its job runs neither ends the writer nor harms the others."""
    running, go_on = asyncio.Event(), asyncio.Event()

    async def slow(conn: AsyncConnection) -> int:
        await add_server(1)(conn)
        running.set()
        await go_on.wait()
        return 1

    async with Database.open(storage_settings) as db:
        first = asyncio.create_task(db.write(slow))
        await running.wait()
        waiting = asyncio.create_task(db.write(add_server(2)))
        never = asyncio.create_task(db.write(add_server(3)))
        await asyncio.sleep(0)
        first.cancel()
        never.cancel()
        go_on.set()
        assert await waiting == 2
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await db.write(add_server(4)) == 4
        assert await kept(db) == [1, 2, 4], "a running job lands, one cancelled in the queue does not"


async def test_closing_commits_what_is_queued(storage_settings: StorageSettings) -> None:
    """Leaving the database commits the queue first, and later writes are refused with a sentence."""
    async with Database.open(storage_settings) as db:
        tasks = [asyncio.create_task(db.write(add_server(number))) for number in range(1, 40)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == list(range(1, 40))
    with pytest.raises(StorageError, match="closed"):
        await db.write(add_server(99))
    async with Database.open(storage_settings) as again:
        assert await kept(again) == list(range(1, 40))


async def test_a_full_disk_is_a_sentence_and_keeps_earlier_rows(storage_settings: StorageSettings) -> None:
    """When no page can be added, writes fail with advice; what was saved stays, and small writes work again."""

    async def limit(conn: AsyncConnection, pages: int) -> None:
        now = await conn.scalar(text("PRAGMA page_count"))
        await conn.execute(text(f"PRAGMA max_page_count={int(now or 0) + pages}"))

    async def big(conn: AsyncConnection) -> None:
        await conn.execute(insert(conn, models).values(name="m", version="1", blob=b"x" * 5_000_000, at=0))

    async with Database.open(storage_settings) as db:
        await db.write(add_server(1))
        await db.write(lambda conn: limit(conn, 2))
        done = await asyncio.gather(db.write(add_server(2)), db.write(big), return_exceptions=True)
        assert done[0] == 2
        assert isinstance(done[1], StorageError)
        assert "disk is full" in str(done[1])
        await db.write(lambda conn: limit(conn, 10_000))
        await db.write(big)
        assert await kept(db) == [1, 2]


async def test_another_program_holding_the_database_is_a_sentence(
    storage_settings: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock held too long fails the whole waiting group at once, and nothing is half written."""
    monkeypatch.setattr("storage.engines._PRAGMAS", ("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=50"))
    async with Database.open(storage_settings) as db, Database.open(storage_settings) as other:
        held, go_on = asyncio.Event(), asyncio.Event()

        async def hold(conn: AsyncConnection) -> None:
            await conn.execute(text("DELETE FROM servers"))
            held.set()
            await go_on.wait()

        holder = asyncio.create_task(other.write(hold))
        await held.wait()
        done = await asyncio.gather(*(db.write(add_server(n)) for n in range(1, 9)), return_exceptions=True)
        assert all(isinstance(one, StorageError) and "Another program" in str(one) for one in done)
        go_on.set()
        await holder
        assert await db.write(add_server(1)) == 1


async def test_readers_cannot_write(storage_settings: StorageSettings) -> None:
    """A connection lent for reading refuses to write, so that the one writer stays the one."""
    async with Database.open(storage_settings) as db:
        with pytest.raises(StorageError):
            async with db.read() as conn:
                await conn.execute(insert(conn, emojis).values(text="👍"))
        async with db.read() as conn:
            assert await conn.scalar(select(func.count()).select_from(emojis)) == 0


async def test_a_reader_sees_one_moment(storage_settings: StorageSettings) -> None:
    """What is written while a reader reads does not change what it sees."""
    async with Database.open(storage_settings) as db:
        await db.write(add_server(1))
        count = select(func.count()).select_from(servers)
        async with db.read() as conn:
            assert await conn.scalar(count) == 1
            await db.write(add_server(2))
            assert await conn.scalar(count) == 1
        assert await kept(db) == [1, 2]


async def test_each_connection_has_the_safe_settings(storage_settings: StorageSettings) -> None:
    """Writer and readers run in WAL, flush each commit, and hold foreign keys."""

    async def pragmas(conn: AsyncConnection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [await conn.scalar(text(f"PRAGMA {name}")) for name in names]

    async with Database.open(storage_settings) as db:
        assert await db.write(pragmas) == ["wal", 2, 1]
        async with db.read() as one, db.read() as two:
            assert await pragmas(one) == await pragmas(two) == ["wal", 2, 1]
