"""Say what you think of a track without waiting for somebody to share it."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.apologies import Sentence
from bot.embeds import track_name
from bot.finding import CHOICES, UNKNOWN, find_tracks, suggest_tracks
from bot.intake import author_of
from bot.pace import Pace
from bot.ratings import OPINIONS, Rating, parse_rating
from bot.shared import share_of, tracks_of
from bot.views import choices_view, noted, opinion_buttons
from storage.feedback import Source

if TYPE_CHECKING:
    from bot.client import TastebudBot

MENU = "Rate this track"
RATED_AT_ONCE = 10  # tracks whose buttons fit below one message, and whose names into it
HOW = "Write `{}rate <link or words> <👍, 👎 or clear>`, the opinion last."


class Rate(commands.Cog):
    """`rate` a track by its link or by words from its title, as 👍, 👎 or clear."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(10, 30.0)
        self._menu = app_commands.ContextMenu(name=MENU, callback=self.from_menu)

    async def cog_load(self) -> None:
        """Offer it on messages too."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the offer back."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def from_menu(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Show the tracks of a message with buttons to rate each, to that person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        self._pace.take(await commands.Context.from_interaction(interaction))
        share = await share_of(self.bot.services, message.id, interaction.guild_id)
        tracks = (await tracks_of(self.bot.services, share))[:RATED_AT_ONCE]
        view = discord.ui.View(timeout=None)
        for button in opinion_buttons(tracks):
            view.add_item(button)
        lines = [f"{number}. {track_name(track)}" for number, track in enumerate(tracks, 1)]
        await interaction.followup.send("\n".join(["What do you think?", *lines]), view=view, ephemeral=True)

    @commands.command(name="rate", usage="<link or words> <👍|👎|like|dislike|clear>")
    async def typed(self, context: commands.Context[Any], *, text: str = "") -> None:
        """Rate a track: a link or words from its title, then 👍, 👎 or clear."""
        self._pace.take(context)
        rating = parse_rating(text, self.bot.verdicts_in(context.guild.id if context.guild else None))
        if rating is None:
            raise Sentence(HOW.format(context.clean_prefix))
        async with context.typing():
            await self._rate(context, rating)

    @app_commands.command(name="rate")
    @app_commands.describe(track="A link to it, or words from the title", opinion="What you think of it")
    @app_commands.choices(
        opinion=[
            app_commands.Choice(name="👍 like", value="like"),
            app_commands.Choice(name="👎 dislike", value="dislike"),
            app_commands.Choice(name="clear: forget what I said", value="clear"),
        ]
    )
    async def slash(self, interaction: discord.Interaction[Any], track: str, opinion: str) -> None:
        """Say what you think of a track."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        context = await commands.Context.from_interaction(interaction)
        self._pace.take(context)
        await self._rate(context, Rating(track, OPINIONS[opinion]))

    @slash.autocomplete("track")
    async def suggest(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest tracks by the words typed so far."""
        found = await suggest_tracks(self.bot.services, current, interaction.guild_id)
        return [app_commands.Choice(name=shown, value=value) for shown, value in found]

    async def _rate(self, context: commands.Context[Any], rating: Rating) -> None:
        """Find the track and record the opinion, or ask which track was meant."""
        server_id = context.guild.id if context.guild else None
        found = await find_tracks(self.bot.services, rating.subject, server_id)
        if len(found) > 1:
            question = "Which one do you mean?" if len(found) <= CHOICES else "Which one? There are more: add a word."
            view = choices_view(found, rating.value, context.author.id)
            await context.send(question, view=view, ephemeral=True)
            return
        track = found[0]
        if track.id is None:
            raise Sentence(UNKNOWN)
        await self.bot.services.storage.feedback.rate(
            author_of(context.author), track.id, rating.value or None, source=Source.RATING, server_id=server_id
        )
        await context.send(noted(track, rating.value), ephemeral=True)
