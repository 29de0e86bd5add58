"""Draw a recap: figures, when things happened, and what was loved."""

from collections.abc import Sequence

from bot.pictures.canvas import WIDTH, Canvas
from bot.pictures.cards import Bar, Figure, Recap
from bot.pictures.colours import BLUE, FAINT, INK, PANEL, SOFT, mixed
from bot.pictures.fonts import Face
from bot.pictures.parts import MARGIN, ROOM, ROW, chips, finish, head, heading, paragraph, track_row, votes

FIGURES, TRACKS = 4, 3
_BOX, _BARS = 64.0, 62.0


def paint(card: Recap) -> bytes:
    """Return the recap as a PNG."""
    tracks, figures = card.tracks[:TRACKS], card.figures[:FIGURES]
    canvas = Canvas()
    top = paragraph(canvas, card.sentence, head(canvas, "Recap", card.name, card.period)) + 8
    if figures:
        _figures(canvas, figures, top)
        top += _BOX + 12
    if card.bars:
        _bars(canvas, card.bars, top)
        top += _BARS + 34
    if tracks:
        top = heading(canvas, "Loved most", top)
        for number, rated in enumerate(tracks, 1):
            canvas.text((MARGIN, top + 18), f"{number}", 16, Face.TITLE, FAINT)
            track_row(canvas, rated.track, top, MARGIN + 24, WIDTH - MARGIN - 106)
            votes(canvas, rated, top)
            top += ROW
        top += 4
    for words, weighted in (("Artists", card.artists), ("Tags", card.tags)):
        if weighted:
            top = chips(canvas, weighted, heading(canvas, words, top), rows=1)
    return finish(canvas, top, "")


def _figures(canvas: Canvas, figures: Sequence[Figure], top: float) -> None:
    """Write the large numbers, each in a box of its own."""
    width = (ROOM - 8 * (len(figures) - 1)) / len(figures)
    for place, figure in enumerate(figures):
        left = MARGIN + place * (width + 8)
        canvas.box((left, top), (width, _BOX), PANEL)
        canvas.text((left + width / 2, top + 33), figure.value, 24, Face.TITLE, INK, "center", width - 12)
        canvas.text((left + width / 2, top + 52), figure.label, 12, Face.TEXT, SOFT, "center", width - 8)


def _bars(canvas: Canvas, bars: Sequence[Bar], top: float) -> None:
    """Draw how much happened when; the fullest part is bright and carries its number."""
    most = max((bar.value for bar in bars), default=0) or 1
    step = ROOM / len(bars)
    base, thick = top + 14 + _BARS, min(step * 0.7, 30)
    every = -(-len(bars) * 24 // int(ROOM))  # leave labels out where they would touch
    for place, bar in enumerate(bars):
        middle, tall = MARGIN + step * (place + 0.5), max((_BARS - 10) * bar.value / most, 3)
        fullest = bar.value == most
        canvas.box((middle - thick / 2, base - tall), (thick, tall), BLUE if fullest else mixed(PANEL, BLUE, 0.4), 4)
        if fullest and bar.value > 0:
            canvas.text((middle, base - tall - 6), f"{bar.value:,.0f}", 12, Face.STRONG, BLUE, "center")
        if place % every == 0:
            canvas.text((middle, base + 16), bar.label, 12, colour=SOFT, align="center", room=step * every - 2)
