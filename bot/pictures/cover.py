"""Draw a playlist's cover: a motif and colours that follow from its seed and tags, never other people's covers."""

import hashlib

import numpy as np

from bot.pictures.canvas import Canvas
from bot.pictures.cards import Cover
from bot.pictures.fonts import Face, is_readable
from bot.pictures.motifs import MOTIFS, PALETTES, SIDE, Palette

LIMIT_BYTES = 190_000
"""Spotify takes 256 KB of base64, which has four letters for three bytes."""

QUALITIES = (92, 85, 75, 60, 40, 20)
_SCRIM = "#0b0b10"


def paint(card: Cover) -> bytes:
    """Return the cover as a JPEG of 640 by 640 pixels that Spotify takes."""
    palette, rng = _palette(card), _rng("motif", card.seed, *card.tags)
    canvas = Canvas(SIDE, SIDE, palette.bottom, scale=1.0)
    canvas.shade(0, SIDE, (palette.top, palette.bottom))
    MOTIFS[int(rng.integers(len(MOTIFS)))](canvas, palette, rng)
    title, line = (words if is_readable(words) else "" for words in (card.title, card.line))
    if title or line:
        _words(canvas, title, line)
    drawn = (canvas.jpeg(quality) for quality in QUALITIES)
    return next(data for data in drawn if len(data) <= LIMIT_BYTES)


def _palette(card: Cover) -> Palette:
    """Return colours that go with the first tag, so that a person's covers of a time are kin."""
    place = _rng("palette", card.tags[0] if card.tags else card.seed).integers(len(PALETTES))
    return PALETTES[int(place)]


def _rng(*words: str) -> np.random.Generator:
    digest = hashlib.sha256("\0".join(words).encode(errors="replace")).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _words(canvas: Canvas, title: str, line: str) -> None:
    """Write title and line at the foot, on a ground that darkens towards it."""
    canvas.shade(SIDE - 300, SIDE, (_SCRIM,), (0, 0.12, 0.38, 0.66, 0.82, 0.9))
    room = SIDE - 80
    size = next((size for size in (76, 64, 52) if canvas.measure(title[:80], size, Face.TITLE) <= room), 52)
    base = SIDE - (84 if line else 44)
    canvas.text((40, base), title, size, Face.TITLE, "#ffffff", room=room)
    canvas.text((40, SIDE - 38), line, 32, Face.STRONG, "#ffffff", room=room)
