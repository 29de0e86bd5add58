"""Good picks of earlier weeks that their owner never said anything of."""

from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.embeds import pick_embed
from bot.hit_lines import week_name
from bot.pager import Page, PageAsk, register
from bot.views import opinion_buttons
from catalog.models import Pick
from scheduler.privacy import visible_in
from storage.outcomes import Outcome, Verdict
from storage.owners import Owner

if TYPE_CHECKING:
    from bot.client import TastebudBot

SECOND = "second"
A_PAGE, PAGES = 5, 4
HALF_A_YEAR = timedelta(weeks=26)
SETTLED = timedelta(days=5)  # a list that young is still being listened to
KNOWN = 5_000  # rows of a person's feedback looked through for tracks that they know by now


async def build_second_chances(bot: "TastebudBot", ask: PageAsk) -> Page | None:
    """Return a page of the asker's own unrated picks, the most promising first; None where there is none."""
    storage = bot.services.storage
    person = await storage.people.by_discord_id(ask.asker_id)
    found = await _unrated(bot, person.id) if person else []
    if not found:
        return None
    pages = -(-len(found) // A_PAGE)
    first = min(ask.page, pages - 1) * A_PAGE
    some = found[first : first + A_PAGE]
    picks = [(one, visible_in(pick, ask.server_id)) for one in some if (pick := await _pick(bot, one)) is not None]
    embeds = [_embed(number, one, pick) for number, (one, pick) in enumerate(picks, first + 1)]
    items = opinion_buttons([pick.track for _, pick in picks], first + 1)
    return Page(embeds, pages, items, content="You never said what you think of these. Do they get a second chance?")


register(SECOND, build_second_chances)


async def _unrated(bot: "TastebudBot", person_id: int) -> list[Outcome]:
    """Return a person's picks that they said nothing of, each track once, the most promising first."""
    storage, now = bot.services.storage, bot.services.clock.now()
    rows = await storage.feedback.of_person(person_id, KNOWN, with_muted=True)
    out = {row.track_id for row in rows} | await storage.vetoes.kept_out(person_id)
    best: dict[int, Outcome] = {}
    for one in await storage.outcomes.of([Owner("person", person_id)], now - HALF_A_YEAR):
        fresh = now - one.written_at < SETTLED
        if one.verdict is Verdict.IGNORED and not fresh and one.track_id not in out:
            best.setdefault(one.track_id, one)
    return sorted(best.values(), key=lambda one: (-one.score, one.track_id))[: A_PAGE * PAGES]


async def _pick(bot: "TastebudBot", one: Outcome) -> Pick | None:
    picks = await bot.services.storage.drops.picks(one.drop_id)
    return next((pick for pick in picks if pick.track.id == one.track_id), None)


def _embed(number: int, one: Outcome, pick: Pick) -> discord.Embed:
    embed = pick_embed(number, pick)
    footer = f" · {embed.footer.text}" if embed.footer.text else ""
    return embed.set_footer(text=f"From {week_name(one.week)}{footer}")
