"""The week's announcement."""

from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.announcement import announcement_embeds
from bot.announcer import DiscordAnnouncer
from bot.embeds import list_embed, pick_embed
from catalog.models import Artist, Pick, Service, Track, TrackRef
from scheduler.announcing import AnnouncedDrop
from tests.fixtures.bot import Room

WEEK, MARKER = "2026-W02", "tastebud:2026-W02:1"
URL = "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M"


def pick(title: str = "Title", artist: str = "Artist", reason: str = "because") -> Pick:
    """Return a pick."""
    refs = (TrackRef(Service.SPOTIFY, "4cOdK2wGLETKBW3PvgPWqT"),)
    return Pick(Track(title, (Artist(artist),), refs, id=1), 0.5, (reason,))


def entries(count: int, name: str = "member") -> list[AnnouncedDrop]:
    """Return the server's list and one for each of so many members."""
    people = [AnnouncedDrop(f"{name} {number}", number + 1, URL, (pick(),) * 30) for number in range(count)]
    return [*people, AnnouncedDrop("The Listening Room", None, URL, (pick(),) * 30)]


@pytest.mark.parametrize("count", [0, 1, 26, 60, 400])
def test_an_announcement_keeps_to_discords_limits(count: int) -> None:
    """With many people the lines get shorter, and at last the rest is counted."""
    embeds = announcement_embeds(WEEK, entries(count), MARKER, "!")
    assert sum(len(embed) for embed in embeds) <= 6_000
    assert len(embeds) <= 10
    assert all(len(embed.description or "") <= 4_096 for embed in embeds)
    text = "\n".join(embed.description or "" for embed in embeds)
    assert "The Listening Room" in text.splitlines()[0]
    shown = text.count("](https://open.spotify.com/playlist/")
    assert shown == count + 1 or f"and {count + 1 - shown:,} more lists" in text
    assert shown >= min(count + 1, 50)
    assert MARKER in (embeds[-1].footer.text or "")


@settings(max_examples=60)
@given(st.text(), st.text(), st.text(), st.integers(0, 40))
def test_hostile_names_and_titles_never_break_the_limits(name: str, title: str, reason: str, count: int) -> None:
    """Whatever people and artists call themselves, Discord takes the message."""
    drops = [AnnouncedDrop(name, number, URL, (pick(title, name, reason),) * 3, reason) for number in range(count)]
    drops.append(AnnouncedDrop(name, None, URL, ()))
    embeds = announcement_embeds(WEEK, drops, MARKER, "!")
    assert sum(len(embed) for embed in embeds) <= 6_000
    picks = [pick(title * 20, name * 20, reason * 20)] * 10
    assert sum(len(pick_embed(number, each)) for number, each in enumerate(picks, 1)) <= 6_000
    page = list_embed("Your list", URL, picks, 0, reason * 50)
    assert len(page.description or "") <= 4_096


def test_a_hostile_title_is_shown_and_not_obeyed() -> None:
    """A title cannot mention everybody or lead elsewhere."""
    embed = list_embed("Your list", URL, [pick("[x](https://evil.example) @everyone **", "a\u202eb")], 0)
    assert "(https://evil.example)" not in (embed.description or "")
    assert "@everyone" not in (embed.description or "")
    assert "\u202e" not in (embed.description or "")
    assert "listen on Spotify" in (embed.footer.text or "")


async def test_one_message_for_everybody_in_the_channel_that_shares(room: Room) -> None:
    """The lists of a week are one message, with a link for each."""
    await room.member("ann").send(room.channel, room.link(0))
    announcer = DiscordAnnouncer(room.bot)
    message_id = await announcer.announce(WEEK, room.guild.id, entries(3), MARKER, channel_id=room.channel.id)
    assert [message.id for message in room.said()] == [message_id]
    assert room.said()[0].embeds[0].title == "The lists of week 2 are here"


async def test_later_lists_join_the_same_message(room: Room) -> None:
    """A second announcement of the week edits the first."""
    announcer = DiscordAnnouncer(room.bot)
    first = await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)
    second = await announcer.announce(
        WEEK, room.guild.id, entries(3), MARKER, channel_id=room.channel.id, message_id=first
    )
    assert first == second
    assert len(room.said()) == 1
    assert "member 2" in (room.said()[0].embeds[0].description or "")


