"""Draw two tastes beside each other: how alike they are, what both love, and where they part."""

from bot.pictures.canvas import WIDTH, Canvas
from bot.pictures.cards import Between, Comparison
from bot.pictures.colours import BACK, BLUE, FAINT, LINE, ON_BRIGHT, ORANGE, SOFT
from bot.pictures.fonts import Face, drawable
from bot.pictures.parts import MARGIN, NAMELESS, ROOM, THOUSAND, finish, heading, short, track_line

ROW = 25.0
TRACKS = 3
"""Tracks of each kind that are shown."""
CLOSE = 24.0  # units between two marks below which nothing is drawn between them
SAME = 5.0  # units below which the diamond is drawn larger, so that it is seen behind the disc
_RADIUS = 50.0
_SCALE_LEFT = 132.0


def paint(card: Comparison) -> bytes:
    """Return the comparison as a PNG."""
    both, part = card.both_love[:TRACKS], card.part[:TRACKS]
    canvas = Canvas()
    _names(canvas, card)
    _circles(canvas, card)
    top = 212.0
    for each in card.dimensions:
        _dumbbell(canvas, each, top)
        top += ROW
    top += 8
    if both:
        top = heading(canvas, "You both love", top)
        for track in both:
            track_line(canvas, track, top)
            top += ROW
        top += 6
    if part:
        top = heading(canvas, "Where you part", top)
        for each_part in part:
            _mark(canvas, each_part.one_likes, (MARGIN + 5, top + 11.5))
            track_line(canvas, each_part.track, top, MARGIN + 20)
            top += ROW
    return finish(canvas, top, f"in common: {', '.join(card.tags)}" if card.tags else "")


def _names(canvas: Canvas, card: Comparison) -> None:
    """Write the head, each name with the mark that stands for it below."""
    canvas.text((MARGIN, 36), "TASTE MATCH", 11, Face.STRONG, BLUE)
    x, room = MARGIN, (ROOM - 34) / 2 - 22
    names = (drawable(card.one) or NAMELESS, drawable(card.other) or NAMELESS)
    whole = sum(
        min(canvas.measure(canvas.fitted(name, 26, Face.TITLE, WIDTH), 26, Face.TITLE), WIDTH) for name in names
    )
    for is_one, name in zip((True, False), names, strict=True):
        _mark(canvas, is_one, (x + 6, 61), 6)
        fits = whole <= 2 * room
        x += 20 + canvas.text((x + 20, 70), name, 26, Face.TITLE, room=whole if fits else room)
        if is_one:
            x += 12 + canvas.text((x + 12, 70), "&", 22, Face.TITLE, FAINT) + 12


def _circles(canvas: Canvas, card: Comparison) -> None:
    """Draw two circles that overlap as the tastes do, with how many tracks each likes, and how alike in figures."""
    alike = min(max(card.alike, 0.0), 1.0)
    apart, y = _RADIUS * (1.9 - 1.1 * alike), 146.0
    middle = MARGIN + _RADIUS + apart / 2
    for centre, colour in ((middle - apart / 2, BLUE), (middle + apart / 2, ORANGE)):
        canvas.dot((centre, y), _RADIUS, colour, 0.8)
    counts = (card.only_one, card.shared, card.only_other)
    if any(counts):
        size = 15 if max(counts) < THOUSAND else 12
        for side, number in zip((-1, 0, 1), counts, strict=True):
            canvas.text((middle + side * _RADIUS, y + 5), short(number), size, Face.STRONG, ON_BRIGHT, "center", 46)
    left = middle + apart / 2 + _RADIUS + 24
    lines = canvas.wrapped(card.sentence, 13, Face.TEXT, WIDTH - MARGIN - left, 3)
    base = 162 - 9 * len(lines)
    width = canvas.text((left, base), f"{alike:.0%}", 42, Face.TITLE)
    canvas.text((left + width + 7, base), "alike", 16, Face.STRONG, SOFT)
    for number, line in enumerate(lines, 1):
        canvas.text((left, base + 5 + 17 * number), line, 13, colour=SOFT)


def _dumbbell(canvas: Canvas, each: Between, top: float) -> None:
    """Draw where both stand on one dimension."""
    y = top + 12
    canvas.text((MARGIN, y + 4.5), each.name, 13, room=_SCALE_LEFT - MARGIN - 10)
    left, width = _SCALE_LEFT, WIDTH - MARGIN - _SCALE_LEFT
    canvas.line([(left, y), (left + width, y)], LINE, 2)
    one, other = (left + 7 + (width - 14) * min(max(value, 0.0), 1.0) for value in (each.one, each.other))
    if abs(one - other) > CLOSE:
        canvas.line([(one, y), (other, y)], FAINT, 4)
    _mark(canvas, False, (other, y), 10 if abs(one - other) < SAME else 7)
    _mark(canvas, True, (one, y), 6.5)


def _mark(canvas: Canvas, is_one: bool, at: tuple[float, float], radius: float = 5.5) -> None:
    """Draw the mark of one person: a blue disc, or an orange diamond."""
    if is_one:
        canvas.dot(at, radius + 1.5, BACK)
        canvas.dot(at, radius, BLUE)
        return
    x, y = at
    for reach, colour in ((radius + 3.5, BACK), (radius + 1, ORANGE)):
        canvas.polygon([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], colour)
