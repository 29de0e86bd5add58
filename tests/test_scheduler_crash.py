"""A process that ends anywhere in a run, and starts again: everything is written once and announced once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from scheduler.settings import ScheduleSettings
from storage.drops import DropState
from tests.fixtures.scheduler import SERVER, Channel, Crash, House, OpenHouse, hours, settle_community

OWNERS = ["Member 0", "Member 1", "Server 100"]
TINY = ScheduleSettings(drop_size=4, gather_hours=0)

STEPS = [
    "storage.drops.plan",
    "storage.drops.start_run",
    "picker.refit",
    "storage.drops.mark_fitted",
    "picker.picks_for",
    "storage.drops.record_picks",
    "storage.playlists.intend",
    "spotify.create_playlist",
    "storage.playlists.save",
    "spotify.replace_items",
    "spotify.describe",
    "storage.playlists.mark_written",
    "storage.drops.mark_written",
    "storage.announcements.plan",
    "storage.announcements.sending",
    "storage.announcements.sent",
    "storage.drops.mark_announced",
    "storage.drops.finish_run",
]


def end_at(house: House, step: str, when: str, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end right before or right after a step has had its effect."""
    *path, name = step.split(".")
    target: Any = house
    for part in path:
        target = getattr(target, part)
    real: Callable[..., Awaitable[object]] = getattr(target, name)

    async def ending(*args: Any, **kwargs: Any) -> object:
        if when == "after":
            await real(*args, **kwargs)
        raise error

    monkeypatch.setattr(target, name, ending)


async def check_once(house: House, channel: Channel) -> None:
    """See that every owner has one playlist that holds what was picked, and the server one announcement of all."""
    (message,) = channel.of(SERVER)
    assert sorted(entry.owner_name for entry in message.entries) == OWNERS
    assert house.sandbox.calls.count("spotify", "POST", "/v1/me/playlists") == len(OWNERS)
    for drop in await house.storage.drops.of_week("2026-W02"):
        assert drop.state is DropState.ANNOUNCED
    for entry in message.entries:
        (tracks,) = house.playlist_tracks(f"{entry.owner_name}'s Tastebud")
        assert tracks == [pick.track.spotify_id for pick in entry.picks]
        assert len(set(tracks)) == TINY.drop_size


# Right after one step is right before the next, so `before` is tried at the first alone.
@pytest.mark.parametrize(("step", "when"), [(STEPS[0], "before"), *((step, "after") for step in STEPS)])
async def test_ended_at_a_step(
    step: str, when: str, open_house: OpenHouse, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step was the last, the next start goes on from the rows."""
    async with open_house(TINY, channel) as house:
        await settle_community(house, people=2)
        house.clock.advance(hours(1))
        end_at(house, step, when, Crash(), monkeypatch)
        with pytest.raises(Crash):
            await house.weekly.run()
        monkeypatch.undo()
    async with open_house(TINY, channel) as house:
        await house.weekly.run()
        await check_once(house, channel)
        await house.weekly.run()
        await check_once(house, channel)


@pytest.mark.parametrize("when", ["fail_before", "fail_after"])
async def test_ended_while_announcing(when: str, open_house: OpenHouse, channel: Channel) -> None:
    """An announcement that may have got through is looked for before it is posted."""
    async with open_house(TINY, channel) as house:
        await settle_community(house, people=2)
        house.clock.advance(hours(1))
        setattr(channel, when, Crash())
        with pytest.raises(Crash):
            await house.weekly.run()
        setattr(channel, when, None)
    async with open_house(TINY, channel) as house:
        await house.weekly.run()
        await check_once(house, channel)


@pytest.mark.parametrize("step", ["spotify.create_playlist", "spotify.replace_items", "storage.drops.record_picks"])
async def test_cancelled_at_a_step(
    step: str, open_house: OpenHouse, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled run leaves rows that the next one finishes, in the same process too."""
    async with open_house(TINY, channel) as house:
        await settle_community(house, people=2)
        house.clock.advance(hours(1))
        end_at(house, step, "after", asyncio.CancelledError(), monkeypatch)
        with pytest.raises(asyncio.CancelledError):
            await house.weekly.run()
        monkeypatch.undo()
        await house.weekly.run()
        await check_once(house, channel)


async def test_picks_once_recorded_stay(
    open_house: OpenHouse, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was picked before the end is what is written after it, whatever was said meanwhile."""
    async with open_house(TINY, channel) as house:
        authors = await settle_community(house, people=2)
        house.clock.advance(hours(1))
        end_at(house, "storage.playlists.intend", "before", Crash(), monkeypatch)
        with pytest.raises(Crash):
            await house.weekly.run()
        monkeypatch.undo()
        drops = await house.storage.drops.of_week("2026-W02")
        before = {drop.id: await house.storage.drops.picks(drop.id) for drop in drops}
        assert all(before.values())
        for pick in [pick for picks in before.values() for pick in picks]:
            assert pick.track.id is not None
            await house.storage.feedback.rate(authors[0], pick.track.id, -1)
    async with open_house(TINY, channel) as house:
        await house.weekly.run()
        await check_once(house, channel)
        assert {drop_id: await house.storage.drops.picks(drop_id) for drop_id in before} == before
