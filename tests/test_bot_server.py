"""A server's own picture, whose shares do best, and looks back."""

from datetime import timedelta

import pytest

from bot.announcer import DiscordAnnouncer
from catalog.models import Pick
from scheduler.announcing import AnnouncedDrop
from scheduler.recaps import Period, Span
from storage.owners import Owner
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.society import alt_of, buttons_of, last_message, settle


async def test_server_shows_what_it_loves_and_what_divides_it(room: Room) -> None:
    """As a picture in the channel, and what only the asker loves."""
    town = await settle(room)
    ann = await town.fan("ann", [0, 1, 5], [2])
    await town.fan("ben", [0, 2], [1, 5])
    await town.fan("cat", [0, 2], [5])
    await town.fan("dan", [0], [2])
    await room.services.storage.people.set_opted_out(await founder(room), "founder", True)
    await ann.send(room.channel, "!server")
    (message,) = room.said()
    alt = alt_of(message)
    assert f"Most loved: {town.title(0)[:40]}" in alt
    assert "(4 for, 0 against)" in alt
    assert f"Most divisive: {town.title(2)[:40]}" in alt
    assert f"Only you love {town.title(5)[:40]}" in alt
    assert "founder" not in alt


async def founder(room: Room) -> int:
    """Return the founder's id on Discord."""
    (person,) = await room.services.storage.people.named("founder")
    return person.discord_id


async def test_server_shows_its_list_with_credits(room: Room) -> None:
    """The newest one, in pages; a credit of this server alone."""
    town = await settle(room)
    ann = await town.fan("ann", town.quiet)
    storage, clock = room.services.storage, room.services.clock
    drop = await storage.drops.plan("2026-W01", Owner("server", room.guild.id), clock.now())
    tracks = await storage.tracks.get(town.ids)
    picks = [Pick(track, 0.8, shared_by=(await founder(room), 999)) for track in list(tracks.values())[:14]]
    await storage.drops.record_picks(drop.id, picks)
    await storage.drops.mark_written(drop.id)
    await ann.send(room.channel, "!server")
    (message,) = room.said()
    listed = message.embeds[1]
    assert "shared by founder" in (listed.description or "")
    assert "999" not in (listed.description or "")
    assert "week 1" in (listed.title or "")
    on = next(each for each in buttons_of(message) if ":on:" in each)
    await ann.click(message, custom_id=on)
    (turned,) = room.said()
    assert "11." in (turned.embeds[0].description or "")


async def test_another_servers_words_are_in_no_picture_of_this_one(open_room: OpenRoom) -> None:
    """A server whose members only spoke elsewhere has nothing to show."""
    async with open_room(check_errors=False) as room:
        await settle(room)
        other = room.env.create_guild("Elsewhere")
        channel = other.create_text_channel("music")
        zoe = other.add_member(room.env.create_user("zoe"))
        for command in ("!server", "!tastemakers", "!recap"):
            await zoe.send(channel, command)
            said = channel.history()[-1]
            assert not said.embeds
            assert "👍" in said.content or "share a track" in said.content


async def test_tastemakers_are_whom_others_like(room: Room) -> None:
    """Not who likes their own, and not by how many they share."""
    town = await settle(room)
    ann, ben = room.member("ann"), room.member("ben")
    await town.share(ann, town.quiet[:4])
    await town.share(ben, town.loud[:4])
    await town.react(ben, town.loud[:4])
    for number in range(6):
        fan = room.member(f"fan{number}")
        await town.react(fan, town.quiet[: number % 4 + 1])
        await town.react(fan, town.loud[: number % 4 + 1], "👎")
    await ann.send(room.channel, "!tastemakers")
    (message,) = room.said()
    lines = (message.embeds[0].description or "").splitlines()
    assert "**ann**" in lines[0]
    assert "by 6 others were likes" in lines[1]
    assert "**ben**" in lines[2]
    assert "*0 of" in lines[3]


@pytest.mark.parametrize("period", ["week", "month", "year"])
async def test_recap_counts_a_period(room: Room, period: str) -> None:
    """As a picture in the channel: what was shared, by how many, and what was loved."""
    town = await settle(room)
    ann = await town.fan("ann", [3, 4], [5])
    await town.fan("ben", [3])
    await ann.send(room.channel, f"!recap {period}")
    (message,) = room.said()
    alt = alt_of(message)
    assert "24 shares, 4 reactions, 3 people, 75% liked" in alt
    assert f"Loved most: {town.title(3)[:40]}" in alt
    assert "shoegaze" in alt
    await ann.click(message, custom_id=buttons_of(message)[0])
    assert room.said() == []


async def test_my_recap_is_for_me_alone(room: Room) -> None:
    """Of my own doings, by slash below the command and typed by direct message."""
    town = await settle(room)
    ann = await town.fan("ann", [3, 4])
    await town.fan("ben", [7, 8, 9])
    result = await ann.slash(room.channel, "recap", period="month", whose="me")
    assert result.ephemeral
    alt = alt_of(last_message(result))
    assert "Recap of ann" in alt
    assert "0 shares, 2 reactions" in alt
    assert town.title(7) not in alt
    await ann.send(room.channel, "!recap month me")
    assert room.said() == []
    assert len(ann.user.dm_channel.history()) == 1


async def test_a_period_that_has_only_begun_gives_way_to_the_one_before(room: Room) -> None:
    """On the first morning of a month there is nothing of it to tell yet."""
    town = await settle(room)
    room.product.clock.move_to(room.services.clock.now() + timedelta(days=35))
    ann = room.member("ann")
    await ann.send(room.channel, "!recap month")
    assert "January 2026" in alt_of(room.said()[-1])
    assert town.title(0)


def test_spans_are_whole_periods() -> None:
    """Weeks begin on Monday; each knows the one before."""
    from datetime import UTC, datetime

    day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    week, month, year = (Span.around(period, day) for period in (Period.WEEK, Period.MONTH, Period.YEAR))
    assert (week.name, month.name, year.name) == ("23 February to 1 March 2026", "March 2026", "2026")
    assert month.before().name == "February 2026"
    assert len(month.before().parts) == 28
    assert week.before().name == "16 to 22 February 2026"
    assert year.before().parts[1] == "Feb"
    assert month.part_of(int(day.timestamp() * 1000)) == 0
    assert year.part_of(int(day.timestamp() * 1000)) == 2


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_recap_comes_with_the_drop_where_a_server_wants_it(room: Room, wanted: bool) -> None:
    """Of the week before, below the lists, once: a later edit of the announcement leaves it there."""
    town = await settle(room)
    await town.fan("ann", [3, 4])
    await room.bot.wishes.change(room.guild.id, recaps=wanted)
    announcer = DiscordAnnouncer(room.bot)
    entry = [AnnouncedDrop("ann", 1, "https://open.spotify.com/playlist/1", ())]
    message_id = await announcer.announce("2026-W02", room.guild.id, entry, "marker", channel_id=room.channel.id)
    await announcer.announce(
        "2026-W02", room.guild.id, entry * 2, "marker", channel_id=room.channel.id, message_id=message_id
    )
    (message,) = room.said()
    assert len(message.attachments) == wanted
    if wanted:
        assert "29 December to 4 January 2026" in alt_of(message)
        assert "2 reactions" in alt_of(message)
