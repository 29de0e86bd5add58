"""Read JSON that others wrote: what is not as expected is left out, not stumbled over."""

import math
import re
from collections.abc import Mapping
from typing import Any

from catalog.errors import BadAnswer

Row = Mapping[str, Any]

_MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")


def is_mbid(text: str) -> bool:
    """Tell whether a text is an id of MusicBrainz; it answers 400 to others."""
    return _MBID.fullmatch(text) is not None


def is_spotify_id(text: str) -> bool:
    """Tell whether a text can be an id on Spotify."""
    return _SPOTIFY_ID.fullmatch(text) is not None


def row_of(value: object) -> Row:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def rows_of(value: object) -> list[Row]:
    """Return the objects of a list; a lone object counts as a list of one, as Last.fm writes it."""
    if isinstance(value, Mapping):
        return [value]
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def must(value: object, kind: type, who: str) -> Any:
    """Return a value of that kind, which the whole answer hangs on."""
    if not isinstance(value, kind):
        raise BadAnswer(f"{who} gave an answer that cannot be read.")
    return value


def words(value: object) -> str:
    """Return a text on one line, empty for what is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a number, be it written as one or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """Return a whole number, be it written as one or as text."""
    found = number(value)
    return None if found is None else round(found)


def year_of(date: object) -> int | None:
    """Return the year that a date begins with."""
    year = str(date or "")[:4]
    return int(year) if len(year) == 4 and year.isdigit() and year != "0000" else None
