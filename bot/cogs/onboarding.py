"""What happens when the bot comes to a server: a welcome, and the history, read before everybody's eyes."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.watching import Channel
from bot.welcoming import reading_embed, welcome_embed, welcome_view

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

APART = timedelta(seconds=5)  # between two edits of a progress message


@dataclass(slots=True)
class _Reading:
    """A message that tells how far a server's history has been read."""

    message: discord.Message
    shown_at: datetime
    channels: set[int] = field(default_factory=set)
    shares: int = 0


class Onboarding(commands.Cog):
    """When I come to a server I say what I do, what I may not do yet, and read what was shared so far."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._reading: dict[int, _Reading] = {}

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say hello, and what comes next."""
        embed = welcome_embed(guild, self.bot.wishes.emoji_in(guild.id))
        for place in _places(guild):
            try:
                await place.send(embed=embed, view=welcome_view())
                message = await place.send(embed=reading_embed(0, 0, place.mention, done=False))
            except (discord.Forbidden, discord.NotFound) as error:
                log.debug("No welcome in channel %s: %s", place.id, error)
                continue
            self._reading[guild.id] = _Reading(message, self.bot.services.clock.now())
            return
        log.warning("Server %s has no channel that the bot may write in: it goes without a welcome.", guild.id)

    @commands.Cog.listener()
    async def on_page_read(self, channel: Channel, shares: int, oldest: int) -> None:
        """Show how far the history has been read."""
        reading = self._reading.get(channel.guild.id)
        if reading is None:
            return
        reading.channels.add(channel.id)
        reading.shares += shares
        now = self.bot.services.clock.now()
        if now - reading.shown_at < APART:
            return
        reading.shown_at = now
        back = f", back to {discord.utils.snowflake_time(oldest):%d %B %Y}" if oldest else ""
        await self._show(reading, f"{channel.mention}{back}", done=False)

    @commands.Cog.listener()
    async def on_history_read(self, guild: discord.Guild) -> None:
        """Say that all of it is read."""
        if (reading := self._reading.pop(guild.id, None)) is not None:
            await self._show(reading, "", done=True)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget what a server wished for that let the bot go."""
        self._reading.pop(guild.id, None)
        await self.bot.wishes.forget(guild.id)

    @staticmethod
    async def _show(reading: _Reading, where: str, *, done: bool) -> None:
        try:
            await reading.message.edit(embed=reading_embed(len(reading.channels), reading.shares, where, done=done))
        except discord.HTTPException as error:
            log.debug("The progress of reading cannot be shown: %s", error)


def _places(guild: discord.Guild) -> list[discord.TextChannel]:
    """Return where a welcome may stand, best first: the system channel, then the others as they stand in the list."""
    every = [guild.system_channel, *guild.text_channels]
    return list(
        dict.fromkeys(
            channel
            for channel in every
            if channel is not None
            and channel.permissions_for(guild.me).send_messages
            and channel.permissions_for(guild.me).embed_links
        )
    )
