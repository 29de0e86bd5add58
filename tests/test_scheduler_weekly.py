"""The weekly run, from planned to announced."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler import notes
from scheduler.settings import ScheduleSettings
from storage.drops import DropState, Owner
from storage.proposals import Seed, SeedKind
from tests.fixtures.scheduler import (
    SERVER,
    SMALL,
    WEEK,
    Channel,
    House,
    author,
    by_distinct_artists,
    hours,
    settle_community,
    states,
)


async def test_a_week_comes_whole(house: House, channel: Channel) -> None:
    """At the due hour each member and the server get a playlist, and the server one announcement of all."""
    await settle_community(house)
    house.clock.advance(hours(1))
    report = await house.weekly.run()
    assert (report.planned, report.picked, report.written, report.announced) == (5, 5, 5, 1)
    (message,) = channel.of(SERVER)
    assert [entry.owner_name for entry in message.entries] == ["Server 100", *(f"Member {n}" for n in range(4))]
    for entry in message.entries:
        assert entry.url
        (tracks,) = house.playlist_tracks(f"{entry.owner_name}'s Tastebud")
        assert tracks == [pick.track.spotify_id for pick in entry.picks]
        assert len(tracks) == 10
        assert all(pick.reasons for pick in entry.picks)
    run = await house.storage.drops.run(WEEK)
    assert run is not None
    assert run.fitted_at is not None
    assert run.finished_at is not None


async def test_nothing_happens_before_the_hour_and_nothing_twice_after(house: House, channel: Channel) -> None:
    """A minute early nothing is due; an hour later nothing is due any more."""
    await settle_community(house, people=2)
    house.clock.advance(hours(59 / 60))
    assert (await house.weekly.run()).planned == 0
    house.clock.advance(hours(1 / 60))
    assert (await house.weekly.run()).planned == 3
    calls = house.sandbox.calls.count("spotify")
    house.clock.advance(hours(1))
    assert (await house.weekly.run()).planned == 0
    assert house.sandbox.calls.count("spotify") == calls
    assert [message.edits for message in channel.of(SERVER)] == [0]


async def test_the_next_week_replaces_in_place_and_repeats_nothing(house: House, channel: Channel) -> None:
    """The playlist of a week ago gets other tracks; no second playlist is made."""
    await settle_community(house, people=4, shares=12)
    house.clock.advance(hours(1))
    await house.weekly.run()
    first = house.playlist_tracks("Member 0's Tastebud")
    house.clock.advance(timedelta(days=7))
    await house.weekly.run()
    second = house.playlist_tracks("Member 0's Tastebud")
    assert len(first) == len(second) == 1
    assert len(second[0]) == 10
    assert not set(first[0]) & set(second[0])
    assert len(channel.of(SERVER)) == 2


async def test_own_tracks_never_come(house: House) -> None:
    """What a person shared or rated is not picked for them, under no other release either."""
    authors = await settle_community(house)
    house.clock.advance(hours(1))
    await house.weekly.run()
    for one in authors:
        person = await house.storage.people.by_discord_id(one.discord_id)
        assert person is not None
        met = {row.track_id for row in await house.storage.feedback.of_person(person.id, 100)}
        drop = await house.storage.drops.get(WEEK, Owner("person", person.id))
        assert drop is not None
        picks = await house.storage.drops.picks(drop.id)
        assert picks
        assert not met & {pick.track.id for pick in picks}


async def test_the_first_drop_comes_at_the_first_hour_after_the_first_word(house: House) -> None:
    """Whoever begins on a Wednesday is due on Monday, not upon their first click."""
    house.clock.move_to(datetime(2026, 1, 7, 12, tzinfo=UTC))
    await settle_community(house, people=2)
    assert (await house.weekly.run()).planned == 0
    house.clock.move_to(datetime(2026, 1, 12, 9, tzinfo=UTC))
    assert (await house.weekly.run()).planned == 3


async def test_a_missed_hour_is_made_up_once_and_late(house: House) -> None:
    """Away from Monday to Thursday: the drop comes on Thursday, and the next on Monday."""
    await settle_community(house, people=2, shares=14)
    house.clock.move_to(datetime(2026, 1, 8, 17, tzinfo=UTC))
    assert (await house.weekly.run()).written == 3
    assert (await house.weekly.run()).written == 0
    house.clock.move_to(datetime(2026, 1, 12, 9, tzinfo=UTC))
    assert (await house.weekly.run()).written == 3


async def test_weeks_long_past_are_not_made_up(house: House) -> None:
    """Away for a month: one drop of the present week, none of those between."""
    await settle_community(house, people=2)
    house.clock.move_to(datetime(2026, 2, 3, 10, tzinfo=UTC))
    assert (await house.weekly.run()).planned == 3
    assert not await house.storage.drops.of_week("2026-W05")
    assert len(await house.storage.drops.of_week("2026-W06")) == 3


@pytest.mark.parametrize(
    ("back", "made"), [(datetime(2026, 1, 11, 23, tzinfo=UTC), 3), (datetime(2026, 1, 12, 8, tzinfo=UTC), 0)]
)
async def test_a_drop_is_made_up_until_its_week_is_over(house: House, back: datetime, made: int) -> None:
    """On Sunday night this week's still comes; on Monday morning the next is an hour away, so it does not."""
    await settle_community(house, people=2)
    house.clock.move_to(back)
    assert (await house.weekly.run()).written == made


