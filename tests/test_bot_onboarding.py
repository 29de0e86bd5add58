"""The first minutes: of a server with the bot, and of a member with it."""

from datetime import timedelta
from typing import Any

import discord

from bot.welcoming import missing_rights
from tests.fixtures.bot import LIKE, OpenRoom, Room
from tests.test_bot_settings import manager


def letters(member: object) -> list[discord.Message]:
    """Return what the bot wrote to somebody in private."""
    return list(member.user.dm_channel.history())  # type: ignore[attr-defined]


def text_of(message: discord.Message) -> str:
    """Return all that is written on the one card of a message."""
    (embed,) = message.embeds
    return "\n".join(
        [embed.title or "", embed.description or "", *(f"{each.name}: {each.value}" for each in embed.fields)]
    )


async def join(room: Room) -> None:
    """Let the bot come to the server as it is now."""
    await room.hear("guild_join", room.bot.guilds[0])
    await room.env.settle()


async def test_the_welcome_says_what_the_bot_does_and_that_it_may(room: Room) -> None:
    """And the history is read before everybody's eyes."""
    ann = room.member("ann")
    await room.leave()
    for number in range(3):
        await ann.send(room.channel, room.link(number))
    await room.come_back()
    await join(room)
    welcome, reading = room.said()[-2:]
    text = text_of(welcome)
    assert "Hello, I am Tastebud" in text
    assert "I add 👍 and 👎 below" in text
    assert "I have every permission I need" in text
    assert text_of(reading) == (
        "📖 I have read what was shared here\n3 messages with music in 1 channel, with all reactions."
    )


async def test_missing_permissions_are_named(room: Room) -> None:
    """For the server and for single channels, as Discord calls them."""
    guild = room.bot.guilds[0]
    assert missing_rights(guild) == []
    overwrite: Any = {room.guild.default_role: discord.PermissionOverwrite(add_reactions=False, attach_files=False)}
    quiet = room.guild.create_text_channel("quiet", overwrites=overwrite)
    await room.env.settle()
    assert missing_rights(guild) == [f"In <#{quiet.id}>: *Attach Files*, *Add Reactions*."]


async def test_channels_are_picked_below_the_welcome(room: Room) -> None:
    """By who manages the server, also after a restart."""
    boss = manager(room)
    other = room.guild.create_text_channel("talk")
    await room.env.settle()
    await join(room)
    welcome = room.said()[-2]
    await room.leave()
    await room.come_back()
    stranger = await room.member("ann").select(welcome, [other], custom_id="tb:welcome:channels")
    assert "Only who manages this server" in stranger.followups[-1].content
    await boss.select(welcome, [other], custom_id="tb:welcome:channels")
    assert room.bot.wishes.of(room.guild.id).channels == (other.id,)
    (fresh,) = [message for message in room.said() if message.id == welcome.id]
    assert f"Where links count: <#{other.id}>" in text_of(fresh)
    assert fresh.components == []


async def test_every_channel_may_be_fine(room: Room) -> None:
    """One press, and the question is gone."""
    boss = manager(room)
    await join(room)
    welcome = room.said()[-2]
    await boss.click(welcome, custom_id="tb:welcome:all")
    (fresh,) = [message for message in room.said() if message.id == welcome.id]
    assert "Every channel that I can read" in text_of(fresh)
    assert room.bot.wishes.of(room.guild.id).channels == ()


async def test_a_server_without_a_place_goes_without_a_welcome(room: Room) -> None:
    """Nothing fails, and the owner of the bot finds it in the log."""
    room.guild.create_role("x")
    guild = room.env.create_guild("Closed")
    await room.env.settle()
    assert guild.id in {each.id for each in room.bot.guilds}


async def test_the_first_reaction_gets_one_quiet_hint(room: Room) -> None:
    """By direct message, once, also over a restart; other people's reactions get their own."""
    ann, bea = room.member("ann"), room.member("bea")
    shared = [await bea.send(room.channel, room.link(number)) for number in range(3)]
    await ann.react(shared[0], LIKE)
    (hint,) = letters(ann)
    assert "I am Tastebud" in text_of(hint)
    assert hint.flags.suppress_notifications
    await ann.react(shared[1], LIKE)
    await room.leave()
    await room.come_back()
    await ann.react(shared[2], LIKE)
    assert len(letters(ann)) == 1
    assert room.said() == []


async def test_no_hint_for_who_opted_out_or_takes_no_letters(open_room: OpenRoom) -> None:
    """It is not tried again."""
    async with open_room() as room:
        ann, bea = room.member("ann"), room.member("bea")
        shared = [await bea.send(room.channel, room.link(number)) for number in range(2)]
        await ann.slash(room.channel, "opt-out")
        await ann.react(shared[0], LIKE)
        assert letters(ann) == []
        room.env.inject_error("POST", f"/channels/{bea.user.dm_channel.id}/messages", status=403, code=50007)
        await bea.react(shared[0], LIKE)
        await bea.react(shared[1], LIKE)
        assert letters(bea) == []


async def test_many_first_reactions_at_once_are_not_answered_all_at_once(room: Room) -> None:
    """Discord takes that for spam; who was skipped gets theirs with a later reaction."""
    bea = room.member("bea")
    first, second = [await bea.send(room.channel, room.link(number)) for number in range(2)]
    members = [room.member(f"m{number}") for number in range(3)]
    for member in members:
        await member.react(first, LIKE)
    assert [len(letters(member)) for member in members] == [1, 0, 0]
    room.product.clock.move_to(room.product.clock.now() + timedelta(minutes=1))
    await members[1].react(second, LIKE)
    assert [len(letters(member)) for member in members] == [1, 1, 0]
