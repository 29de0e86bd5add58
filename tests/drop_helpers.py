"""What tests of drops on Discord share: rooms with tastes in them, written lists, and what people read."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import discord
import simcord

from storage.drops import Drop
from storage.owners import Owner
from storage.people import Author
from tests.fixtures.bot import Room
from tests.fixtures.scheduler import as_track

AnyMessage = Any  # discord.Message or simcord's ResponseMessage: both have content, embeds and components


def texts(message: AnyMessage) -> str:
    """Return all that a message says."""
    return "\n".join([message.content, *(str(embed.to_dict()) for embed in message.embeds)])


def ids_of(message: AnyMessage, start: str = "") -> list[str]:
    """Return the custom ids of buttons and menus under a message, in order."""
    found: list[str] = []
    for row in message.components:
        children = row["components"] if isinstance(row, dict) else getattr(row, "children", [])
        for child in children:
            custom_id = child.get("custom_id") if isinstance(child, dict) else getattr(child, "custom_id", None)
            found.append(custom_id or "")
    return [custom_id for custom_id in found if custom_id.startswith(start)]


def letters(member: simcord.MemberActor) -> list[discord.Message]:
    """Return what the bot wrote to somebody in private."""
    return [message for message in member.user.dm_channel.history() if message.author.id != member.id]


async def saved(room: Room, number: int) -> int:
    """Save a track as the resolver would, and return its id."""
    track = await room.services.storage.tracks.save(as_track(room.tracks[number]))
    assert track.id is not None
    return track.id


async def shared(room: Room, member: simcord.MemberActor, numbers: Iterable[int]) -> list[int]:
    """Keep shares of these tracks, as if somebody had posted one message each; return the messages' ids."""
    storage, ids = room.services.storage, []
    await storage.servers.ensure(room.guild.id, "The Listening Room")
    await storage.servers.remember_channel(room.guild.id, room.channel.id)
    for number in numbers:
        ids.append(10**17 + await storage.shares.count())
        author, at = Author(member.id, member.name), room.product.clock.now()
        await storage.shares.record(room.guild.id, room.channel.id, ids[-1], author, [await saved(room, number)], at)
    return ids


async def rated(room: Room, member: simcord.MemberActor, number: int, value: int) -> None:
    """Keep what somebody says of a track."""
    author = Author(member.id, member.name)
    await room.services.storage.feedback.rate(author, await saved(room, number), value, server_id=room.guild.id)


async def person_id(room: Room, member: simcord.MemberActor) -> int:
    """Return a member's key."""
    person = await room.services.storage.people.by_discord_id(member.id)
    assert person is not None
    return person.id


async def owner(room: Room, member: simcord.MemberActor) -> Owner:
    """Return a member as an owner."""
    return Owner("person", await person_id(room, member))


async def settled(room: Room, shares: int = 40) -> tuple[simcord.MemberActor, simcord.MemberActor]:
    """Return two members: bea shared a lot, ann likes and dislikes some of it, so that a list can be made for her."""
    ann, bea = room.member("ann"), room.member("bea")
    await shared(room, bea, range(shares))
    for number in range(4):
        await rated(room, ann, number, 1 if number % 2 else -1)
    return ann, bea


async def dropped(room: Room, member: simcord.MemberActor, weeks: int = 0) -> Drop:
    """Let so many weeks pass, write everybody's drop of that week now, and return that member's."""
    if weeks:
        room.product.clock.advance(timedelta(weeks=weeks))
    now = room.product.clock.now()
    await room.services.weekly.bring_forward(now)
    await room.services.weekly.run(now)
    drop = await room.services.storage.drops.latest(await owner(room, member))
    assert drop is not None
    return drop


async def track_ids(room: Room, drop: Drop) -> list[int]:
    """Return the tracks of a drop, in order."""
    return [pick.track.id or 0 for pick in await room.services.storage.drops.picks(drop.id)]
