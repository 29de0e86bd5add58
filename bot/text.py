"""Other people's words, made safe and short enough for Discord. Pure."""

import re
import unicodedata

ELLIPSIS = "…"
_MARKDOWN = re.compile(r"([\\*_`~|\[\]<>#])")
_ADDRESS = re.compile(r":(?=//)")
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9])")
_ZERO_WIDTH = "\u200b"  # ours, put in after foreign ones are gone: breaks a mention or a link without being seen

# Control characters, marks that turn the reading direction, zero-width characters, lone surrogates, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_MARKS = 3  # combining marks on one letter; more is a tower drawn over the neighbouring lines


def clean(text: str) -> str:
    """Return the text on one line, without characters that are not seen."""
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in _UNSEEN:
            kept.append(" " if char.isspace() else "")
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return " ".join("".join(kept).split())


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters, ending in … if something was cut off."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """Return the text so that Discord shows it as it is: no formatting, no links, no mentions."""
    plain = _MARKDOWN.sub(r"\\\1", text)
    return _MENTION.sub("@" + _ZERO_WIDTH, _ADDRESS.sub(":" + _ZERO_WIDTH, plain))


def shown(text: str, limit: int) -> str:
    """Return foreign text cleaned and escaped, cut so that the result has at most `limit` characters."""
    plain = clean(text)
    escaped = escape(plain)
    room = min(len(plain), limit)
    while len(escaped) > limit:
        room -= max(1, (len(escaped) - limit) // 2)  # an escape at most doubles a text
        escaped = escape(cut(plain, max(room, 0)))
    return escaped


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 track`, `2 tracks`, `1,200 tracks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
