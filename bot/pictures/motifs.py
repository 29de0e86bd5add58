"""What can be drawn on a cover: each motif takes a sheet, a palette and its own randomness."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Circle, Ellipse, Wedge

from bot.pictures.canvas import Canvas

SIDE = 640.0
Motif = Callable[[Canvas, "Palette", np.random.Generator], None]


@dataclass(frozen=True, slots=True)
class Palette:
    """A ground that runs from `top` to `bottom`, and three inks that stand out on it."""

    top: str
    bottom: str
    inks: tuple[str, str, str]


PALETTES = (
    Palette("#1b1147", "#a23b72", ("#ff9f6b", "#ffd9a0", "#f2545b")),  # dusk
    Palette("#04263b", "#0d6e7f", ("#7ee0c3", "#f6f1d1", "#f3a712")),  # lagoon
    Palette("#20222e", "#4a4e69", ("#f2e9e4", "#c9ada7", "#9a8c98")),  # ash
    Palette("#2b0f1f", "#7a1f3d", ("#f9c784", "#ff6b6b", "#fde2e4")),  # wine
    Palette("#0b2b26", "#2f6b4f", ("#e9f5db", "#b5e48c", "#f4a261")),  # moss
    Palette("#10152f", "#3a4fbf", ("#8ecbff", "#ffd166", "#f4f7ff")),  # midnight
    Palette("#3b1c0a", "#b3541e", ("#ffe8c2", "#ffb347", "#5ec4b6")),  # clay
    Palette("#e9dcc9", "#f7b98b", ("#2a3d66", "#d1495b", "#00798c")),  # paper
    Palette("#2a0a4a", "#6a1fb0", ("#f72585", "#4cc9f0", "#ffe66d")),  # neon
    Palette("#d7e8ea", "#9cc5d3", ("#13315c", "#e4572e", "#f3c969")),  # morning
)


def rings(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Draw rings around a point off the middle, as on water or a record."""
    x, y = rng.uniform(0.25, 0.75, 2) * SIDE
    step = rng.uniform(26, 40)
    for place, radius in enumerate(np.arange(SIDE * 1.1, step / 2, -step)):
        ink = palette.inks[place % 3]
        canvas.add(Circle((x, y), radius, fc="none", ec=ink, lw=step * rng.uniform(0.08, 0.34), alpha=0.85))
    canvas.dot((float(x), float(y)), step * 0.6, palette.inks[0])


def waves(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Draw hills or waves behind one another, the nearest the lowest."""
    canvas.dot(
        (float(rng.uniform(150, 490)), float(rng.uniform(130, 230))), float(rng.uniform(60, 105)), palette.inks[1]
    )
    xs = np.linspace(0, SIDE, 90)
    for place in range(6):
        base = SIDE * (0.38 + 0.115 * place)
        swing = rng.uniform(16, 46) * np.sin(xs / rng.uniform(45, 120) + rng.uniform(0, 6.3))
        swing += rng.uniform(6, 16) * np.sin(xs / rng.uniform(18, 36) + rng.uniform(0, 6.3))
        line = list(zip(xs.tolist(), (base + swing).tolist(), strict=True))
        ink = (palette.inks[0], palette.bottom, palette.inks[2])[place % 3]
        canvas.polygon([(0, SIDE), *line, (SIDE, SIDE)], ink, 0.55 + 0.07 * place)


def arches(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Stack rows of nested arches like scales, each row half over the one above."""
    radius = SIDE / float(rng.choice([5, 6, 8]))
    inks = [str(ink) for ink in rng.permutation(np.array(palette.inks))]
    shades = (palette.top, inks[0], palette.bottom, inks[1], inks[2])
    for row in range(int(SIDE / radius * 2) + 3):
        shift = radius * (row % 2)
        for column in range(-1, int(SIDE / (2 * radius)) + 2):
            spot = (column * 2 * radius + shift, row * radius / 2 + radius / 2)
            for place, shade in enumerate(shades):
                canvas.dot(spot, radius * (1 - 0.2 * place), shade)


def tiles(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Lay tiles of quarter circles."""
    cells = int(rng.integers(4, 6))
    side = SIDE / cells
    for row in range(cells):
        for column in range(cells):
            turn, kind = int(rng.integers(4)), int(rng.integers(4))
            ink, other = rng.permutation(np.array(palette.inks))[:2]
            x, y = column * side, row * side
            corner = (x + side * (turn in {1, 2}), y + side * (turn in {2, 3}))
            if kind < 3:  # three tiles of four carry a quarter
                canvas.add(Wedge(corner, side, 90 * turn, 90 * turn + 90, fc=str(ink), ec="none"))
            if kind in {0, 3}:
                radius = side * (0.5 if kind == 0 else 0.3)
                centre = corner if kind == 0 else (x + side / 2, y + side / 2)
                angles = (90 * turn, 90 * turn + 90) if kind == 0 else (0, 360)
                canvas.add(Wedge(centre, radius, *angles, fc=str(other), ec="none"))


def dots(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Print a raster whose dots grow towards one or two lights."""
    lights = rng.uniform(0.15, 0.85, (2, 2)) * SIDE
    step = SIDE / 20
    for row in range(21):
        for column in range(21):
            spot = np.array([(column + 0.5 * (row % 2)) * step, row * step])
            near = np.exp(-((np.linalg.norm(lights - spot, axis=1).min() / 190) ** 2))
            ink = palette.inks[int(np.linalg.norm(lights - spot, axis=1).argmin())]
            canvas.dot((float(spot[0]), float(spot[1])), float(2 + step * 0.52 * near), ink, float(0.35 + 0.65 * near))


def petals(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Fold transparent petals around the middle, row upon row."""
    centre = (SIDE / 2 + float(rng.uniform(-60, 60)), SIDE * 0.44)
    count = int(rng.integers(7, 13))
    for row, (length, wide) in enumerate(((0.92, 0.27), (0.68, 0.22), (0.44, 0.17))):
        start = rng.uniform(0, 360)
        for place in range(count):
            angle = np.radians(start + 360 * place / count)
            reach = SIDE * length / 4
            middle = (centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle))
            shape = Ellipse(middle, SIDE * length / 2, SIDE * wide / 2, angle=float(np.degrees(angle)))
            shape.set(fc=palette.inks[row], ec="none", alpha=0.5)
            canvas.add(shape)
    canvas.dot(centre, 26, palette.inks[1])


def sunset(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Let a large sun sink into lines that grow thicker towards the foot."""
    radius = float(rng.uniform(170, 235))
    x, y = float(rng.uniform(0.32, 0.68)) * SIDE, SIDE * 0.46
    for _ in range(40):
        spot = rng.uniform(0, SIDE, 2)
        canvas.dot((float(spot[0]), float(spot[1]) * 0.6), float(rng.uniform(1, 2.6)), palette.inks[1], 0.8)
    canvas.dot((x, y), radius, palette.inks[0])
    canvas.dot((x, y), radius * 0.72, palette.inks[2])
    for place in range(9):
        top, tall = y - radius * 0.1 + place * radius * 0.16, 3 + 2.2 * place
        canvas.polygon([(0, top), (SIDE, top), (SIDE, top + tall), (0, top + tall)], palette.bottom)


MOTIFS: Sequence[Motif] = (rings, waves, arches, tiles, dots, petals, sunset)
