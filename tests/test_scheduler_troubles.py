"""The weekly run when something fails: nothing is lost, nothing comes twice, nobody waits for another's trouble."""

import logging
from datetime import timedelta

import pytest

from sandbox.accounts import OWNER_SCOPES
from scheduler.settings import ScheduleSettings
from storage.drops import DropState, Owner
from storage.proposals import Seed, SeedKind
from tests.fixtures.scheduler import (
    SERVER,
    WEEK,
    Channel,
    House,
    OpenHouse,
    hours,
    settle_community,
    states,
)


async def test_an_unfinished_drop_of_a_week_ago_is_closed(open_house: OpenHouse, channel: Channel) -> None:
    """What was left unfinished a week ago is not announced beside the new week's."""
    async with open_house() as house:  # nobody announces
        await settle_community(house, people=2)
        house.clock.advance(hours(1))
        await house.weekly.run()
        assert set((await states(house)).values()) == {DropState.WRITTEN}
        house.clock.advance(timedelta(days=7))
    async with open_house(announcer=channel) as house:
        await house.weekly.run()
        assert set((await states(house)).values()) == {DropState.ANNOUNCED}
    assert len(channel.of(SERVER)) == 1


async def test_a_wrong_time_zone_falls_back_to_the_default(house: House) -> None:
    """A row that names no time zone any more does not stop the run."""
    await settle_community(house, people=2)
    await house.storage.people.set_schedule(5_001, "Member 1", "someday", 40, "Mars/Olympus")
    house.clock.advance(hours(1))
    assert (await house.weekly.run()).written == 3


async def test_a_used_up_quota_leaves_tracks_with_ids(house: House) -> None:
    """When Spotify takes no more searches, what is known there makes the list, and it says so."""
    await settle_community(house, people=2, shares=4)
    ids = [await house.track(source, on_spotify=False) for source in house.sandbox.catalogue.tracks[-30:]]
    artist = (await house.storage.tracks.get(ids))[ids[0]].artists[0]
    assert artist.id is not None
    await house.storage.proposals.record("related", {Seed(SeedKind.ARTIST, artist.id): ids})
    house.sandbox.faults.inject("quota", "spotify", "/v1/search", times=None)
    house.clock.advance(hours(1))
    await house.weekly.run()
    drops = await house.storage.drops.of_week(WEEK)
    assert drops
    for drop in drops:
        assert "Spotify took no more look-ups" in drop.note
        assert all(pick.track.spotify_id for pick in await house.storage.drops.picks(drop.id))


async def test_the_days_searches_are_shared_by_all_drops(open_house: OpenHouse) -> None:
    """Ids are looked for within a budget, a fair part of it for each drop, so that playlists can still be written."""
    settings = ScheduleSettings(drop_size=10, gather_hours=0, id_searches=6)
    async with open_house(settings) as house:
        await settle_community(house, people=2, shares=2)
        having = [track for track in house.sandbox.catalogue.tracks if track.on_spotify and track.on_deezer][-60:]
        ids = [await house.track(source, on_spotify=False) for source in having]
        artist = (await house.storage.tracks.get(ids))[ids[0]].artists[0]
        assert artist.id is not None
        await house.storage.proposals.record("related", {Seed(SeedKind.ARTIST, artist.id): ids})
        house.clock.advance(hours(1))
        await house.weekly.run()
        assert 0 < house.sandbox.calls.count("spotify", path="/v1/search") <= 6 + 3
        drops = await house.storage.drops.of_week(WEEK)
        assert len(drops) == 3
        for drop in drops:
            assert drop.state is DropState.WRITTEN
            assert len(await house.storage.drops.picks(drop.id)) > 1
            assert "no more look-ups" in drop.note


