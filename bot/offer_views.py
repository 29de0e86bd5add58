"""The buttons and the menu by which somebody says what they shared; like all of ours they work for ever."""

import re
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.text import clean, counted, cut, shown
from catalog.models import Track
from storage.offers import Offer

OFFER = "(?P<offer>[0-9]{1,18})"  # at most 18 digits: fits into the database's integers
NONE = "none"
BUTTON_TEXT = 76  # Discord's limit is 80
OPTION_TEXT = 100  # Discord's limit of a menu's label, description and value
MOST_OPTIONS = 25  # Discord's limit of a menu
MOST_CHOSEN = 5  # tracks of an album that one message shares at most: each counts less the more there are
TITLE = 80

WHICH = "I am not sure which track {link} is. Press the right one, and it counts as your share."
ALBUM = "**{title}** has {count}. Choose up to {most} to share{part}:"
FIRST = f" (these are the first {MOST_OPTIONS})"
TAKEN = "🎵 {tracks}"


class MeantButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:meant:{OFFER}:(?P<place>[0-9]|{NONE})"
):
    """One of the tracks that a link may lead to, or none of them; only who posted it may say."""

    def __init__(self, offer_id: int, place: int | None, label: str = "?") -> None:
        spelt = NONE if place is None else str(place)
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.secondary if place is None else discord.ButtonStyle.primary,
                custom_id=f"tb:meant:{offer_id}:{spelt}",
            )
        )
        self.offer_id = offer_id
        self.place = place

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the choice from the id."""
        return cls(int(match["offer"]), None if match["place"] == NONE else int(match["place"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the choice as the answer."""
        async with answering(interaction):
            places = () if self.place is None else (self.place,)
            await interaction.client.offering.answer(interaction, self.offer_id, places)


class AlbumMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tb:album:{OFFER}"):
    """The tracks of an album; only who posted it may choose."""

    def __init__(self, offer_id: int, menu: discord.ui.Select[Any]) -> None:
        super().__init__(menu)
        self.offer_id = offer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the offer from the id; the menu is as the message shows it."""
        menu = item if isinstance(item, discord.ui.Select) else discord.ui.Select(custom_id=match.string)
        return cls(int(match["offer"]), menu)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the choice as the answer."""
        async with answering(interaction):
            places = [int(value) for value in self.item.values if value.isdecimal()]
            await interaction.client.offering.answer(interaction, self.offer_id, places)


OFFER_ITEMS = (MeantButton, AlbumMenu)


def question(offer: Offer) -> str:
    """Return what an offer asks."""
    asked = offer.asked
    if asked.album is None:
        return WHICH.format(link=f"<{asked.link}>")
    count = len(asked.options)
    return ALBUM.format(
        title=shown(asked.album, TITLE) or "That album",
        count=counted(count, "track"),
        most=min(MOST_CHOSEN, count),
        part=FIRST if count > MOST_OPTIONS else "",
    )


def view_of(offer: Offer) -> discord.ui.View:
    """Return the buttons or the menu of an offer."""
    view = discord.ui.View(timeout=None)
    if offer.asked.album is not None:
        return view.add_item(AlbumMenu(offer.id, _menu(offer)))
    for place, track in enumerate(offer.asked.options):
        view.add_item(MeantButton(offer.id, place, cut(clean(_label(track)), BUTTON_TEXT) or "?"))
    return view.add_item(MeantButton(offer.id, None, "None of these"))


def _menu(offer: Offer) -> discord.ui.Select[Any]:
    tracks = offer.asked.options[:MOST_OPTIONS]
    return discord.ui.Select(
        custom_id=f"tb:album:{offer.id}",
        placeholder="Which tracks?",
        min_values=1,
        max_values=min(MOST_CHOSEN, len(tracks)),
        options=[
            discord.SelectOption(
                label=cut(f"{place + 1}. {clean(track.title)}", OPTION_TEXT),
                value=str(place),
                description=cut(clean(f"{track.byline}{_length(track)}"), OPTION_TEXT) or None,
            )
            for place, track in enumerate(tracks)
        ],
    )


def _label(track: Track) -> str:
    return f"{track.title} · {track.byline}{_length(track)}"


def _length(track: Track) -> str:
    if track.duration_ms is None:
        return ""
    seconds = round(track.duration_ms / 1000)
    return f" ({seconds // 60}:{seconds % 60:02d})"
