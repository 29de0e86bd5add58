"""The next list before it is written, and a new one in place of the last."""

from datetime import timedelta

import discord

from tests.drop_helpers import dropped, ids_of, letters, owner, person_id, settled, shared, texts, track_ids
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of


def options_of(message: discord.Message) -> list[str]:
    """Return the values that a menu offers."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    menus = [child for row in rows for child in row.children if isinstance(child, discord.SelectMenu)]
    return [option.value for menu in menus for option in menu.options]


async def test_what_was_previewed_is_written_less_the_vetoes(room: Room) -> None:
    """The preview is private; vetoed tracks are never written; the rest comes just so, also after a restart."""
    ann, bea = await settled(room, 60)
    await ann.send(room.channel, "!preview")
    assert room.said() == []
    letter = letters(ann)[-1]
    assert "You can leave out 3 tracks" in texts(letter)
    values = options_of(letter)
    assert len(values) == 10
    await room.leave()
    await room.come_back()
    await shared(room, bea, range(60))  # their messages are not there: the catch-up has taken the shares away
    await ann.user.select(letter, values[:2], custom_id=ids_of(letter, "tb:veto")[0])
    after = letters(ann)[-1]
    assert "You can leave out 1 more track" in texts(after)
    assert not set(values[:2]) & set(options_of(after))
    assert options_of(after)[:8] == values[2:]
    person = await room.services.storage.people.by_discord_id(ann.id)
    assert person is not None
    previewed = await room.services.weekly.previewer.preview(person)
    expected = [pick.track.id for pick in previewed.picks]
    room.product.clock.advance(timedelta(hours=1))
    room.product.clock.move_to(max(previewed.due_at, room.product.clock.now()) + timedelta(minutes=1))
    await room.services.weekly.run()
    drop = await room.services.storage.drops.get(previewed.week, await owner(room, ann))
    assert drop is not None
    assert await track_ids(room, drop) == expected
    assert not {int(value) for value in values[:2]} & set(expected)
    await dropped(room, ann, weeks=10)
    latest = await room.services.storage.drops.latest(await owner(room, ann))
    assert latest is not None
    assert latest.id != drop.id
    assert not {int(value) for value in values[:2]} & set(await track_ids(room, latest))


async def test_three_vetoes_and_no_more(room: Room) -> None:
    """The menu goes with the last one; taking them back brings it back."""
    ann, bea = await settled(room, 60)
    await ann.send(room.channel, "!preview")
    letter = letters(ann)[-1]
    values = options_of(letter)
    await ann.user.select(letter, values[:3], custom_id=ids_of(letter, "tb:veto")[0])
    after = letters(ann)[-1]
    assert options_of(after) == []
    assert "You have left out all you can" in texts(after)
    assert await room.services.storage.vetoes.of_week(await person_id(room, ann), _week(after)) == set(
        map(int, values[:3])
    )
    await ann.user.click(after, custom_id=ids_of(after, "tb:unveto")[0])
    assert options_of(letters(ann)[-1]) == values
    stranger = f"tb:unveto:{_week(after)}:0:{ann.id}:0"
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=stranger))
    menu = stranger.replace("unveto", "veto")
    view.add_item(discord.ui.Select(custom_id=menu, options=[discord.SelectOption(label="x", value=values[0])]))
    message = await channel.send("forged", view=view)
    assert "somebody else" in answer_of(await bea.click(message, custom_id=stranger))
    assert "somebody else" in answer_of(await bea.select(message, [values[0]], custom_id=menu))


async def test_a_veto_that_comes_too_late_is_told(open_room: OpenRoom) -> None:
    """Once the list is written its preview takes no vetoes, whatever its buttons say."""
    async with open_room(check_errors=False) as room:
        ann, _ = await settled(room, 40)
        await ann.send(room.channel, "!preview")
        letter = letters(ann)[-1]
        values = options_of(letter)
        await dropped(room, ann, weeks=1)
        result = await ann.user.select(letter, values[:1], custom_id=ids_of(letter, "tb:veto")[0])
        assert "written already" in result.followups[0].content
        assert await room.services.storage.vetoes.kept_out(await person_id(room, ann)) == set()


async def test_a_forged_menu_vetoes_nothing_that_is_not_on_the_list(room: Room) -> None:
    """Track ids in a menu are believed only where the preview has them."""
    ann, _ = await settled(room, 40)
    await ann.send(room.channel, "!preview")
    letter = letters(ann)[-1]
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    custom_id = ids_of(letter, "tb:veto")[0]
    options = [discord.SelectOption(label="x", value=value) for value in ("999999", "robert'); DROP TABLE")]
    view.add_item(discord.ui.Select(custom_id=custom_id, options=options, max_values=2))
    message = await channel.send("forged", view=view)
    await ann.select(message, ["999999", "robert'); DROP TABLE"], custom_id=custom_id)
    assert await room.services.storage.vetoes.kept_out(await person_id(room, ann)) == set()


def _week(message: discord.Message) -> str:
    return ids_of(message, "tb:")[0].split(":")[2]


async def test_nobody_previews_without_having_said_anything(open_room: OpenRoom) -> None:
    """One sentence says what to do."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        await ann.send(room.channel, "!preview")
        assert "You have no list yet" in letters(ann)[-1].content
        await ann.send(room.channel, "!reroll")
        assert "You have no list yet" in letters(ann)[-1].content


