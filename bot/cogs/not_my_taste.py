"""What a member heard, shared or liked, and that says nothing of their taste: learning leaves it out."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.mute_views import MUTED, NOTHING_IN_WEEK, muted, which_view
from bot.pace import Pace
from bot.pager import answer_with_list
from bot.shared import NO_SHARE, message_link, share_of, tracks_of
from storage.mutes import Scope

if TYPE_CHECKING:
    from bot.client import TastebudBot

MENU = "Not my taste"
WEEK, CHANNEL, LIST = "week", "channel", "list"
WORDS = {
    "week": WEEK,
    "last week": WEEK,
    "the last week": WEEK,
    "channel": CHANNEL,
    "here": CHANNEL,
    "this channel": CHANNEL,
    "list": LIST,
    "undo": LIST,
}
HOW = (
    "What is not your taste? Answer a message with `{prefix}not-my-taste`, or write its link behind it, or `week` for "
    "all that you said in the last seven days, `channel` for all that you say here, `list` for what is left out."
)
NO_CHANNEL = "I know no such channel here."
NOTHING_OUT = "Nothing is left out: all that you say counts."
WHICH = "Which of them is not your taste?"
SEVEN_DAYS = timedelta(days=7)


class NotMyTaste(commands.Cog):
    """`not-my-taste` leaves a share, a channel or the last week out of what I learn about you."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(10, 60.0)
        self._menu = app_commands.ContextMenu(name=MENU, callback=self.from_menu)

    async def cog_load(self) -> None:
        """Offer it on messages too."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the offer back."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @commands.hybrid_command(  # type: ignore[arg-type]  # mypy cannot solve its union
        name="not-my-taste",
        aliases=["notmytaste", "nmt"],
        usage="<link of a message | week | channel | list>",
        extras=dict(ONLY_YOU),
    )
    @app_commands.describe(what="A message's link, a channel, week, or list")
    async def not_my_taste(self, context: commands.Context[Any], *, what: str = "") -> None:
        """Leave a share, a channel or the last week out of what I learn about you."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            meant = WORDS.get(" ".join(what.casefold().split()))
            if meant == LIST:
                await answer_with_list(self.bot, context, MUTED, gone=NOTHING_OUT)
            elif meant == WEEK:
                now = self.bot.services.clock.now()
                await self._mute(context, Scope(since=now - SEVEN_DAYS, until=now), NOTHING_IN_WEEK)
            elif context.guild is None:
                raise commands.NoPrivateMessage
            elif meant == CHANNEL:
                await self._mute(context, Scope(context.guild.id, context.channel.id))
            else:
                await self._named(context, context.guild, what)

    @not_my_taste.autocomplete("what")
    async def suggest(self, _interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest what can be left out."""
        choices = {
            "week: all that I said in the last seven days": WEEK,
            "channel: all that I say in this channel": CHANNEL,
            "list: what is left out, to undo it": LIST,
        }
        typed = current.casefold().strip()
        return [app_commands.Choice(name=name, value=value) for name, value in choices.items() if typed in name]

    async def from_menu(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Leave a message's track out, or ask which of them."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        context = await commands.Context.from_interaction(interaction)
        self._pace.take(context)
        await self._share(context, message.id, interaction.guild_id)

    async def _named(self, context: commands.Context[Any], guild: discord.Guild, what: str) -> None:
        """Leave out the message that is answered or linked, or the channel that is named."""
        reference = context.message.reference if context.interaction is None else None
        message_id = message_link(what, guild.id) or (reference.message_id if reference and not what else None)
        if message_id is not None:
            if what:
                await self._check_seen(context, guild, message_id)
            await self._share(context, message_id, guild.id)
            return
        digits = what.strip().removeprefix("<#").removesuffix(">")
        if not what.strip().startswith("<#") or not digits.isdecimal() or len(digits) > 20:
            raise Sentence(HOW.format(prefix=context.clean_prefix))
        channel = guild.get_channel_or_thread(int(digits))
        if channel is None:
            raise Sentence(NO_CHANNEL)
        await self._mute(context, Scope(guild.id, channel.id))

    async def _check_seen(self, context: commands.Context[Any], guild: discord.Guild, message_id: int) -> None:
        """Refuse a link into a channel that who wrote it cannot read: what is shared there is not for them."""
        share = await share_of(self.bot.services, message_id, guild.id)
        channel = guild.get_channel_or_thread(share.channel_id)
        author = context.author
        if (
            channel is None
            or not isinstance(author, discord.Member)
            or not channel.permissions_for(author).view_channel
        ):
            raise Sentence(NO_SHARE)

    async def _share(self, context: commands.Context[Any], message_id: int, server_id: int | None) -> None:
        share = await share_of(self.bot.services, message_id, server_id)
        if len(share.track_ids) > 1:
            tracks = await tracks_of(self.bot.services, share)
            await answer_privately(context, WHICH, view=which_view(message_id, context.author.id, tracks))
            return
        await self._mute(context, Scope(share.server_id, message_id=message_id))

    async def _mute(self, context: commands.Context[Any], scope: Scope, nothing: str | None = None) -> None:
        said, view = await muted(self.bot, context.author, scope, *((nothing,) if nothing else ()))
        await answer_privately(context, said, view=view)
