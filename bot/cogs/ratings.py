"""What a member rated, with undo."""

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from bot.answers import ONLY_YOU
from bot.pace import Pace
from bot.pager import answer_with_list
from bot.rating_views import RATINGS

if TYPE_CHECKING:
    from bot.client import TastebudBot

NOTHING_RATED = (
    "You have rated nothing with a command or a button yet: `/rate` does, and so do 👍 👎 under what I find. "
    "Reactions are undone where they stand."
)


class Ratings(commands.Cog):
    """`ratings` lists what you rated last; each can be undone."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(8, 30.0)

    @commands.hybrid_command(name="ratings", aliases=["rated", "mytracks"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def ratings(self, context: commands.Context[Any]) -> None:
        """Show what you rated last, and undo any of it."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            await answer_with_list(self.bot, context, RATINGS, gone=NOTHING_RATED)
