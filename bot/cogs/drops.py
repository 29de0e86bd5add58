"""The lists that a member got: this week's, any week's, how they did, and what they missed on them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.hit_lines import hits_embed, week_name
from bot.lists import LIST, PRIVATE, owner_of, which_week
from bot.pace import Pace
from bot.pager import answer_with_list
from bot.second_chances import SECOND
from scheduler.hits import HitRate, hit_rates
from storage.drops import Drop

if TYPE_CHECKING:
    from bot.client import TastebudBot

NO_LIST_YET = (
    "You have no list yet: share a track or react to one with 👍 or 👎, and I write you one in the next weekly round."
)
WEEKS_SHOWN = 12
CHOICES = 25  # Discord's limit of suggestions
HALF_A_YEAR = timedelta(weeks=26)
NO_SUCH_WEEK = "You have no list of that week. There are: {}."
WHICH_WEEK = "Which week? Write `{}week 41`. There are: {}."
NO_SECOND_CHANCE = (
    "There is nothing to give a second chance: you said what you think of every good pick, or your first list is young."
)


class Drops(commands.Cog):
    """`playlist` shows your list of this week, with why each track is on it."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(8, 30.0)

    @commands.hybrid_command(name="playlist", aliases=["list", "mylist", "drop"])  # type: ignore[arg-type]
    async def playlist(self, context: commands.Context[Any]) -> None:
        """Show your list of this week, with why each track is on it."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            await self._show(context, (await self._lists(context.author.id))[0].week)

    @commands.hybrid_command(name="week", usage="<number of the week>")  # type: ignore[arg-type]
    @app_commands.describe(week="The week, such as 41 or 2026-W41")
    async def week(self, context: commands.Context[Any], *, week: str = "") -> None:
        """Show the list that you got in any week, as it was."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            weeks = [drop.week for drop in await self._lists(context.author.id)]
            found = which_week(week, weeks)
            if found is None:
                there = ", ".join(weeks[:WEEKS_SHOWN]) + (" …" if len(weeks) > WEEKS_SHOWN else "")
                raise Sentence(NO_SUCH_WEEK.format(there) if week else WHICH_WEEK.format(context.clean_prefix, there))
            await self._show(context, found)

    @week.autocomplete("week")
    async def suggest(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest the weeks that there are lists of."""
        owner = await owner_of(self.bot.services, interaction.user.id)
        drops = await self.bot.services.storage.drops.written(owner) if owner else []
        typed = current.strip().upper()
        weeks = [drop.week for drop in drops if typed in drop.week]
        return [app_commands.Choice(name=f"{week_name(week)}, {week[:4]}", value=week) for week in weeks[:CHOICES]]

    @commands.hybrid_command(name="hit-rate", aliases=["hits", "hitrate"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def hit_rate(self, context: commands.Context[Any]) -> None:
        """Show how many of my picks you liked, week by week."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            owner = (await self._lists(context.author.id))[0].owner
            since = self.bot.services.clock.now() - HALF_A_YEAR
            rate = (await hit_rates(self.bot.services.storage, [owner], since)).get(owner, HitRate())
            if not rate.weeks:
                raise Sentence(NO_LIST_YET)
            await answer_privately(context, embed=hits_embed(rate, WEEKS_SHOWN))

    @commands.hybrid_command(  # type: ignore[arg-type]
        name="second-chance", aliases=["secondchance", "missed"], extras=dict(ONLY_YOU)
    )
    async def second_chance(self, context: commands.Context[Any]) -> None:
        """Show good picks of earlier weeks that you never said anything of."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            await answer_with_list(self.bot, context, SECOND, gone=NO_SECOND_CHANCE)

    async def _lists(self, discord_id: int) -> list[Drop]:
        """Return the member's written drops, the newest first, at least one."""
        owner = await owner_of(self.bot.services, discord_id)
        drops = await self.bot.services.storage.drops.written(owner) if owner else []
        if not drops:
            raise Sentence(NO_LIST_YET)
        return drops

    async def _show(self, context: commands.Context[Any], week: str) -> None:
        """Answer in private, but what is typed in a channel there: that is where lists are announced."""
        private = context.interaction is not None or context.guild is None
        await answer_with_list(self.bot, context, LIST, week + PRIVATE * private, private=private)
