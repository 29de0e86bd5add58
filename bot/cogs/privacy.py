"""Your data is yours: have all of it, have it forgotten, be left alone."""

import io
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.my_data import FILE_NAME
from bot.pace import Pace
from bot.privacy import FORGET
from bot.privacy_views import forget_embed, forget_view

if TYPE_CHECKING:
    from bot.client import TastebudBot

HERE = "📦 Everything I keep of you, as CSV and JSON. `README.txt` says what each file is; `/forget-me` removes it all."


class PrivacyCog(commands.Cog, name="Privacy"):
    """`my-data` gives you all I keep of you, `forget-me` removes it, `opt-out` keeps me from recording anything."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._files = Pace(3, 3600.0)
        self._pace = Pace(10, 60.0)

    @commands.hybrid_command(name="my-data", aliases=["mydata", "export"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def my_data(self, context: commands.Context[Any]) -> None:
        """Get everything I keep of you as a file: CSV and JSON."""
        self._files.take(context)
        if context.interaction is not None:
            await context.defer(ephemeral=True)
        packed = await self.bot.privacy.my_data(context.author)
        await answer_privately(context, HERE, file=discord.File(io.BytesIO(packed), FILE_NAME))

    @commands.hybrid_command(name="forget-me", aliases=["forgetme"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def forget_me(self, context: commands.Context[Any]) -> None:
        """Have everything I know of you removed, for good; a button asks you once more."""
        self._pace.take(context)
        await self.bot.privacy.known(context.author, FORGET)
        view = forget_view(context.author.id, self.bot.services.clock.now())
        await answer_privately(context, embed=forget_embed(), view=view)

    @commands.hybrid_command(name="opt-out", aliases=["optout"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def opt_out(self, context: commands.Context[Any]) -> None:
        """Be left alone: nothing you do is recorded from now on."""
        self._pace.take(context)
        await answer_privately(context, embed=await self.bot.privacy.opt(context.author, out=True))

    @commands.hybrid_command(name="opt-in", aliases=["optin"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def opt_in(self, context: commands.Context[Any]) -> None:
        """Let what you do count again, after an opt-out."""
        self._pace.take(context)
        await answer_privately(context, embed=await self.bot.privacy.opt(context.author, out=False))
