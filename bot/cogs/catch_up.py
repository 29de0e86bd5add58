"""When to catch up: at start, after a session that could not be resumed, and where the bot was shut out."""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.catching_up import CatchUp
from bot.sweeping import first_of
from bot.watching import readable_channels
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

GRACE_SECONDS = 3.0  # a page is soon read; one that waits for a rate limit is not waited for


class CatchingUp(commands.Cog):
    """What you say while I am away counts too: I read it when I am back."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._task: asyncio.Task[None] | None = None
        self._waiting: set[int] = set()
        self._leaving = False
        self._arriving = False
        self._readable: dict[int, set[int]] = {}

    async def cog_unload(self) -> None:
        """Stop reading, if possible between two pages; the next start goes on from what is saved."""
        self._leaving = True
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=GRACE_SECONDS)
            self._task.cancel()
            await asyncio.wait([self._task])

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Wait for the servers, which a new session shows one by one before READY."""
        self._arriving = True

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin anew: every READY is a session that saw nothing of what came before it."""
        self._arriving = False
        self.bot.progress.lose_all()
        self.bot.progress.whole = True
        self._start(self.bot.guilds)

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        """Hold the checkpoints: until the session resumes, messages may be missing before those that come in."""
        self.bot.progress.whole = False

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """Go on: Discord has sent everything that was missed."""
        self.bot.progress.whole = True

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Read what a new server has shared so far."""
        if not self._arriving:
            self._start([guild])

    @commands.Cog.listener()
    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Hold the checkpoints of a server that Discord cannot show."""
        self.bot.progress.lose(channel.id for channel in (*guild.channels, *guild.threads))

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Read what was said while Discord could not show this server."""
        if not self._arriving:
            self._start([guild])

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _before: object, after: discord.abc.GuildChannel) -> None:
        """Notice a channel that was opened to the bot."""
        self._notice(after.guild)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: object, after: discord.Role) -> None:
        """Notice channels that a role's new rights open."""
        self._notice(after.guild)

    @commands.Cog.listener()
    async def on_channels_chosen(self, guild: discord.Guild) -> None:
        """Notice channels that somebody chose for links to count in."""
        self._notice(guild)

    @commands.Cog.listener()
    async def on_member_update(self, _before: object, after: discord.Member) -> None:
        """Notice channels that a new role opens to the bot."""
        if after == after.guild.me:
            self._notice(after.guild)

    def _notice(self, guild: discord.Guild) -> None:
        """Catch up with channels that could not be read before, and hold the checkpoints of those closed now."""
        before = self._readable.get(guild.id, set())
        now = {channel.id for channel in readable_channels(guild, self.bot.watch)}
        self.bot.progress.lose(before ^ now)
        self._readable[guild.id] = now
        if now - before:
            self._start([guild])

    def _start(self, guilds: Sequence[discord.Guild]) -> None:
        """Catch up in the background; servers that come while one is being read wait for it."""
        self._waiting |= {guild.id for guild in guilds}
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="catch-up")
            self._task.add_done_callback(self._ended)

    async def _run(self) -> None:
        while self._waiting and not self._leaving:
            guilds = [guild for guild_id in sorted(self._waiting) if (guild := self.bot.get_guild(guild_id))]
            self._waiting.clear()
            for guild in guilds:
                self._readable[guild.id] = {channel.id for channel in readable_channels(guild, self.bot.watch)}
                await self.bot.services.storage.servers.ensure(guild.id, guild.name)
            tally = await CatchUp(self.bot, self._hurries).run(guilds)
            for guild in guilds if not self._waiting else ():
                self.bot.dispatch("history_read", guild)
            log.info("Caught up with %d channels in %d pages.", tally.channels, tally.pages)

    def _hurries(self) -> bool:
        return self._leaving or bool(self._waiting)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Say what went wrong; the next start goes on from what is saved, and nobody waits for this one any more."""
        if task.cancelled():
            return
        error = task.exception()
        cause = first_of(error) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(cause, StorageError):
            log.error("Catching up stopped: %s", cause)
        elif error:
            log.error("Catching up failed.", exc_info=error)
        self.bot.caught_up.set()
