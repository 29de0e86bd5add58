"""The alarm clock: ticks by hand and by APScheduler, errors survived, stops waited for."""

import asyncio
import logging
from datetime import timedelta

import pytest

from scheduler.settings import ScheduleSettings
from tests.fixtures.scheduler import SERVER, Channel, House, OpenHouse, hours, settle_community

QUICK = ScheduleSettings(drop_size=4, tick_seconds=0.2, gather_hours=24, gather_artists=2, enrich_batch=5)


async def test_a_tick_does_all_that_is_due(open_house: OpenHouse, channel: Channel) -> None:
    """One tick finishes, describes, gathers, drops and learns."""
    async with open_house(QUICK, channel) as house:
        await settle_community(house, people=2, shares=4)
        house.clock.advance(hours(1))
        jobs = house.jobs()
        await jobs.tick()
        assert len(channel.of(SERVER)) == 1
        assert await house.storage.proposals.last_asked("related") == house.clock.now()
        ids, _ = await house.storage.features.load("audio", "1")
        assert len(ids) == 5
        calls = house.sandbox.calls.count("deezer", path="/artist/*")
        await jobs.tick()
        assert house.sandbox.calls.count("deezer", path="/artist/*") == calls
        assert len(channel.of(SERVER)) == 1


async def test_a_failing_part_stops_no_other(
    open_house: OpenHouse, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """A chore and the enrichment fail, each is logged, and the drop comes all the same."""
    async with open_house(QUICK, channel) as house:
        await settle_community(house, people=2, shares=4)
        house.clock.advance(hours(1))

        async def broken(*_: object) -> None:
            raise ArithmeticError("broken")

        house.enricher.run = broken  # type: ignore[method-assign,assignment]
        done: list[str] = []

        async def chore() -> None:
            done.append("chore")

        chores = [broken, chore]
        jobs = house.jobs(chores=chores)
        with caplog.at_level(logging.ERROR):
            await jobs.tick()
        assert [record.getMessage().split(" failed")[0] for record in caplog.records] == ["A chore", "The enrichment"]
        assert done == ["chore"]
        assert len(channel.of(SERVER)) == 1
        chores.append(chore)
        await jobs.tick()
        assert done == ["chore"] * 3


async def test_a_refused_search_waits_an_hour(open_house: OpenHouse) -> None:
    """Deezer is not asked for candidates with every tick while it refuses."""
    async with open_house(QUICK) as house:
        await settle_community(house, people=2, shares=2)
        house.sandbox.faults.inject("server_error", "deezer", "/artist/*", times=None)
        jobs = house.jobs()
        await jobs.tick()
        asked = house.sandbox.calls.count("deezer", path="/artist/*")
        await jobs.tick()
        assert house.sandbox.calls.count("deezer", path="/artist/*") == asked
        house.sandbox.faults.clear()
        house.clock.advance(timedelta(minutes=61))
        await jobs.tick()
        assert await house.storage.proposals.by_track()


async def test_the_real_scheduler_ticks(open_house: OpenHouse, channel: Channel) -> None:
    """APScheduler starts a tick at once and then again and again, until it is stopped."""
    async with open_house(QUICK, channel) as house:
        await settle_community(house, people=2, shares=4)
        house.clock.advance(hours(1))
        ticks = asyncio.Semaphore(0)

        async def count() -> None:
            ticks.release()

        jobs = house.jobs(chores=[count])
        jobs.start()
        jobs.start()
        async with asyncio.timeout(60):
            for _ in range(4):
                await ticks.acquire()
        await jobs.stop()
        await jobs.stop()
        assert len(channel.of(SERVER)) == 1
        while not ticks.locked():
            await ticks.acquire()
        await asyncio.sleep(1)
        assert ticks.locked()


async def test_stopping_waits_for_the_tick_that_runs(house: House) -> None:
    """A stop in the middle of a tick lets it come to its end."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    ended: list[bool] = []

    async def slow() -> None:
        begun.set()
        await go_on.wait()
        ended.append(True)

    jobs = house.jobs(chores=[slow])
    jobs.start()
    await begun.wait()
    stopping = asyncio.create_task(jobs.stop())
    await asyncio.sleep(0.1)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert ended == [True]


async def test_a_tick_that_hangs_is_cut_short(house: House) -> None:
    """A service that never answers cannot hold up the end of the process."""
    begun = asyncio.Event()
    ended: list[str] = []

    async def hanging() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cut short")

    jobs = house.jobs(chores=[hanging])
    jobs.start()
    await begun.wait()
    await jobs.stop(grace=0.05)
    assert ended == ["cut short"]


async def test_ticks_do_not_overlap(house: House) -> None:
    """A tick by hand waits for the one that runs."""
    running = 0
    most = 0

    async def measure() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    jobs = house.jobs(chores=[measure])
    await asyncio.gather(*(jobs.tick() for _ in range(3)))
    assert most == 1
