"""New tracks for one person, right now."""

from typing import TYPE_CHECKING, Any

from discord import app_commands
from discord.ext import commands

from bot.apologies import Sentence
from bot.embeds import pick_embed
from bot.pace import Pace
from bot.text import counted
from bot.views import picks_view

if TYPE_CHECKING:
    from bot.client import TastebudBot

USUAL, MOST = 5, 10  # Discord shows ten embeds in a message

NOTHING_NEW = "I have nothing new for you yet: the more tracks are shared here and rated with 👍 👎, the more I find."


class Discover(commands.Cog):
    """`discover` finds tracks you have not met yet; what you rated a minute ago counts."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(name="discover", usage="[1-10]")  # type: ignore[arg-type]  # mypy cannot solve its union
    @app_commands.describe(count="How many tracks: 1 to 10")
    @commands.guild_only()
    async def discover(self, context: commands.Context[Any], count: commands.Range[int, 1, MOST] = USUAL) -> None:
        """Find new tracks for you, with buttons to say what you think."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            services = self.bot.services
            picks = await services.linker.link(
                await services.picker.discover(context.author.id, context.guild.id, count)
            )
        if not picks:
            raise Sentence(NOTHING_NEW)
        embeds = [pick_embed(number, pick) for number, pick in enumerate(picks[:MOST], 1)]
        head = f"{counted(len(embeds), 'track')} for you. Say what you think: the next ones will know."
        await context.send(head, embeds=embeds, view=picks_view(picks), ephemeral=True)
