"""Pictures as Discord takes them, and the button by which a public answer is taken back."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ext import commands

from bot.apologies import Sentence, answering
from bot.pictures.draw import Picture

if TYPE_CHECKING:
    from bot.client import TastebudBot

BLUE = discord.Colour(0x5CC0F7)
MOST_NAMED = 4
"""People who may take one answer back: their ids must fit into the button's."""

NOT_YOURS_TO_TAKE = "Only who asked for that, or is shown in it, may take it back."
NOT_FOR_YOU = "In this server that is for those whom its managers chose."


def attached(picture: Picture, embed: discord.Embed) -> discord.File:
    """Return the picture as a file with its words for those who cannot see it, shown in that embed."""
    embed.set_image(url=f"attachment://{picture.filename}")
    return as_file(picture)


def as_file(picture: Picture) -> discord.File:
    """Return the picture as a file with its words for those who cannot see it."""
    from io import BytesIO

    return discord.File(BytesIO(picture.data), picture.filename, description=picture.alt)


def require_voice(bot: "TastebudBot", context: commands.Context[Any]) -> None:
    """Raise Sentence for who may not use commands that speak for the whole server."""
    if not bot.wishes.may_speak_for_all(context.author):
        raise Sentence(NOT_FOR_YOU)


class BackButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:back:(?P<people>[0-9]{15,20}(?:-[0-9]{15,20}){0,3})"
):
    """Take a public answer back: for who asked for it, and for who is shown in it."""

    def __init__(self, people: Sequence[int], row: int | None = None) -> None:
        self.people = tuple(dict.fromkeys(people))[:MOST_NAMED]
        super().__init__(
            discord.ui.Button(
                label="Take back",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:back:{'-'.join(map(str, self.people))}",
                row=row,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id who may press it."""
        return cls([int(each) for each in match["people"].split("-")])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer."""
        if interaction.user.id not in self.people:
            await interaction.response.send_message(NOT_YOURS_TO_TAKE, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await interaction.delete_original_response()


def back_view(*people: int) -> discord.ui.View:
    """Return the button alone."""
    view = discord.ui.View(timeout=None)
    view.add_item(BackButton(people))
    return view
