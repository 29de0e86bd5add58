"""Reactions: what people think of a share, for as long as the emoji stands there."""

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.emoji import emoji_key
from bot.intake import author_of
from storage.people import Author

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

REMEMBERED = 5_000  # messages known to be no share, so that a popular joke is not fetched at every 👍
FETCHES = 2  # messages looked up at once; the rest wait their turn


class Reactions(commands.Cog):
    """React with 👍 or 👎, in any skin tone, and take it back whenever you like."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._feedback = bot.services.storage.feedback
        self._plain: OrderedDict[int, None] = OrderedDict()
        self._room = asyncio.Semaphore(FETCHES)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Record an opinion; on a share that nobody saw posted, the share comes first."""
        value = self._value(payload)
        if value is None or (payload.member is not None and payload.member.bot):
            return
        author = author_of(payload.member) if payload.member else Author(payload.user_id, "")
        key = emoji_key(payload.emoji)
        async with self.bot.turns.live(payload.message_id):
            if await self._feedback.react(payload.message_id, author, key, value):
                log.debug("Kept %s of %s on message %s.", key, author.discord_id, payload.message_id)
            elif message := await self._find_share(payload):
                await self._feedback.react(payload.message_id, author, key, value)
                await self.bot.reconciler.settle(message, message.created_at)
            else:
                return
        await self.bot.hints.first_reaction(payload.member)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take an opinion back."""
        if self._value(payload) is None:
            return
        key = emoji_key(payload.emoji)
        async with self.bot.turns.live(payload.message_id):
            if await self._feedback.unreact(payload.message_id, payload.user_id, key):
                log.debug("Took back %s of %s on message %s.", key, payload.user_id, payload.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Take every opinion on a message back: a moderator cleared its reactions."""
        if payload.guild_id is None:
            return
        async with self.bot.turns.live(payload.message_id):
            await self._feedback.clear(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Take back what was said with one emoji: a moderator cleared it."""
        if payload.guild_id is None:
            return
        async with self.bot.turns.live(payload.message_id):
            await self._feedback.clear(payload.message_id, emoji_key(payload.emoji))

    def _value(self, payload: discord.RawReactionActionEvent) -> int | None:
        """Return what a reaction means, None for our own and for emoji that say nothing."""
        if payload.guild_id is None or self.bot.user is None or payload.user_id == self.bot.user.id:
            return None
        return self.bot.verdicts_in(payload.guild_id).value(payload.emoji)

    async def _find_share(self, payload: discord.RawReactionActionEvent) -> discord.Message | None:
        """Fetch a message that is not known as a share and record it if it is one."""
        if payload.message_id in self._plain:
            return None
        async with self._room:
            message = await self._fetch(payload.channel_id, payload.message_id)
        if (
            message
            and self.bot.may_share(message)
            and not await self.bot.is_command(message)
            and (await self.bot.intake.take(message)).share
        ):
            return message
        self._plain[payload.message_id] = None
        if len(self._plain) > REMEMBERED:
            self._plain.popitem(last=False)
        return None

    async def _fetch(self, channel_id: int, message_id: int) -> discord.Message | None:
        try:
            channel = self.bot.get_channel(channel_id) or await self.bot.fetch_channel(channel_id)
            if not isinstance(channel, discord.abc.Messageable) or not self.bot.watch.watches(channel):
                return None
            return await channel.fetch_message(message_id)
        except (discord.NotFound, discord.Forbidden) as error:
            log.debug("Message %s cannot be read: %s", message_id, error)
            return None
