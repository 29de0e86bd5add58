"""A member's drops as lists with pages: the latest, and any that was."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.embeds import list_embed, page_count
from bot.handing import drop_buttons
from bot.hit_lines import hit_line, so_far, week_name
from bot.pager import Page, PageAsk, register
from scheduler.hits import LOOK_BACK, HitRate, hit_rates
from scheduler.privacy import all_visible_in
from storage.drops import Drop
from storage.owners import Owner

if TYPE_CHECKING:
    from bot.client import TastebudBot
    from bot.services import Services

LIST = "list"
"""The kind of list whose argument is a week, with a mark behind it where only its owner sees it."""

PRIVATE = "+"


async def owner_of(services: "Services", discord_id: int) -> Owner | None:
    """Return a member as an owner of drops, None if they never did anything here."""
    person = await services.storage.people.by_discord_id(discord_id)
    return None if person is None else Owner("person", person.id)


async def build_list(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of the asker's drop of a week; it is looked up by who asks, so nobody opens another's."""
    services = bot.services
    owner = await owner_of(services, ask.asker_id)
    week, private = ask.argument.removesuffix(PRIVATE), ask.argument.endswith(PRIVATE)
    drop = await services.storage.drops.get(week, owner) if owner else None
    if drop is None or drop.written_at is None:
        return None
    picks = all_visible_in(await services.storage.drops.picks(drop.id), ask.server_id)
    playlist = await services.storage.playlists.shown(drop.owner)
    latest = await services.storage.drops.latest(drop.owner)
    is_latest = latest is not None and latest.id == drop.id
    embed = list_embed(
        f"Your list of {week_name(drop.week)}, {drop.week[:4]}",
        playlist.url if playlist and is_latest else None,
        picks,
        min(ask.page, page_count(len(picks)) - 1),
        drop.note,
        await _hits(services, drop),
    )
    return Page([embed], page_count(len(picks)), drop_buttons(services, drop, private=private, row=0))


register(LIST, build_list)


def which_week(typed: str, weeks: Sequence[str]) -> str | None:
    """Return which of these weeks (the newest first) was meant by `41`, `W41`, `2026-W41` or `2026 41`."""
    words = typed.upper().replace("WEEK", " ").replace("W", " ").replace("-", " ").split()
    if not words or len(words) > 2 or not all(word.isdecimal() and word.isascii() and len(word) <= 4 for word in words):
        return None
    year, number = (words[0] if len(words) == 2 else "", int(words[-1]))
    return next((week for week in weeks if int(week[6:]) == number and week.startswith(year)), None)


async def _hits(services: "Services", drop: Drop) -> list[str]:
    """Return how this drop did, and the one before it."""
    rates = await hit_rates(services.storage, [drop.owner], drop.due_at - LOOK_BACK)
    weeks = rates.get(drop.owner, HitRate()).weeks
    own = next((hits for hits in weeks if hits.week == drop.week), None)
    earlier = HitRate(tuple(hits for hits in weeks if hits.week < drop.week))
    return [
        hit_line(earlier, drop.week) if earlier.has_votes else "",
        so_far(own) if own is not None else "",
    ]
