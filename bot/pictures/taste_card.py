"""Draw one person's taste: a radar, what moved, and the tags."""

from bot.pictures.canvas import WIDTH, Canvas
from bot.pictures.cards import Dimension, TasteCard
from bot.pictures.colours import BLUE, GREEN, INK, ORANGE, PANEL, SOFT
from bot.pictures.fonts import Face
from bot.pictures.parts import MARGIN, ROOM, chips, finish, head, paragraph
from bot.pictures.radar import radar

RADIUS = 98.0
MOVED = 0.03
"""A change below three points of a hundred is not told."""
MOVES_SHOWN = 3
CORNERS = 3
"""Fewer dimensions span no area."""

MOST_CORNERS = 9
TOO_LITTLE = "Too little is known yet: react to some more tracks, and look again."
_BOX = 50.0


def moves(card: TasteCard) -> list[Dimension]:
    """Return the dimensions that moved most, the largest change first."""
    moved = [each for each in card.dimensions if abs(each.change) >= MOVED]
    return sorted(moved, key=lambda each: -abs(each.change))[:MOVES_SHOWN]


def paint(card: TasteCard) -> bytes:
    """Return the card as a PNG."""
    canvas = Canvas()
    top = head(canvas, "Taste card", card.name, card.when)
    if len(card.dimensions) < CORNERS:
        top = paragraph(canvas, card.sentence or TOO_LITTLE, top)
    else:
        top = paragraph(canvas, card.sentence, top)
        radar(canvas, (WIDTH / 2, top + RADIUS + 32), RADIUS, card.dimensions[:MOST_CORNERS])
        top += 2 * RADIUS + 64
    if any(each.before is not None for each in card.dimensions):
        top = _moves(canvas, card, top)
    top = chips(canvas, card.tags, top)
    return finish(canvas, top, f"learned from {card.opinions:,} opinions" if card.opinions else "")


def _moves(canvas: Canvas, card: TasteCard, top: float) -> float:
    """Write the key to the two lines, and below it what moved most, each in a box."""
    x, base = MARGIN, top + 12
    for words, colour, thick, dashes in (("now", BLUE, 3, None), (card.since or "before", ORANGE, 2, (3.0, 2.5))):
        canvas.line([(x, base - 4), (x + 22, base - 4)], colour, thick, dashes)
        x += 30 + canvas.text((x + 29, base), words, 12, colour=SOFT, room=120) + 18
    top += 26
    moved = moves(card)
    if not moved:
        canvas.box((MARGIN, top), (ROOM, _BOX), PANEL)
        canvas.text((WIDTH / 2, top + 30), "hardly a change: you know what you like", 13, colour=SOFT, align="center")
        return top + _BOX + 16
    width = (ROOM - (MOVES_SHOWN - 1) * 8) / MOVES_SHOWN
    for place, each in enumerate(moved):
        left, more = MARGIN + place * (width + 8), each.change > 0
        canvas.box((left, top), (width, _BOX), PANEL)
        sign = "▲ +" if more else "▼ −"
        points = f"{sign}{round(100 * abs(each.change))}"
        canvas.text((left + 12, top + 22), points, 14, Face.STRONG, GREEN if more else ORANGE)
        canvas.text((left + 12, top + 40), each.name, 13, colour=INK, room=width - 20)
    return top + _BOX + 16
