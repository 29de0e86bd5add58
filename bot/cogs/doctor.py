"""`!doctor`: the owner of the bot sees how it is, and nobody else does."""

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.embeds import GREEN, LIMIT_DESCRIPTION

if TYPE_CHECKING:
    from bot.client import TastebudBot

MARKS = {"good": "✅", "warning": "⚠️", "bad": "❌"}
NOT_OWNER = "Only the owner of this bot may ask that."


class Doctor(commands.Cog):
    """The owner's look inside."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot

    @commands.hybrid_command(name="doctor", description="How I am, for my owner alone.", extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def doctor(self, context: commands.Context[Any]) -> None:
        """Look at everything that the bot hangs on, and answer in private."""
        if not await self._bot.is_owner(context.author):
            raise Sentence(NOT_OWNER)
        await context.defer(ephemeral=True)
        from bot.doctor import examine, summary

        services = self._bot.services
        found = await examine(services.settings, services.secrets, services.clock)
        troubles = [f"⚠️ {trouble.sentence}" for trouble in await services.storage.troubles.all()]
        lines = [f"{MARKS[each.state]} **{each.what}** {each.said} {each.do}".strip() for each in found]
        text = "\n".join([*troubles, *lines])
        embed = discord.Embed(title=summary(found), description=text[:LIMIT_DESCRIPTION], colour=GREEN)
        await answer_privately(context, embed=embed)
