"""Buttons that work for ever: all they need is in their id, which is checked since anybody can forge one."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import answering
from bot.embeds import track_name
from bot.emoji import DISLIKE, LIKE
from bot.intake import author_of
from bot.text import clean, cut
from catalog.models import Track
from storage.feedback import Source

if TYPE_CHECKING:
    from bot.client import TastebudBot

TRACK = "(?P<track>[0-9]{1,18})"  # at most 18 digits: fits into the database's integers
ASKER = "(?P<asker>[0-9]{15,20})"
FACES = {LIKE: "👍", DISLIKE: "👎", 0: "↩️"}
NAMES = {LIKE: "like", DISLIKE: "dislike", 0: "clear"}
VALUES = {name: value for value, name in NAMES.items()}
GONE = "I do not know that track any more."
NOT_YOURS = "That question was for somebody else: use `/rate` for your own opinion."
NOT_YOUR_LIST = "That is somebody else's list: `/playlist` shows yours."
BUTTON_TEXT = 60


def noted(track: Track, value: int) -> str:
    """Return the sentence that confirms an opinion."""
    if value == LIKE:
        return f"👍 Noted: you like {track_name(track)}."
    if value == DISLIKE:
        return f"👎 Noted: {track_name(track)} is not for you."
    return f"↩️ Forgotten: what you told me about {track_name(track)}."


class OpinionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:opinion:(?P<name>like|dislike):{TRACK}"
):
    """Like or dislike one pick; whoever presses it says what they think."""

    def __init__(self, track_id: int, value: int, label: str = "", row: int | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                label=label or None,
                emoji=FACES[value],
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:opinion:{NAMES[value]}:{track_id}",
                row=row,
            )
        )
        self.track_id = track_id
        self.value = value

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read track and opinion from the id."""
        return cls(int(match["track"]), VALUES[match["name"]])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Record the opinion and confirm it to that person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        bot = interaction.client
        async with answering(interaction):
            await interaction.followup.send(
                await record_opinion(bot, interaction, self.track_id, self.value, Source.BUTTON), ephemeral=True
            )


class ChoiceButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:choose:(?P<name>like|dislike|clear):{TRACK}:{ASKER}",
):
    """One of the tracks that somebody's words may have meant; only they may choose."""

    def __init__(self, track_id: int, value: int, asker: int, label: str = "?") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                emoji=FACES[value],
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:choose:{NAMES[value]}:{track_id}:{asker}",
            )
        )
        self.track_id = track_id
        self.value = value
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the choice from the id."""
        return cls(int(match["track"]), VALUES[match["name"]], int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Record the opinion on the chosen track and put the answer in place of the question."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer()
        bot = interaction.client
        async with answering(interaction):
            sentence = await record_opinion(bot, interaction, self.track_id, self.value, Source.RATING)
            await interaction.edit_original_response(content=sentence, view=None)


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:page:(?P<week>[0-9]{{4}}-W[0-9]{{2}}):(?P<page>[0-9]{{1,2}}):(?P<way>back|on):{ASKER}",
):
    """Turn the page of a list on a message from before there were other lists; only its owner may."""

    def __init__(self, week: str, page: int, way: str, asker: int, *, disabled: bool = False) -> None:
        super().__init__(
            discord.ui.Button(
                label="Back" if way == "back" else "More",
                emoji="◀️" if way == "back" else "▶️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:page:{week}:{page}:{way}:{asker}",
                disabled=disabled,
            )
        )
        self.week = week
        self.page = page
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read week and page from the id."""
        return cls(match["week"], int(match["page"]), match["way"], int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show that page in place of this one."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await interaction.client.turn_page(interaction, self.week, self.page)


DYNAMIC_ITEMS = (OpinionButton, ChoiceButton, PageButton)


async def record_opinion(
    bot: "TastebudBot", interaction: discord.Interaction[Any], track_id: int, value: int, source: Source
) -> str:
    """Record what the person who pressed thinks and return the sentence for them."""
    tracks = await bot.services.storage.tracks.get([track_id])
    if (track := tracks.get(track_id)) is None:
        return GONE
    await bot.services.storage.feedback.rate(
        author_of(interaction.user), track_id, value or None, source=source, server_id=interaction.guild_id
    )
    return noted(track, value)


def opinion_buttons(tracks: Sequence[Track], first: int = 1) -> list[OpinionButton]:
    """Return 👍 👎 for up to ten tracks, two of them a row, numbered as they are shown."""
    return [
        OpinionButton(track.id, value, label=str(first + index), row=index // 2)
        for index, track in enumerate(tracks[:10])
        if track.id is not None
        for value in (LIKE, DISLIKE)
    ]


def choices_view(tracks: Sequence[Track], value: int, asker: int) -> discord.ui.View:
    """Return a button for each track that may have been meant."""
    view = discord.ui.View(timeout=None)
    for track in tracks[:5]:
        if track.id is not None:
            view.add_item(ChoiceButton(track.id, value, asker, label=cut(clean(track.label), BUTTON_TEXT) or "?"))
    return view
