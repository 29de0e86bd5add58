"""What a member rated last, page by page, each with a button that undoes it exactly."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.embeds import GREEN, track_link, track_name
from bot.pager import NOT_YOUR_LIST, Page, PageAsk, page_shown, register
from bot.views import ASKER, FACES
from catalog.models import Track
from storage.ratings import Rating, Undone

if TYPE_CHECKING:
    from bot.client import TastebudBot

RATINGS = "ratings"
A_PAGE = 5
NUMBER = "(?P<number>[0-9]{1,18})"
PLACE = "(?P<page>[0-9]{1,3})"
NEWER = "You said something of that track since: undo that first."
UNDONE = "↩️ Undone: {} is as it was before."
NOT_THERE = "That is undone already."


class UndoRating(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:unrate:{NUMBER}:{PLACE}:{ASKER}"):
    """Undo one of one's own ratings."""

    def __init__(self, number: int, page: int, asker: int, label: str = "", *, disabled: bool = False) -> None:
        super().__init__(
            discord.ui.Button(
                label=label or None,
                emoji="↩️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"tb:unrate:{number}:{page}:{asker}",
                disabled=disabled,
                row=0,
            )
        )
        self.number = number
        self.page = page
        self.asker = asker

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the rating from the id."""
        return cls(int(match["number"]), int(match["page"]), int(match["asker"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Put back what stood before, and show the page as it is now."""
        if interaction.user.id != self.asker:
            await interaction.response.send_message(NOT_YOUR_LIST, ephemeral=True)
            return
        await interaction.response.defer()
        async with answering(interaction):
            await self._undo(interaction)

    async def _undo(self, interaction: discord.Interaction[Any]) -> None:
        storage = interaction.client.services.storage
        done, rating = await storage.ratings.undo(self.number, interaction.user.id)
        if rating is None:
            raise Sentence(NOT_THERE)
        if done is Undone.NEWER:
            raise Sentence(NEWER)
        track = (await storage.tracks.get([rating.track_id])).get(rating.track_id)
        said = UNDONE.format(track_name(track) if track else "it")
        ask = PageAsk(self.asker, interaction.guild_id, "", self.page)
        shown = await page_shown(interaction.client, RATINGS, ask)
        if shown is None:
            await interaction.edit_original_response(content=said, embeds=[], view=None)
            return
        await interaction.edit_original_response(content=said, embeds=list(shown[0].embeds), view=shown[1])


RATING_ITEMS = (UndoRating,)


async def build_ratings(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of what the asker rated last; None where they rated nothing."""
    storage = bot.services.storage
    person = await storage.people.by_discord_id(ask.asker_id)
    count = await storage.ratings.count(person.id) if person else 0
    if person is None or not count:
        return None
    pages = -(-count // A_PAGE)
    page = min(ask.page, pages - 1)
    ratings = await storage.ratings.of_person(person.id, A_PAGE, page * A_PAGE)
    tracks = await storage.tracks.get({rating.track_id for rating in ratings})
    first = page * A_PAGE + 1
    items = [
        UndoRating(rating.id, page, ask.asker_id, str(number), disabled=not rating.newest)
        for number, rating in enumerate(ratings, first)
    ]
    return Page([_embed(ratings, tracks, first, count)], pages, items)


register(RATINGS, build_ratings)


def _embed(ratings: Sequence[Rating], tracks: Mapping[int, Track], first: int, count: int) -> discord.Embed:
    lines = []
    for number, rating in enumerate(ratings, first):
        name = track_link(tracks[rating.track_id]) if rating.track_id in tracks else "a track that is gone"
        before = f", before that {FACES[rating.before]}" if rating.before else ""
        lines.append(f"{number}. {FACES[rating.value]} {name}\n<t:{int(rating.at.timestamp())}:R>{before}")
    embed = discord.Embed(title="What you rated last", description="\n".join(lines), colour=GREEN)
    return embed.set_footer(text=f"{count} in all · ↩️ undoes one · a reaction is undone where it stands")
