"""Read what people type after `rate`: a track, and what they think of it. Pure."""

from dataclasses import dataclass

from bot.emoji import DISLIKE, LIKE, Verdicts

CLEAR = 0
OPINIONS = {"like": LIKE, "dislike": DISLIKE, "clear": CLEAR}
_WORDS = {
    **OPINIONS,
    "+": LIKE,
    "+1": LIKE,
    "yes": LIKE,
    "love": LIKE,
    "up": LIKE,
    ":+1:": LIKE,
    ":thumbsup:": LIKE,
    "-": DISLIKE,
    "-1": DISLIKE,
    "no": DISLIKE,
    "hate": DISLIKE,
    "down": DISLIKE,
    ":-1:": DISLIKE,
    ":thumbsdown:": DISLIKE,
    "none": CLEAR,
    "undo": CLEAR,
    "forget": CLEAR,
}


@dataclass(frozen=True, slots=True)
class Rating:
    """What to rate, and how: `value` is 1, -1, or 0 to take the opinion back."""

    subject: str
    value: int


def parse_rating(text: str, verdicts: Verdicts) -> Rating | None:
    """Return the rating in a line whose last word is the opinion, or None if it has no track or no opinion.

    An emoji may be glued to the word before it, as phones do.
    """
    words = text.split()
    if not words:
        return None
    last = words.pop()
    value = parse_opinion(last, verdicts)
    if value is None:
        head, value = _split_glued(last, verdicts)
        words.append(head)
    subject = " ".join(words).strip()
    return Rating(subject, value) if subject and value is not None else None


def parse_opinion(word: str, verdicts: Verdicts) -> int | None:
    """Return the opinion in a word or an emoji, or None."""
    known = _WORDS.get(word.casefold())
    return verdicts.value(word) if known is None else known


def _split_glued(word: str, verdicts: Verdicts) -> tuple[str, int | None]:
    """Return the word without an emoji at its end, and what that emoji says."""
    for length in (1, 2, 3):
        if length < len(word) and (value := verdicts.value(word[-length:])) is not None:
            return word[:-length], value
    return word, None
