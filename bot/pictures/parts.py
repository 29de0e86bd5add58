"""What several pictures are made of: heads, headings, chips, lists of tracks."""

from collections.abc import Sequence

from bot.pictures.canvas import WIDTH, Canvas
from bot.pictures.cards import Rated, Weighted
from bot.pictures.colours import BLUE, FAINT, INK, ON_BRIGHT, ORANGE, PANEL, SOFT, mixed
from bot.pictures.fonts import Face, drawable
from catalog.models import Track

MARGIN = 24.0
ROOM = WIDTH - 2 * MARGIN
CHIP, GAP = 28.0, 7.0
ROW = 44.0
THOUSAND = 1_000
NAMELESS = "somebody"
UNTITLED = "a track without a name yet"


def short(number: int) -> str:
    """Return a number in at most five characters: `1,234`, `56k`, `7M`."""
    if number < 10 * THOUSAND:
        return f"{number:,}"
    return f"{number // THOUSAND}k" if number < THOUSAND**2 else f"{number // THOUSAND**2}M"


def head(canvas: Canvas, eyebrow: str, title: str, aside: str = "") -> float:
    """Write what the picture is and whose; return where the next thing begins."""
    width = canvas.text((MARGIN, 36), eyebrow.upper(), 11, Face.STRONG, BLUE)
    canvas.text((WIDTH - MARGIN, 36), aside, 12, colour=FAINT, align="right", room=ROOM - width - 16)
    shown = drawable(title) or NAMELESS
    size = next((size for size in (30, 26, 22) if canvas.measure(shown, size, Face.TITLE) <= ROOM), 22)
    canvas.text((MARGIN, 70), shown, size, Face.TITLE, room=ROOM)
    return 84


def paragraph(canvas: Canvas, words: str, top: float, lines: int = 2) -> float:
    """Write a sentence in at most so many lines; return where the next thing begins."""
    found = canvas.wrapped(words, 14, Face.TEXT, ROOM, lines)
    for number, line in enumerate(found):
        canvas.text((MARGIN, top + 16 + 20 * number), line, 14, colour=SOFT)
    return top + 20 * len(found) + (8 if found else 0)


def heading(canvas: Canvas, words: str, top: float) -> float:
    """Write the heading of a section; return where its content begins."""
    canvas.text((MARGIN, top + 26), words, 14, Face.STRONG)
    return top + 38


def chips(canvas: Canvas, tags: Sequence[Weighted], top: float, rows: int = 2) -> float:
    """Lay tags out in rows, the weightier the bluer, leaving out what does not fit; return where the next begins."""
    x, row = MARGIN, 0
    for tag in tags:
        words = canvas.fitted(tag.name, 13, Face.STRONG, ROOM - 24)
        width = canvas.measure(words, 13, Face.STRONG) + 24
        if x + width > WIDTH - MARGIN:
            x, row = MARGIN, row + 1
        if row == rows:
            row -= 1
            break
        y, strength = top + row * (CHIP + GAP), min(max(tag.weight, 0.0), 1.0)
        bright = strength > 0.7
        canvas.box((x, y), (width, CHIP), mixed(PANEL, BLUE, 0.9 if bright else 0.12 + 0.35 * strength), CHIP / 2)
        canvas.text((x + 12, y + 18.5), words, 13, Face.STRONG, ON_BRIGHT if bright else INK)
        x += width + GAP
    return top + (row + 1) * (CHIP + GAP) if tags else top


def track_row(canvas: Canvas, track: Track, top: float, left: float = MARGIN, right: float = WIDTH - MARGIN) -> None:
    """Write a track's title and, below it, its artists."""
    room = right - left
    canvas.text((left, top + 17), track.title or UNTITLED, 14, Face.STRONG, room=room)
    canvas.text((left, top + 34), track.byline, 12, colour=SOFT, room=room)


def track_line(canvas: Canvas, track: Track, top: float, left: float = MARGIN, right: float = WIDTH - MARGIN) -> None:
    """Write a track's title and, behind it on the same line, its artists where there is room."""
    title = canvas.text((left, top + 16), track.title or UNTITLED, 14, Face.STRONG, room=0.68 * (right - left))
    rest = right - left - title - 8
    if rest > 40:
        canvas.text((left + title + 8, top + 16), track.byline, 12, colour=SOFT, room=rest)


def votes(canvas: Canvas, rated: Rated, top: float, width: float = 92.0) -> None:
    """Draw likes (blue, from the left) and dislikes (orange, from the right) with their numbers."""
    left, whole = WIDTH - MARGIN - width, max(rated.likes + rated.dislikes, 1)
    canvas.text((left, top + 17), f"▲ {short(rated.likes)}", 12, Face.STRONG, BLUE)
    if rated.dislikes:
        canvas.text((left + width, top + 17), f"{short(rated.dislikes)} ▼", 12, Face.STRONG, ORANGE, "right")
    split = width * rated.likes / whole
    if rated.likes:
        canvas.box((left, top + 26), (max(split - (1.5 if rated.dislikes else 0), 4), 6), BLUE, 3)
    if rated.dislikes:
        canvas.box((left + split + 1.5, top + 26), (max(width - split - 1.5, 4), 6), ORANGE, 3)


def finish(canvas: Canvas, top: float, words: str) -> bytes:
    """Write what the picture was made from, and by whom, below all else; return the PNG."""
    canvas.cut_to(top + 44)
    base = canvas.height - 18
    width = canvas.text((WIDTH - MARGIN, base), "tastebud", 12, Face.STRONG, FAINT, "right")
    canvas.text((MARGIN, base), words, 12, colour=FAINT, room=ROOM - width - 16)
    return canvas.png()
