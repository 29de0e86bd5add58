"""Your own Spotify account, if you want your list there."""

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.pace import Pace

if TYPE_CHECKING:
    from bot.client import TastebudBot


class Accounts(commands.Cog):
    """`link` has your weekly list written into your own Spotify account; `unlink` ends that."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(name="link", extras=dict(ONLY_YOU))  # type: ignore[arg-type]  # mypy cannot solve its union
    async def link(self, context: commands.Context[Any]) -> None:
        """Link your own Spotify account, so that your weekly list stands there; or see how that stands."""
        self._pace.take(context)
        await answer_privately(context, **await self.bot.linking.card(context.author))

    @commands.hybrid_command(name="unlink", extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def unlink(self, context: commands.Context[Any]) -> None:
        """Unlink your Spotify account; your list goes on in the playlist that I keep for you."""
        self._pace.take(context)
        await answer_privately(context, **await self.bot.linking.unlink(context.author))
