"""What a server's settings look like, and the menus and buttons below; like all of ours they work for ever."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN
from storage.server_wishes import ServerWishes

MOST_CHANNELS = 25  # Discord's limit of a menu
EMOJI_TEXT = 100
PLACES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
]
POSTS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
]
MENUS = {
    "channels": "Channels where links count (none chosen: all I can read)",
    "announce": "Where the weekly lists are announced",
    "all-role": "Who may use commands for the whole server (none: everybody)",
    "set-role": "Who else may change these settings",
}
SWITCHES = {
    "announces": ("Announcements", "announces"),
    "recaps": ("Recaps", "recaps"),
    "repeats": ("Repeats told", "repeats"),
    "bots": ("Bots' links", "bots"),
}


class SettingMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"tb:set:(?P<name>channels|announce|all-role|set-role)"
):
    """Choose channels or a role for a server; who may change its settings may."""

    def __init__(self, name: str, menu: Any) -> None:
        super().__init__(menu)
        self.name = name

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id what is chosen; the menu is as the message shows it."""
        return cls(match["name"], item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the choice, and show how it is now."""
        await interaction.response.defer()
        async with answering(interaction):
            data: Any = interaction.data or {}
            chosen = [int(value) for value in data.get("values", ()) if value.isdecimal()]
            await interaction.client.server_settings.chosen(interaction, self.name, chosen)


class SettingSwitch(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tb:switch:(?P<name>announces|recaps|repeats|bots):(?P<way>on|off)",
):
    """Turn something on or off for a server; who may change its settings may."""

    def __init__(self, name: str, way: str) -> None:
        """`way` is what a press does."""
        label, _ = SWITCHES[name]
        is_on = way == "off"
        super().__init__(
            discord.ui.Button(
                label=f"{label}: {'on' if is_on else 'off'}",
                style=discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary,
                custom_id=f"tb:switch:{name}:{way}",
                row=4,
            )
        )
        self.name = name
        self.way = way

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the switch from the id."""
        return cls(match["name"], match["way"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn it, and show how it is now."""
        await interaction.response.defer()
        async with answering(interaction):
            await interaction.client.server_settings.switched(interaction, self.name, self.way == "on")


class EmojiButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:set:emoji"):
    """Ask which emoji count in a server."""

    def __init__(self) -> None:
        super().__init__(
            discord.ui.Button(label="Emoji …", style=discord.ButtonStyle.primary, custom_id="tb:set:emoji", row=4)
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """There is nothing to read from the id."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the form."""
        async with answering(interaction):
            interaction.client.server_settings.check(interaction)
            likes, dislikes = interaction.client.wishes.emoji_in(interaction.guild_id)
            await interaction.response.send_modal(EmojiForm(likes, dislikes))


class EmojiForm(discord.ui.Modal, title="Emoji that count here"):
    """Which emoji mean a like and a dislike in a server."""

    likes: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="A like", placeholder="👍 ❤️, the first is the one I add", max_length=EMOJI_TEXT, required=False
    )
    dislikes: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="A dislike", placeholder="👎, the first is the one I add", max_length=EMOJI_TEXT, required=False
    )

    def __init__(self, likes: Sequence[str], dislikes: Sequence[str]) -> None:
        super().__init__()
        self.likes.default, self.dislikes.default = " ".join(likes), " ".join(dislikes)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Keep them, and show how it is now."""
        await interaction.response.defer()
        async with answering(interaction):
            await interaction.client.server_settings.emoji_given(interaction, self.likes.value, self.dislikes.value)


SETTING_ITEMS = (SettingMenu, SettingSwitch, EmojiButton)


def settings_embed(name: str, wishes: ServerWishes, emoji: tuple[Sequence[str], Sequence[str]]) -> discord.Embed:
    """Return a server's settings in words."""
    embed = discord.Embed(title=f"⚙️ Tastebud in {name}", colour=GREEN)
    channels = " ".join(f"<#{each}>" for each in wishes.channels) or "all that I can read"
    place = f"<#{wishes.announce_channel_id}>" if wishes.announce_channel_id else "where tracks are shared"
    told = f"{place}{', with a recap' if wishes.recaps else ''}" if wishes.announces else "nowhere"
    for title, text in (
        ("Links count in", channels),
        ("Emoji", f"a like: {' '.join(emoji[0])}\na dislike: {' '.join(emoji[1]) or 'none'}"),
        ("Weekly lists are announced", told),
        ("Commands for the whole server", _role(wishes.server_role_id, "everybody")),
        ("May change these settings", f"who manages the server{_and_role(wishes.settings_role_id)}"),
        ("Links of bots and webhooks", "count" if wishes.bots else "do not count"),
        ("When a track comes again", "I say who shared it before" if wishes.repeats else "I say nothing"),
    ):
        embed.add_field(name=title, value=text, inline=False)
    return embed.set_footer(text="Discord's own Server Settings > Integrations can hide commands from roles as well.")


def settings_view(wishes: ServerWishes) -> discord.ui.View:
    """Return the menus and buttons below a server's settings."""
    view = discord.ui.View(timeout=None)
    view.add_item(SettingMenu("channels", channels_menu("tb:set:channels", wishes.channels)))
    announce = [wishes.announce_channel_id] if wishes.announce_channel_id else []
    view.add_item(SettingMenu("announce", _channel_menu("announce", POSTS, announce, 1, 1)))
    for row, (name, role_id) in enumerate(
        (("all-role", wishes.server_role_id), ("set-role", wishes.settings_role_id)), 2
    ):
        menu: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id=f"tb:set:{name}",
            placeholder=MENUS[name],
            min_values=0,
            max_values=1,
            default_values=[discord.Object(role_id)] if role_id else [],
            row=row,
        )
        view.add_item(SettingMenu(name, menu))
    for name, (_, wish) in SWITCHES.items():
        view.add_item(SettingSwitch(name, "off" if getattr(wishes, wish) else "on"))
    return view.add_item(EmojiButton())


def channels_menu(custom_id: str, chosen: Sequence[int], row: int = 0) -> discord.ui.ChannelSelect[Any]:
    """Return the menu of the channels where links count."""
    return discord.ui.ChannelSelect(
        custom_id=custom_id,
        channel_types=PLACES,
        placeholder=MENUS["channels"],
        min_values=0,
        max_values=MOST_CHANNELS,
        default_values=[discord.Object(each) for each in chosen[:MOST_CHANNELS]],
        row=row,
    )


def _channel_menu(
    name: str, kinds: list[discord.ChannelType], chosen: Sequence[int], most: int, row: int
) -> discord.ui.ChannelSelect[Any]:
    return discord.ui.ChannelSelect(
        custom_id=f"tb:set:{name}",
        channel_types=kinds,
        placeholder=MENUS[name],
        min_values=0,
        max_values=most,
        default_values=[discord.Object(each) for each in chosen],
        row=row,
    )


def _role(role_id: int | None, otherwise: str) -> str:
    return f"<@&{role_id}>, and who manages the server" if role_id else otherwise


def _and_role(role_id: int | None) -> str:
    return f", and <@&{role_id}>" if role_id else ""
