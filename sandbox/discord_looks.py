"""Acts that change nothing: look at messages, reactions, commands, requests and connections."""

import fnmatch
from typing import Any

from sandbox.discord_acts import Stage, act
from sandbox.discord_members import shown

DEFAULT_OPINIONS = ["👍", "👎"]


@act
def messages(stage: Stage, channel: int, member: int | None = None) -> list[dict[str, Any]]:
    """Return a channel's messages, oldest first; with a member also those that only they can see."""
    everything = stage.backend.messages[stage.backend.get_channel(channel).id].values()
    return [shown(stage, message) for message in everything if message.visible_to(member)]


@act
def message(stage: Stage, message: int) -> dict[str, Any]:
    """Return one message."""
    return shown(stage, stage.world.message(message))


@act
def reactions(stage: Stage, message: int) -> dict[str, list[int]]:
    """Return who stands behind which emoji on a message, the bot included."""
    return {reaction.emoji: list(reaction.user_ids) for reaction in stage.world.message(message).reactions}


@act
def standing(stage: Stage, emoji: list[str] | None = None) -> list[list[Any]]:
    """Return every standing 👍 and 👎 of people: channel, message, member, emoji."""
    wanted = emoji or DEFAULT_OPINIONS
    users = stage.backend.users
    return [
        [channel_id, found.id, user_id, reaction.emoji]
        for channel_id, channel in stage.backend.messages.items()
        for found in channel.values()
        for reaction in found.reactions
        if reaction.emoji in wanted
        for user_id in reaction.user_ids
        if not users[user_id].bot
    ]


@act
def commands(stage: Stage, guild: int | None = None) -> list[dict[str, Any]]:
    """Return the slash commands that the bot has registered, everywhere or in a server."""
    return list(stage.backend.commands.get(guild, {}).values())


@act
def requests(stage: Stage, method: str = "*", path: str = "*", since: int = 0) -> list[dict[str, Any]]:
    """Return the REST requests so far that match, oldest first, after a request's number."""
    return [
        entry.to_json()
        for entry in stage.world.requests
        if entry.number > since and method in ("*", entry.method) and fnmatch.fnmatchcase(entry.path, path)
    ]


@act
def state(stage: Stage) -> dict[str, Any]:
    """Return how it stands: the bot, its sessions and connections, and what the sandbox could not do."""
    gateway = stage.gateway
    return {
        "bot": stage.world.bot_id,
        "application": stage.backend.application_id,
        "guilds": {str(guild.id): guild.name for guild in stage.backend.guilds.values()},
        "connections": sum(1 for c in gateway.connections if c.session is not None),
        "sessions": [
            {
                "id": session.id,
                "shard": list(session.shard),
                "sequence": session.sequence,
                "connected": session.connection is not None,
                "resumes": session.resumes,
                "intents": session.intents.value,
            }
            for session in gateway.sessions.values()
        ],
        "counts": dict(gateway.counts),
        "gaps": list(stage.world.gaps),
        "now": stage.backend.now_iso(),
    }
