"""What the bot says where it is new: what it does, what it may not do yet, and where links shall count."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN, VIOLET
from bot.settings_views import channels_menu
from bot.text import counted, cut

NEEDED = {
    "view_channel": "View Channels",
    "read_message_history": "Read Message History",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "add_reactions": "Add Reactions",
}
"""The rights that the bot cannot do without, as Discord calls them."""

CHANNELS_NAMED = 5
FIELD = 1_000  # Discord's limit is 1,024
ALL = "Every channel that I can read"

WHAT = """**Post links to music, and I add {like} and {dislike} below.** Any service will do.
From what everybody thinks of them I learn each member's taste, and every week I write a playlist for each of you, \
with why each track is on it, and one for all of you together."""
NEXT = (
    "React to a few tracks, then try `/discover`. `/help` shows everything, `/settings` is for who manages the server."
)
PRIVATE = "Nobody's words are kept but links and reactions; `/opt-out` and `/forget-me` are there for everybody."


class WelcomeMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"tb:welcome:channels"):
    """Choose where links count, right below the welcome."""

    def __init__(self, menu: Any) -> None:
        super().__init__(menu)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Take the menu as the message shows it."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the choice, and say so below the welcome."""
        await interaction.response.defer()
        data: Any = interaction.data or {}
        await _choose(interaction, [int(value) for value in data.get("values", ()) if value.isdecimal()])


class EverywhereButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:welcome:all"):
    """Let links count wherever the bot can read."""

    def __init__(self) -> None:
        super().__init__(
            discord.ui.Button(
                label="Every channel is fine",
                style=discord.ButtonStyle.success,
                custom_id="tb:welcome:all",
                row=1,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """There is nothing to read from the id."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the choice, and say so below the welcome."""
        await interaction.response.defer()
        await _choose(interaction, [])


WELCOME_ITEMS = (WelcomeMenu, EverywhereButton)


async def _choose(interaction: discord.Interaction[Any], ids: list[int]) -> None:
    async with answering(interaction):
        settings = interaction.client.server_settings
        guild = settings.check(interaction)
        await settings.watch_only(guild, ids)
        wishes = interaction.client.wishes
        await interaction.edit_original_response(
            embed=welcome_embed(guild, wishes.emoji_in(guild.id), wishes.of(guild.id).channels), view=None
        )


def welcome_embed(
    guild: discord.Guild, emoji: tuple[Sequence[str], Sequence[str]], chosen: Sequence[int] | None = None
) -> discord.Embed:
    """Return the welcome; `chosen` are the channels where links count, none for all, None while nobody chose."""
    like, dislike = (" ".join(each[:1]) for each in emoji)
    embed = discord.Embed(
        title="👋 Hello, I am Tastebud", description=WHAT.format(like=like, dislike=dislike or "👎"), colour=GREEN
    )
    if lacking := missing_rights(guild):
        embed.add_field(name="🔧 What I may not do yet", value=cut("\n".join(lacking), FIELD), inline=False)
    else:
        embed.add_field(name="✅ I have every permission I need", value="Nothing to do here.", inline=False)
    if chosen is None:
        place = "Choose below; until then every channel counts that I can read."
    else:
        place = " ".join(f"<#{each}>" for each in chosen) or f"{ALL}. `/settings` changes it."
    embed.add_field(name="Where links count", value=place, inline=False)
    embed.add_field(name="And now", value=NEXT, inline=False)
    return embed.set_footer(text=PRIVATE)


def welcome_view() -> discord.ui.View:
    """Return the menu and the button below the welcome."""
    view = discord.ui.View(timeout=None)
    view.add_item(WelcomeMenu(channels_menu("tb:welcome:channels", ())))
    return view.add_item(EverywhereButton())


def missing_rights(guild: discord.Guild) -> list[str]:
    """Return lines that name the rights the bot lacks: in the server, then in single channels that it sees."""
    mine = guild.me.guild_permissions
    lacking = [name for right, name in NEEDED.items() if not getattr(mine, right)]
    lines = [f"In the whole server: {_named(lacking)}."] if lacking else []
    places = []
    for channel in guild.text_channels:
        here = channel.permissions_for(guild.me)
        fewer = [name for right, name in NEEDED.items() if not getattr(here, right) and name not in lacking]
        if here.view_channel and fewer:
            places.append(f"In {channel.mention}: {_named(fewer)}.")
    more = len(places) - CHANNELS_NAMED
    return lines + places[:CHANNELS_NAMED] + ([f"And in {counted(more, 'more channel')}."] if more > 0 else [])


def reading_embed(channels: int, shares: int, where: str, *, done: bool) -> discord.Embed:
    """Return how far the history of a new server has been read."""
    found = f"{counted(shares, 'message')} with music in {counted(channels, 'channel')}"
    if done:
        return discord.Embed(
            title="📖 I have read what was shared here", description=f"{found}, with all reactions.", colour=GREEN
        )
    return discord.Embed(
        title="📖 I am reading what was shared here",
        description=f"{found} so far. Now in {where}.\nNew links count meanwhile.",
        colour=VIOLET,
    )


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"*{name}*" for name in names)
