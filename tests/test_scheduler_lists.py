"""Lists in the house: what was asked for, what was shown, whom a shared list is for, and what may come again."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from catalog.models import Pick, Slot
from catalog.tags import TagLevel, TagSource, TrackTag
from scheduler.moving import disliked_days
from scheduler.settings import ScheduleSettings
from scheduler.wanting import Only
from storage.owners import Owner
from storage.people import Person
from storage.proposals import Seed, SeedKind
from storage.showings import DISCOVER
from tests.fixtures.scheduler import SERVER, WEEK, House, OpenHouse, author, by_distinct_artists, settle_community

ME = 5_000


def ids(picks: Sequence[Pick]) -> list[int]:
    """Return the picked tracks."""
    return [pick.track.id or 0 for pick in picks]


async def propose(house: House, genre: int, count: int, *, on_spotify: bool = True) -> list[int]:
    """Let a source propose tracks of one genre and return them."""
    genres = sorted({track.genre for track in house.sandbox.catalogue.shareable})
    fresh = by_distinct_artists(house.sandbox, genres[genre])[-count:]
    found = [await house.track(source, on_spotify=on_spotify) for source in fresh]
    await house.storage.proposals.record("radio", {Seed(SeedKind.ARTIST, 10**6 + genre): found})
    return found


async def tag(house: House, tracks: Sequence[int], *names: str) -> None:
    """Let people call tracks something."""
    for track_id in tracks:
        tags = [TrackTag(name, 80.0, TagLevel.TRACK, TagSource.LASTFM, genre=True) for name in names]
        await house.storage.tags.save(track_id, TagSource.LASTFM, tags)


async def me(house: House, number: int = 0) -> Person:
    """Return a member as stored."""
    person = await house.storage.people.by_discord_id(author(number).discord_id)
    assert person is not None
    return person


async def test_discover_gives_what_was_asked_for(house: House) -> None:
    """A tag brings what is called so and what belongs to it, an artist their own work, nonsense nothing."""
    await settle_community(house, people=2)
    tracks = await propose(house, 2, 12)
    await tag(house, tracks[:4], "shoegaze")
    await tag(house, tracks[4:], "bluegrass")
    await house.picker.refit()
    gaze = await house.picker.discover(ME, SERVER, 10, Only(tags=("shoegaze",)))
    assert set(ids(gaze)) == set(tracks[:4])
    assert set(ids(await house.picker.discover(ME, SERVER, 20, Only(tags=("alternative rock",))))) == set(tracks[:4])
    artist = (await house.storage.tracks.get(tracks[6:7]))[tracks[6]].artists[0].name
    assert tracks[6] in ids(await house.picker.discover(ME, SERVER, 5, Only(artist=artist.upper())))
    assert await house.picker.discover(ME, SERVER, 5, Only(tags=("polka",))) == []
    assert not Only()


async def test_a_surprise_explores(house: House) -> None:
    """Half of a surprise is drawn by lot, each with its chance."""
    await settle_community(house, people=2)
    await propose(house, 2, 30)
    await house.picker.refit()
    picks = await house.picker.discover(ME, SERVER, 10, Only(surprise=True))
    wild = [pick for pick in picks if pick.explores]
    assert len(wild) == 5
    assert all(0 < pick.propensity < 1 and pick.slot is Slot.WILDCARD for pick in wild)
    assert all(pick.propensity == 1 for pick in picks if not pick.explores)


async def test_what_discover_showed_is_remembered_through_a_restart(open_house: OpenHouse) -> None:
    """Nothing shown comes again for two weeks, and each showing says where it stood and why."""
    async with open_house() as house:
        await settle_community(house, people=2)
        await propose(house, 2, 20)
        first = await house.picker.discover(ME, SERVER, 8)
        shown = await house.storage.showings.of((await me(house)).id)
        assert [(each.track_id, each.position, each.occasion) for each in shown] == [
            (track, place, DISCOVER) for place, track in enumerate(ids(first))
        ]
        assert [each.reasons for each in shown] == [pick.reasons for pick in first]
    async with open_house() as house:
        assert not set(ids(first)) & set(ids(await house.picker.discover(ME, SERVER, 8)))
        house.clock.advance(timedelta(days=15))
        assert set(ids(first)) & set(ids(await house.picker.discover(ME, SERVER, 40)))


async def test_nothing_is_kept_of_who_is_left_alone(house: House) -> None:
    """Who opted out, and strangers, are shown new tracks too, and storage knows nothing of it."""
    await settle_community(house, people=2)
    await propose(house, 2, 20)
    await house.storage.people.set_opted_out(ME, "Member 0", True)
    for one in (ME, 77):
        first, second = [ids(await house.picker.discover(one, SERVER, 6)) for _ in range(2)]
        assert not set(first) & set(second)
    assert await house.storage.showings.all_since() == []


async def test_a_drop_of_thirty_has_two_wildcards(open_house: OpenHouse) -> None:
    """Labelled, with the chance they were drawn with, in the drop and in what was shown."""
    async with open_house(ScheduleSettings(drop_size=30, gather_hours=0)) as house:
        await settle_community(house, people=2)
        for genre in (0, 1, 2):
            await propose(house, genre, 30)
        await house.weekly.bring_forward(house.clock.now())
        await house.weekly.run()
        person = await me(house)
        drop = await house.storage.drops.get(WEEK, Owner("person", person.id))
        assert drop is not None
        picks = await house.storage.drops.picks(drop.id)
        wild = [pick for pick in picks if pick.explores]
        assert (len(picks), len(wild)) == (30, 2)
        for pick in wild:
            assert pick.reasons[0].startswith("a wildcard")
            assert 0 < pick.propensity < 1
        shown = await house.storage.showings.of(person.id)
        assert [(each.track_id, each.explores, each.occasion) for each in shown] == [
            (pick.track.id, pick.explores, WEEK) for pick in picks
        ]


async def test_the_dial_reaches_the_list(house: House) -> None:
    """The familiar end brings artists somebody likes, the other end what is far from all they know."""
    await settle_community(house, people=2)
    tracks = await propose(house, 0, 25) + await propose(house, 5, 25)
    await tag(house, tracks[:25], "shoegaze")
    await tag(house, tracks[25:], "bluegrass")
    for track in tracks[:6]:
        await house.storage.feedback.rate(author(0), track, 1, server_id=SERVER)
    found = {}
    for dial in (0, 10):
        await house.storage.people.set_dial(author(0), dial)
        await house.picker.refit()
        picks = await house.picker.picks_for((await me(house)).id, [SERVER], 12, WEEK)
        found[dial] = sum(track in tracks[25:] for track in ids(picks))
    assert found[0] < found[10]


async def test_what_was_dropped_long_ago_may_come_again(house: House) -> None:
    """After sixty days what was never rated comes; what was liked, only to who wants the familiar; disliked never."""
    await settle_community(house, people=2, shares=4)
    never, liked, disliked = await propose(house, 2, 3)
    await house.picker.refit()
    person = await me(house)
    drop = await house.storage.drops.plan("2025-W40", Owner("person", person.id), house.clock.now())
    tracks = await house.storage.tracks.get([never, liked, disliked])
    await house.storage.drops.record_picks(drop.id, [Pick(tracks[each], 0.5) for each in (never, liked, disliked)])
    await house.storage.feedback.rate(author(0), liked, 1, server_id=SERVER)
    await house.storage.feedback.rate(author(0), disliked, -1, server_id=SERVER)
    come = {}
    for wait, days, dial in ((59, 59, 0), (2, 61, None), (0, 61, 2)):
        house.clock.advance(timedelta(days=wait))
        await house.storage.people.set_dial(author(0), dial)
        await house.picker.refit()
        picks = await house.picker.picks_for(person.id, [SERVER], 60, f"{days} {dial}")
        come[days, dial] = {never, liked, disliked} & set(ids(picks))
    assert come == {(59, 0): set(), (61, None): {never}, (61, 2): {never, liked}}


async def test_a_servers_list_says_whom_a_track_is_for(house: House) -> None:
    """Each track of the server's list is for somebody, in names and in ids; nothing in it is drawn by lot."""
    authors = await settle_community(house, people=4, shares=8)
    await house.picker.refit()
    picks = await house.picker.picks_for_server(SERVER, 12, WEEK)
    members = {one.discord_id: one.name for one in authors}
    for pick in picks:
        assert pick.slot is Slot.FAIR
        assert not pick.explores
        assert pick.made_for
        assert set(pick.made_for) <= set(members)
        assert pick.reasons[0].startswith(f"picked for {members[pick.made_for[0]]}")
        assert f"server:{SERVER}" in pick.origins
    assert {one for pick in picks for one in pick.made_for} == set(members)


