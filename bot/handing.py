"""Hand out drops beside Spotify: a link to the page where there is a public address, else the files themselves."""

import io
import re
from typing import Any, Self

import discord

from bot.apologies import Sentence, answering
from bot.services import Services
from bot.web.attachments import drop_files
from bot.web.drop_page import DropPage, load_page
from bot.web.links import PURPOSE, DropLinks, Sight
from storage.drops import Drop, Owner

AS_FILES, AS_PAGE, MY_PAGE = "As files", "As a page", "My list as a page"
NO_LIST = (
    "I have no list of that week for you: share or react, and the next round has one. `/playlist` shows your latest."
)
HERE_IT_IS = "Your list of {week}: a page to open in any browser, and the tracks as M3U and JSPF for other players."
HERE_IS_OURS = "The list of us all of {week}, since you have none of that week: a page, and the tracks as M3U and JSPF."
PAGE_IS_YOURS = (
    "Your list of {week} with links to several services, and as files. Whoever has this address can read it."
)
PAGE_IS_OURS = "The list of us all of {week}, since you have none of that week."


class HandOutButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:files:(?P<week>[0-9]{4}-W[0-9]{2})"):
    """Give whoever presses it their own list of a week outside Spotify, so that a forged id opens nobody else's."""

    def __init__(self, week: str, label: str = AS_FILES, row: int | None = None) -> None:
        super().__init__(discord.ui.Button(label=label, emoji="📄", custom_id=f"tb:files:{week}", row=row))
        self.week = week

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the week from the id."""
        return cls(match["week"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer in private: drawing the cover takes a moment."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            services = interaction.client.services
            drop = await _drop_of(services, interaction.user.id, interaction.guild_id, self.week)
            await interaction.followup.send(**await handed_out(services, drop), ephemeral=True)


HANDING_ITEMS = (HandOutButton,)


def links_to_drops(services: Services) -> DropLinks:
    """Return what makes links to drops; without a public address it makes none."""
    return DropLinks(services.storage.vault.derive(PURPOSE), services.settings.web.base)


def drop_buttons(
    services: Services, drop: Drop, *, private: bool, row: int | None = None
) -> list[discord.ui.Item[Any]]:
    """Return the buttons that lead to a drop outside Spotify.

    A link to its page where there is a public address: with its reasons if only its owner sees it, else with the tracks
    alone. Without one a button that hands out the page and the files in private.
    """
    url = links_to_drops(services).url(drop.id, Sight.MINE if private else Sight.DROP)
    if url is None:
        return [HandOutButton(drop.week, row=row)]
    return [discord.ui.Button(label=AS_PAGE, emoji="📄", url=url, row=row)]


def announcement_view(services: Services, week: str, server_drop_id: int = 0) -> discord.ui.View:
    """Return the buttons below a week's announcement: the server's own page, and everybody's own list in private."""
    view = discord.ui.View(timeout=None)
    url = links_to_drops(services).url(server_drop_id, Sight.DROP) if server_drop_id else None
    if url is not None:
        view.add_item(discord.ui.Button(label=AS_PAGE, emoji="📄", url=url))
    view.add_item(HandOutButton(week, MY_PAGE if services.settings.web.base else AS_FILES))
    return view


async def handed_out(services: Services, drop: Drop) -> dict[str, Any]:
    """Return a drop outside Spotify as what a private message is sent with."""
    sight = Sight.MINE if drop.owner.kind == "person" else Sight.DROP
    page = await load_page(services.storage, drop, sight)
    if page is None:
        raise Sentence(NO_LIST)
    url = links_to_drops(services).url(drop.id, sight)
    if url is None:
        return {"content": (HERE_IS_OURS if page.is_server else HERE_IT_IS).format(week=page.when),
                "files": await _files(page)}  # fmt: skip
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=AS_PAGE, emoji="📄", url=url))
    return {"content": (PAGE_IS_OURS if page.is_server else PAGE_IS_YOURS).format(week=page.when), "view": view}


async def _files(page: DropPage) -> list[discord.File]:
    return [discord.File(io.BytesIO(file.data), file.filename) for file in await drop_files(page)]


async def _drop_of(services: Services, discord_id: int, server_id: int | None, week: str) -> Drop:
    """Return somebody's own drop of that week, else the one of the server they ask in."""
    person = await services.storage.people.by_discord_id(discord_id)
    owners = [Owner("person", person.id)] if person is not None and not person.opted_out else []
    owners += [Owner("server", server_id)] if server_id is not None else []
    for owner in owners:
        drop = await services.storage.drops.get(week, owner)
        if drop is not None and drop.written_at is not None:
            return drop
    raise Sentence(NO_LIST)
