"""On a repeat, where a server wants it: who shared the track before, when, and how it was received."""

from typing import Any

import discord
import pytest

from bot.repeating import repeat_text
from storage.repeats import Repeat
from storage.server_wishes import ServerWishes
from tests.fixtures.bot import LIKE, Room


async def wish_repeats(room: Room, *, wanted: bool = True) -> None:
    """Let the server want to hear of repeats."""
    await room.services.storage.wishes.save(ServerWishes(room.guild.id, repeats=wanted))
    await room.bot.wishes.load()


def words(room: Room) -> list[str]:
    """Return what the bot wrote in the channel."""
    return [message.content for message in room.said()]


async def test_nothing_is_said_unless_it_is_wanted(room: Room) -> None:
    """The default is silence."""
    ana, ben = room.member("ana"), room.member("ben")
    await ana.send(room.channel, room.link(0))
    await ben.send(room.channel, room.link(0))
    assert words(room) == []


async def test_a_repeat_is_told_quietly(room: Room) -> None:
    """Who shared it first, when, how it was received; the first share of all says nothing."""
    await wish_repeats(room)
    ana, ben, mia = room.member("ana"), room.member("ben"), room.member("mia")
    first = await ana.send(room.channel, room.link(0))
    for member in (ben, mia):
        await member.react(first, LIKE)
    await ana.send(room.channel, room.link(1))
    assert words(room) == []
    again = await ben.send(room.channel, f"know this? {room.link(0)}")
    (reply,) = room.said()
    assert reply.content.startswith("-# 🔁 This was shared by ana on <t:")
    assert "👍 2" in reply.content
    assert f"/{room.guild.id}/{room.channel.id}/{first.id})" in reply.content
    assert reply.reference is not None
    assert reply.reference.message_id == again.id
    assert reply.flags.silent
    await mia.send(room.channel, room.link(0))
    assert "and 1 time more since" in words(room)[-1]


async def test_who_wants_to_be_left_alone_is_not_told_of(room: Room) -> None:
    """Neither as who shared it nor among those who reacted."""
    await wish_repeats(room)
    ana, ben, mia = room.member("ana"), room.member("ben"), room.member("mia")
    await ana.send(room.channel, room.link(0))
    second = await ben.send(room.channel, room.link(1))
    await mia.react(second, LIKE)
    for member in (ana, mia):
        await room.services.storage.people.set_opted_out(member.id, member.user.name, opted_out=True)
    await ben.send(room.channel, room.link(0))
    assert words(room) == []
    await ben.send(room.channel, room.link(1))
    assert "nobody reacted" in words(room)[-1]


async def test_another_server_and_a_closed_channel_stay_out_of_it(room: Room) -> None:
    """What was shared where not everybody may read is told of in that channel alone."""
    await wish_repeats(room)
    ana = room.member("ana")
    elsewhere = room.env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("music")
    await room.env.settle()
    await elsewhere.add_member(ana.user).send(there, room.link(0))
    hidden = room.guild.create_text_channel("secret")
    await room.env.settle()
    guild: Any = room.bot.get_guild(room.guild.id)
    await ana.send(hidden, room.link(1))
    channel = guild.get_channel(hidden.id)
    overwrite = discord.PermissionOverwrite(view_channel=False)
    await channel.set_permissions(guild.default_role, overwrite=overwrite)
    await room.env.settle()
    await ana.send(room.channel, room.link(0))
    await ana.send(room.channel, room.link(1))
    assert words(room) == []


@pytest.mark.parametrize("name", ["@everyone", "[x](https://evil.example)", "\u202eevil", "x" * 3_000])
def test_names_are_harmless(name: str, room: Room) -> None:
    """Whatever people call themselves."""
    text = repeat_text(1, [Repeat(1, 2, 3, name, room.services.clock.now())], {})
    assert "@everyone" not in text
    assert "](https://evil" not in text
    assert "\u202e" not in text
    assert len(text) < 500
