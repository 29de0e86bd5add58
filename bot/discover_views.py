"""The buttons under found tracks: 👍 👎, another in its place, and why."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.discovering import LONGEST, wanted
from bot.embeds import GREEN, VIOLET, pick_embed, track_name
from bot.text import cut, shown
from bot.views import ASKER, GONE, TRACK, OpinionButton
from catalog.models import Pick
from scheduler.privacy import visible_in

if TYPE_CHECKING:
    from bot.client import TastebudBot

A_MESSAGE = 5  # picks in a message: each has a row of buttons, and Discord shows five rows
WORDS = rf"(?P<words>[^:]{{0,{LONGEST}}})"
NOT_FOR_YOU = "That was found for somebody else: use `/discover` for tracks of your own."
NOTHING_KEPT = "I did not keep why: I found it for you before I kept such things, or not for you."
NO_OTHER = "I have no other one for you just now."
REASON = 300


class WhyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:why:{TRACK}:{ASKER}"):
    """Tell in private why a track was found for whoever asked; nobody else is told."""

    def __init__(self, track_id: int, asker: int, row: int | None = None) -> None:
        custom_id = f"tb:why:{track_id}:{asker}"
        button = discord.ui.Button[Any](label="why", style=discord.ButtonStyle.secondary, custom_id=custom_id, row=row)
        super().__init__(button)
        self.track_id = track_id
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read track and asker from the id."""
        return cls(int(match["track"]), int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in private with all the reasons that there were."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_FOR_YOU, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            embed = await why(interaction.client, self.asker, self.track_id, interaction.guild_id)
            await interaction.followup.send(embed=embed, ephemeral=True)


class NextButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tb:next:{TRACK}:(?P<number>[0-9]{{1,2}}):{ASKER}:{WORDS}",
):
    """Put another track in the place of one, for whoever asked; `words` are what they asked for."""

    def __init__(self, track_id: int, number: int, asker: int, words: str, row: int | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                emoji="⏭️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:next:{track_id}:{number}:{asker}:{words}",
                row=row,
            )
        )
        self.track_id = track_id
        self.number = number
        self.asker = asker
        self.words = words

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read from the id what is replaced and what was asked for."""
        return cls(int(match["track"]), int(match["number"]), int(match["asker"]), match["words"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the next one in its place."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_FOR_YOU, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await self._replace(interaction)

    async def _replace(self, interaction: discord.Interaction[Any]) -> None:
        message, guild_id = interaction.message, interaction.guild_id
        rows = list(_rows(message)) if message else []
        place = next((index for index, row in enumerate(rows) if row.track_id == self.track_id), None)
        if message is None or guild_id is None or place is None or place >= len(message.embeds):
            raise Sentence(GONE)
        picks = await found(interaction.client, self.asker, guild_id, 1, self.words)
        if not picks or picks[0].track.id is None or picks[0].track.id in {row.track_id for row in rows}:
            raise Sentence(NO_OTHER)
        embeds = list(message.embeds)
        embeds[place] = pick_embed(self.number, picks[0])
        ids = [(picks[0].track.id if index == place else row.track_id, row.number) for index, row in enumerate(rows)]
        await interaction.edit_original_response(embeds=embeds, view=_view(ids, self.asker, self.words))


DISCOVER_ITEMS = (WhyButton, NextButton)


async def found(bot: "TastebudBot", discord_id: int, server_id: int, count: int, words: str) -> list[Pick]:
    """Return fresh tracks of what is asked for, with links where the day's searches allow."""
    services = bot.services
    only = await wanted(services, words, server_id)
    picks = await services.picker.discover(discord_id, server_id, count, only or None)
    return await services.linker.link(picks)


async def why(bot: "TastebudBot", discord_id: int, track_id: int, server_id: int | None) -> discord.Embed:
    """Return all the reasons why a track was last shown to somebody, as far as they may be read here."""
    storage = bot.services.storage
    person = await storage.people.by_discord_id(discord_id)
    track = (await storage.tracks.get([track_id])).get(track_id)
    last = await storage.showings.last(person.id, track_id) if person else None
    if track is None or last is None:
        raise Sentence(NOTHING_KEPT)
    pick = visible_in(Pick(track, last.score, last.reasons, last.origins, last.explores), server_id)
    lines = [f"• {shown(reason, REASON)}" for reason in pick.reasons]
    lines.append(f"\nI think it is {last.score:.0%} likely that you like it.")
    if last.explores:
        lines.append("It is a wildcard: I chose it for what your answer teaches me.")
    embed = discord.Embed(
        description="\n".join([track_name(track), "", *lines]), colour=VIOLET if last.explores else GREEN
    )
    return embed.set_author(name="Why this one")


def discover_view(picks: Sequence[Pick], first: int, asker: int, words: str) -> discord.ui.View:
    """Return a row of buttons for each of up to five picks, numbered from `first`."""
    ids = [(pick.track.id, first + index) for index, pick in enumerate(picks) if pick.track.id is not None]
    return _view(ids, asker, words)


def _view(ids: Sequence[tuple[int, int]], asker: int, words: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for row, (track_id, number) in enumerate(ids[:A_MESSAGE]):
        view.add_item(OpinionButton(track_id, 1, label=str(number), row=row))
        view.add_item(OpinionButton(track_id, -1, row=row))
        view.add_item(NextButton(track_id, number, asker, cut(words, LONGEST).replace(":", " "), row=row))
        view.add_item(WhyButton(track_id, asker, row=row))
    return view


def _rows(message: discord.Message) -> Iterator[NextButton]:
    """Read from a message of ours which tracks it shows, row by row."""
    template = NextButton.__discord_ui_compiled_template__
    for row in message.components:
        for child in row.children if isinstance(row, discord.ActionRow) else ():
            match = template.fullmatch(child.custom_id or "") if isinstance(child, discord.Button) else None
            if match:
                yield NextButton(int(match["track"]), int(match["number"]), int(match["asker"]), match["words"])
