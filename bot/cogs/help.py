"""What the bot can do, told to people."""

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ext import commands

from bot.apologies import answering
from bot.help_pages import GROUPS, REST, HelpWords, grouped, overview, page
from bot.pace import Pace

if TYPE_CHECKING:
    from bot.client import TastebudBot

START = "start"
ASKER = "(?P<asker>[0-9]{15,20})"


class Help(commands.Cog):
    """`help` shows what I can do, by what you want."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(10, 60.0)

    @commands.hybrid_command(name="help", aliases=["commands", "about"])  # type: ignore[arg-type]  # mypy cannot solve it
    async def help(self, context: commands.Context[Any]) -> None:
        """Show what I can do."""
        self._pace.take(context)
        embed, view = help_shown(self.bot, START, context.guild.id if context.guild else None, context.author.id)
        await context.send(embed=embed, view=view, ephemeral=True)


class HelpMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tb:help:{ASKER}"):
    """Choose a page of the help; who did not ask for it gets theirs apart."""

    def __init__(self, asker: int, menu: Any) -> None:
        super().__init__(menu)
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the asker from the id; the menu is as the message shows it."""
        return cls(int(match["asker"]), item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the page in place of this one, or apart to somebody else."""
        data: Any = interaction.data or {}
        wanted = next(iter(data.get("values", ())), START)
        async with answering(interaction):
            embed, view = help_shown(interaction.client, wanted, interaction.guild_id, interaction.user.id)
            if interaction.user.id == self.asker:
                await interaction.response.edit_message(embed=embed, view=view)
            else:
                await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


HELP_ITEMS = (HelpMenu,)


def help_shown(
    bot: "TastebudBot", wanted: str, server_id: int | None, asker: int
) -> tuple[discord.Embed, discord.ui.View]:
    """Return a page of the help with the menu of all pages; the overview for a page that there is not."""
    settings = bot.services.settings
    likes, dislikes = bot.wishes.emoji_in(server_id)
    words = HelpWords(settings.discord.prefix, likes[0], dislikes[0] if dislikes else "👎", settings.schedule.drop_size)
    groups = grouped(bot.commands)
    chosen = next((group for group in groups if group.key == wanted), None)
    embed = page(chosen, groups[chosen], words) if chosen else overview(groups, words)
    return embed, _view(wanted if chosen else START, asker, {group.key for group in groups})


def _view(here: str, asker: int, there: set[str]) -> discord.ui.View:
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"tb:help:{asker}", placeholder="What do you want to know more of?"
    )
    menu.add_option(label="All at a glance", value=START, emoji="🏠", default=here == START)
    for group in (*GROUPS, REST):
        if group.key in there:
            menu.add_option(label=group.title, value=group.key, emoji=group.emoji, default=here == group.key)
    return discord.ui.View(timeout=None).add_item(HelpMenu(asker, menu))
