"""One name for what people tag in many ways: spellings folded, other words for the same looked up, noise dropped."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from catalog.spelling import letters
from recommender.tag_table import GENRES
from recommender.tag_traits import MOODS, NOISE, NOISE_BEGINS, NOISE_ENDS, PLACES, TIMES, VOICES

LONGEST = 40
"""Characters of a tag; a longer one is a sentence about somebody's life."""

MOST_WORDS = 4
"""Words of a tag that the table does not hold; "play this loud enough to raise the dead" is no name of music."""

LONGEST_NAME = 4
"""Words of a name looked for in a text."""

REMEMBERED = 50_000
"""Names whose meaning is kept: far more than a catalogue has, and no more than a few megabytes."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_OLDEST, _YOUNGEST = 1950, 2029


def _rows(table: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Read `name: parents = other spellings`, a line each; an indented line goes on with the one before."""
    for line in re.sub(r"\n\s+", " ", table).strip().split("\n"):
        head, _, others = line.partition(" = ")
        name, _, parents = head.partition(":")
        yield name.strip(), _listed(parents), _listed(others)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


def key_of(name: str) -> str:
    """Return the form under which spellings are equal: letters and digits alone, however they were spaced."""
    return letters(name.replace("-", " ")).replace(" ", "")


_TABLES = tuple(row for table in (GENRES, MOODS, VOICES, PLACES, TIMES) for row in _rows(table))
GENRE_NAMES = frozenset(name for name, _, _ in _rows(GENRES))
"""Tags that say what kind of music it is."""

PARENTS: Mapping[str, tuple[str, ...]] = MappingProxyType({name: parents for name, parents, _ in _TABLES})
"""What each tag of the table belongs to, the nearest kin first."""

_BY_KEY = {key_of(other): name for name, _, others in _TABLES for other in others} | {
    key_of(name): name for name in PARENTS
}
_NOISE = frozenset(key_of(word) for word in _listed(NOISE))
_BEGINS = frozenset(tuple(letters(phrase).split()) for phrase in _listed(NOISE_BEGINS))
_ENDS = frozenset(tuple(letters(phrase).split()) for phrase in _listed(NOISE_ENDS))


@lru_cache(maxsize=REMEMBERED)
def canonical(name: str) -> str | None:
    """Return the one name of a tag, in the table's spelling where it stands there; None for noise."""
    plain = " ".join(_UNSEEN.sub(" ", name[: 2 * LONGEST]).casefold().split())
    key = key_of(plain)
    if found := _BY_KEY.get(key) or _BY_KEY.get(key.removesuffix("music")):
        return found
    if _YEAR.fullmatch(key) and _OLDEST <= int(key) <= _YOUNGEST:
        return f"{key[2]}0s"
    if key in _NOISE or len(plain) > LONGEST or not any(char.isalpha() for char in key):
        return None
    words = tuple(letters(plain).split())
    return None if len(words) > MOST_WORDS or _is_personal(words) else plain


def _is_personal(words: tuple[str, ...]) -> bool:
    starts = any(words[:size] in _BEGINS for size in (1, 2))
    ends = len(words) > 1 and any(words[-size:] in _ENDS for size in (1, 2))
    return starts or ends


@lru_cache(maxsize=REMEMBERED)
def ancestors(name: str) -> Mapping[str, int]:
    """Return all that a tag belongs to, with how many steps away it is at the nearest.

    A tag that the table does not hold but all of whose words it does belongs to those: "polish rock", "90s dance".
    """
    found: dict[str, int] = {}
    ring, steps = [name], 0
    while ring:
        steps += 1
        above = [parent for each in ring for parent in PARENTS.get(each) or parts_of(each)]
        ring = [parent for parent in dict.fromkeys(above) if parent not in found and parent != name]
        found |= dict.fromkeys(ring, steps)
    return MappingProxyType(found)


def is_known(name: str) -> bool:
    """Tell whether a tag stands in the table, or is made of such alone."""
    return name in PARENTS or bool(parts_of(name))


@lru_cache(maxsize=REMEMBERED)
def parts_of(name: str) -> tuple[str, ...]:
    """Return the tags of the table that a name not in it is made of, or nothing if a word is left over."""
    if name in PARENTS:
        return ()
    found, left = _spelt_out(letters(name).split())
    return () if left else tuple(dict.fromkeys(found))


def named_in(text: str) -> set[str]:
    """Return the genres that a text speaks of; the longest name that begins at a word counts alone."""
    return {name for name in _spelt_out(letters(text).split())[0] if name in GENRE_NAMES}


def _spelt_out(words: list[str]) -> tuple[list[str], int]:
    """Return the tags that words name, from left to right, and how many words name none."""
    found: list[str] = []
    left = place = 0
    while place < len(words):
        for size in range(min(LONGEST_NAME, len(words) - place), 0, -1):
            if name := _BY_KEY.get("".join(words[place : place + size])):
                found.append(name)
                place += size
                break
        else:
            left += 1
            place += 1
    return found, left
