"""Reactions a second, each acknowledged when it is on the disk: `python -m benchmarks.feedback`.

Many are in flight at once, as when a message is loved or a gap is caught up. The opponent writes the same rows by hand
through aiosqlite, one transaction a reaction, on the same disk and in turns with ours.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite

from catalog.clock import SystemClock
from catalog.models import Artist, Service, Track, TrackRef
from storage.database import StorageSettings
from storage.people import Author
from storage.stores import Storage, open_storage

IN_FLIGHT = 256
EVENTS = 20_000
BY_HAND = 1_500
SHARES, PEOPLE = 2_000, 500
ROUNDS = 3
START = datetime(2026, 1, 1, tzinfo=UTC)
THUMB = "👍"

Event = tuple[int, Author]


async def main() -> None:
    """Measure in turns and print events a second, the 99th percentile, bytes a row and the ratio."""
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(ROUNDS):
            rng = random.Random(turn)
            folder = Path(name) / str(turn)
            folder.mkdir()
            by_hand = await _by_hand(folder / "by_hand.db", _events(rng, BY_HAND))
            ours, late, size = await _ours(folder / "ours.db", _events(rng, EVENTS))
            ratios.append(ours / by_hand)
            print(
                f"ours {ours:8,.0f}/s, p99 {late * 1e3:5.1f} ms, {size:.1f} bytes a reaction; "
                f"by hand {by_hand:6,.0f}/s; {ours / by_hand:.1f}x"
            )
    print(f"median {statistics.median(ratios):.1f}x")


def _events(rng: random.Random, count: int) -> list[Event]:
    """Return reactions of distinct people to distinct messages."""
    pairs = rng.sample(range(SHARES * PEOPLE), count)
    return [(pair // PEOPLE + 1, Author(pair % PEOPLE + 1, f"member {pair % PEOPLE}")) for pair in pairs]


async def _ours(path: Path, events: Sequence[Event]) -> tuple[float, float, float]:
    settings = StorageSettings(url=f"sqlite:///{path}", key_file=str(path.with_suffix(".key")))
    async with open_storage(settings, SystemClock()) as storage:
        await _fill(storage)

        async def react(event: Event) -> None:
            await storage.feedback.react(event[0], event[1], THUMB, 1)

        before = await _bytes(path)
        rate, late = await _pour(events, react)
        return rate, late, (await _bytes(path) - before) / len(events)


async def _fill(storage: Storage) -> None:
    """Share a track of its own in each message, and let everybody be known."""
    tracks = [
        Track(f"Track {n}", (Artist(f"Artist {n % 97}"),), (TrackRef(Service.SPOTIFY, f"{n:022d}"),))
        for n in range(SHARES)
    ]
    ids = await storage.tracks.ensure(tracks)
    await asyncio.gather(
        *(storage.shares.record(1, 1, n + 1, Author(n % PEOPLE + 1, f"member {n % PEOPLE}"), [id_], START)
          for n, id_ in enumerate(ids))
    )  # fmt: skip


async def _by_hand(path: Path, events: Sequence[Event]) -> float:
    """Write the same rows one transaction at a time; who is who is known beforehand."""
    async with aiosqlite.connect(path, isolation_level=None) as db:
        await db.execute("PRAGMA journal_mode=WAL")
        await db.execute("PRAGMA synchronous=FULL")
        await db.execute(
            "CREATE TABLE feedback (share_id INT, track_id INT, person_id INT, source INT, emoji_id INT, value INT, "
            "among INT, at INT, PRIMARY KEY (share_id, track_id, person_id, source, emoji_id)) WITHOUT ROWID"
        )
        lock = asyncio.Lock()

        async def react(event: Event) -> None:
            async with lock:
                await db.execute("BEGIN IMMEDIATE")
                await db.execute(
                    "INSERT INTO feedback VALUES (?, ?, ?, 2, 1, 1, 1, ?) ON CONFLICT DO UPDATE SET value = 1",
                    (event[0], event[0], event[1].discord_id, time.time_ns() // 1_000_000),
                )
                await db.execute("COMMIT")

        rate, _ = await _pour(events, react)
        return rate


async def _pour(events: Sequence[Event], react: Callable[[Event], Awaitable[None]]) -> tuple[float, float]:
    """Keep so many in flight until all are acknowledged; return events a second and the 99th percentile, seconds."""
    waits: list[float] = []
    rest = iter(events)

    async def worker() -> None:
        for event in rest:
            began = time.perf_counter()
            await react(event)
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return len(events) / (time.perf_counter() - began), statistics.quantiles(waits, n=100)[98]


async def _bytes(path: Path) -> int:
    """Return the size of the database with everything checkpointed."""
    async with aiosqlite.connect(path) as db:
        await db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes = await db.execute_fetchall("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    return float(next(iter(sizes))[0])


if __name__ == "__main__":
    asyncio.run(main())
