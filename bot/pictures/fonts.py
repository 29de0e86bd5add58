"""Which letters can be drawn, and what stands for the others: Manrope comes with us, the rest is the machine's."""

import logging
import unicodedata
from enum import StrEnum
from functools import cache
from importlib.resources import files

from matplotlib import font_manager

from bot.text import clean

FAMILY = "Manrope"  # of the package font-manrope


class Face(StrEnum):
    """The three cuts of our typeface, by the name of their file."""

    TEXT = "Medium"
    STRONG = "SemiBold"
    TITLE = "Bold"


# DejaVu comes with matplotlib: Greek, Cyrillic, Arabic, Hebrew, many symbols. The others are used where a machine has
# them, the first that has a letter; the container has Droid's.
FALLBACKS = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Hiragino Sans",
    "PingFang SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Droid Sans Fallback",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "IPAGothic",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Noto Sans Symbols2",
    "Noto Emoji",
    "Segoe UI Symbol",
)
# It warns whenever a family has a cut between the weights it knows, as ours and most fallbacks have.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

LONGEST = 300  # characters looked at: no line of a picture holds more
MISSING = "□"

# The first word of a letter's Unicode name, where people call the writing otherwise.
_WRITINGS = {
    "CJK": "Chinese characters",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}


@cache
def families() -> tuple[str, ...]:
    """Return the families to fall back on that this machine has; our own faces are registered with matplotlib."""
    for face in Face:
        font_manager.fontManager.addfont(str(files("font_manrope") / "files" / f"{FAMILY}-{face}.ttf"))
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return tuple(family for family in FALLBACKS if family in installed)


@cache
def _letters() -> frozenset[int]:
    """Return every code point that one of our fonts has."""
    names = (*families(), FAMILY)
    files = [font_manager.findfont(font_manager.FontProperties(family=[name])) for name in names]
    return frozenset(code for file in files for code in font_manager.get_font(file).get_charmap())


def drawable(text: str) -> str:
    """Return a text on one line with only such letters as can be drawn.

    Emoji and other signs without a glyph are left out, a letter is □; a text that is mostly in a writing that no font
    here has is named by it instead: `‹in Japanese›`.
    """
    line = clean(text[:LONGEST])
    if lacking := _mostly_lacking(line):
        return f"‹in {_writing(lacking)}›"
    known = _letters()
    kept = (char if ord(char) in known else MISSING if char.isalnum() else "" for char in line)
    return " ".join("".join(kept).split())


def is_readable(text: str) -> bool:
    """Tell whether a text is in a writing that can be drawn here."""
    return not _mostly_lacking(clean(text[:LONGEST]))


def _mostly_lacking(line: str) -> list[str]:
    """Return the letters without a glyph where they are the most, else none."""
    letters = [char for char in line if char.isalnum()]
    lacking = [char for char in letters if ord(char) not in _letters()]
    return lacking if 2 * len(lacking) > len(letters) else []


def _writing(letters: list[str]) -> str:
    """Name the writing of letters; kana tell Japanese from Chinese."""
    words = [unicodedata.name(letter, "another writing").split()[0] for letter in letters]
    first = next((word for word in words if word in {"HIRAGANA", "KATAKANA"}), words[0])
    return _WRITINGS.get(first, first.capitalize())
