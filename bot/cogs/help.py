"""What the bot can do, told to people."""

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.embeds import GREEN

if TYPE_CHECKING:
    from bot.client import TastebudBot


class Help(commands.Cog):
    """`help` is this page."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot

    @commands.hybrid_command(name="help")  # type: ignore[arg-type]  # mypy cannot solve its union
    async def help(self, context: commands.Context[Any]) -> None:
        """Show what I can do."""
        settings = self.bot.services.settings
        like, dislike = " ".join(settings.discord.like), " ".join(settings.discord.dislike)
        await context.send(
            embed=help_embed(settings.discord.prefix, like, dislike or "👎", settings.schedule.drop_size),
            ephemeral=True,
        )


def help_embed(prefix: str, like: str, dislike: str, drop_size: int) -> discord.Embed:
    """Return the help, grouped by what people want."""
    embed = discord.Embed(
        title="Tastebud learns what you like",
        description="Share music, say what you think of it, and every week I write you a Spotify playlist of your own.",
        colour=GREEN,
    )
    embed.add_field(
        name="Share and react",
        value=f"Post a link to a track, and everybody can say {like} or {dislike} below it. "
        "Take a reaction back, edit or delete the message, and I forget it too.",
        inline=False,
    )
    embed.add_field(
        name="Say what you think",
        value=f"`{prefix}rate <link or words> {like}` or `{dislike}`, or `clear` to take it back.",
        inline=False,
    )
    embed.add_field(
        name="Find new music",
        value=f"`{prefix}discover` or `{prefix}discover 10`: tracks you have not met, with why I chose them.\n"
        f"`{prefix}similar <link or words>`: what is near a track, and the tags that tie them.",
        inline=False,
    )
    embed.add_field(
        name="Your list",
        value=f"`{prefix}playlist`: your {drop_size} tracks of this week. A new list comes every week; "
        "nothing is ever taken from one that stands.",
        inline=False,
    )
    embed.add_field(
        name="Start warm",
        value=f"`/import` with a list or an export of Spotify, ListenBrainz or Last.fm; `{prefix}import undo` takes it "
        "back. Only you ever learn of it.",
        inline=False,
    )
    return embed.set_footer(text="Every command works with / too; then only you see the answer.")