async def test_a_blend_is_for_each_of_its_people(house: House) -> None:
    """Both have their turns; what either dislikes, or has kept out, does not come, nor what both know."""
    await settle_community(house, people=4, shares=8)
    tracks = await propose(house, 2, 6)
    one, two = await me(house, 0), await me(house, 1)
    await house.storage.feedback.rate(author(0), tracks[0], -1, server_id=SERVER)
    for number in (0, 1):
        await house.storage.feedback.rate(author(number), tracks[1], 1, server_id=SERVER)
    await house.storage.feedback.rate(author(1), tracks[2], 1, server_id=SERVER)
    await house.picker.refit()
    picks = await house.picker.picks_for_people([one.id, two.id, 99_999], [SERVER], 40, "blend")
    assert not {tracks[0], tracks[1]} & set(ids(picks))
    assert tracks[2] in ids(picks)
    first = picks[:10]
    for person in (one, two):
        assert sum(person.discord_id in pick.made_for for pick in first) >= 3
    alone = await house.picker.picks_for_people([one.id], [SERVER], 8, "blend")
    assert all(pick.made_for == (one.discord_id,) for pick in alone)
    assert await house.picker.picks_for_people([], [SERVER], 3, "blend")


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "nowhere"])
async def test_dislikes_are_told_by_their_day(house: House, timezone: str) -> None:
    """Today, yesterday, a weekday of the last six days; older ones and likes by none."""
    await settle_community(house, people=2, shares=4)
    tracks = await propose(house, 2, 5)
    for track, days in zip(tracks, (2, 4, 1, 1, 0), strict=True):
        await house.storage.feedback.rate(author(0), track, 1 if track == tracks[3] else -1, server_id=SERVER)
        house.clock.advance(timedelta(days=days))
    said = await house.storage.feedback.of_person((await me(house)).id, 100)
    words = disliked_days(said, house.clock.now(), timezone)
    assert words.get(tracks[4]) == "today"
    assert words.get(tracks[2]) == f"on {house.clock.now() - timedelta(days=2):%A}"
    assert words.get(tracks[1]) == f"on {house.clock.now() - timedelta(days=6):%A}"
    assert not {tracks[0], tracks[3]} & words.keys()