async def test_an_unreachable_spotify_leaves_drops_picked_and_comes_later(house: House, channel: Channel) -> None:
    """Nothing is lost while Spotify is away; it is asked again with growing pauses, and announced then."""
    await settle_community(house, people=2)
    fault = house.sandbox.faults.inject("server_error", "spotify", "/v1/me/playlists", times=None)
    house.clock.advance(hours(1))
    report = await house.weekly.run()
    assert (report.picked, report.written, report.failed) == (3, 0, 3)
    assert set((await states(house)).values()) == {DropState.PICKED}
    struck = fault.struck
    await house.weekly.run()
    assert fault.struck == struck  # not again at once
    house.sandbox.faults.clear()
    house.clock.advance(hours(2))
    await house.weekly.run()
    assert set((await states(house)).values()) == {DropState.ANNOUNCED}
    assert len(channel.of(SERVER)) == 1
    assert house.sandbox.calls.count("spotify", "POST", "/v1/me/playlists") == struck + 3


async def test_one_failure_does_not_stop_the_others(
    house: House, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person whose picks or playlist fail is logged; the rest is announced, and the failed one follows."""
    authors = await settle_community(house, people=3)
    person = await house.storage.people.by_discord_id(authors[0].discord_id)
    assert person is not None
    real = house.picker.picks_for

    async def failing(person_id: int, *args: object, **kwargs: object) -> object:
        if person_id == person.id:
            raise ArithmeticError("a strange taste")
        return await real(person_id, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(house.picker, "picks_for", failing)
    house.clock.advance(hours(1))
    report = await house.weekly.run()
    assert (report.written, report.failed) == (3, 1)
    monkeypatch.undo()
    house.clock.advance(hours(1))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    assert len(message.entries) == 4
    assert message.edits == 1


async def test_a_lost_consent_is_said_once_and_mended_by_linking(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Drops wait as picked while the account is not linked; one sentence says so, not one a tick."""
    await settle_community(house, people=2)
    house.sandbox.accounts.revoke()
    house.clock.advance(hours(1))
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            await house.weekly.run()
            house.clock.advance(timedelta(minutes=1))
    assert set((await states(house)).values()) == {DropState.PICKED}
    said = [record.getMessage() for record in caplog.records if record.name.startswith("scheduler")]
    assert len(set(said)) == len(said) <= 2
    consent = house.sandbox.accounts.consent(house.sandbox.accounts.owner, OWNER_SCOPES)
    await house.tokens.adopt(consent.token)
    await house.weekly.run()
    assert set((await states(house)).values()) == {DropState.ANNOUNCED}


async def test_nowhere_to_announce_ends_well(house: House, channel: Channel) -> None:
    """A server without a channel to post in has its drops, and is not asked again."""
    await settle_community(house, people=2)
    channel.nowhere = True
    house.clock.advance(hours(1))
    await house.weekly.run()
    assert set((await states(house)).values()) == {DropState.ANNOUNCED}
    assert channel.messages == {}


async def test_a_failing_announcement_is_tried_again(house: House, channel: Channel) -> None:
    """Without permission to post, drops stay written until the announcement gets through, once."""
    await settle_community(house, people=2)
    channel.fail_before = PermissionError("may not post here")
    house.clock.advance(hours(1))
    await house.weekly.run()
    assert set((await states(house)).values()) == {DropState.WRITTEN}
    channel.fail_before = None
    house.clock.advance(hours(1))
    await house.weekly.run()
    assert set((await states(house)).values()) == {DropState.ANNOUNCED}
    assert len(channel.of(SERVER)) == 1


async def test_a_deleted_playlist_is_made_once_more(house: House) -> None:
    """Deleted on Spotify between two weeks: the person gets a new one, with the new tracks."""
    await settle_community(house, people=2, shares=22)
    house.clock.advance(hours(1))
    await house.weekly.run()
    (lost,) = [each for each in house.sandbox.spotify.playlists.all() if each.name == "Member 0's Tastebud"]
    house.sandbox.spotify.playlists.delete(lost.id)
    house.clock.advance(timedelta(days=7))
    assert (await house.weekly.run()).written == 3
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    playlist = await house.storage.playlists.get(Owner("person", person.id))
    assert playlist is not None
    assert playlist.recreated == 1
    assert playlist.spotify_id != lost.id
    assert playlist.spotify_id is not None
    made = house.sandbox.spotify.playlists.get(playlist.spotify_id)
    assert made is not None
    assert len(made.track_ids) == 10
