"""What a server's managers choose for it."""

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from bot.apologies import Sentence
from bot.pace import Pace
from bot.server_settings import NOT_ALLOWED

if TYPE_CHECKING:
    from bot.client import TastebudBot


class Settings(commands.Cog):
    """`settings` lets a server's managers choose channels, emoji, announcements, and who may do what."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(10, 60.0)

    @commands.hybrid_command(name="settings", aliases=["config", "setup"], extras={"for": "managers"})  # type: ignore[arg-type]
    @commands.guild_only()
    async def settings(self, context: commands.Context[Any]) -> None:
        """Choose this server's channels, emoji and announcements, and who may do what."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        if not self.bot.wishes.may_change(context.author):
            raise Sentence(NOT_ALLOWED)
        embed, view = self.bot.server_settings.shown(context.guild)
        await context.send(embed=embed, view=view, ephemeral=True)
