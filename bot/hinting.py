"""The one hint that a new member gets with their first reaction: by direct message, without a sound, never again."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.embeds import GREEN
from storage.people import Person

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

APART = timedelta(seconds=30)  # Discord takes many first letters at once for spam; whoever is skipped gets theirs later

HINT = """You said what you think of a track, and I noted it: that is how I learn what you like.

🗓️ Every week you get a list of your own; `/schedule` says when.
🔎 `/discover` finds you something right now, `/help` shows the rest.
🤫 `/opt-out`, and I leave you alone; `/forget-me`, and I know nothing of you."""


class Hints:
    """Give each new member one hint."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._people = bot.services.storage.people
        self._clock = bot.services.clock
        self._done: set[int] = set()
        self._last: datetime | None = None

    async def first_reaction(self, member: discord.Member | None) -> bool:
        """Give somebody who reacted their hint if they never had it; tell whether it was sent."""
        if member is None or member.id in self._done:
            return False
        person = await self._people.by_discord_id(member.id)
        if person is None or self._is_done(person):
            return False
        now = self._clock.now()
        if self._last is not None and now - self._last < APART:
            return False
        self._last = now
        self._done.add(member.id)
        return await self._people.take_hint(member.id) and await self._send(member)

    def _is_done(self, person: Person) -> bool:
        if person.hinted:
            self._done.add(person.discord_id)
        return person.hinted or person.opted_out

    async def _send(self, member: discord.Member) -> bool:
        server = discord.utils.escape_markdown(member.guild.name)
        embed = discord.Embed(title=f"👋 I am Tastebud, from {server}", description=HINT, colour=GREEN)
        embed.set_footer(text="I write this once, to everybody who reacts for the first time, and never again.")
        try:
            await member.send(embed=embed, silent=True)
        except discord.HTTPException as error:
            log.debug("The hint for %s did not get through: %s", member.id, error)
            return False
        return True
