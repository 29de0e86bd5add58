"""Lists as members meet them: `playlist`, `week`, `hit-rate` and `second-chance`."""

from datetime import timedelta

import discord
import pytest

from bot.lists import which_week
from catalog.models import Artist, Pick
from storage.people import Author
from tests.drop_helpers import dropped, ids_of, letters, owner, rated, saved, settled, texts, track_ids
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of, write_list

HOSTILE = "@everyone \u202e*_`[x](http://evil.example)" + "x" * 3_000


async def test_playlist_shows_the_list_with_reasons_page_by_page(room: Room) -> None:
    """The list of this week, numbered and linked, with its reasons; pages turn also after a restart."""
    ann, bea = room.member("ann"), room.member("bea")
    await write_list(room, ann, count=25)
    await ann.send(room.channel, "!playlist")
    shown = room.said()[-1]
    embed = shown.embeds[0]
    assert embed.url == "https://open.spotify.com/playlist/abc"
    assert "1. **[" in (embed.description or "")
    assert "*because of 0*" in (embed.description or "")
    assert "page 1 of 3" in (embed.footer.text or "")
    await room.leave()
    await room.come_back()
    forward = ids_of(shown, "tb:list")[1]
    foreign = await bea.click(shown, custom_id=forward)
    assert "somebody else" in answer_of(foreign)
    await ann.click(shown, custom_id=forward)
    turned = room.said()[-1].embeds[0]
    assert "11. **[" in (turned.description or "")
    assert "page 2 of 3" in (turned.footer.text or "")
    private = await ann.slash(room.channel, "playlist")
    assert private.ephemeral


async def test_a_button_of_before_still_turns(room: Room) -> None:
    """Messages that stand since before lists had other buttons go on working."""
    ann = room.member("ann")
    await write_list(room, ann, count=12)
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=f"tb:page:2026-W01:1:on:{ann.id}"))
    message = await channel.send("an old list", view=view)
    await ann.click(message, custom_id=f"tb:page:2026-W01:1:on:{ann.id}")
    assert "11. **[" in texts(room.said()[-1])


async def test_any_week_as_it_was(room: Room) -> None:
    """A past list is shown whole, whatever came since; its week is suggested."""
    ann, _ = await settled(room, 60)
    first = await dropped(room, ann)
    before = [pick.track.title for pick in await room.services.storage.drops.picks(first.id)]
    second = await dropped(room, ann, weeks=1)
    choices = await ann.autocomplete(room.channel, "week", "week", "")
    assert [choice["value"] for choice in choices] == [second.week, first.week]
    result = await ann.slash(room.channel, "week", week=str(int(first.week[6:])))
    assert result.ephemeral
    assert result.response is not None
    said = texts(result.response)
    assert f"Your list of week {int(first.week[6:])}, {first.week[:4]}" in said
    assert before[0][:20] in said
    assert "open.spotify.com/playlist" not in said


async def test_a_week_without_a_list_is_answered_with_those_there_are(open_room: OpenRoom) -> None:
    """One sentence names the weeks that exist."""
    async with open_room(check_errors=False) as room:
        ann, _ = await settled(room, 12)
        drop = await dropped(room, ann)
        for typed in ("!week 53", "!week", "!week next @everyone"):
            await ann.send(room.channel, typed)
            assert drop.week in room.said()[-1].content
            assert "@everyone" not in room.said()[-1].content


@pytest.mark.parametrize(
    ("typed", "week"),
    [
        ("41", "2026-W41"),
        ("W41", "2026-W41"),
        ("week 41", "2026-W41"),
        ("2025-W41", "2025-W41"),
        ("2025 41", "2025-W41"),
        ("2", "2026-W02"),
        ("40", None),
        ("", None),
        ("forty", None),
        ("²", None),
        ("9" * 50, None),
    ],
)
def test_weeks_are_understood_however_written(typed: str, week: str | None) -> None:
    """A number means the newest week of that number."""
    assert which_week(typed, ["2026-W41", "2026-W02", "2025-W41"]) == week


