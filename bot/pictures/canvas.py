"""A sheet to draw on: units of a phone's pixels, y downwards, text that is measured before it is set."""

import io
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Polygon

from bot.pictures.colours import BACK, INK
from bot.pictures.fonts import FAMILY, Face, drawable, families

WIDTH = 400.0
"""Units across: what a phone gives an attachment, so that 13 units of height are read without zooming."""

SCALE = 2.5
"""Pixels a unit: sharp on today's phones."""

ELLIPSIS = "…"
_UNITS_AN_INCH = 100.0
_POINTS_A_UNIT = 72.0 / _UNITS_AN_INCH

_WEIGHTS = {Face.TEXT: 500, Face.STRONG: 600, Face.TITLE: 700}  # the fallbacks' cuts follow them

Point = tuple[float, float]
Align = Literal["left", "center", "right"]


class Canvas:
    """A sheet of `width` by `height` units; what is drawn later lies above."""

    def __init__(self, height: float = WIDTH, width: float = WIDTH, back: str = BACK, scale: float = SCALE) -> None:
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / _UNITS_AN_INCH, height / _UNITS_AN_INCH), facecolor=back)
        self._figure.set_dpi(_UNITS_AN_INCH * scale)
        self._scale = scale
        self._agg = FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self._axes.axis("off")
        self._layer = 0.0

    def cut_to(self, height: float) -> None:
        """Give the sheet its final height; what was drawn keeps its place and size."""
        self.height = height
        self._figure.set_size_inches(self.width / _UNITS_AN_INCH, height / _UNITS_AN_INCH)
        self._axes.set_ylim(height, 0)

    def add(self, artist: Artist) -> None:
        """Put anything of matplotlib's above what is there."""
        self._layer += 1
        artist.set_zorder(self._layer)
        self._axes.add_artist(artist)

    def text(
        self,
        at: Point,
        words: str,
        size: float = 13,
        face: Face = Face.TEXT,
        colour: str = INK,
        align: Align = "left",
        room: float | None = None,
    ) -> float:
        """Set words on the base line at a point, cut to `room` units; return how wide they became."""
        line = self.fitted(words, size, face, self.width if room is None else room)
        if not line:
            return 0.0
        self._layer += 1
        self._axes.text(
            *at,
            line,
            color=colour,
            ha=align,
            va="baseline",
            fontproperties=_font(face, size),
            parse_math=False,
            zorder=self._layer,
        )
        return self._width(line, size, face)

    def measure(self, words: str, size: float, face: Face = Face.TEXT) -> float:
        """Return how wide words become, in units."""
        return self._width(drawable(words), size, face)

    def _width(self, words: str, size: float, face: Face) -> float:
        """Return the width of words of which every letter is known to have a glyph."""
        width: float = self._renderer.get_text_width_height_descent(words, _font(face, size), False)[0]
        return width / self._scale

    def fitted(self, words: str, size: float, face: Face, room: float) -> str:
        """Return words as they can be drawn, cut with an ellipsis where the room ends."""
        line = drawable(words)
        if not line or self._width(line, size, face) <= room:
            return line
        low, high = 0, len(line)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self._width(line[:middle].rstrip() + ELLIPSIS, size, face) <= room
            low, high = (middle, high) if fits else (low, middle - 1)
        return line[:low].rstrip() + ELLIPSIS

    def wrapped(self, words: str, size: float, face: Face, room: float, lines: int) -> list[str]:
        """Return words broken into at most so many lines; the last is cut."""
        rest, found = drawable(words).split(), list[str]()
        while rest and len(found) < lines - 1:
            taken = 1
            while taken < len(rest) and self._width(" ".join(rest[: taken + 1]), size, face) <= room:
                taken += 1
            found.append(self.fitted(" ".join(rest[:taken]), size, face, room))
            rest = rest[taken:]
        return [*found, self.fitted(" ".join(rest), size, face, room)] if rest else found

    def box(self, at: Point, size: Point, fill: str, radius: float = 12, edge: str | None = None) -> None:
        """Draw a rounded box from its upper left corner."""
        radius = min(radius, size[0] / 2, size[1] / 2)
        (x, y), (width, height) = at, size
        style = f"round,pad=0,rounding_size={radius}"
        self.add(FancyBboxPatch((x, y), width, height, boxstyle=style, fc=fill, ec=edge or "none", lw=1 if edge else 0))

    def dot(self, at: Point, radius: float, fill: str, alpha: float = 1.0, edge: str = "none") -> None:
        """Draw a disc."""
        self.add(Circle(at, radius, fc=fill, ec=edge, alpha=alpha, lw=0 if edge == "none" else 1.5))

    def line(
        self, points: Sequence[Point], colour: str, width: float = 1.0, dashes: tuple[float, float] | None = None
    ) -> None:
        """Draw a line through points, `width` units thick."""
        style: Any = (0, dashes) if dashes else "-"
        xs, ys = zip(*points, strict=True)
        caps: Any = {"solid_capstyle": "round", "solid_joinstyle": "round", "dash_joinstyle": "round"}
        self.add(Line2D(xs, ys, color=colour, lw=width * _POINTS_A_UNIT, ls=style, **caps))

    def polygon(self, points: Sequence[Point], fill: str, alpha: float = 1.0) -> None:
        """Fill the area within points."""
        self.add(Polygon(list(points), closed=True, fc=fill, ec="none", alpha=alpha))

    def shade(self, top: float, bottom: float, colours: Sequence[str], alphas: Sequence[float] = (1.0,)) -> None:
        """Let colours run into one another from `top` down to `bottom`; `alphas` runs likewise."""
        rows = np.linspace(0, 1, 64)
        stops = np.array([to_rgb(colour) for colour in colours])
        table = np.empty((len(rows), 1, 4), dtype=np.uint8)
        for channel in range(3):
            table[:, 0, channel] = _spread(rows, stops[:, channel])
        table[:, 0, 3] = _spread(rows, np.array(alphas))
        image = AxesImage(self._axes, extent=(0, self.width, bottom, top), interpolation="bilinear")
        image.set_data(table)
        self.add(image)

    def png(self) -> bytes:
        """Return the picture as a PNG."""
        return self._saved("png", {"compress_level": 6})

    def jpeg(self, quality: int) -> bytes:
        """Return the picture as a JPEG."""
        return self._saved("jpeg", {"quality": quality, "optimize": True})

    @cached_property
    def _renderer(self) -> Any:
        agg: Any = self._agg
        return agg.get_renderer()

    def _saved(self, form: str, options: dict[str, Any]) -> bytes:
        target = io.BytesIO()
        metadata = {"Software": None} if form == "png" else None
        self._figure.savefig(
            target,
            format=form,
            dpi=_UNITS_AN_INCH * self._scale,
            facecolor=self._figure.get_facecolor(),
            pil_kwargs=options,
            metadata=metadata,
        )
        return target.getvalue()


def _spread(rows: npt.NDArray[np.float64], stops: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return what lies between stops that stand at equal distances, as 0 to 255."""
    spread: npt.NDArray[np.float64] = 255 * np.interp(rows, np.linspace(0, 1, len(stops)), stops)
    return spread


def _font(face: Face, size: float) -> FontProperties:
    return FontProperties(family=[FAMILY, *families()], weight=_WEIGHTS[face], size=size * _POINTS_A_UNIT)
