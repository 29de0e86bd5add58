"""Draw what a server loves most, and what divides it."""

from collections.abc import Sequence

from bot.pictures.canvas import WIDTH, Canvas
from bot.pictures.cards import Rated, ServerCard
from bot.pictures.colours import FAINT, PANEL, VIOLET
from bot.pictures.fonts import Face
from bot.pictures.parts import MARGIN, ROOM, ROW, finish, head, heading, track_row, votes

LOVED, DIVISIVE = 5, 3
_BOX = 74.0


def paint(card: ServerCard) -> bytes:
    """Return the server's card as a PNG."""
    canvas = Canvas()
    top = head(canvas, "Server", card.name, card.when) + 2
    for words, rows in (("Most loved", card.loved[:LOVED]), ("Most divisive", card.divisive[:DIVISIVE])):
        if rows:
            top = _list(canvas, words, rows, top)
    if card.only_you:
        canvas.box((MARGIN, top + 10), (ROOM, _BOX), PANEL)
        canvas.text((MARGIN + 14, top + 30), "ONLY YOU LOVE", 11, Face.STRONG, VIOLET)
        track_row(canvas, card.only_you, top + 34, MARGIN + 14, WIDTH - MARGIN - 14)
        top += _BOX + 14
    counted = [f"{number:,} {words}" for number, words in ((card.people, "people"), (card.tracks, "tracks")) if number]
    return finish(canvas, top, " · ".join(counted))


def _list(canvas: Canvas, words: str, rows: Sequence[Rated], top: float) -> float:
    top = heading(canvas, words, top)
    for number, rated in enumerate(rows, 1):
        canvas.text((MARGIN, top + 18), f"{number}", 16, Face.TITLE, FAINT)
        track_row(canvas, rated.track, top, MARGIN + 24, WIDTH - MARGIN - 106)
        votes(canvas, rated, top)
        top += ROW
    return top + 4
