"""The radar: one taste over several dimensions, today filled, a while ago dashed."""

import math
from collections.abc import Sequence

from bot.pictures.canvas import Align, Canvas, Point
from bot.pictures.cards import Dimension
from bot.pictures.colours import BLUE, INK, LINE, ORANGE, PANEL
from bot.pictures.fonts import Face

EDGE = 12.0
RINGS = (1.0, 0.75, 0.5, 0.25)
INNERMOST = 0.06
"""A dimension at 0 stands a little out of the centre, so that the shape stays one."""


def radar(canvas: Canvas, centre: Point, radius: float, dimensions: Sequence[Dimension]) -> None:
    """Draw the radar of three or more dimensions, the first at the top, clockwise."""
    angles = [2 * math.pi * place / len(dimensions) - math.pi / 2 for place in range(len(dimensions))]
    for ring in RINGS:
        points = [_spot(centre, radius * ring, angle) for angle in angles]
        canvas.polygon(points, PANEL if ring == 1 else "none")
        canvas.line([*points, points[0]], LINE, 1)
    for angle in angles:
        canvas.line([centre, _spot(centre, radius, angle)], LINE, 1)
    now = [_spot(centre, radius * _reach(each.value), angle) for each, angle in zip(dimensions, angles, strict=True)]
    canvas.polygon(now, BLUE, 0.3)
    if all(each.before is not None for each in dimensions):
        then = [
            _spot(centre, radius * _reach(each.before or 0.0), angle)
            for each, angle in zip(dimensions, angles, strict=True)
        ]
        canvas.line([*then, then[0]], ORANGE, 2, (3, 2.5))
    canvas.line([*now, now[0]], BLUE, 3)
    for point in now:
        canvas.dot(point, 4.5, BLUE)
    for each, angle in zip(dimensions, angles, strict=True):
        _label(canvas, each.name, centre, radius, angle)


def _label(canvas: Canvas, name: str, centre: Point, radius: float, angle: float) -> None:
    """Write a dimension's name outside its corner, on the side where there is room."""
    x, y = _spot(centre, radius + 12, angle)
    side = math.cos(angle)
    align: Align = "center" if abs(side) < 0.2 else "left" if side > 0 else "right"
    left, right = x - EDGE, canvas.width - EDGE - x
    room = 2 * min(left, right) if align == "center" else (right if side > 0 else left)
    canvas.text((x, y + 4.5 + 6 * math.sin(angle)), name, 13, Face.STRONG, INK, align, room)


def _reach(value: float) -> float:
    return INNERMOST + (1 - INNERMOST) * min(max(value, 0.0), 1.0)


def _spot(centre: Point, distance: float, angle: float) -> Point:
    return centre[0] + distance * math.cos(angle), centre[1] + distance * math.sin(angle)