async def test_a_drop_late_on_sunday_is_made_up_on_monday(house: House) -> None:
    """Whoever chose Sunday evening does not lose a week because the bot was away over night."""
    await settle_community(house, people=2)
    await house.storage.people.set_schedule(5_000, "Member 0", "sunday", 20, None)
    house.clock.move_to(datetime(2026, 1, 12, 8, tzinfo=UTC))
    assert (await house.weekly.run()).written == 1


async def test_opting_out_in_the_middle_is_honoured(house: House, channel: Channel) -> None:
    """Opted out between picks and announcement: no playlist is written, nothing is announced of them."""
    house.weekly.announcer = None
    await settle_community(house, people=3)
    for name, fault in (("Member 0", "/v1/me/playlists"), ("Member 1", None)):
        house.sandbox.faults.clear()
        if fault:
            house.sandbox.faults.inject("server_error", "spotify", fault, times=None)
        house.clock.advance(hours(2))
        await house.weekly.run()
        await house.storage.people.set_opted_out(5_000 + int(name[-1]), name, opted_out=True)
    house.clock.advance(hours(2))
    house.weekly.announcer = channel
    await house.weekly.run()
    assert (await states(house))["Member 0"] is DropState.SKIPPED
    (message,) = channel.of(SERVER)
    assert [entry.owner_name for entry in message.entries] == ["Server 100", "Member 2"]
    assert house.playlist_tracks("Member 0's Tastebud") == []


async def test_opting_out_before_the_picks_is_honoured(house: House) -> None:
    """Planned, then opted out: nothing is picked any more."""
    await settle_community(house, people=2)
    await house.weekly.bring_forward(house.clock.now())
    await house.storage.people.set_opted_out(5_000, "Member 0", opted_out=True)
    assert (await house.weekly.run()).skipped == 1
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    drop = await house.storage.drops.get(WEEK, Owner("person", person.id))
    assert drop is not None
    assert (drop.state, drop.note) == (DropState.SKIPPED, notes.OPTED_OUT)
    assert await house.storage.drops.picks(drop.id) == []


async def test_later_hours_edit_the_same_announcement(house: House, channel: Channel) -> None:
    """Somebody in New York is due hours later: the message that stands gets their line."""
    await settle_community(house, people=2)
    await house.storage.people.set_schedule(5_001, "Member 1", None, None, "America/New_York")
    house.clock.advance(hours(1))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    assert [entry.owner_name for entry in message.entries] == ["Server 100", "Member 0"]
    house.clock.advance(hours(5))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    assert [entry.owner_name for entry in message.entries] == ["Server 100", "Member 0", "Member 1"]
    assert message.edits == 1


async def test_only_the_active_who_have_not_opted_out(house: House) -> None:
    """Old feedback alone earns no drop, nor does a person who wants to be left alone."""
    old = house.clock.now() - timedelta(days=120)
    await settle_community(house, people=2)
    source = by_distinct_artists(house.sandbox, house.sandbox.catalogue.shareable[0].genre)[-1]
    await house.share(author(7), source, at=old)
    await house.storage.people.set_opted_out(5_001, "Member 1", opted_out=True)
    house.clock.advance(hours(1))
    await house.weekly.run()
    assert set(await states(house)) == {"Member 0", "Server 100"}


async def test_a_person_without_any_candidate_is_skipped_with_a_note(house: House) -> None:
    """Alone with one track there is nothing new: no playlist, and a sentence that says why."""
    await house.share(author(0), house.sandbox.catalogue.shareable[0])
    house.clock.advance(hours(1))
    report = await house.weekly.run()
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    drop = await house.storage.drops.get(WEEK, Owner("person", person.id))
    assert drop is not None
    assert (drop.state, drop.note) == (DropState.SKIPPED, notes.NOTHING_NEW)
    assert (report.skipped, report.written) == (1, 1)  # the server's list has the one track
    assert house.playlist_tracks("Member 0's Tastebud") == []


async def test_little_feedback_and_few_tracks_are_said(house: House, channel: Channel) -> None:
    """A newcomer in a small pool gets the community's list, shorter, and both are said."""
    await settle_community(house, people=2, shares=3)
    house.clock.advance(hours(1))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    entry = message.entries[1]
    assert notes.little_feedback(4) in entry.note
    assert notes.few_tracks(2, 10) in entry.note
    assert len(entry.picks) == 2


