"""What of an event a session gets to see: intents, shards, channels hidden from the bot, message content."""

from collections.abc import Mapping
from typing import Any

import discord
from simcord.backend.access import channel_accessible
from simcord.intents import PRIVILEGED_INTENTS, censor_message, prune_guild_create, required_intent

from sandbox.discord_wire import finished
from sandbox.discord_world import World

# The IDENTIFY payload of discord.py says 250: above it, Discord calls a server large.
LARGE = 250


def intents_of(value: int) -> discord.Intents:
    """Return the intents behind the number in IDENTIFY."""
    intents = discord.Intents.none()
    intents.value = value
    return intents


def refused_intents(world: World, intents: discord.Intents) -> list[str]:
    """Return the privileged intents asked for that the owner has not switched on."""
    return [name for name in PRIVILEGED_INTENTS if getattr(intents, name) and name not in world.approved]


def shard_of(event: str, payload: Mapping[str, Any], shards: int) -> int:
    """Return the shard an event belongs to; direct messages belong to the first."""
    guild_id = payload.get("guild_id")
    if guild_id is None and event in {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"}:
        guild_id = payload.get("id")
    return 0 if guild_id is None else (int(guild_id) >> 22) % shards


def shape(world: World, intents: discord.Intents, event: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the payload as Discord would send it to a session with these intents, or None for not at all."""
    gate = required_intent(event, payload)
    if gate is not None and not getattr(intents, gate):
        return None
    if not _visible(world, event, payload):
        return None
    data: dict[str, Any] = finished(dict(payload))
    _complete(world, event, data)
    if not intents.message_content:
        _censor(world, event, data)
    if event == "GUILD_CREATE":
        _finish_guild(world, intents, data)
    return data


def _visible(world: World, event: str, payload: Mapping[str, Any]) -> bool:
    if not event.startswith(("MESSAGE_", "TYPING_")):
        return True
    return channel_accessible(world.backend, int(payload["channel_id"]), world.bot_id)


def _complete(world: World, event: str, data: dict[str, Any]) -> None:
    """Add what simcord leaves out."""
    if event == "MESSAGE_CREATE" and world.nonce_being_sent is not None:
        data["nonce"] = world.nonce_being_sent
    elif event == "MESSAGE_REACTION_ADD":
        message = world.backend.get_message(int(data["channel_id"]), int(data["message_id"]))
        data["message_author_id"] = str(message.author_id)


def _censor(world: World, event: str, data: dict[str, Any]) -> None:
    backend, bot_id = world.backend, world.bot_id
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        censor_message(data, bot_id, backend=backend)
    elif event == "INTERACTION_CREATE":
        if isinstance(data.get("message"), dict):
            censor_message(data["message"], bot_id, backend=backend, exempt_root=True)
        # The message a context-menu command was used on is shown in full, intent or not.
        for message in ((data.get("data") or {}).get("resolved") or {}).get("messages", {}).values():
            censor_message(message, bot_id, backend=backend, exempt_root=True)


def _finish_guild(world: World, intents: discord.Intents, data: dict[str, Any]) -> None:
    guild = world.backend.get_guild(int(data["id"]))
    data["large"] = data["member_count"] > LARGE
    data["joined_at"] = guild.members[world.bot_id].joined_at
    data["threads"] = [thread for thread in data["threads"] if not thread["thread_metadata"]["archived"]]
    prune_guild_create(data, intents, world.bot_id)
