"""What Discord's own previews show of the links in a message: of some sites that is all that can be had."""

from collections.abc import Iterator, Mapping

import discord

from catalog.descriptions import Shown
from catalog.links import find_links
from catalog.models import Service, TrackRef


def shown_in(message: discord.Message) -> Mapping[TrackRef, Shown]:
    """Return what previews say of the tracks that a person's message links to.

    Bots and webhooks write embeds themselves: theirs are no previews.
    """
    if message.author.bot or message.webhook_id is not None:
        return {}
    found: dict[TrackRef, Shown] = {}
    for embed in _embeds(message):
        link = next(iter(find_links(embed.url or "")), None)
        if link is not None and link.ref is not None and embed.title:
            found.setdefault(link.ref, Shown(embed.title, embed.author.name or ""))
    return found


def is_of_music(message: discord.Message) -> bool:
    """Tell whether a preview is of a site of music alone, so that it is worth asking again; most videos are none."""
    return any(ref.service is not Service.YOUTUBE for ref in shown_in(message))


def _embeds(message: discord.Message) -> Iterator[discord.Embed]:
    yield from message.embeds
    for snapshot in message.message_snapshots:
        yield from snapshot.embeds
