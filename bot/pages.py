"""Read a channel's past, a page at a time, and make storage equal to it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from bot.intake import Taken
from bot.watching import Channel
from storage.shares import Share

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

PAGE = 100  # messages per answer, Discord's most
AT_ONCE = 8  # messages handled side by side: their writes then share a commit


@dataclass(frozen=True, slots=True)
class Gap:
    """The time in which the bot did not listen.

    `start` is None at the first start of all. Reactions on messages from `recheck_from` on are read
    person by person even where counts agree. `missed_after` is the newest message seen before the gap.
    """

    start: datetime | None = None
    recheck_from: datetime | None = None
    missed_after: int | None = None

    def stamp(self, message: discord.Message) -> datetime:
        """Return when a reaction found now was given at the earliest."""
        return max(message.created_at, self.start) if self.start else message.created_at

    def rechecks(self, message: discord.Message) -> bool:
        """Tell whether the people behind every reaction are to be read."""
        return self.recheck_from is None or message.created_at >= self.recheck_from

    def missed(self, message: discord.Message) -> bool:
        """Tell whether a message was written while the bot did not listen, and not before it came."""
        return self.missed_after is not None and message.id > self.missed_after


@dataclass(slots=True)
class Page:
    """What one page was: `oldest` is 0 at the channel's beginning, everything from there on is dealt with.

    `found` counts its shares, known ones too; `shares` are those that were missed.
    """

    newest: int | None
    oldest: int
    found: int = 0
    shares: list[discord.Message] = field(default_factory=list)
    commands: list[discord.Message] = field(default_factory=list)
    unclear: list[tuple[discord.Message, Taken]] = field(default_factory=list)


class PageReader:
    """Apply pages of history: shares, edits, deletions and reactions."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot
        self._room = asyncio.Semaphore(AT_ONCE)

    async def read(self, channel: Channel, before: int | None, known: Mapping[int, Share], gap: Gap) -> Page:
        """Read the page that ends before a message (None: the newest page) and settle all it says.

        `known` are stored shares as they were before this call; those that the page should show and
        does not are gone. Live events that come in meanwhile win over the page.
        """
        with self._bot.turns.reading() as touched:
            end = discord.Object(before) if before else None
            messages = [message async for message in channel.history(limit=PAGE, before=end)]
            self._bot.reconciler.learn(messages)
            await self._bot.intake.foresee(message for message in messages if self._bot.may_share(message))
            page = Page(
                newest=messages[0].id if messages else None, oldest=messages[-1].id if len(messages) == PAGE else 0
            )
            async with asyncio.TaskGroup() as group:
                for message in messages:
                    group.create_task(self._apply(message, known, gap, touched, page))
            await self._take_away(channel, self._absent(messages, before, known, page))
        page.shares.sort(key=lambda message: message.id)
        page.commands.sort(key=lambda message: message.id)
        return page

    async def _apply(
        self, message: discord.Message, known: Mapping[int, Share], gap: Gap, touched: set[int], page: Page
    ) -> None:
        share = known.get(message.id)
        if share is None and not self._bot.may_share(message):
            return
        async with self._room, self._bot.turns.turn(message.id):
            current = await self._again(message) if message.id in touched else message
            if current is None:
                return  # deleted meanwhile: the live event has seen to it
            if await self._bot.is_command(current):
                if gap.missed(current) and not self._bot.has_heard(current):
                    page.commands.append(current)
                return
            missed = gap.missed(current)
            taken = await self._bot.intake.take(current, anew=missed)
            if missed and (taken.doubts or taken.others):
                page.unclear.append((current, taken))
            if taken.share:
                page.found += 1
                await self._bot.reconciler.settle(current, gap.stamp(current), every=gap.rechecks(current))
                if taken.new and missed:
                    page.shares.append(current)
        await self._bot.progress.done(message.channel.id, message.id)

    async def _again(self, message: discord.Message) -> discord.Message | None:
        """Read a message anew, since a live event was faster than the page."""
        try:
            return await message.channel.fetch_message(message.id)
        except discord.NotFound:
            return None

    def _absent(
        self, messages: list[discord.Message], before: int | None, known: Mapping[int, Share], page: Page
    ) -> list[int]:
        there = {message.id for message in messages}
        return [
            message_id
            for message_id in known
            if message_id >= page.oldest and (before is None or message_id < before) and message_id not in there
        ]

    async def _take_away(self, channel: Channel, absent: list[int]) -> None:
        """Remove shares whose message is gone; one is asked for by name first, should the page have been wrong."""
        if not absent:
            return
        try:
            await channel.fetch_message(absent[0])
        except discord.NotFound:
            removed = await self._bot.services.storage.shares.remove(absent)
            log.info("%d shares were deleted in %s meanwhile.", removed, channel.id)
        else:
            log.warning("Channel %s did not show messages that are there: nothing is taken away.", channel.id)
