"""A member's list, as a page with buttons."""

from dataclasses import dataclass

import discord

from bot.embeds import list_embed, page_count
from bot.services import Services
from bot.views import pages_view
from scheduler.privacy import all_visible_in
from storage.drops import Drop
from storage.owners import Owner


@dataclass(frozen=True, slots=True)
class ListPage:
    """What to send."""

    embed: discord.Embed
    view: discord.ui.View


async def page_of(
    services: Services, discord_id: int, server_id: int | None, week: str | None = None, page: int = 0
) -> ListPage | None:
    """Return a page of a member's drop of that week (None: their latest), or None if they have none.

    The drop is looked up by who asks, so a forged button opens nobody else's list.
    """
    person = await services.storage.people.by_discord_id(discord_id)
    if person is None:
        return None
    owner = Owner("person", person.id)
    drop = await (services.storage.drops.get(week, owner) if week else services.storage.drops.latest(owner))
    if drop is None or drop.written_at is None:
        return None
    return await _render(services, drop, discord_id, server_id, page)


async def _render(services: Services, drop: Drop, discord_id: int, server_id: int | None, page: int) -> ListPage:
    playlist = await services.storage.playlists.get(drop.owner)
    picks = all_visible_in(await services.storage.drops.picks(drop.id), server_id)
    page = min(max(page, 0), page_count(len(picks)) - 1)
    embed = list_embed(f"Your list of {drop.week}", playlist.url if playlist else None, picks, page, drop.note)
    return ListPage(embed, pages_view(drop.week, page, len(picks), discord_id))
