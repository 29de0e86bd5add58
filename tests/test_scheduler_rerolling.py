"""A new list in place of a written one, and a preview: whatever stops them, they go on from the rows."""

import pytest

from scheduler.settings import ScheduleSettings
from storage.drops import Drop, DropState
from storage.owners import Owner
from storage.rerolls import RerollState
from tests.fixtures.scheduler import SERVER, Channel, Crash, House, OpenHouse, hours, settle_community
from tests.test_scheduler_crash import end_at

TINY = ScheduleSettings(drop_size=4, gather_hours=0)
STEPS = [
    "storage.rerolls.plan",
    "picker.picks_for",
    "storage.rerolls.record",
    "spotify.replace_items",
    "spotify.describe",
    "storage.playlists.mark_written",
    "storage.rerolls.swap",
    "storage.announcements.sending",
    "storage.announcements.sent",
    "storage.drops.mark_announced",
]


async def written(house: House) -> Drop:
    """Return the drop of one member, written and announced."""
    authors = await settle_community(house, people=2, shares=10)
    house.clock.advance(hours(1))
    await house.weekly.run()
    person = await house.storage.people.by_discord_id(authors[0].discord_id)
    assert person is not None
    drop = await house.storage.drops.latest(Owner("person", person.id))
    assert drop is not None
    house.clock.advance(hours(1))
    return drop


async def ids_of(house: House, drop: Drop) -> list[str | None]:
    """Return a drop's tracks as Spotify knows them."""
    return [pick.track.spotify_id for pick in await house.storage.drops.picks(drop.id)]


@pytest.mark.parametrize("step", STEPS)
async def test_a_reroll_that_ends_at_a_step_goes_on(
    step: str, open_house: OpenHouse, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One new list in the same playlist, announced by an edit, whatever the last step was; never a second one."""
    async with open_house(TINY, channel) as house:
        drop = await written(house)
        before = await ids_of(house, drop)
        end_at(house, step, "after", Crash(), monkeypatch)
        with pytest.raises(Crash):
            await house.weekly.reroll(drop.id)
        monkeypatch.undo()
    async with open_house(TINY, channel) as house:
        await house.weekly.run()
        after = await ids_of(house, drop)
        assert len(after) == TINY.drop_size
        assert not set(after) & set(before)
        assert house.playlist_tracks("Member 0's Tastebud") == [after]
        stands = await house.storage.drops.by_id(drop.id)
        assert stands is not None
        assert stands.state is DropState.ANNOUNCED
        (message,) = channel.of(SERVER)
        entry = next(entry for entry in message.entries if entry.owner_name == "Member 0")
        assert [pick.track.spotify_id for pick in entry.picks] == after
        assert await house.weekly.reroll(drop.id) is None
        await house.weekly.run()
        assert await ids_of(house, drop) == after


async def test_without_anything_else_the_list_stays(open_house: OpenHouse, channel: Channel) -> None:
    """A reroll that finds nothing changes nothing, says why, and may be asked for again."""
    async with open_house(TINY, channel) as house:
        authors = await settle_community(house, people=2, shares=4)
        house.clock.advance(hours(1))
        await house.weekly.run()
        person = await house.storage.people.by_discord_id(authors[0].discord_id)
        assert person is not None
        drop = await house.storage.drops.latest(Owner("person", person.id))
        assert drop is not None
        before = await ids_of(house, drop)
        reroll = await house.weekly.reroll(drop.id)
        assert reroll is not None
        assert reroll.state is RerollState.SKIPPED
        assert reroll.note
        assert await ids_of(house, drop) == before
        assert await house.weekly.reroll(drop.id) is not None


async def test_a_preview_is_the_list_whatever_is_said_meanwhile(open_house: OpenHouse, channel: Channel) -> None:
    """The same again when asked again and after a restart; what is disliked or vetoed meanwhile is left out."""
    async with open_house(TINY, channel) as house:
        authors = await settle_community(house, people=2, shares=10)
        person = await house.storage.people.by_discord_id(authors[0].discord_id)
        assert person is not None
        first = await house.weekly.previewer.preview(person)
        assert len(first.picks) == TINY.drop_size
        assert await house.storage.drops.of_week(first.week) == []
    async with open_house(TINY, channel) as house:
        assert await house.weekly.previewer.preview(person) == first
        ids = [pick.track.id or 0 for pick in first.picks]
        await house.weekly.previewer.veto(person, first.week, [ids[1], 99_999])
        await house.storage.feedback.rate(authors[0], ids[2], -1)
        again = await house.weekly.previewer.preview(person)
        kept = [pick.track.id for pick in again.picks]
        assert kept[:2] == [ids[0], ids[3]]
        assert len(kept) == TINY.drop_size
        house.clock.advance(hours(1))
        await house.weekly.run()
        drop = await house.storage.drops.get(first.week, Owner("person", person.id))
        assert drop is not None
        assert [pick.track.id for pick in await house.storage.drops.picks(drop.id)] == kept
        assert await house.storage.previews.get(first.week, Owner("person", person.id)) is None
