"""The list that a member got this week."""

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from bot.apologies import Sentence
from bot.lists import page_of
from bot.pace import Pace

if TYPE_CHECKING:
    from bot.client import TastebudBot

NO_LIST_YET = (
    "You have no list yet: share a track or react to one with 👍 or 👎, and I write you one in the next weekly round."
)


class Drops(commands.Cog):
    """`playlist` shows your list of this week, with why each track is on it."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 30.0)

    @commands.hybrid_command(name="playlist")  # type: ignore[arg-type]  # mypy cannot solve its union
    async def playlist(self, context: commands.Context[Any]) -> None:
        """Show your list of this week, with why each track is on it."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            server_id = context.guild.id if context.guild else None
            page = await page_of(self.bot.services, context.author.id, server_id)
        if page is None:
            raise Sentence(NO_LIST_YET)
        await context.send(embed=page.embed, view=page.view, ephemeral=True)
