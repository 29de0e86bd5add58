"""Draw cards beside the event loop: `picture = await draw(card)`."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.pictures.alt import describe
from bot.pictures.cards import Card, Comparison, Cover, Recap, ServerCard, TasteCard

LIMIT_ALT = 1_024
"""Characters that Discord takes as an attachment's description."""

# Fonts are shared by all figures of a process, and one picture at a time is enough for a Discord bot.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: `data` of the file `filename`, and `alt`, what it shows in words."""

    data: bytes
    alt: str
    filename: str


async def draw(card: Card | Cover) -> Picture:
    """Return the card's picture, drawn in a thread: about a second for the first, a third for those after it."""
    return await asyncio.to_thread(draw_now, card)


def draw_now(card: Card | Cover) -> Picture:
    """Return the card's picture: a PNG 1,000 pixels wide, or a cover's JPEG of 640 by 640 and at most 256 KB."""
    paint, filename = _painter(card)
    with _one_at_a_time:
        data = paint(card)
    return Picture(data, describe(card)[:LIMIT_ALT], filename)


def _painter(card: Card | Cover) -> tuple[Callable[[Any], bytes], str]:
    """Return what draws such a card, and a name for the file; matplotlib is loaded here, by whoever comes first."""
    from bot.pictures import comparison, cover, recap, server_card, taste_card

    painters: dict[type, tuple[Callable[[Any], bytes], str]] = {
        TasteCard: (taste_card.paint, "taste.png"),
        Comparison: (comparison.paint, "comparison.png"),
        Recap: (recap.paint, "recap.png"),
        ServerCard: (server_card.paint, "server.png"),
        Cover: (cover.paint, "cover.jpg"),
    }
    return painters[type(card)]