async def test_a_reroll_brings_a_new_list_once(open_room: OpenRoom) -> None:
    """In the same playlist; the announcement follows; the old list is kept and its tracks do not come again."""
    async with open_room(check_errors=False) as room:
        ann, _ = await settled(room, 90)
        drop = await dropped(room, ann)
        before = await track_ids(room, drop)
        announced = [message.id for message in room.said() if "are here" in texts(message)]
        room.product.clock.advance(timedelta(hours=3))
        await ann.send(room.channel, "!reroll")
        assert "A new list, in the same playlist" in letters(ann)[-2].content
        assert f"Your list of week {int(drop.week[6:])}" in texts(letters(ann)[-1])
        after = await track_ids(room, drop)
        assert after
        assert not set(after) & set(before)
        stands = await room.services.storage.drops.by_id(drop.id)
        assert stands is not None
        assert stands.state == "announced"
        names = [
            [track.spotify_id for track in [pick.track for pick in await room.services.storage.drops.picks(drop.id)]]
        ]
        lists = [
            playlist.track_ids
            for playlist in room.product.sandbox.spotify.playlists.all()
            if playlist.name == "ann's Tastebud"
        ]
        assert lists == names
        posted = [message for message in room.said() if "are here" in texts(message)]
        assert [message.id for message in posted] == announced
        first = (await room.services.storage.drops.picks(drop.id))[0].track.title
        assert first in texts(posted[-1])
        reroll = await room.services.storage.rerolls.get(drop.id)
        assert reroll is not None
        assert [pick.track.id for pick in reroll.before] == before
        await ann.send(room.channel, "!reroll")
        assert "once a week" in letters(ann)[-1].content
        assert await track_ids(room, drop) == after
        person = await owner(room, ann)
        dropped_lately = await room.services.storage.drops.dropped_since(person, drop.due_at - timedelta(days=1))
        assert set(before) | set(after) <= dropped_lately


async def test_an_old_list_is_not_made_anew(open_room: OpenRoom) -> None:
    """A list of weeks ago stays as it was."""
    async with open_room(check_errors=False) as room:
        ann, _ = await settled(room, 40)
        drop = await dropped(room, ann)
        before = await track_ids(room, drop)
        room.product.clock.advance(timedelta(days=9))
        await ann.send(room.channel, "!reroll")
        assert "only a list of the last seven days" in letters(ann)[-1].content
        assert await track_ids(room, drop) == before
