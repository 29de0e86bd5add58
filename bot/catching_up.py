"""What happened while the bot was not there: messages since the checkpoint, known shares, then the far past."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.offering import PATIENCE
from bot.pages import Gap, Page, PageReader
from bot.sweeping import UNREACHABLE, Sweeper, first_of
from bot.watching import Channel, parents_of_threads, readable_channels
from storage.checkpoints import Checkpoint
from storage.errors import StorageError
from storage.shares import Share

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

EDITS = timedelta(days=1)  # a link is edited into a message soon or never: so far back every message is read again
INVITED = 50  # the newest missed shares get 👍 👎; under older ones they would only wake people
ASKED = 10  # the newest missed links that are in doubt are asked about, as long as somebody may still answer
PAGES_A_LINE = 20  # of the far past, between two lines in the log

Step = Callable[[Channel, Gap], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """What a catch-up did, for the log."""

    channels: int = 0
    pages: int = 0
    failed: int = 0


class CatchUp:
    """One pass over all channels; every step can be repeated, and the far past goes on where it stopped."""

    def __init__(self, bot: "TastebudBot", hurries: Callable[[], bool]) -> None:
        """`hurries` tells that something newer waits: the far past can go on in the next pass."""
        self._bot = bot
        self._hurries = hurries
        self._reader = PageReader(bot)
        self._sweeper = Sweeper(bot, self._reader)
        self._shares = bot.services.storage.shares
        self._progress = bot.progress
        self._tally = Tally()
        self._pages: list[Page] = []
        self._closed: list[tuple[Checkpoint, int]] = []

    async def run(self, guilds: Sequence[discord.Guild]) -> Tally:
        """Catch up with these servers and return what was done; a channel that fails is left for the next time."""
        gap = self._gap()
        channels = [channel for guild in guilds for channel in await self._channels(guild, gap)]
        for channel in channels:
            await self._try(self._close_gap, channel, gap)
        await self._answer_missed()
        await self._sweep_unlisted(guilds, {channel.id for channel in channels}, gap)
        await self._take_over()
        for channel in channels:
            await self._try(self._read_past, channel, gap)
        await self._remember_places(guilds)
        return self._tally

    def _gap(self) -> Gap:
        newest = self._progress.newest()
        if newest is None:
            return Gap()
        start = discord.utils.snowflake_time(newest)
        return Gap(start, start - timedelta(days=self._bot.services.settings.discord.recheck_days))

    async def _channels(self, guild: discord.Guild, gap: Gap) -> list[Channel]:
        """Return what to read: channels and active threads, and threads that were archived since the gap began."""
        channels = readable_channels(guild, self._bot.watch)
        known = {channel.id for channel in channels}
        for parent in parents_of_threads(guild, self._bot.watch):
            try:
                async for thread in parent.archived_threads(limit=None):
                    if gap.start and thread.archive_timestamp < gap.start:
                        break
                    if thread.id not in known:
                        channels.append(thread)
            except UNREACHABLE as error:
                log.warning("Archived threads of channel %s cannot be read: %s", parent.id, error)
        return channels

    async def _try(self, step: Step, channel: Channel, gap: Gap) -> None:
        try:
            await step(channel, gap)
        except* (*UNREACHABLE, StorageError) as errors:
            self._tally.failed += 1
            log.warning("Channel %s is left for the next start: %s", channel.id, first_of(errors))

    async def _close_gap(self, channel: Channel, gap: Gap) -> None:
        """Read from now back to the checkpoint and the known shares behind it."""
        self._tally.channels += 1
        losses = self._progress.losses(channel.id)
        saved = self._progress.checkpoint(channel.id)
        gap = replace(gap, missed_after=saved.newest_message_id) if saved else Gap()
        known = await self._young_shares(channel)
        pages = await self._read_back(channel, known, gap)
        oldest = pages[-1].oldest
        self._tally.pages += await self._sweeper.sweep(
            channel, [share for share in known.values() if share.message_id < oldest], gap
        )
        newest = pages[0].newest or channel.id
        if saved is None:
            saved = Checkpoint(channel.id, channel.guild.id, newest, oldest or None, history_done=not oldest)
        closed = replace(saved, newest_message_id=max(newest, saved.newest_message_id or 0))
        self._closed.append((closed, losses))
        self._pages += pages

    async def _read_back(self, channel: Channel, known: Mapping[int, Share], gap: Gap) -> list[Page]:
        """Read pages from now to a day before the checkpoint; a channel never read before gets its newest page."""
        pages = [await self._page(channel, None, known, gap)]
        if gap.missed_after is None:
            return pages
        until = discord.utils.snowflake_time(gap.missed_after) - EDITS
        while pages[-1].oldest and discord.utils.snowflake_time(pages[-1].oldest) > until:
            pages.append(await self._page(channel, pages[-1].oldest, known, gap))
        return pages

    async def _answer_missed(self) -> None:
        """Carry out ratings that nobody heard, offer 👍 👎 under missed shares, and ask about what is in doubt."""
        for message in sorted((each for page in self._pages for each in page.commands), key=lambda each: each.id):
            await self._bot.obey_late(message)
        shares = sorted((each for page in self._pages for each in page.shares), key=lambda each: each.id)
        for message in shares[-INVITED:]:
            await self._bot.invitation.add(message)
        unclear = sorted((each for page in self._pages for each in page.unclear), key=lambda each: each[0].id)
        for message, taken in unclear[-ASKED:]:
            if self._bot.services.clock.now() - message.created_at < PATIENCE:
                await self._bot.offering.ask(message, taken)

    async def _take_over(self) -> None:
        """Let live messages move the checkpoints from here, once nothing of the gap is left to do anywhere.

        A stop before this begins the same gap anew: ratings in it are still to be carried out, and where it
        began says which threads were archived in it.
        """
        for checkpoint, losses in self._closed:
            await self._progress.put(checkpoint)
            await self._progress.follow(checkpoint.channel_id, losses)

    async def _read_past(self, channel: Channel, _gap: Gap) -> None:
        """Read on towards the channel's beginning; the cursor is saved after every page."""
        saved = self._progress.checkpoint(channel.id)
        pages = 0
        while saved and not saved.history_done and not self._hurries():
            page = await self._page(channel, saved.history_before, {}, Gap())
            current = self._progress.checkpoint(channel.id) or saved
            saved = replace(current, history_before=page.oldest or None, history_done=not page.oldest)
            await self._progress.put(saved)
            pages += 1
            if pages % PAGES_A_LINE == 0 and page.oldest:
                day = discord.utils.snowflake_time(page.oldest).date()
                log.info("Reading the past of channel %s: back to %s.", channel.id, day)

    async def _page(self, channel: Channel, before: int | None, known: Mapping[int, Share], gap: Gap) -> Page:
        self._tally.pages += 1
        page = await self._reader.read(channel, before, known, gap)
        self._bot.dispatch("page_read", channel, page.found, page.oldest or 0)
        return page

    async def _young_shares(self, channel: Channel) -> dict[int, Share]:
        """Return the channel's shares that are young enough to be looked at again."""
        found = await self._shares.recent(channel_id=channel.id, since=self._bot.horizon())
        return {share.message_id: share for share in found}

    async def _sweep_unlisted(self, guilds: Sequence[discord.Guild], read: set[int], gap: Gap) -> None:
        """Look at young shares in channels that are not there any more, and in threads archived long ago."""
        servers = {guild.id for guild in guilds}
        shares = await self._shares.recent(since=self._bot.horizon())
        elsewhere = [share for share in shares if share.server_id in servers and share.channel_id not in read]
        await self._sweeper.sweep_unlisted(elsewhere, gap)

    async def _remember_places(self, guilds: Sequence[discord.Guild]) -> None:
        """Keep where each server shared last, as live shares do: its lists are announced there."""
        newest: dict[int, int] = {}
        for share in await self._shares.recent(since=self._bot.horizon()):
            newest.setdefault(share.server_id, share.channel_id)
        for guild in guilds:
            if guild.id in newest:
                await self._bot.services.storage.servers.remember_channel(guild.id, newest[guild.id])