async def test_the_hit_rate_stands_under_the_next_drop(room: Room) -> None:
    """In the announcement, in the playlist's answer and on request; wildcards are counted apart."""
    ann, _ = await settled(room, 60)
    first = await dropped(room, ann)
    picks = await room.services.storage.drops.picks(first.id)
    best = [pick for pick in picks if not pick.explores]
    author = Author(ann.id, "ann")
    room.product.clock.advance(timedelta(hours=2))
    for pick in best[:3]:
        await room.services.storage.feedback.rate(author, pick.track.id or 0, 1, server_id=room.guild.id)
    await room.services.storage.feedback.rate(author, best[3].track.id or 0, -1, server_id=room.guild.id)
    await dropped(room, ann, weeks=1)
    wild = len(picks) - len(best)
    said = f"iked 3 of {len(best)} last week"
    announced = next(message for message in reversed(room.said()) if "are here" in texts(message))
    assert f"l{said}" in texts(announced)
    await ann.send(room.channel, "!playlist")
    assert f"You l{said}" in texts(room.said()[-1])
    assert wild == 0 or f"and 0 of {wild} wildcard" in texts(room.said()[-1])
    await ann.send(room.channel, "!hit-rate")
    rate = texts(letters(ann)[-1])
    assert f"**week {int(first.week[6:])}**: liked 3 of {len(best)}, disliked 1" in rate
    assert "2-week mean: **1.5** liked a list" in rate


async def test_a_second_chance_for_what_was_passed_over(room: Room) -> None:
    """Good picks of earlier lists that nothing was said of; said once, they are gone."""
    ann, _ = await settled(room, 60)
    first = await dropped(room, ann)
    tracks = await track_ids(room, first)
    room.product.clock.advance(timedelta(days=6))
    await room.services.storage.feedback.rate(Author(ann.id, "ann"), tracks[0], 1, server_id=room.guild.id)
    result = await ann.slash(room.channel, "second-chance")
    assert result.ephemeral
    assert result.response is not None
    offered = {int(custom_id.split(":")[3]) for custom_id in ids_of(result.response, "tb:opinion")}
    assert len(offered) == 5
    assert offered <= set(tracks[1:])
    await ann.click(result.response.message, custom_id=ids_of(result.response, "tb:opinion:like")[0])
    again = await ann.slash(room.channel, "second-chance")
    assert again.response is not None
    assert ids_of(again.response, "tb:opinion:like")[0] != ids_of(result.response, "tb:opinion:like")[0]


async def test_no_second_chance_while_the_list_is_young(open_room: OpenRoom) -> None:
    """A list of yesterday is still being listened to."""
    async with open_room(check_errors=False) as room:
        ann, _ = await settled(room, 12)
        await dropped(room, ann)
        await ann.send(room.channel, "!second-chance")
        assert "nothing to give a second chance" in letters(ann)[-1].content


async def test_hostile_titles_stay_within_discords_limits(room: Room) -> None:
    """Titles of 3,000 characters with marks and mentions break no list and ping nobody."""
    ann, _ = await settled(room, 12)
    storage, now = room.services.storage, room.product.clock.now()
    drop = await storage.drops.plan("2025-W50", await owner(room, ann), now - timedelta(weeks=3))
    known = await storage.tracks.get([await saved(room, number) for number in range(12)])
    picks = [
        Pick(
            type(track)(HOSTILE, (Artist(HOSTILE),), track.refs, id=track.id),
            0.5,
            (HOSTILE, HOSTILE),
            shared_by=(ann.id,),
        )
        for track in known.values()
    ]
    await storage.drops.record_picks(drop.id, picks, HOSTILE)
    await storage.drops.mark_written(drop.id)
    room.product.clock.advance(timedelta(days=10))
    await ann.send(room.channel, "!week 50")
    await ann.send(room.channel, "!second-chance")
    for said in (texts(room.said()[-1]), texts(letters(ann)[-1])):
        assert "@everyone" not in said
        assert "\u202e" not in said
        assert "](http://evil" not in said


async def test_others_lists_cannot_be_read(room: Room) -> None:
    """A button with somebody else's id in it is refused, and one's own id opens one's own lists alone."""
    ann, bea = await settled(room, 12)
    drop = await dropped(room, ann)
    await rated(room, bea, 3, 1)
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    forged = [f"tb:list:list:{drop.week}:0:on:{ann.id}:0", f"tb:list:coming:{drop.week}:0:on:{ann.id}:0"]
    own = f"tb:list:list:1999-W01:0:on:{bea.id}:0"
    view = discord.ui.View(timeout=None)
    for custom_id in (*forged, own):
        view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
    message = await channel.send("forged", view=view)
    for custom_id in forged:
        assert "somebody else" in answer_of(await bea.click(message, custom_id=custom_id))
    gone = await bea.click(message, custom_id=own)
    assert "not there any more" in gone.followups[0].content
