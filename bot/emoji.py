"""What an emoji is called, and what it means. Pure.

Discord sends the same emoji with or without U+FE0F, and thumbs in six skin tones. Tones are separate
reactions that one person can set and take away one by one, so a key keeps them; the meaning does not.
"""

import re
from collections.abc import Iterable
from typing import Protocol

VARIATION_SELECTOR = "\ufe0f"
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_CUSTOM = re.compile(r"<?a?:?(?P<name>\w{2,32}):(?P<id>[0-9]{15,20})>?", re.ASCII)

LIKE = 1
DISLIKE = -1


class EmojiLike(Protocol):
    """What every emoji of discord.py has; `id` is None for those of Unicode."""

    @property
    def id(self) -> int | None:
        """Return the id of a custom emoji."""
        ...

    @property
    def name(self) -> str | None:
        """Return the characters, or a custom emoji's name."""
        ...


def emoji_key(emoji: str | EmojiLike) -> str:
    """Return the name under which an emoji's reactions are kept.

    A custom emoji goes by its id, since it can be renamed; an emoji of Unicode by its characters
    without the variation selector.
    """
    if not isinstance(emoji, str):
        return str(emoji.id) if emoji.id is not None else emoji_key(emoji.name or "")
    custom = _CUSTOM.fullmatch(emoji.strip())
    return custom["id"] if custom else emoji.strip().replace(VARIATION_SELECTOR, "")


def canonical(emoji: str | EmojiLike) -> str:
    """Return what an emoji means: its key, without skin tones."""
    key = emoji_key(emoji)
    return _SKIN_TONES.sub("", key) or key


class Verdicts:
    """Which emoji count as a like and which as a dislike."""

    def __init__(self, like: Iterable[str], dislike: Iterable[str]) -> None:
        self._values = {canonical(emoji): LIKE for emoji in like} | {canonical(emoji): DISLIKE for emoji in dislike}

    def value(self, emoji: str | EmojiLike) -> int | None:
        """Return 1 for a like, -1 for a dislike, None for an emoji that says neither."""
        return self._values.get(canonical(emoji))
