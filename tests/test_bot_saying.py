"""What members say beside the links."""

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.saying import MOST, words_of
from tests.fixtures.bot import OpenRoom, Room


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("https://open.spotify.com/track/6akEvsycLGftJxYudPjmqK so dreamy", "so dreamy"),
        ("<https://youtu.be/dQw4w9WgXcQ?t=1> loud, and fast", "loud, and fast"),
        ("open.spotify.com/track/6akEvsycLGftJxYudPjmqK?si=x and spotify:track:6akEvsycLGftJxYudPjmqK", "and"),
        ("hey <@123456789012345678> <@!123456789012345678> <@&123456789012345678> <#123456789012345678> hi", "hey hi"),
        ("yes <:pepe:123456789012345678> <a:dance:123456789012345678> :fire: :+1: no", "yes :+1: no"),
        ("</rate:123456789012345678> <t:1700000000:R> @everyone @here <id:customize> x", "x"),
        ("two\nlines\u202e and \u200bhidden", "two lines and hidden"),
        ("https://a.b/?q=<@1>", ""),
        ("at 12:30 sharp, e.g. R.E.M.", "at 12:30 sharp, e.g. R.E.M."),
        ("", ""),
    ],
)
def test_links_mentions_and_codes_are_no_words(content: str, words: str) -> None:
    """They name people and places; what is left says what the music is like."""
    assert words_of(content) == words


@given(st.text(max_size=2_000))
def test_no_message_is_too_long_or_breaks_it(content: str) -> None:
    """Discord lets people write two thousand characters of anything."""
    words = words_of(content)
    assert len(words) <= MOST
    assert "\n" not in words
    assert "http://" not in words.lower()


async def said(room: Room, message: discord.Message) -> str | None:
    """Return what is kept of a message."""
    share = await room.services.storage.shares.by_message(message.id)
    return share.said if share else None


async def test_words_follow_the_message(room: Room) -> None:
    """Kept with the share, changed by an edit, gone with the message."""
    ann = room.member("ann")
    message = await ann.send(room.channel, f"so dreamy {room.link(0)}")
    assert await said(room, message) == "so dreamy"
    await ann.edit(message, f"rather loud {room.link(0)}")
    assert await said(room, message) == "rather loud"
    await ann.delete(message)
    assert await room.services.storage.said.load() == {}


async def test_words_are_not_logged(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """At no level."""
    caplog.set_level("DEBUG", "bot")
    caplog.set_level("DEBUG", "storage")
    await room.member("ann").send(room.channel, f"verysecretword {room.link(0)}")
    assert await room.services.storage.said.load()
    assert "verysecretword" not in caplog.text


async def test_words_are_not_kept_where_the_owner_says_so(open_room: OpenRoom) -> None:
    """The share is the same."""
    async with open_room(remember_words=False) as room:
        message = await room.member("ann").send(room.channel, f"so dreamy {room.link(0)}")
        assert await room.shared()
        assert await said(room, message) is None