async def test_a_track_without_an_id_gives_way_to_the_next(house: House) -> None:
    """Gathered tracks that Spotify lacks are left out, those it has are found, and the list is still full."""
    authors = await settle_community(house, people=2, shares=2)
    catalogue = house.sandbox.catalogue
    lacking = [track for track in catalogue.tracks if not track.on_spotify and track.on_deezer][:6]
    having = [track for track in catalogue.tracks if track.on_spotify and track.on_deezer][-30:]
    ids = [await house.track(source, on_spotify=False) for source in [*lacking, *having]]
    artists = (await house.storage.tracks.get(ids))[ids[0]].artists
    assert artists[0].id is not None
    await house.storage.proposals.record("related", {Seed(SeedKind.ARTIST, artists[0].id): ids})
    house.clock.advance(hours(1))
    await house.weekly.run()
    for one in authors:
        (tracks,) = house.playlist_tracks(f"{one.name}'s Tastebud")
        assert len(tracks) == 10
        assert len(set(tracks)) == 10


async def test_a_person_in_two_servers_is_announced_in_both(house: House, channel: Channel) -> None:
    """One playlist, two announcements; neither names people of the other server."""
    await settle_community(house, people=2, shares=6)
    other = 200
    genre = house.sandbox.catalogue.shareable[-1].genre
    stranger = author(9)
    await house.share(stranger, *by_distinct_artists(house.sandbox, genre)[:6], server_id=other)
    await house.rate(author(0), by_distinct_artists(house.sandbox, genre)[0], 1, server_id=other)
    house.clock.advance(hours(1))
    await house.weekly.run()
    (here,), (there,) = channel.of(SERVER), channel.of(other)
    both = [next(entry for entry in message.entries if entry.discord_id == 5_000) for message in (here, there)]
    assert both[0].url == both[1].url
    assert len(house.playlist_tracks("Member 0's Tastebud")) == 1
    for entry in both:
        text = " ".join(reason for pick in entry.picks for reason in pick.reasons)
        assert stranger.name not in text
        assert "Member 1" not in text
        assert all(not pick.shared_by for pick in entry.picks)


async def test_shares_do_not_cross_servers(house: House, channel: Channel) -> None:
    """Who is active in one server is never given what only another one shared."""
    await settle_community(house, people=2, shares=6)
    genre = house.sandbox.catalogue.shareable[-1].genre
    foreign = by_distinct_artists(house.sandbox, genre)[:20]
    await house.share(author(9), *foreign, server_id=200)
    house.clock.advance(hours(1))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    written = {pick.track.spotify_id for entry in message.entries for pick in entry.picks}
    assert not written & {track.spotify_id for track in foreign}


async def test_the_server_list_credits_who_shared(house: House, channel: Channel) -> None:
    """Tracks of the server's list say whose share they were."""
    await settle_community(house)
    house.clock.advance(hours(1))
    await house.weekly.run()
    (message,) = channel.of(SERVER)
    server = message.entries[0]
    assert server.is_server
    assert all(pick.shared_by for pick in server.picks)
    credited = {discord_id for pick in server.picks for discord_id in pick.shared_by}
    # Members 0 and 2 are of one taste, 1 and 3 of the other.
    assert credited & {5_000, 5_002}
    assert credited & {5_001, 5_003}


async def test_bring_forward_makes_this_weeks_drop_now(house: House, channel: Channel) -> None:
    """The owner may have the week's drops at once; at the hour itself they do not come again."""
    await settle_community(house, people=2)
    coming = await house.weekly.due(house.clock.now(), everybody=True)
    assert sorted(name for name, _ in coming) == ["Member 0", "Member 1", "Server 100"]
    assert await house.weekly.due(house.clock.now()) == []
    assert not await house.storage.drops.of_week(WEEK)
    assert await house.weekly.bring_forward(house.clock.now()) == 3
    assert await house.weekly.bring_forward(house.clock.now()) == 0
    assert (await house.weekly.run()).written == 3
    house.clock.advance(hours(2))
    assert (await house.weekly.run()).planned == 0
    assert len(channel.of(SERVER)) == 1


def test_settings_refuse_what_cannot_be_followed() -> None:
    """A wrong value gives a sentence that names the setting or says what to write."""
    for wrong, hint in (
        ({"weekday": "funday"}, "monday"),
        ({"hour": 24}, "0 to 23"),
        ({"timezone": "Nowhere"}, "Europe/Berlin"),
        ({"drop_size": 0}, "schedule.drop_size"),
        ({"drop_size": 101}, "1 to 100"),
        ({"tick_seconds": 0}, "schedule.tick_seconds"),
        ({"repeat_days": -1}, "schedule.repeat_days"),
    ):
        with pytest.raises(ValueError, match=hint):
            ScheduleSettings(**wrong)  # type: ignore[arg-type]
    assert SMALL.slot.weekday == "monday"
