"""Messages: a link to a track is a share, for as long as it stands there."""

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.intake import Taken, links_in
from bot.previews import is_of_music
from catalog.links import LinkKind

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

NOT_THERE = "I could not find that track: the link may be broken."
POST_TRACKS = "post a track's own link, and everybody's 👍 👎 on it will count."
# What each kind of link that is no track is told, once a channel.
HINTS = {
    LinkKind.PLAYLIST: f"I do not take in whole playlists: {POST_TRACKS}",
    LinkKind.ALBUM: f"I cannot see what is on that album: {POST_TRACKS}",
    LinkKind.ARTIST: f"I listen to single tracks: {POST_TRACKS}",
}


class Shares(commands.Cog):
    """Post a link to a track, from whatever service, and everybody can say with 👍 or 👎 what they think of it."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._hinted: set[tuple[int, LinkKind]] = set()
        self._sharing: dict[int, int] = {}

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Record the tracks in a new message."""
        if message.guild is None:
            return
        if not self.bot.may_share(message) or await self.bot.is_command(message):
            await self.bot.progress.done(message.channel.id, message.id)
            return
        self.bot.progress.begin(message.channel.id, message.id)
        async with self.bot.turns.live(message.id):
            taken = await self.bot.intake.take(message, anew=True)
        await self.bot.progress.done(message.channel.id, message.id, save=True)
        if taken.share:
            await self.bot.invitation.add(message)
            await self._remember(message.guild.id, message.channel.id)
            if taken.new:
                await self.bot.repeating.tell(message, taken.share)
        if not await self.bot.offering.ask(message, taken) and not taken.share:
            await self._explain(message, taken)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Follow a link that was edited in or out; a preview that Discord adds tells of what could not be read."""
        message = payload.message
        if payload.guild_id is None or "content" not in payload.data:
            return
        if not self.bot.watch.counts(message) or message.author == self.bot.user or await self.bot.is_command(message):
            return
        is_edit = bool(payload.data.get("edited_timestamp"))
        async with self.bot.turns.live(message.id):
            if not (await self._concerns(message) if is_edit else await self.bot.intake.wants_preview(message)):
                return
            taken = await self.bot.intake.take(message, anew=is_edit or is_of_music(message))
        if taken.new:
            await self.bot.invitation.add(message)
        await self.bot.offering.ask(message, taken)

    async def _concerns(self, message: discord.Message) -> bool:
        """Tell whether a message has links, or is a share from when it had."""
        return bool(links_in(message)) or await self.bot.services.storage.shares.by_message(message.id) is not None

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take a share away with its message."""
        if payload.guild_id is not None:
            await self._remove(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take shares away when a moderator clears many messages at once."""
        async with asyncio.TaskGroup() as group:  # side by side, so that the removals share a commit
            for message_id in payload.message_ids:
                group.create_task(self._remove(message_id))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Take a deleted thread's shares away, as if each message had been deleted."""
        await self._remove_channel(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Take a deleted channel's shares away, as if each message had been deleted."""
        await self._remove_channel(channel.id)

    async def _remember(self, server_id: int, channel_id: int) -> None:
        """Keep where this server shares: its lists are announced there."""
        if self._sharing.get(server_id) != channel_id:
            await self.bot.services.storage.servers.remember_channel(server_id, channel_id)
            self._sharing[server_id] = channel_id

    async def _explain(self, message: discord.Message, taken: Taken) -> None:
        """Answer a link that is no track: always when it leads nowhere, once per channel and kind otherwise."""
        if taken.missing:
            await self._reply(message, NOT_THERE)
        elif taken.others:
            kind = taken.others[0].found.link.kind
            if (message.channel.id, kind) not in self._hinted:
                self._hinted.add((message.channel.id, kind))
                await self._reply(message, HINTS[kind])

    async def _reply(self, message: discord.Message, sentence: str) -> None:
        try:
            await message.reply(sentence)
        except discord.HTTPException as error:
            log.info("No answer to message %s: %s", message.id, error)

    async def _remove(self, message_id: int) -> None:
        async with self.bot.turns.live(message_id):
            await self.bot.services.storage.shares.remove([message_id])
        await self.bot.offering.forget([message_id])

    async def _remove_channel(self, channel_id: int) -> None:
        shares = await self.bot.services.storage.shares.recent(channel_id=channel_id)
        if shares:
            removed = await self.bot.services.storage.shares.remove([share.message_id for share in shares])
            log.info("Channel %s was deleted, and %d shares with it.", channel_id, removed)
