"""Bring along what you like elsewhere, so that nobody starts from nothing."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import ONLY_YOU, no_direct_messages
from bot.apologies import Sentence
from bot.importing_views import HOW
from bot.intake import author_of
from bot.pace import Pace

if TYPE_CHECKING:
    from bot.client import TastebudBot

READING = "📥 I am reading your file …"
IN_THE_OPEN = (
    "-# Your file still stands in <#{channel}>, where others can take it: delete your message, I have all I need."
)
NOTHING_YET = "You have not imported anything yet. {how}"


class Imports(commands.Cog):
    """`import` takes a file of what you like elsewhere; only you ever learn of it, and you can undo it."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(6, 300.0)

    @commands.hybrid_command(  # type: ignore[arg-type]  # mypy cannot solve its union
        name="import", aliases=["bring"], usage="(with a file) | undo | status", extras=dict(ONLY_YOU)
    )
    @app_commands.describe(
        file="A CSV of tracks, or an export of Spotify, ListenBrainz or Last.fm", what="What to do, without a file"
    )
    @app_commands.choices(
        what=[
            app_commands.Choice(name="undo: take my last import back", value="undo"),
            app_commands.Choice(name="status: how far my last import is", value="status"),
        ]
    )
    async def bring(
        self, context: commands.Context[Any], file: discord.Attachment | None = None, what: str = ""
    ) -> None:
        """Bring along what you like elsewhere: a CSV, or an export of Spotify, ListenBrainz or Last.fm."""
        self._pace.take(context)
        answer = await _Answer.to(context)
        if answer is None:
            await context.send(no_direct_messages(context))
            return
        try:
            await self._obey(context, answer, file, what.strip().casefold())
        except Sentence as error:
            await answer.say(content=str(error), embed=None, view=None)

    async def _obey(
        self, context: commands.Context[Any], answer: "_Answer", file: discord.Attachment | None, what: str
    ) -> None:
        importing = self.bot.importing
        if file is not None:
            server_id = context.guild.id if context.guild else None
            await answer.say(content=READING)
            found = await importing.begin(author_of(context.author), file, server_id)
            await answer.say(**await importing.card(found) | answer.aside())
            await answer.keep(self.bot, found.id)
        elif what == "undo":
            found = await importing.undo_latest(context.author.id)
            await answer.say(**await importing.card(found))
        elif what == "status" and (latest := await importing.latest(context.author.id)) is not None:
            await answer.say(**await importing.card(latest))
        else:
            await answer.say(content=NOTHING_YET.format(how=HOW) if what == "status" else HOW)


class _Answer:
    """Where only the asker reads: below a slash command, or in a direct message; never in the channel."""

    def __init__(self, context: commands.Context[Any]) -> None:
        self._context = context
        self._message: discord.Message | None = None

    @classmethod
    async def to(cls, context: commands.Context[Any]) -> "_Answer | None":
        """Open the answer; None for who takes no direct messages."""
        answer = cls(context)
        if context.interaction is not None:
            await context.defer(ephemeral=True)
            return answer
        try:
            answer._message = await context.author.send("…")
        except discord.Forbidden:
            return None
        return answer

    async def say(self, **what: Any) -> None:
        """Put this in place of what the answer said before."""
        if self._message is not None:
            await self._message.edit(**what)
        elif self._context.interaction is not None:
            await self._context.interaction.edit_original_response(**what)

    def aside(self) -> dict[str, Any]:
        """Return what is to be said beside the card: that the file stands where others can take it."""
        public = self._message is not None and self._context.guild is not None
        return {"content": IN_THE_OPEN.format(channel=self._context.channel.id)} if public else {}

    async def keep(self, bot: "TastebudBot", import_id: int) -> None:
        """Have the card written anew as the import goes on."""
        if self._message is not None:
            await bot.services.storage.imports.posted(import_id, self._message.channel.id, self._message.id, 0)
        elif self._context.interaction is not None:
            bot.importing.remember(import_id, self._context.interaction)
