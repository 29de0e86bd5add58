"""The button that writes a blend as a playlist: everything it needs stands in the message itself."""

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.showing import NOT_FOR_YOU, BackButton
from bot.together import spotify_ids_in
from catalog.errors import CatalogError
from scheduler.blending import TooMany
from scheduler.weeks import iso_week

if TYPE_CHECKING:
    from bot.client import TastebudBot

NOT_YOURS = "Only who asked for that blend can make it a playlist: `/blend` makes one of your own."
NO_IDS = "None of these tracks was found on Spotify, so there is no playlist to write."
SPOTIFY_AWAY = "Spotify takes no playlists just now: press the button again later."


class WriteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:blend:(?P<asker>[0-9]{15,20}):(?P<people>[2-9])"
):
    """Write the blend above as a playlist, once; only who asked for it may."""

    def __init__(self, asker: int, people: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Make it a playlist",
                emoji="🎧",
                style=discord.ButtonStyle.primary,
                custom_id=f"tb:blend:{asker}:{people}",
            )
        )
        self.asker = asker
        self.people = people

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id who asked, and for how many."""
        return cls(int(match["asker"]), int(match["people"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Write the playlist and put its link in place of the button."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOURS, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await self._write(interaction)

    async def _write(self, interaction: discord.Interaction["TastebudBot"]) -> None:
        bot, message = interaction.client, interaction.message
        if not bot.wishes.may_speak_for_all(interaction.user):
            raise Sentence(NOT_FOR_YOU)
        # Only our own messages carry this button's id to us; what it stands below is what we wrote ourselves.
        ids = spotify_ids_in(message.embeds[0]) if message and message.embeds else []
        if message is None or not ids:
            raise Sentence(NO_IDS)
        services = bot.services
        try:
            url = await services.society.blender.write(
                message.id, ids, self.people, iso_week(services.clock.now().date())
            )
        except TooMany as error:
            raise Sentence(str(error)) from error
        except CatalogError as error:
            raise Sentence(SPOTIFY_AWAY) from error
        embed = message.embeds[0]
        embed.url = url
        await interaction.edit_original_response(embed=embed, view=written_view(url, self.asker))


def blend_view(asker: int, people: int) -> discord.ui.View:
    """Return the buttons below a blend."""
    view = discord.ui.View(timeout=None)
    view.add_item(WriteButton(asker, people))
    view.add_item(BackButton([asker]))
    return view


def written_view(url: str, asker: int) -> discord.ui.View:
    """Return the buttons below a blend that is a playlist."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Open the playlist", emoji="🎧", url=url))
    view.add_item(BackButton([asker]))
    return view
