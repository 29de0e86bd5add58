"""Drops outside Spotify on Discord: pages where there is a public address, files where there is none."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.announcement import letter_embed
from bot.announcer import DiscordAnnouncer
from bot.handing import AS_FILES, AS_PAGE, MY_PAGE, drop_buttons
from bot.services import Services
from bot.web.links import Sight
from bot.web.server import drop_links
from bot.web.settings import WebSettings
from scheduler.announcing import AnnouncedDrop
from storage.drops import Drop, Owner
from storage.people import Author
from tests.account_helpers import answers, buttons, text_of
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.web import WEEK, sample_picks, write_drop

BASE = "https://taste.example"
MARKER = "tastebud-marker"


async def drop_for(room: Room, discord_id: int, name: str) -> Drop:
    """Return a written drop of somebody."""
    services = room.services
    return await write_drop(services.storage, room.product.clock, sample_picks(), Author(discord_id, name))


async def server_drop(room: Room) -> Drop:
    """Return a written drop of the server."""
    storage = room.services.storage
    await storage.servers.ensure(room.guild.id, "The Listening Room")
    drop = await storage.drops.plan(WEEK, Owner("server", room.guild.id), room.services.clock.now())
    kept = [replace(pick, track=await storage.tracks.save(pick.track)) for pick in sample_picks()]
    await storage.drops.record_picks(drop.id, kept)
    await storage.drops.mark_written(drop.id)
    found = await storage.drops.by_id(drop.id)
    assert found is not None
    return found


async def announce(room: Room, *drops: Drop) -> discord.Message:
    """Post the week's announcement and return it."""
    entries = []
    for drop in drops:
        picks = tuple(await room.services.storage.drops.picks(drop.id))
        who = None if drop.owner.kind == "server" else drop.owner.id
        name = "The Listening Room" if who is None else "Ana"
        entries.append(AnnouncedDrop(name, who, "", picks, drop_id=drop.id))
    await DiscordAnnouncer(room.bot).announce(WEEK, room.guild.id, entries, MARKER, channel_id=room.channel.id)
    return room.said()[-1]


def public(services: Services) -> Services:
    """Return services that have a public address."""
    return replace(services, settings=replace(services.settings, web=WebSettings(enabled=True, public_url=BASE)))


async def test_an_announcement_hands_out_files_in_private(room: Room) -> None:
    """Without a public address: whoever presses gets their own list, as a page, M3U and JSPF."""
    ana = room.member("ana")
    message = await announce(room, await drop_for(room, ana.id, "Ana"), await server_drop(room))
    assert buttons(message) == [AS_FILES]
    (answer,) = answers(await ana.click(message, label=AS_FILES))
    assert "Your list" in text_of(answer)
    assert [file.filename for file in answer.attachments] == [
        f"tastebud-{WEEK}.html",
        f"tastebud-{WEEK}.m3u8",
        f"tastebud-{WEEK}.jspf",
    ]
    page = (await answer.attachments[0].read()).decode()
    assert "Paper Lanterns" in page
    assert "you liked 3 of 4" in page  # only its owner sees it


async def test_who_has_no_list_gets_the_servers(open_room: OpenRoom) -> None:
    """And in a server without one a sentence; another member's list opens to nobody."""
    async with open_room(check_errors=False) as room:
        ana, ben = room.member("ana"), room.member("ben")
        message = await announce(room, await drop_for(room, ana.id, "Anastasia"))
        (nothing,) = answers(await ben.click(message, label=AS_FILES))
        assert "no list of that week for you" in text_of(nothing)
        await server_drop(room)
        (answer,) = answers(await ben.click(message, label=AS_FILES))
        assert "list of us all" in text_of(answer)
        page = (await answer.attachments[0].read()).decode()
        assert "Anastasia" not in page
        assert "you liked" not in page


async def test_the_button_works_after_a_restart(room: Room) -> None:
    """Its id is all that it needs."""
    ana = room.member("ana")
    message = await announce(room, await drop_for(room, ana.id, "Ana"))
    await room.leave()
    await room.come_back()
    (answer,) = answers(await ana.click(message, label=AS_FILES))
    assert len(answer.attachments) == 3


async def test_with_a_public_address_pages_are_linked(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel gets what everybody may see, its owner in private the page with reasons."""
    monkeypatch.setattr(room.bot, "services", public(room.services))
    ana = room.member("ana")
    mine, ours = await drop_for(room, ana.id, "Ana"), await server_drop(room)
    message = await announce(room, mine, ours)
    links = drop_links(room.services.storage, BASE)
    assert buttons(message) == [AS_PAGE, MY_PAGE]
    row: Any = message.components[0]
    assert row.children[0].url == links.url(ours.id, Sight.DROP)
    assert f"[Ana]({links.url(mine.id, Sight.DROP)})" in text_of(message)
    assert f"/{Sight.MINE}/" not in text_of(message)
    (answer,) = answers(await ana.click(message, label=MY_PAGE))
    assert answer.components[0].children[0].url == links.url(mine.id, Sight.MINE)
    assert not answer.attachments


async def test_what_stands_below_a_list(room: Room) -> None:
    """A link with reasons for its owner alone, one without for a channel, a button where there is no address."""
    drop = await drop_for(room, 11, "Ana")
    links = drop_links(room.services.storage, BASE)
    (private,) = drop_buttons(public(room.services), drop, private=True)
    (posted,) = drop_buttons(public(room.services), drop, private=False)
    (bare,) = drop_buttons(room.services, drop, private=True)
    assert isinstance(private, discord.ui.Button)
    assert isinstance(posted, discord.ui.Button)
    assert (private.url, posted.url) == (links.url(drop.id, Sight.MINE), links.url(drop.id, Sight.DROP))
    assert getattr(bare, "week", "") == WEEK


async def test_a_letter_is_put_in_the_outbox_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It links to the page with reasons, since nobody else reads it."""
    monkeypatch.setattr(room.bot, "services", public(room.services))
    ana = room.member("ana")
    drop = await drop_for(room, ana.id, "Ana")
    picks = tuple(await room.services.storage.drops.picks(drop.id))
    entry = AnnouncedDrop("Ana", ana.id, "https://open.spotify.com/playlist/1", picks, drop_id=drop.id)
    for _ in range(2):
        await DiscordAnnouncer(room.bot).write_to(WEEK, entry)
    (letter,) = await room.services.storage.outbox.due()
    assert letter.place_id == ana.id
    (embed,) = letter.payload["embeds"]
    assert str(drop_links(room.services.storage, BASE).url(drop.id, Sight.MINE)) in embed["description"]
    assert "open.spotify.com/playlist/1" in embed["description"]


def test_a_letter_keeps_to_discords_limits() -> None:
    """Whatever titles and notes are."""
    picks = tuple(sample_picks()) * 30
    embed = letter_embed(WEEK, AnnouncedDrop("x" * 500, 1, "", picks, "n" * 5_000), BASE + "/mine/" + "A" * 32)
    assert len(embed) <= 6_000
    assert len(embed.description or "") <= 4_096
