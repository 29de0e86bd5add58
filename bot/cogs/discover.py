"""New tracks for one person, right now."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.apologies import Sentence
from bot.discover_views import A_MESSAGE, discover_view, found
from bot.discovering import LONGEST, suggestions
from bot.embeds import pick_embed
from bot.pace import Pace
from bot.text import clean, counted, cut, shown

if TYPE_CHECKING:
    from bot.client import TastebudBot

USUAL, MOST = 5, 10
HOW_MANY = "I find 1 to 10 tracks at once: write `{}discover 5`, and after the number what they should be like."
NOTHING_NEW = "I have nothing new for you yet: the more tracks are shared here and rated with 👍 👎, the more I find."
NOTHING_LIKE = "I have nothing new for you that is “{}”: try something near it, or `surprise`."


class Discover(commands.Cog):
    """`discover` finds tracks you have not met yet; what you rated a minute ago counts."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(  # type: ignore[arg-type]  # mypy cannot solve its union
        name="discover", aliases=["find", "new"], usage="[1-10] [mood, tag, artist or surprise]"
    )
    @app_commands.describe(count="How many tracks: 1 to 10", like="A mood, tags, an artist, or surprise")
    @commands.guild_only()
    async def discover(self, context: commands.Context[Any], count: int | None = None, *, like: str = "") -> None:
        """Find new tracks for you, with buttons to say what you think."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        if count is not None and not 1 <= count <= MOST:
            raise Sentence(HOW_MANY.format(context.clean_prefix))
        self._pace.take(context)
        words = cut(clean(like), LONGEST).replace(":", " ")
        async with context.typing(ephemeral=True):
            picks = await found(self.bot, context.author.id, context.guild.id, count or USUAL, words)
        if not picks:
            raise Sentence(NOTHING_LIKE.format(shown(words, LONGEST)) if words else NOTHING_NEW)
        for start in range(0, len(picks), A_MESSAGE):
            some = picks[start : start + A_MESSAGE]
            head = f"{counted(len(picks), 'track')} for you. Say what you think: the next ones will know."
            embeds = [pick_embed(number, pick) for number, pick in enumerate(some, start + 1)]
            view = discover_view(some, start + 1, context.author.id, words)
            await context.send(head if start == 0 else None, embeds=embeds, view=view, ephemeral=True)

    @discover.autocomplete("like")
    async def suggest(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest moods, tags and artists."""
        named = await suggestions(self.bot.services, current, interaction.guild_id)
        return [app_commands.Choice(name=name, value=value) for name, value in named]
