"""Several tastes at once: a blend for all, a bridge from one to another, and whose shares do best."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import pager
from bot.answers import EVERYBODY
from bot.apologies import Sentence
from bot.blend_views import blend_view
from bot.pace import Pace
from bot.pager import Page, PageAsk, answer_with_list
from bot.showing import BackButton, back_view, require_voice
from bot.together import A_PAGE, blend_embed, bridge_embed, page_count, tastemakers_embed
from scheduler.portraits import ENOUGH

if TYPE_CHECKING:
    from bot.client import TastebudBot

TASTEMAKERS = "tastemakers"
CANNOT_BLEND = (
    f"I cannot blend these tastes: it takes {ENOUGH} tracks of each person in this server, shared or reacted to."
)
CANNOT_BRIDGE = (
    f"I cannot build that bridge: it takes {ENOUGH} tracks of each person in this server, shared or reacted to."
)
ALONE = "A blend takes two: name somebody else."
NOTHING_LEFT = "There is nothing here that you have not all met: share some tracks, and ask again."
NOBODY_YET = "Nobody's shares here have reactions of others yet: react to some with 👍 or 👎, and look again."


class Social(commands.Cog):
    """`blend` is one list fair to several people, `bridge` leads from your taste to somebody's."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(5, 60.0)
        self._blends = Pace(3, 120.0)

    @commands.hybrid_command(name="blend", aliases=["mix"], usage="<@member> [@member ...]", extras=dict(EVERYBODY))  # type: ignore[arg-type]
    @app_commands.describe(
        first="Somebody to blend with: alone, the blend is for you and them",
        second="Somebody else: then it is for those you name",
        third="And somebody else",
        fourth="And somebody else",
        fifth="And somebody else",
    )
    @commands.guild_only()
    async def blend(
        self,
        context: commands.Context[Any],
        first: discord.Member,
        second: discord.Member | None = None,
        third: discord.Member | None = None,
        fourth: discord.Member | None = None,
        fifth: discord.Member | None = None,
    ) -> None:
        """Make one list that is fair to several people, the least happy first."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._blends.take(context)
        members = [member.id for member in (first, second, third, fourth, fifth) if member is not None]
        wanted = list(dict.fromkeys(members if len(members) > 1 else [context.author.id, *members]))
        if len(wanted) < 2:
            raise Sentence(ALONE)
        async with context.typing():
            blend = await self.bot.services.society.blender.blend(wanted, context.guild.id)
        if blend is None:
            raise Sentence(CANNOT_BLEND)
        if not blend.picks:
            raise Sentence(NOTHING_LEFT)
        await context.send(embed=blend_embed(blend), view=blend_view(context.author.id, len(wanted)))

    @commands.hybrid_command(name="bridge", aliases=["path"], usage="<@member>", extras=dict(EVERYBODY))  # type: ignore[arg-type]
    @app_commands.describe(member="Where the bridge leads")
    @commands.guild_only()
    async def bridge(self, context: commands.Context[Any], member: discord.Member) -> None:
        """Walk from your taste to somebody's, track by track."""
        if context.guild is None:
            raise commands.NoPrivateMessage
        self._pace.take(context)
        async with context.typing():
            blender = self.bot.services.society.blender
            path = await blender.bridge(context.author.id, member.id, context.guild.id)
        if path is None:
            raise Sentence(CANNOT_BRIDGE)
        embed = bridge_embed(context.author.display_name, member.display_name, path)
        await context.send(embed=embed, view=back_view(context.author.id, member.id))

    @commands.hybrid_command(name=TASTEMAKERS, aliases=["tastemaker", "leaders"], extras=dict(EVERYBODY))  # type: ignore[arg-type]
    @commands.guild_only()
    async def tastemakers(self, context: commands.Context[Any]) -> None:
        """Show whose shares do best with others in this server."""
        self._pace.take(context)
        require_voice(self.bot, context)
        async with context.typing():
            await answer_with_list(self.bot, context, TASTEMAKERS, private=False, gone=NOBODY_YET)


async def tastemakers_page(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of whose shares do best with others."""
    if ask.server_id is None:
        return None
    found = await bot.services.society.servers.tastemakers(ask.server_id)
    if not found[ask.page * A_PAGE :] and ask.page == 0:
        return None
    embed = tastemakers_embed(found, ask.page)
    return Page([embed], page_count(len(found)), items=[BackButton([ask.asker_id], row=3)])


pager.register(TASTEMAKERS, tastemakers_page)
