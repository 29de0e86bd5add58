"""Say what you think of a track without waiting for somebody to share it."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.apologies import Sentence
from bot.intake import TRACKS, author_of
from bot.pace import Pace
from bot.ratings import OPINIONS, Rating, parse_rating
from bot.text import clean, cut
from bot.views import choices_view, noted
from catalog.links import find_links
from catalog.matching import normalise_title
from catalog.models import Service, Track
from catalog.resolver import Found
from storage.feedback import Source

if TYPE_CHECKING:
    from bot.client import TastebudBot

CHOICES = 5  # buttons in one row
SUGGESTIONS = 20
CHOICE_TEXT = 100  # Discord's limit for a suggestion

HOW = "Write `{}rate <link or words> <👍, 👎 or clear>`, the opinion last."
NO_SUCH_TRACK = "I could not find that track: the link may be broken."
IN_DOUBT = "I am not sure which track that is: use words from its title, or its link on Spotify or Deezer."
NOT_A_TRACK = "That link leads to an album, a playlist or an artist: I can rate single tracks only."
UNKNOWN = "I know no track by those words: paste its link, and I will."


class Rate(commands.Cog):
    """`rate` a track by its link or by words from its title, as 👍, 👎 or clear."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._tracks = bot.services.storage.tracks
        self._pace = Pace(10, 30.0)

    @commands.command(name="rate", usage="<link or words> <👍|👎|like|dislike|clear>")
    async def typed(self, context: commands.Context[Any], *, text: str = "") -> None:
        """Rate a track: a link or words from its title, then 👍, 👎 or clear."""
        self._pace.take(context)
        rating = parse_rating(text, self.bot.verdicts)
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
        if not current.strip() or find_links(current):
            return []
        found = await self._tracks.find(current, SUGGESTIONS, interaction.guild_id)
        return [
            app_commands.Choice(name=cut(clean(track.label), CHOICE_TEXT), value=f"#{track.id}")
            for track in found
            if clean(track.label)
        ]

    async def _rate(self, context: commands.Context[Any], rating: Rating) -> None:
        """Find the track and record the opinion, or ask which track was meant."""
        found = await self._find(rating.subject, context.guild.id if context.guild else None)
        if len(found) > 1:
            question = "Which one do you mean?" if len(found) <= CHOICES else "Which one? There are more: add a word."
            view = choices_view(found, rating.value, context.author.id)
            await context.send(question, view=view, ephemeral=True)
            return
        track = found[0]
        if track.id is None:
            raise Sentence(UNKNOWN)
        server_id = context.guild.id if context.guild else None
        await self.bot.services.storage.feedback.rate(
            author_of(context.author), track.id, rating.value or None, source=Source.RATING, server_id=server_id
        )
        await context.send(noted(track, rating.value), ephemeral=True)

    async def _find(self, subject: str, server_id: int | None) -> list[Track]:
        """Return the one track that was meant, or those that may have been."""
        links = find_links(subject)
        if links:
            return [await self._by_link(subject)]
        if subject.startswith("#") and subject[1:].isdecimal() and len(subject) < CHOICE_TEXT:
            chosen = (await self._tracks.get([int(subject[1:19])])).get(int(subject[1:19]))
            if chosen:
                return [chosen]
        found = await self._tracks.find(subject, CHOICES + 1, server_id)
        exact = [track for track in found if normalise_title(track.title) == normalise_title(subject)]
        if not found:
            raise Sentence(UNKNOWN)
        return exact if len(exact) == 1 else found

    async def _by_link(self, subject: str) -> Track:
        link = next((each for each in find_links(subject) if each.kind in TRACKS), None)
        if link is None:
            raise Sentence(NOT_A_TRACK)
        found = await self.bot.services.resolver.find_or_keep(link, anew=True)
        if found.track is None:
            raise Sentence(_why_not(found))
        return found.track


def _why_not(found: Found) -> str:
    """Return why a link cannot be rated."""
    if found.link.kind not in TRACKS:
        return NOT_A_TRACK
    return IN_DOUBT if found.near or found.link.service is Service.YOUTUBE else NO_SUCH_TRACK
