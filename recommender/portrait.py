"""One person's taste in words and figures that they understand themselves in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from recommender.dataset import Bools, Floats, Ints
from recommender.sides import SIDES, Sides
from recommender.tag_names import is_known
from recommender.tag_terms import AUTO, SAID, WORD, Terms
from recommender.tags import TagSpace

STRETCH = 1.4
"""A mean of many likes differs little from everybody's, even of a marked taste: this spreads it over the scale."""

LIKES_DOUBT, DISLIKES_DOUBT = 2.0, 5.0
"""Opinions' worth of doubt: one quiet like is no quiet taste yet."""

DISLIKES_COUNT = 0.4
"""What dislikes push away, beside what likes draw near."""

FEWEST_OPINIONS = 3
"""Opinions known of a side from which it is drawn."""

TAG_DOUBT = 2.0
MARKED = 0.12
"""Distance from the middle at which a side is worth a word."""

WORDS = 3


@dataclass(frozen=True, slots=True)
class TagRecord:
    """How a person fared with a tag: they liked `liked` of `rated` tracks; `weight` orders tags."""

    name: str
    liked: int
    rated: int
    weight: float


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a person stands on one side, from 0 to 1; a half is the middle of what is known here."""

    key: str
    name: str
    value: float


def stands(track_ids: Ints, liked: Bools, weight: Floats, sides: Sides) -> tuple[Stand, ...]:
    """Return where somebody with these opinions (n,) stands on each side that enough of them tell something of."""
    values = sides.rows(track_ids.tolist())
    found = []
    for number, side in enumerate(SIDES):
        column = values[:, number]
        known = np.isfinite(column)
        if known.sum() >= FEWEST_OPINIONS:
            likes = _shrunk(column[known & liked], weight[known & liked], LIKES_DOUBT)
            dislikes = _shrunk(column[known & ~liked], weight[known & ~liked], DISLIKES_DOUBT)
            place = float(ndtr(STRETCH * (likes - DISLIKES_COUNT * dislikes)))
            found.append(Stand(side.key, side.name, place))
    return tuple(found)


def tag_records(opinions: Mapping[int, float], terms: Terms, space: TagSpace, count: int) -> list[TagRecord]:
    """Return the tags that the person tends to like, the most telling first; of each how many they liked."""
    ids = np.array(sorted(opinions), dtype=np.int64)
    place = np.searchsorted(terms.track_ids, ids)
    rows = [row for row, track in zip(place.tolist(), ids.tolist(), strict=True) if _at(terms, row) == track]
    here = np.isin(terms.row, rows)
    pairs = np.unique(np.stack([terms.row[here], terms.term[here]]), axis=1)
    likes = np.array([opinions[int(terms.track_ids[row])] > 0.5 for row in pairs[0]], dtype=float)
    rated = np.bincount(pairs[1], minlength=len(terms.names))
    liked = np.bincount(pairs[1], likes, minlength=len(terms.names))
    base = float(np.mean([value > 0.5 for value in opinions.values()])) if opinions else 0.5
    found = []
    for number in np.flatnonzero(liked > 0).tolist():
        name, of, all_of = terms.names[number], int(liked[number]), int(rated[number])
        if 2 * of < all_of or not is_shown(name, terms):
            continue
        chance = (of + TAG_DOUBT * base) / (all_of + TAG_DOUBT)
        found.append(TagRecord(name, of, all_of, chance * float(np.log1p(of)) * space.rarity_of(name)))
    found.sort(key=lambda record: (-record.weight, record.name))
    return found[:count]


def tags_together(tracks: Mapping[int, int], terms: Terms, space: TagSpace, count: int) -> list[tuple[str, float]]:
    """Return what ties tracks, each counting so often, together: tags with their weight, the weightiest first."""
    if not len(terms):
        return []
    times = np.array([tracks.get(int(track), 0) for track in terms.track_ids], dtype=float)
    sums = np.bincount(terms.term, terms.weight * times[terms.row], len(terms.names))
    found = [
        (name, float(sums[number]) * space.rarity_of(name))
        for number, name in enumerate(terms.names)
        if sums[number] > 0 and is_shown(name, terms)
    ]
    return sorted(found, key=lambda each: (-each[1], each[0]))[:count]


def is_shown(name: str, terms: Terms) -> bool:
    """Tell whether a term is a name of music: never a member's words, nor a stranger's joke."""
    return not name.startswith((AUTO, SAID, WORD)) and (is_known(name) or name in terms.genres)


def in_a_sentence(placed: Sequence[Stand], records: Sequence[TagRecord]) -> str:
    """Return the taste in plain words, such as: Mostly quiet. You tend to like shoegaze (11 of 13)."""
    words = _adjectives(placed)
    parts = []
    if words:
        parts.append(f"Mostly {_listed(words)}.")
    elif placed:
        parts.append("A bit of everything: no side of you stands out yet.")
    if records:
        named = [f"{record.name} ({record.liked} of {record.rated})" for record in records[:2]]
        parts.append(f"You tend to like {_listed(named)}.")
    return " ".join(parts)


def _adjectives(placed: Sequence[Stand]) -> list[str]:
    sides = {side.key: side for side in SIDES}
    marked = [each for each in placed if abs(each.value - 0.5) >= MARKED]
    marked.sort(key=lambda each: -abs(each.value - 0.5))
    words = [sides[each.key].high if each.value > 0.5 else sides[each.key].low for each in marked]
    return [word for word in words if word][:WORDS]


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _at(terms: Terms, row: int) -> int:
    return int(terms.track_ids[row]) if row < len(terms) else -1


def _shrunk(values: Floats, weight: Floats, doubt: float) -> float:
    """Return the weighted mean, drawn to 0 by so many opinions' worth of doubt."""
    return float(np.sum(values * weight) / (np.sum(weight) + doubt)) if len(values) else 0.0
