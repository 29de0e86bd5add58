"""What Discord's previews are good for: links whose own site says nothing to us."""

from typing import Any

import discord
import pytest
from simcord.backend import serializers

from bot.previews import shown_in
from catalog.descriptions import Shown
from catalog.links import find_links
from catalog.models import TrackRef
from sandbox import web_ids
from sandbox.faults import FaultKind
from sandbox.records import SandboxTrack
from sandbox.web import apple_url
from tests.fixtures.bot import DISLIKE, LIKE, Room


def usual(room: Room) -> SandboxTrack:
    """Return a track that is everywhere, whose title stands for it alone."""
    titles = [track.title for track in room.product.sandbox.catalogue.tracks]
    return next(
        each
        for each in room.tracks
        if each.isrc == each.deezer_isrc and each.on_deezer and titles.count(each.title) == 1
    )


def preview_of(entry: SandboxTrack, place: str) -> dict[str, Any]:
    """Return the embed that Discord makes of a track's page."""
    titled = {
        "tidal": (web_ids.tidal_url(entry), f"{entry.byline} - {entry.full_title}", None),
        "soundcloud": (web_ids.soundcloud_url(entry), entry.full_title, entry.artist.name),
        "bandcamp": (web_ids.bandcamp_url(entry), f"{entry.full_title}, by {entry.artist.name}", None),
        "apple": (apple_url(entry), f"{entry.full_title} by {entry.byline} on Apple Music", None),
        "youtube": (web_ids.youtube_url(entry), entry.full_title, f"{entry.artist.name} - Topic"),
    }
    url, title, author = titled[place]
    embed: dict[str, Any] = {"type": "link", "url": url, "title": title}
    return embed | ({"author": {"name": author}} if author else {})


async def unfurl(room: Room, message: discord.Message, embed: dict[str, Any]) -> None:
    """Let Discord add a preview to a message, as it does a moment later: that is no edit."""
    backend = room.env.backend
    kept = backend.get_message(room.channel.id, message.id)
    kept.embeds = [embed]
    backend.emit("MESSAGE_UPDATE", dict(serializers.message_payload(backend, kept)))
    await room.env.settle()


def silence(room: Room) -> None:
    """Let no site and no database of links answer."""
    for service in ("web", "musicbrainz", "itunes"):
        room.product.sandbox.faults.inject(FaultKind.SERVER_ERROR, service, times=None)


def thumbs(room: Room, message: discord.Message) -> list[str]:
    """Return the emoji below a message."""
    found = next(each for each in room.channel.history() if each.id == message.id)
    return [str(reaction.emoji) for reaction in found.reactions]


async def isrcs(room: Room, message: discord.Message) -> list[str | None]:
    """Return the ISRCs of what a message shares."""
    share = await room.services.storage.shares.by_message(message.id)
    tracks = await room.services.storage.tracks.get(share.track_ids if share else ())
    return [track.isrc for track in tracks.values()]


@pytest.mark.parametrize("place", ["tidal", "soundcloud", "bandcamp", "apple", "youtube"])
async def test_a_preview_tells_what_a_silent_site_does_not(room: Room, place: str) -> None:
    """The share is kept at once; with the preview it gets its track, through the same gate as ever."""
    entry = usual(room)
    silence(room)
    embed = preview_of(entry, place)
    message = await room.member("ann").send(room.channel, embed["url"])
    assert await isrcs(room, message) == [None]
    await unfurl(room, message, embed)
    assert await isrcs(room, message) == [entry.isrc]
    assert set(thumbs(room, message)) == {LIKE, DISLIKE}
    asked = room.product.sandbox.calls.count()
    await unfurl(room, message, embed)
    assert room.product.sandbox.calls.count() == asked, "what is known is not asked for again"


async def test_a_page_without_a_title_is_read_by_its_preview(room: Room) -> None:
    """Some pages are empty for all but Discord: until it shows them nothing is shared, and nothing is called broken."""
    entry = usual(room)
    room.product.sandbox.web.pages["https://tidal.com/track/77"] = "<html><title>TIDAL</title></html>"
    message = await room.member("ann").send(room.channel, "https://tidal.com/track/77")
    assert await room.shared() == {}
    assert room.said() == []
    await unfurl(room, message, {"type": "link", **preview_of(entry, "tidal"), "url": "https://tidal.com/track/77"})
    assert await isrcs(room, message) == [entry.isrc]
    assert thumbs(room, message) == [LIKE, DISLIKE]


async def test_a_preview_below_the_gate_is_asked_about(room: Room) -> None:
    """It is no better a witness than the site itself."""
    entry = usual(room)
    silence(room)
    embed = preview_of(entry, "youtube") | {
        "title": f"{entry.byline} - {entry.title} (Live in Oslo)", "author": {"name": "a fan"}
    }  # fmt: skip
    message = await room.member("ann").send(room.channel, embed["url"])
    await unfurl(room, message, embed)
    assert len(room.said()) == 1
    assert entry.isrc not in await isrcs(room, message)


async def test_a_preview_that_is_there_already_is_read_on_return(room: Room) -> None:
    """What was posted while the bot was away has its preview."""
    entry = usual(room)
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    await room.leave()
    silence(room)
    embed = preview_of(entry, "tidal")
    room.env.backend.create_message(room.channel.id, ann.id, embed["url"], embeds=[embed])
    await room.come_back()
    newest = (await room.services.storage.shares.recent())[0]
    (track,) = (await room.services.storage.tracks.get(newest.track_ids)).values()
    assert track.isrc == entry.isrc


async def test_a_preview_of_a_video_that_is_no_music_costs_nothing(room: Room) -> None:
    """There are many of them."""
    room.product.sandbox.web.videos["dQw4w9WgXcQ"] = ("My cat falls off the shelf", "Whiskers Daily")
    url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    message = await room.member("ann").send(room.channel, url)
    asked = room.product.sandbox.calls.count()
    await unfurl(room, message, {"type": "video", "url": url, "title": "My cat falls off the shelf"})
    assert room.product.sandbox.calls.count() == asked
    assert await room.shared() == {}


async def test_what_bots_embed_is_no_preview(room: Room) -> None:
    """They could write anything into it; nor is an embed without title or link one."""
    url = "https://tidal.com/track/77"
    embed = {"type": "rich", "url": url, "title": "Daft Punk - One More Time"}
    backend, ann = room.env.backend, room.member("ann")
    robot = room.guild.add_member(room.env.create_user("feed", bot=True))
    for author, added, expected in (
        (robot, embed, {}),
        (ann, embed | {"url": "https://example.com/77"}, {}),
        (ann, {"type": "link", "url": url}, {}),
        (ann, embed, {_ref(url): Shown("Daft Punk - One More Time")}),
    ):
        made = backend.create_message(room.channel.id, author.id, url, embeds=[added])
        seen = next(each for each in room.channel.history() if each.id == made.id)
        assert shown_in(seen) == expected


def _ref(url: str) -> TrackRef:
    (link,) = find_links(url)
    assert link.ref is not None
    return link.ref
