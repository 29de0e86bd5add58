"""Look at known shares again: what was taken back while nobody listened is taken back here too."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import discord

from bot.pages import Gap, PageReader
from bot.watching import CHANNELS, Channel, may_read
from storage.checkpoints import Checkpoint
from storage.shares import Share

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

UNREACHABLE = (discord.HTTPException, TimeoutError, OSError)
ROUND = timedelta(days=7)  # older shares are looked at once in that time
SAME_INSTANT = 50  # shares of one millisecond that may stand on both sides of where a round stopped
ROUND_ROW = 0  # the checkpoint under which a round is kept: no channel has this id


class Sweeper:
    """Read the pages that hold known shares, and no others."""

    def __init__(self, bot: "TastebudBot", reader: PageReader) -> None:
        self._bot = bot
        self._reader = reader
        self._shares = bot.services.storage.shares

    async def sweep(self, channel: Channel, shares: Sequence[Share], gap: Gap) -> int:
        """Look at these shares, newest first, and return how many pages that took."""
        rest = {share.message_id: share for share in shares}
        pages = 0
        while rest:
            page = await self._reader.read(channel, max(rest) + 1, rest, gap)
            rest = {message_id: share for message_id, share in rest.items() if message_id < page.oldest}
            pages += 1
        return pages

    async def sweep_unlisted(self, shares: Sequence[Share], gap: Gap) -> None:
        """Look at shares wherever they are, also in archived threads; those of deleted channels are taken away."""
        for channel_id, group in groupby(sorted(shares, key=_place), key=lambda share: share.channel_id):
            of_channel = list(group)
            guild = self._bot.get_guild(of_channel[0].server_id)
            if guild is None or guild.unavailable:
                continue  # the server let the bot go, or Discord has an outage there: what is known stays
            try:
                await self._sweep_place(guild, channel_id, of_channel, gap)
            except* UNREACHABLE as errors:
                log.warning("Channel %s cannot be looked at: %s", channel_id, first_of(errors))

    async def weekly(self, limit: int) -> int:
        """Look at the next shares older than the sweep at start; return how many. A round begins once a week."""
        now = self._bot.services.clock.now()
        row = await self._bot.services.storage.checkpoints.get(ROUND_ROW)
        if row is None or (
            row.history_done and now - discord.utils.snowflake_time(row.newest_message_id or 0) >= ROUND
        ):
            row = Checkpoint(ROUND_ROW, 0, discord.utils.time_snowflake(now), None, history_done=False)
        if row.history_done:
            return 0
        shares = await self._next_shares(row.history_before, limit)
        await self.sweep_unlisted(shares, Gap(start=now, recheck_from=now))
        oldest = shares[-1].message_id if shares else None
        await self._bot.services.storage.checkpoints.save(
            Checkpoint(ROUND_ROW, 0, row.newest_message_id, oldest, history_done=len(shares) < limit)
        )
        return len(shares)

    async def _next_shares(self, before: int | None, limit: int) -> list[Share]:
        """Return the newest shares that are older than a message and than the sweep at start reaches."""
        until = self._bot.horizon()
        if before is None:
            return await self._shares.recent(until=until, limit=limit)
        until = min(until, discord.utils.snowflake_time(before) + timedelta(milliseconds=1))
        found = await self._shares.recent(until=until, limit=limit + SAME_INSTANT)
        return [share for share in found if share.message_id < before][:limit]

    async def _sweep_place(self, guild: discord.Guild, channel_id: int, shares: list[Share], gap: Gap) -> None:
        channel: object = guild.get_channel_or_thread(channel_id)
        if channel is None:
            try:
                channel = await guild.fetch_channel(channel_id)
            except discord.NotFound:
                removed = await self._shares.remove([share.message_id for share in shares])
                log.info("Channel %s was deleted, and %d shares with it.", channel_id, removed)
                return
        if isinstance(channel, CHANNELS) and may_read(channel):
            await self.sweep(channel, shares, gap)


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error in a group, however deep it lies."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _place(share: Share) -> tuple[int, int]:
    return share.channel_id, -share.message_id
