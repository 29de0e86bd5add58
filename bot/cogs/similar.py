"""The tracks nearest to one, with what ties them."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.apologies import Sentence
from bot.embeds import track_name
from bot.finding import find_tracks, suggest_tracks
from bot.pace import Pace
from bot.similar import NOTHING_SAID, similar_embed

if TYPE_CHECKING:
    from bot.client import TastebudBot

COUNT = 8  # as many as are read without scrolling

HOW = "Write `{}similar <link or words>`."


class Similar(commands.Cog):
    """`similar` shows the tracks nearest to one, and the tags that tie them."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(name="similar", aliases=["near"], usage="<link or words>")  # type: ignore[arg-type]  # mypy cannot solve it
    @app_commands.describe(track="A link to it, or words from the title")
    @commands.guild_only()
    async def similar(self, context: commands.Context[Any], *, track: str = "") -> None:
        """Show the tracks nearest to one, and what ties them."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        if not track.strip():
            raise Sentence(HOW.format(context.clean_prefix))
        self._pace.take(context)
        services = self.bot.services
        async with context.typing(ephemeral=True):
            found, *others = await find_tracks(services, track, context.guild.id)
            around = await services.similar.around(found, COUNT, [context.guild.id])
        if not around.near and not around.tags:
            raise Sentence(NOTHING_SAID.format(track_name(found)))
        await context.send(embed=similar_embed(around, others), ephemeral=True)

    @similar.autocomplete("track")
    async def suggest(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest tracks by the words typed so far."""
        found = await suggest_tracks(self.bot.services, current, interaction.guild_id)
        return [app_commands.Choice(name=shown, value=value) for shown, value in found]
