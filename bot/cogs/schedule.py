"""When your drop comes, where you are told of it, and how adventurous it is."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.pace import Pace
from bot.schedules import (
    BOTH,
    DM,
    HOW,
    PAUSE,
    RESET,
    RESUME,
    SERVERS,
    ScheduleWish,
    read_wish,
    suggested_zones,
    zone_of,
)
from scheduler.weeks import WEEKDAYS

if TYPE_CHECKING:
    from bot.client import TastebudBot


class Schedule(commands.Cog):
    """`schedule` says when your drop comes and where I tell you; `dial` how adventurous it is."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(10, 60.0)

    @commands.command(
        name="schedule",
        aliases=["when", "timezone"],
        usage="[weekday] [hour] [time zone] [pause|resume|reset] [dm|servers|both]",
        extras=dict(ONLY_YOU),
    )
    async def typed(self, context: commands.Context[Any], *words: str) -> None:
        """Say when your drop comes: weekday, hour, time zone; or pause it, or have it told by direct message."""
        self._pace.take(context)
        await self._answer(context, read_wish(words, HOW.format(context.clean_prefix)))

    @app_commands.command(name="schedule", extras=dict(ONLY_YOU))
    @app_commands.describe(
        weekday="The day it comes",
        hour="The hour, 0 to 23, on your clocks",
        timezone="Your time zone: type your city",
        what="Pause it, go on, or back to how it is for everybody",
        where="Where I tell you of it",
    )
    @app_commands.choices(
        weekday=[app_commands.Choice(name=day.capitalize(), value=day) for day in WEEKDAYS],
        what=[
            app_commands.Choice(name="pause: nothing new until I resume", value=PAUSE),
            app_commands.Choice(name="resume", value=RESUME),
            app_commands.Choice(name="reset: as for everybody here", value=RESET),
        ],
        where=[
            app_commands.Choice(name="in the announcement of my servers", value=SERVERS),
            app_commands.Choice(name="there, and by direct message", value=BOTH),
            app_commands.Choice(name="by direct message only", value=DM),
        ],
    )
    async def slash(
        self,
        interaction: discord.Interaction[Any],
        weekday: str | None = None,
        hour: app_commands.Range[int, 0, 23] | None = None,
        timezone: str | None = None,
        what: str | None = None,
        where: str | None = None,
    ) -> None:
        """Say when your drop comes and where I tell you; without options, see how it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        context = await commands.Context.from_interaction(interaction)
        self._pace.take(context)
        zone = zone_of(timezone) if timezone else None
        await self._answer(context, ScheduleWish(weekday, hour, zone, what, where))

    @slash.autocomplete("timezone")
    async def suggest(self, _interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest time zones by the letters typed so far."""
        found = suggested_zones(current, self.bot.services.clock.now())
        return [app_commands.Choice(name=shown, value=name) for shown, name in found]

    @commands.hybrid_command(name="dial", aliases=["adventure"], usage="[0-10]", extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    @app_commands.describe(value="0 is familiar, 10 is adventurous; without it, see how it stands")
    async def dial(self, context: commands.Context[Any], value: commands.Range[int, 0, 10] = None) -> None:  # type: ignore[assignment]
        """Turn your drops from familiar (0) to adventurous (10)."""
        self._pace.take(context)
        embed, view = await self.bot.member_wishes.dial(context.author, value)
        await answer_privately(context, embed=embed, view=view)

    async def _answer(self, context: commands.Context[Any], wish: ScheduleWish) -> None:
        embed, view = await self.bot.member_wishes.schedule(context.author, wish)
        await answer_privately(context, embed=embed, view=view)
