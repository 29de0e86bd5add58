"""Understand single values as people and exporters write them: opinions, numbers, instants, links."""

import re
from datetime import UTC, datetime

from catalog.links import LinkKind, find_links
from catalog.models import Service, TrackRef
from catalog.reading import is_spotify_id

LIKES = frozenset(
    {"like", "liked", "likes", "love", "loved", "yes", "y", "true", "up", "thumbs_up", "thumbsup", "good", "+", "+1"}
    | {"positive", "favorite", "favourite", "heart", "x", "✓", "✔", "👍", "❤", "❤️", "♥", "🔥", "😍", "ja", "oui", "sí"}
)
DISLIKES = frozenset(
    {"dislike", "disliked", "hate", "hated", "no", "n", "false", "down", "thumbs_down", "thumbsdown", "bad", "-", "-1"}
    | {"negative", "ban", "banned", "skip", "skipped", "👎", "💔", "nein", "non"}
)
TOPS = (5.0, 10.0, 100.0)
LIKED_FROM, DISLIKED_TO = 0.7, 0.4  # four stars of five; two of five
SECONDS_UNTIL = 100_000_000_000  # a greater number of an instant counts milliseconds
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST_YEAR = 2100
FORMATS = (
    "%d %b %Y, %H:%M",
    "%d %b %Y %H:%M",
    "%d %b %Y, %H:%M:%S",
    "%Y-%m-%d, %H:%M:%S",
    "%d %b %Y",
    "%Y/%m/%d %H:%M",
)
_URI = "spotify:track:"
_STARS = re.compile(r"([★⭐]+)[☆]*")
_NUMBER = re.compile(r"[+-]?\d{1,6}(?:[.,]\d{1,4})?")
_OF = re.compile(r"\s*/\s*\d+$|\s*%$")


def read_word(text: str) -> int | None:
    """Return 1 or -1 for a word or sign of liking, None for anything else."""
    word = text.strip().casefold().replace(" ", "_")
    if word in LIKES:
        return 1
    return -1 if word in DISLIKES else None


def read_number(text: str) -> float | None:
    """Return a number as people write ratings: `4`, `3,5`, `7/10`, `80%`, `★★★`."""
    bare = _OF.sub("", text.strip())
    if stars := _STARS.fullmatch(bare):
        return float(len(stars[1]))
    return float(bare.replace(",", ".")) if _NUMBER.fullmatch(bare) else None


def opinion_of(points: float, lowest: float, highest: float) -> int | None:
    """Return 1 or -1 for a rating, by the range that all of them have; None in the middle and for no rating.

    -1 to 1, 0 and 1, up to 5 stars, up to 10 or 100 points; the 0 of a scale that begins at 1 is no rating.
    """
    if highest <= 1:
        middle = 0.0 if lowest < 0 else 0.5
        return None if points == middle else (1 if points > middle else -1)
    top = next((top for top in TOPS if highest <= top), None)
    if top is None or lowest < 0 or points == 0:
        return None
    if points >= LIKED_FROM * top:
        return 1
    return -1 if points <= DISLIKED_TO * top else None


def read_instant(text: str | float | None) -> int | None:
    """Return an instant in milliseconds, None for what is none or cannot be; without a zone it is UTC."""
    if text is None or text == "":
        return None
    try:
        number = float(text)
    except ValueError:
        return _spelt(str(text).strip())
    return _sane(number if abs(number) >= SECONDS_UNTIL else number * 1000)


def read_ref(text: str) -> TrackRef | None:
    """Return where a link, a Spotify URI or a bare Spotify id leads, None where it leads to no track."""
    bare = text.strip()
    if is_spotify_id(short := bare.removeprefix(_URI)):  # histories hold hundreds of thousands of these
        return TrackRef(Service.SPOTIFY, short)
    for link in find_links(bare[:2_000]):
        if link.kind is LinkKind.TRACK:
            return link.ref
    return None


def _spelt(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = next((each for form in FORMATS if (each := _by(form, text)) is not None), EARLIEST)
    return _sane((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _by(form: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _sane(ms: float) -> int | None:
    """Return the instant unless no player can have meant it: 1970 stands for not known."""
    latest = datetime(LATEST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000
    return round(ms) if EARLIEST.timestamp() * 1000 < ms < latest else None
