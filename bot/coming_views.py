"""The next list before its time: a page of it, a menu to leave tracks out, a button to take that back."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.embeds import PAGE, list_embed, page_count
from bot.hit_lines import week_name
from bot.pager import GONE, NOT_YOUR_LIST, Page, PageAsk, page_shown, register
from bot.text import clean, counted, cut
from bot.views import ASKER
from catalog.models import Pick
from scheduler.previewing import BeingMade, Preview
from scheduler.privacy import all_visible_in
from storage.vetoes import MOST, Vetoed

if TYPE_CHECKING:
    from bot.client import TastebudBot

COMING = "coming"
"""The kind of list whose argument is the week of a drop to come."""

WEEK = "(?P<week>[0-9]{4}-W[0-9]{2})"
PLACE = "(?P<page>[0-9]{1,2})"
SERVER = "(?P<server>[0-9]{1,20})"
OPTION = 100  # Discord's limit
TOO_LATE = "That list is written already: `/playlist` shows it, and `/reroll` makes a new one, once a week."
TOO_MANY = f"You can leave out {MOST} tracks a week, no more: take the others back first."
BEING_MADE = "Your list is being written this very minute: ask `/playlist` in a few."


class VetoMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tb:veto:{WEEK}:{PLACE}:{ASKER}:{SERVER}"):
    """Leave tracks out of one's own next list, for ever."""

    def __init__(self, ask: PageAsk, options: Sequence[discord.SelectOption] = (), most: int = 1) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder="Leave out, for ever …",
                custom_id=f"tb:veto:{ask.argument}:{ask.page}:{ask.asker_id}:{ask.server_id or 0}",
                min_values=1,
                max_values=max(1, min(most, len(options) or MOST)),
                options=list(options),
                row=0,
            )
        )
        self.ask = ask

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read week, page and asker from the id."""
        return cls(_ask(match), item.options if isinstance(item, discord.ui.Select) else ())

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the chosen tracks out and show what takes their place."""
        if interaction.user.id != self.ask.asker_id:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await _veto(interaction, self.ask, chosen_ids(interaction))


class TakeBackButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:unveto:{WEEK}:{PLACE}:{ASKER}:{SERVER}"
):
    """Take one's own vetoes of a week back."""

    def __init__(self, ask: PageAsk, count: int = 1) -> None:
        super().__init__(
            discord.ui.Button(
                label=f"Take {counted(count, 'veto', 'vetoes')} back",
                emoji="↩️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:unveto:{ask.argument}:{ask.page}:{ask.asker_id}:{ask.server_id or 0}",
                row=1,
            )
        )
        self.ask = ask

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read week, page and asker from the id."""
        return cls(_ask(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the tracks come again, as long as the list is not written."""
        if interaction.user.id != self.ask.asker_id:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            storage = interaction.client.services.storage
            person = await storage.people.by_discord_id(self.ask.asker_id)
            if person is None or await storage.vetoes.take_back(person.id, self.ask.argument) is None:
                raise Sentence(TOO_LATE)
            await _show(interaction, self.ask)


COMING_ITEMS = (VetoMenu, TakeBackButton)


async def build_coming(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of the asker's own next list; None once it is another week's."""
    person = await bot.services.storage.people.by_discord_id(ask.asker_id)
    if person is None:
        return None
    try:
        preview = await bot.services.weekly.previewer.preview(person)
    except BeingMade:
        raise Sentence(BEING_MADE) from None
    if preview.week != ask.argument or not (preview.picks or preview.vetoed):
        return None
    picks = all_visible_in(preview.picks, ask.server_id)
    page = min(ask.page, page_count(len(picks)) - 1)
    embed = list_embed(f"Your next list, of {week_name(preview.week)}", None, picks, page)
    embed.description = cut(f"{_head(preview)}\n\n{embed.description or ''}", 4096)
    here = PageAsk(ask.asker_id, ask.server_id, ask.argument, page)
    return Page([embed], page_count(len(picks)), _items(preview, here, picks[page * PAGE : (page + 1) * PAGE]))


register(COMING, build_coming)


def chosen_ids(interaction: discord.Interaction[Any]) -> list[int]:
    """Return the track ids chosen in a menu; what is no number is not one of ours."""
    data: Any = interaction.data or {}
    values = data.get("values", [])
    return [int(value) for value in values if isinstance(value, str) and value.isdecimal() and len(value) <= 18]


def track_option(number: int, pick: Pick) -> discord.SelectOption:
    """Return a track as an option of a menu."""
    label = cut(f"{number}. {clean(pick.track.label) or '?'}", OPTION)
    return discord.SelectOption(label=label, value=str(pick.track.id))


def _items(preview: Preview, ask: PageAsk, picks: Sequence[Pick]) -> list[discord.ui.Item[Any]]:
    items: list[discord.ui.Item[Any]] = []
    options = [
        track_option(number, pick)
        for number, pick in enumerate(picks, ask.page * PAGE + 1)
        if pick.track.id is not None
    ]
    if options and preview.vetoes_left:
        items.append(VetoMenu(ask, options, preview.vetoes_left))
    if preview.vetoed:
        items.append(TakeBackButton(ask, preview.vetoed))
    return items


def _head(preview: Preview) -> str:
    due = f"<t:{int(preview.due_at.timestamp())}:f>"
    left = f"You can leave out {counted(preview.vetoes_left, 'more track' if preview.vetoed else 'track')}"
    left = left if preview.vetoes_left else "You have left out all you can"
    return (
        f"It is written {due}, just so. {left}, and never meet it again."
        if preview.vetoes_left == 1
        else (f"It is written {due}, just so. {left}, and never meet them again.")
    )


def _ask(match: re.Match[str]) -> PageAsk:
    return PageAsk(int(match["asker"]), int(match["server"]) or None, match["week"], int(match["page"]))


async def _veto(interaction: discord.Interaction[Any], ask: PageAsk, track_ids: Sequence[int]) -> None:
    services = interaction.client.services
    person = await services.storage.people.by_discord_id(ask.asker_id)
    if person is None:
        raise Sentence(GONE)
    try:
        done, _ = await services.weekly.previewer.veto(person, ask.argument, track_ids)
    except BeingMade:
        raise Sentence(BEING_MADE) from None
    if done is Vetoed.TOO_LATE:
        raise Sentence(TOO_LATE)
    if done is Vetoed.TOO_MANY:
        raise Sentence(TOO_MANY)
    await _show(interaction, ask)


async def _show(interaction: discord.Interaction[Any], ask: PageAsk) -> None:
    shown = await page_shown(interaction.client, COMING, ask)
    if shown is None:
        raise Sentence(GONE)
    await interaction.edit_original_response(embeds=list(shown[0].embeds), view=shown[1])
