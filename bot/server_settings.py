"""Keep what a server's managers choose for it; every press is checked anew."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import discord

from bot.apologies import Sentence
from bot.emoji import canonical
from bot.settings_views import settings_embed, settings_view
from bot.watching import CHANNELS, may_read

if TYPE_CHECKING:
    from bot.client import TastebudBot

NOT_ALLOWED = "Only who manages this server (*Manage Server*), or has the role for it, may change these settings."
IN_A_SERVER = "That works in a server only, where people share tracks."
MANY = 10
NO_EMOJI = "{} is no emoji that I can use here: write emoji with spaces between, such as 👍 🔥."
BOTH_WAYS = "{} cannot mean both: leave it on one side."
TOO_MANY = f"Up to {MANY} emoji on each side."
NO_LIKE = "At least one emoji has to mean a like."
CANNOT_READ = "I cannot read {}: allow me *View Channel* and *Read Message History* there, then choose again."
CANNOT_POST = "I cannot write in {}: allow me *Send Messages* and *Embed Links* there, then choose again."
ROLES = {"all-role": "server_role_id", "set-role": "settings_role_id"}

_CUSTOM = re.compile(r"<a?:\w{2,32}:(?P<id>[0-9]{15,20})>", re.ASCII)
_SIGNS = {"So", "Sk", "Sm", "Po", "Nd"}
_PARTS = {"\ufe0f", "\u20e3", "\u200d"}


class ServerSettings:
    """Change a server's settings, and show them."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot

    def shown(self, guild: discord.Guild) -> tuple[discord.Embed, discord.ui.View]:
        """Return a server's settings as they are now."""
        wishes = self._bot.wishes.of(guild.id)
        embed = settings_embed(discord.utils.escape_markdown(guild.name), wishes, self._bot.wishes.emoji_in(guild.id))
        return embed, settings_view(wishes)

    def check(self, interaction: discord.Interaction[Any]) -> discord.Guild:
        """Return the server if who pressed may change its settings; raise Sentence otherwise."""
        guild = interaction.guild
        if guild is None:
            raise Sentence(IN_A_SERVER)
        if not self._bot.wishes.may_change(interaction.user):
            raise Sentence(NOT_ALLOWED)
        return guild

    async def chosen(self, interaction: discord.Interaction[Any], name: str, ids: list[int]) -> None:
        """Keep what was chosen in a menu."""
        guild = self.check(interaction)
        if name == "channels":
            await self.watch_only(guild, ids)
        elif name == "announce":
            await self._bot.wishes.change(guild.id, announce_channel_id=self._postable(guild, ids))
        else:
            role = next((each for each in ids if guild.get_role(each)), None)
            await self._bot.wishes.change(guild.id, **{ROLES[name]: role})
        await self._show(interaction, guild)

    async def watch_only(self, guild: discord.Guild, ids: list[int]) -> None:
        """Let links count in these channels alone (none: in all), and read what was shared there so far."""
        for channel in (guild.get_channel(each) for each in ids):
            if channel is not None and not may_read(channel):
                raise Sentence(CANNOT_READ.format(channel.mention))
        there = tuple(each for each in ids if guild.get_channel(each))
        await self._bot.wishes.change(guild.id, channels=there)
        self._bot.dispatch("channels_chosen", guild)

    async def switched(self, interaction: discord.Interaction[Any], name: str, on: bool) -> None:
        """Keep how a switch was turned."""
        guild = self.check(interaction)
        await self._bot.wishes.change(guild.id, **{name: on})
        await self._show(interaction, guild)

    async def emoji_given(self, interaction: discord.Interaction[Any], likes: str, dislikes: str) -> None:
        """Keep the emoji that count; empty on both sides goes back to what the owner set."""
        guild = self.check(interaction)
        liked, disliked = self._emoji(likes), self._emoji(dislikes)
        if disliked and not liked:
            raise Sentence(NO_LIKE)
        if both := {canonical(each) for each in liked} & {canonical(each) for each in disliked}:
            raise Sentence(BOTH_WAYS.format(" ".join(sorted(both))))
        await self._bot.wishes.change(guild.id, likes=liked, dislikes=disliked)
        await self._show(interaction, guild)

    async def _show(self, interaction: discord.Interaction[Any], guild: discord.Guild) -> None:
        embed, view = self.shown(guild)
        await interaction.edit_original_response(embed=embed, view=view)

    def _emoji(self, text: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(text.split()))
        if len(words) > MANY:
            raise Sentence(TOO_MANY)
        for word in words:
            custom = _CUSTOM.fullmatch(word)
            usable = self._bot.get_emoji(int(custom["id"])) is not None if custom else _is_emoji(word)
            if not usable:
                raise Sentence(NO_EMOJI.format(discord.utils.escape_markdown(word)))
        return words

    @staticmethod
    def _postable(guild: discord.Guild, ids: list[int]) -> int | None:
        for place in (guild.get_channel_or_thread(each) for each in ids):
            if isinstance(place, CHANNELS):
                allowed = place.permissions_for(guild.me)
                in_thread = isinstance(place, discord.Thread)
                may_send = allowed.send_messages_in_threads if in_thread else allowed.send_messages
                if not (allowed.view_channel and may_send and allowed.embed_links):
                    raise Sentence(CANNOT_POST.format(place.mention))
                return place.id
        return None


def _is_emoji(word: str) -> bool:
    """Tell whether a word is one emoji of Unicode: signs and what joins them, at least one beyond plain text."""
    kinds = [unicodedata.category(sign) for sign in word if sign not in _PARTS]
    fits = all(kind in _SIGNS or kind in {"Cn", "Cf"} for kind in kinds)
    return bool(kinds) and fits and any(ord(sign) > 0x203B for sign in word) and len(word) <= 12
