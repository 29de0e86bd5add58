"""A quiet word below a track that was shared before: by whom, when, and how it was received; if a server wants it."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.embeds import track_name
from bot.text import counted, shown
from catalog.models import Track
from storage.repeats import Repeat
from storage.shares import Share

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

NAME = 40
TRACKS = 3  # of one message that are told of


class Repeating:
    """Tell of repeats, with what everybody who reads along may know: nothing out of closed channels."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot

    async def tell(self, message: discord.Message, share: Share) -> None:
        """Reply to a new share whose tracks were shared in that server before, without a sound."""
        if message.guild is None or not self._bot.wishes.of(message.guild.id).repeats:
            return
        storage = self._bot.services.storage
        found = await storage.repeats.before(message.guild.id, message.id, share.track_ids)
        told = [repeat for repeat in found if _may_be_told(message, repeat)]
        if not told:
            return
        text = repeat_text(message.guild.id, told, await storage.tracks.get({repeat.track_id for repeat in told}))
        try:
            await message.reply(text, mention_author=False, silent=True)
        except discord.HTTPException as error:
            log.info("The repeat in message %s is not told of: %s", message.id, error)


def repeat_text(server_id: int, repeats: Sequence[Repeat], tracks: dict[int, Track]) -> str:
    """Return a line for each track: its first share, how that was received, and how many followed."""
    by_track: dict[int, list[Repeat]] = {}
    for repeat in repeats:
        by_track.setdefault(repeat.track_id, []).append(repeat)
    lines = []
    for track_id, found in list(by_track.items())[:TRACKS]:
        first, named = found[0], len(by_track) > 1 and track_id in tracks
        what = track_name(tracks[track_id]) if named else "This"
        day = f"<t:{int(first.at.timestamp())}:D>"
        link = f"https://discord.com/channels/{server_id}/{first.channel_id}/{first.message_id}"
        more = f", and {counted(len(found) - 1, 'time')} more since" if len(found) > 1 else ""
        lines.append(
            f"-# 🔁 {what} was shared by {shown(first.name, NAME)} on {day} ([there]({link})){_how(first)}{more}"
        )
    return "\n".join(lines)


def _how(repeat: Repeat) -> str:
    parts = [f"👍 {repeat.likes}"] if repeat.likes else []
    parts += [f"👎 {repeat.dislikes}"] if repeat.dislikes else []
    return f" · {' '.join(parts)}" if parts else " · nobody reacted"


def _may_be_told(message: discord.Message, repeat: Repeat) -> bool:
    """Tell whether everybody who reads this message may read the earlier one: the same channel, or one open to all."""
    if repeat.channel_id == message.channel.id:
        return True
    if message.guild is None:
        return False
    channel = message.guild.get_channel_or_thread(repeat.channel_id)
    if isinstance(channel, discord.Thread):
        channel = None if channel.is_private() else channel.parent
    return channel is not None and channel.permissions_for(message.guild.default_role).view_channel
