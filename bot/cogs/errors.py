"""The one error handler, for `!` and `/` alike."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import answer_privately, is_private
from bot.apologies import SILENT, answer_for, log, tell

if TYPE_CHECKING:
    from bot.client import TastebudBot


class TastebudTree(app_commands.CommandTree[Any]):
    """Slash commands, whose errors are answered like those of typed ones."""

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Answer in a sentence."""
        if sentence := answer_for(error):
            await tell(interaction, sentence)


class Errors(commands.Cog):
    """When something goes wrong I say so in one sentence."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_command_error(self, context: commands.Context[Any], error: commands.CommandError) -> None:
        """Answer in a sentence."""
        sentence = answer_for(error, _usage(context))
        if sentence == SILENT:
            return
        try:
            if is_private(context.command):
                await answer_privately(context, sentence)
            else:
                await context.send(sentence, ephemeral=True)
        except discord.HTTPException as failure:
            log.warning("The answer did not get through: %s", failure)


def _usage(context: commands.Context[Any]) -> str:
    """Return how the command is written."""
    if context.command is None:
        return ""
    return f"{context.clean_prefix}{context.command.qualified_name} {context.command.signature}".strip()
