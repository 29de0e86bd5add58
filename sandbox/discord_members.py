"""Acts of members: what people do with messages and reactions, connected bot or not."""

import base64
from typing import Any

from simcord.backend import serializers
from simcord.backend.access import reaction_permissions
from simcord.backend.models import Message

from sandbox.discord_acts import RefusedError, Stage, act


@act
def send(
    stage: Stage,
    channel: int,
    member: int,
    content: str = "",
    reply_to: int | None = None,
    files: dict[str, str] | None = None,
) -> int:
    """Let a member write; files are base64 by name."""
    backend = stage.backend
    where = backend.get_channel(channel)
    permission = "send_messages_in_threads" if where.is_thread else "send_messages"
    backend.require_permissions(where.guild_id, member, channel, permission)
    uploads = [(name, base64.b64decode(data)) for name, data in (files or {}).items()]
    reference = None if reply_to is None else {"channel_id": str(channel), "message_id": str(reply_to)}
    attachments = backend.store_attachments(channel, uploads)
    return backend.create_message(channel, member, content, reference=reference, attachments=attachments).id


@act
def webhook_send(stage: Stage, channel: int, name: str, content: str) -> int:
    """Let a webhook write, made on its first message."""
    backend = stage.backend
    known = [hook for hook in backend.webhooks.values() if hook.channel_id == channel and hook.name == name]
    hook = known[0] if known else backend.create_webhook(channel, name, stage.world.bot_id)
    return backend.create_message(channel, hook.webhook_user_id, content, webhook_id=hook.id).id


@act
def edit(stage: Stage, message: int, content: str, member: int | None = None) -> None:
    """Let the author change what they wrote."""
    found = stage.world.message(message)
    if member is not None and member != found.author_id:
        raise RefusedError("Only the author can edit a message.")
    stage.backend.edit_message(found.channel_id, message, {"content": content})


@act
def unfurl(stage: Stage, message: int, url: str, title: str) -> None:
    """Add the embed that Discord makes of a link moments later: an update without an edit."""
    found = stage.world.message(message)
    found.embeds = [*found.embeds, {"type": "link", "url": url, "title": title}]
    stage.backend.emit("MESSAGE_UPDATE", dict(serializers.message_payload(stage.backend, found)))


@act
def delete(stage: Stage, message: int, member: int | None = None) -> None:
    """Delete a message, as its author or (without a member) as a moderator."""
    found = stage.world.message(message)
    if member not in (None, found.author_id):
        guild_id = stage.backend.get_channel(found.channel_id).guild_id
        stage.backend.require_permissions(guild_id, member or 0, found.channel_id, "manage_messages")
    stage.backend.delete_message(found.channel_id, message)


@act
def bulk_delete(stage: Stage, channel: int, messages: list[int]) -> list[int]:
    """Delete several messages of a channel in one event, as a moderation bot does."""
    return stage.backend.bulk_delete_messages(channel, messages)


@act
def react(stage: Stage, message: int, member: int, emoji: str) -> None:
    """Let a member react."""
    found = _seen(stage, message, member, emoji)
    stage.backend.add_reaction(found.channel_id, message, emoji, member)


@act
def unreact(stage: Stage, message: int, member: int, emoji: str) -> None:
    """Let a member take their reaction back."""
    found = _seen(stage, message, member, None)
    stage.backend.remove_reaction(found.channel_id, message, emoji, member)


@act
def clear(stage: Stage, message: int, emoji: str | None = None) -> None:
    """Remove all reactions from a message, or all of one emoji, as a moderator."""
    found = stage.world.message(message)
    if emoji is None:
        stage.backend.clear_reactions(found.channel_id, message)
    else:
        stage.backend.clear_reaction(found.channel_id, message, emoji)


def _seen(stage: Stage, message: int, member: int, emoji: str | None) -> Message:
    found = stage.world.message(message)
    guild_id = stage.backend.get_channel(found.channel_id).guild_id
    names: tuple[str, ...] = ("read_message_history",) if emoji is None else reaction_permissions(found, emoji)
    stage.backend.require_permissions(guild_id, member, found.channel_id, *names)
    if not found.visible_to(member):
        raise RefusedError("That message is for somebody else's eyes only.")
    return found


def shown(stage: Stage, message: Message) -> dict[str, Any]:
    """Return a message as Discord would send it, reactions included."""
    return dict(serializers.message_payload(stage.backend, message, for_user=stage.world.bot_id))