async def test_a_deleted_announcement_is_posted_anew(room: Room) -> None:
    """A moderator's deletion does not stop the next lists from being shown."""
    announcer = DiscordAnnouncer(room.bot)
    first = await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)
    assert first is not None
    await room.said()[0].delete()
    second = await announcer.announce(
        WEEK, room.guild.id, entries(2), MARKER, channel_id=room.channel.id, message_id=first
    )
    assert second not in (None, first)
    assert len(room.said()) == 1


async def test_a_send_that_may_have_happened_is_looked_for(room: Room) -> None:
    """After a crash between sending and remembering, the channel is read back before anything is sent."""
    announcer = DiscordAnnouncer(room.bot)
    first = await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)
    ann = room.member("ann")
    for number in range(120):
        room.env.backend.create_message(room.channel.id, ann.id, f"word {number}")
    again = await announcer.announce(
        WEEK, room.guild.id, entries(2), MARKER, channel_id=room.channel.id, maybe_sent=True
    )
    assert first == again
    assert len(room.said()) == 1
    other = await announcer.announce(
        WEEK, room.guild.id, entries(2), "another", channel_id=room.channel.id, maybe_sent=True
    )
    assert other != first


async def test_a_forbidden_channel_gives_way_to_the_next(room: Room) -> None:
    """The system channel is asked when the channel that shares is closed to the bot, or gone."""
    assert room.bot.user is not None
    closed = room.guild.create_text_channel(
        "closed", overwrites={room.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    await room.env.settle()
    announcer = DiscordAnnouncer(room.bot)
    assert await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=closed.id) is None
    room.env.backend.guilds[room.guild.id].system_channel_id = room.channel.id
    guild = room.bot.get_guild(room.guild.id)
    assert guild is not None
    guild._system_channel_id = room.channel.id
    for channel_id in (closed.id, 1):
        posted = await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=channel_id)
        assert posted == room.said()[-1].id


async def test_a_thread_that_shares_is_announced_in_its_channel(room: Room) -> None:
    """Few read a thread."""
    start = await room.member("ann").send(room.channel, "start")
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await (await channel.fetch_message(start.id)).create_thread(name="thread")
    await room.env.settle()
    await DiscordAnnouncer(room.bot).announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=thread.id)
    assert room.said()[-1].embeds


async def test_a_server_that_let_the_bot_go_is_not_announced_in(room: Room) -> None:
    """None says that there is nowhere to post."""
    assert await DiscordAnnouncer(room.bot).announce(WEEK, 1, entries(1), MARKER, channel_id=1) is None


async def test_what_passes_by_itself_is_raised(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord's own trouble means: try again later, not: nowhere to post."""
    room.env.inject_error("POST", "/channels/*/messages", status=500)
    announcer = DiscordAnnouncer(room.bot)
    with pytest.raises(discord.HTTPException):
        await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)
    guild: Any = room.bot.get_guild(room.guild.id)
    monkeypatch.setattr(guild, "unavailable", True)
    with pytest.raises(ConnectionError):
        await announcer.announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)


async def test_a_repeat_carries_the_same_nonce(room: Room) -> None:
    """Discord itself drops a second send of the same announcement for some minutes."""
    for _ in range(2):
        await DiscordAnnouncer(room.bot).announce(WEEK, room.guild.id, entries(1), MARKER, channel_id=room.channel.id)
    path = f"/channels/{room.channel.id}/messages"
    sent: list[Any] = [each.json for each in room.env.http_requests if (each.method, each.path) == ("POST", path)]
    assert len({body["nonce"] for body in sent}) == 1
    assert all(body["enforce_nonce"] and len(body["nonce"]) <= 25 for body in sent)


async def test_the_weekly_run_gets_its_voice_when_the_bot_is_ready(room: Room) -> None:
    """The scheduler announces through the bot that is connected, and through none after it left."""
    assert isinstance(room.services.weekly.announcer, DiscordAnnouncer)
    await room.leave()
    assert str(room.services.weekly.announcer) == "None"
    await room.come_back()
