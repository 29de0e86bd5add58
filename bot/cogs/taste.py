"""Taste as pictures: one's own, two beside each other, and who is nearest or farthest."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import EVERYBODY, ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.pace import Pace
from bot.pictures.draw import draw
from bot.portraying import comparison_card, taste_card
from bot.showing import BLUE, attached, back_view
from bot.taste_views import taste_embed, taste_view
from bot.text import shown
from scheduler.portraits import ENOUGH, Pair

if TYPE_CHECKING:
    from bot.client import TastebudBot

NOTHING_YET = "I know nothing of your taste yet: react to some shared tracks with 👍 or 👎, and look again."
CANNOT_COMPARE = (
    f"I cannot compare you two here: it takes {ENOUGH} tracks each in this server that you shared or reacted to."
)
NO_TWIN = (
    f"I cannot tell yet: it takes {ENOUGH} tracks in this server that you shared or reacted to, and others who did."
)
YOURSELF = "That is you, 100 % alike: name somebody else."
NAME = 60


class Taste(commands.Cog):
    """`taste` is your taste as a picture, `compare` you and somebody else; `twin` and `opposite` find somebody."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)

    @commands.hybrid_command(name="taste", aliases=["profile", "radar"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def taste(self, context: commands.Context[Any]) -> None:
        """Show your taste as a picture, and correct what is wrong with it."""
        self._pace.take(context)
        services = self.bot.services
        async with context.typing(ephemeral=True):
            portrait = await services.society.portraits.of(context.author.id)
            if portrait is None or not portrait.sketch.opinions:
                raise Sentence(NOTHING_YET)
            picture = await draw(taste_card(portrait, context.author.display_name, services.clock.now()))
        embed = taste_embed(portrait)
        await answer_privately(context, embed=embed, file=attached(picture, embed), view=taste_view(context.author.id))

    @commands.hybrid_command(name="compare", aliases=["match", "vs"], usage="<@member>", extras=dict(EVERYBODY))  # type: ignore[arg-type]
    @app_commands.describe(member="Whom to compare with")
    @commands.guild_only()
    async def compare(self, context: commands.Context[Any], member: discord.Member) -> None:
        """Compare your taste with somebody's: what you both love, and where you part."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        if member.id == context.author.id:
            raise Sentence(YOURSELF)
        async with context.typing():
            pair = await self.bot.services.society.portraits.compare(context.author.id, member.id, context.guild.id)
            if pair is None:
                raise Sentence(CANNOT_COMPARE)
            picture = await draw(comparison_card(pair))
        embed = pair_embed(pair)
        await context.send(embed=embed, file=attached(picture, embed), view=back_view(context.author.id, member.id))

    @commands.hybrid_command(name="twin", aliases=["soulmate"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    @commands.guild_only()
    async def twin(self, context: commands.Context[Any]) -> None:
        """Find who in this server has the taste nearest to yours."""
        await self._nearest(context, farthest=False)

    @commands.hybrid_command(name="opposite", aliases=["nemesis"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    @commands.guild_only()
    async def opposite(self, context: commands.Context[Any]) -> None:
        """Find who in this server has the taste farthest from yours."""
        await self._nearest(context, farthest=True)

    async def _nearest(self, context: commands.Context[Any], *, farthest: bool) -> None:
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            portraits = self.bot.services.society.portraits
            pair = await portraits.nearest(context.author.id, context.guild.id, farthest=farthest)
            if pair is None:
                raise Sentence(NO_TWIN)
            picture = await draw(comparison_card(pair))
        embed = pair_embed(pair)
        name = shown(pair.other.name, NAME) or "somebody without a name"
        embed.title = f"Your {'opposite' if farthest else 'taste twin'} here is {name}"
        await answer_privately(context, embed=embed, file=attached(picture, embed))


def pair_embed(pair: Pair) -> discord.Embed:
    """Return the words that go with the picture of two."""
    one, other = (shown(person.name, NAME) or "somebody without a name" for person in (pair.one, pair.other))
    embed = discord.Embed(title=f"{one} and {other} are {pair.alike:.0%} alike", colour=BLUE)
    return embed.set_footer(text="By what was shared and reacted to in this server.")
