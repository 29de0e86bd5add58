"""Acts that set the scene: servers, channels, threads, members and what they may do."""

from typing import Any

import discord
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from sandbox.discord_acts import RefusedError, Stage, act

CHANNEL_TYPES = {
    "text": ChannelType.TEXT,
    "voice": ChannelType.VOICE,
    "news": ChannelType.NEWS,
    "forum": ChannelType.FORUM,
    "category": ChannelType.CATEGORY,
}


@act
def guild(stage: Stage, name: str, shard: int = 0, shards: int = 1) -> int:
    """Make a server with the bot in it, its id on that shard."""
    return stage.backend.create_guild(name, shard_id=shard, shard_count=shards).id


@act
def remove_guild(stage: Stage, guild: int) -> None:
    """Throw the bot out of a server."""
    stage.backend.remove_guild(guild)


@act
def channel(stage: Stage, guild: int, name: str, type: str = "text") -> int:
    """Make a channel."""
    if type not in CHANNEL_TYPES:
        raise RefusedError(f"A channel's type is one of {', '.join(CHANNEL_TYPES)}.")
    return stage.backend.create_channel(guild, name, type=CHANNEL_TYPES[type]).id


@act
def delete_channel(stage: Stage, channel: int) -> None:
    """Delete a channel or thread with its messages."""
    stage.backend.delete_channel(channel)


@act
def member(stage: Stage, guild: int, name: str, user: int | None = None, bot: bool = False) -> int:
    """Let somebody join a server, a new person unless their user id is given."""
    user_id = stage.backend.make_user(name, bot=bot).id if user is None else user
    stage.backend.get_user(user_id)
    stage.backend.add_member(guild, user_id, announce=True)
    return user_id


@act
def leave(stage: Stage, guild: int, member: int) -> None:
    """Let a member leave a server; what they wrote stays."""
    stage.backend.remove_member(guild, member)


@act
def rename(stage: Stage, guild: int, member: int, nick: str | None) -> None:
    """Change how a member is called in a server."""
    stage.backend.edit_member(guild, member, {"nick": nick})


@act
def thread(stage: Stage, channel: int, member: int, name: str, message: int | None = None) -> int:
    """Let a member start a thread, on a message or without one."""
    parent = stage.backend.get_channel(channel)
    stage.backend.require_permissions(parent.guild_id, member, channel, "create_public_threads")
    kind = ChannelType.PUBLIC_THREAD
    return stage.backend.create_thread(channel, name, member, type=kind, message_id=message).id


@act
def forum_post(stage: Stage, channel: int, member: int, name: str, content: str) -> int:
    """Let a member post in a forum: a thread whose first message has the thread's own id."""
    backend = stage.backend
    parent = backend.get_channel(channel)
    if parent.type != ChannelType.FORUM:
        raise RefusedError("That channel is no forum.")
    backend.require_permissions(parent.guild_id, member, channel, "send_messages")
    post = backend.create_thread(channel, name, member, broadcast=False)
    backend.announce_thread_create(post)
    starter = backend.prepare_message(post.id, member, content)
    starter.id = post.id
    backend.commit_message(starter)
    return post.id


@act
def archive(stage: Stage, thread: int, archived: bool = True, locked: bool = False) -> None:
    """Archive a thread, or bring it back."""
    stage.backend.get_thread(thread)
    changes = {"archived": archived, "locked": locked, "archive_timestamp": stage.backend.now_iso()}
    stage.backend.edit_channel(thread, {}, thread_metadata=changes)


@act
def deny(stage: Stage, channel: int, permissions: list[str], user: int | None = None) -> None:
    """Take permissions in a channel away from somebody, from the bot unless a user id is given."""
    _overwrite(stage, channel, user or stage.world.bot_id, deny=_value(permissions))


@act
def allow(stage: Stage, channel: int, user: int | None = None) -> None:
    """Undo every `deny` for somebody in a channel, for the bot unless a user id is given."""
    stage.backend.delete_overwrite(channel, user or stage.world.bot_id)


def _overwrite(stage: Stage, channel: int, user: int, deny: int) -> None:
    stage.backend.set_overwrite(channel, Overwrite(target_id=user, type=OverwriteType.MEMBER, deny=deny))


def _value(permissions: list[str]) -> int:
    unknown = [name for name in permissions if name not in discord.Permissions.VALID_FLAGS]
    if unknown:
        raise RefusedError(f"Discord knows no permission {unknown[0]!r}.")
    return discord.Permissions(**dict.fromkeys(permissions, True)).value


@act
def dm_channel(stage: Stage, member: int) -> int:
    """Open the channel of direct messages between somebody and the bot."""
    return stage.backend.get_dm_channel(member).id


@act
def user(stage: Stage, user: int) -> dict[str, Any]:
    """Tell who a user is."""
    found = stage.backend.get_user(user)
    return {"id": found.id, "name": found.name, "bot": found.bot}
