"""The sender of what waits: everything once, nothing where it is not wanted."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.outgoing import REST, STOPPED, Outgoing
from storage.outbox import OutboxState
from tests.fixtures.bot import Room

HELLO = {"content": "hello", "embeds": [{"title": "Week 2", "description": "is here"}]}


async def send(room: Room) -> int:
    """Let the bot send what is due, and return how many got through."""
    outgoing = Outgoing(room.services.storage, room.services.clock)
    with room.env._bot_scope():
        return await outgoing.run(room.bot)


def letters(actor: Any) -> list[discord.Message]:
    """Return what somebody found in their direct messages."""
    return list(actor.user.dm_channel.history())


async def test_messages_are_sent_once(room: Room) -> None:
    """To a person and to a channel, with words and embeds; nothing is sent again."""
    ann, outbox = room.member("Ann"), room.services.storage.outbox
    await outbox.put_dm("a", ann.id, HELLO)
    await outbox.put_in_channel("b", room.guild.id, room.channel.id, HELLO)
    assert await send(room) == 2
    assert await send(room) == 0
    (letter,), (post,) = letters(ann), room.said()
    assert (letter.content, letter.embeds[0].title, post.content) == ("hello", "Week 2", "hello")


async def test_a_message_whose_answer_was_lost_is_found_again(room: Room) -> None:
    """A kill after the post leaves a row that says sending: the channel is read back, and nothing is posted twice."""
    outbox = room.services.storage.outbox
    for word in ("a", "b"):  # two alike: each is its own message
        await outbox.put_in_channel(word, room.guild.id, room.channel.id, HELLO)
    assert await send(room) == 2
    first = room.said()[0]
    await outbox._set((await _all(room))[0], state=OutboxState.SENDING.value, payload=HELLO, message_id=None)
    assert await send(room) == 1
    assert len(room.said()) == 2
    assert {letter.message_id for letter in await _all(room)} == {first.id, room.said()[1].id}


async def _all(room: Room) -> list[Any]:
    from sqlalchemy import select

    from storage.outbox import _letter
    from storage.schema_watch import outbox

    async with room.services.storage.db.read() as conn:
        return [_letter(row) for row in (await conn.execute(select(outbox).order_by(outbox.c.id))).all()]


async def test_a_message_that_never_left_is_sent(room: Room) -> None:
    """A kill before the post leaves the same row, and nothing in the channel: it is sent now."""
    outbox = room.services.storage.outbox
    await outbox.put_in_channel("a", room.guild.id, room.channel.id, HELLO)
    (letter,) = await outbox.due()
    await outbox.sending(letter)
    assert await send(room) == 1
    assert len(room.said()) == 1


@pytest.mark.parametrize("code", [50007, 40003])
async def test_direct_messages_stop_at_the_first_sign(room: Room, code: int) -> None:
    """All of them rest for a day; who takes none is left alone for good, the others get theirs later."""
    ann, bob, storage = room.member("Ann"), room.member("Bob"), room.services.storage
    await storage.outbox.put_dm("a", ann.id, HELLO)
    await storage.outbox.put_dm("b", bob.id, HELLO)
    await storage.outbox.put_in_channel("c", room.guild.id, room.channel.id, HELLO)
    status = 403 if code == 50007 else 400
    room.env.inject_error("POST", f"/channels/{ann.user.dm_channel.id}/messages", status=status, code=code)
    assert await send(room) == 1
    assert (letters(ann), letters(bob), len(room.said())) == ([], [], 1)
    assert await storage.quota.paused_until(STOPPED) == room.services.clock.now() + REST
    assert await storage.outbox.closed_to_us(ann.id) is (code == 50007)
    room.product.clock.advance(REST + timedelta(minutes=1))
    assert await send(room) == (1 if code == 50007 else 2)
    assert len(letters(bob)) == 1


async def test_a_channel_that_is_closed_is_told_and_skipped(room: Room) -> None:
    """The admin hears of it, the others go on, and it is no trouble any more once it works."""
    storage, other = room.services.storage, room.guild.create_text_channel("other")
    await storage.outbox.put_in_channel("a", room.guild.id, other.id, HELLO)
    await storage.outbox.put_in_channel("b", room.guild.id, room.channel.id, HELLO)
    room.env.inject_error("POST", f"/channels/{other.id}/messages", status=403, code=50013)
    assert await send(room) == 1
    (trouble,) = await storage.troubles.all()
    assert f"Channel {other.id}" in trouble.sentence
    await storage.outbox.put_in_channel("c", room.guild.id, other.id, HELLO)
    assert await send(room) == 1
    assert await storage.troubles.all() == []


async def test_what_discord_cannot_take_just_now_is_tried_again(room: Room) -> None:
    """A failure of Discord's own costs neither the message nor a second one."""
    storage = room.services.storage
    await storage.outbox.put_in_channel("a", room.guild.id, room.channel.id, HELLO)
    room.env.inject_error("POST", f"/channels/{room.channel.id}/messages", status=501, times=None)
    assert await send(room) == 0
    room.env.backend.faults.clear()
    assert await send(room) == 0
    room.product.clock.advance(timedelta(minutes=2))
    assert await send(room) == 1
    assert len(room.said()) == 1
