"""Looks back: a week, a month or a year as a picture."""

from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import answer_privately
from bot.apologies import Sentence
from bot.pace import Pace
from bot.pictures.draw import draw
from bot.portraying import recap_card
from bot.showing import BLUE, attached, back_view, require_voice
from bot.text import shown
from scheduler.recaps import Period

if TYPE_CHECKING:
    from bot.client import TastebudBot

NOTHING_HAPPENED = "Nothing happened in that time that I know of: share a track, and there will be something to tell."
NAME = 80


class RecapCog(commands.Cog, name="Recap"):
    """`recap` looks back on a week, a month or a year of this server, or of you in it."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(  # type: ignore[arg-type]
        name="recap",
        aliases=["wrapped", "review"],
        usage="[week|month|year] [server|me]",
        extras={"answer": "chosen"},
    )
    @app_commands.describe(period="How far to look back", whose="Everybody's, for all to see, or yours, for you alone")
    @commands.guild_only()
    async def recap(
        self,
        context: commands.Context[Any],
        period: Literal["week", "month", "year"] = "week",
        whose: Literal["server", "me"] = "server",
    ) -> None:
        """Look back on a week, a month or a year as a picture."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        mine = whose == "me"
        if not mine:
            require_voice(self.bot, context)
        services = self.bot.services
        async with context.typing(ephemeral=mine):
            look = await services.society.recaps.of(
                context.guild.id, Period(period), services.clock.now(), context.author.id if mine else None
            )
            if look is None:
                raise Sentence(NOTHING_HAPPENED)
            name = context.author.display_name if mine else context.guild.name
            picture = await draw(recap_card(look, name))
        embed = discord.Embed(title=f"{shown(name, NAME) or 'A look back'}: {look.span.name}", colour=BLUE)
        file = attached(picture, embed)
        if mine:
            await answer_privately(context, embed=embed, file=file)
        else:
            await context.send(embed=embed, file=file, view=back_view(context.author.id))
