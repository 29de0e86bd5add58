"""What people said of their taste itself: more of this, less of that. It moves scores, whatever was learned."""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

from recommender.dataset import Floats, Ints
from recommender.sides import SIDES, Sides
from recommender.tag_names import canonical
from recommender.tag_terms import AUTO, Terms

TAG, SIDE = "tag:", "side:"
"""What subjects begin with: a tag by its one name, or a side of taste by its key."""

STRENGTH = 3.0
"""Log-odds that a whole correction moves a track: a likely like becomes an unlikely one, no track is banned."""

FULL_AT = 0.5
"""Weight of a tag from which a track is wholly of that kind: most have their artist's tags, which weigh 0.6."""

_EDGE = 1e-4


def subject_of_tag(name: str) -> str:
    """Return the subject of a tag, spelt in whatever way."""
    return f"{TAG}{canonical(name) or name}"


def subject_of_side(key: str) -> str:
    """Return the subject of a side of taste."""
    return f"{SIDE}{key}"


def in_words(subject: str, way: int) -> str:
    """Return a correction as people say it: `less shoegaze`, `more energy`."""
    name = subject.removeprefix(TAG)
    if subject.startswith(SIDE):
        key = subject.removeprefix(SIDE)
        name = next((side.noun for side in SIDES if side.key == key), key)
    return f"{'more' if way > 0 else 'less'} {name}"


def leaning(corrections: Mapping[str, int], ids: Ints, terms: Terms, sides: Sides) -> Floats:
    """Return by how much (n,) each track's log-odds move."""
    found = np.zeros(len(ids))
    for subject, way in corrections.items():
        if subject.startswith(TAG):
            found += way * _of_kind(subject.removeprefix(TAG), ids, terms)
        else:
            found += way * sides.of(subject.removeprefix(SIDE), ids)
    return STRENGTH * found


def shifted(scores: Floats, lean: Floats) -> Floats:
    """Return probabilities moved by so much log-odds."""
    moved: Floats = expit(logit(np.clip(scores, _EDGE, 1 - _EDGE)) + lean)
    return moved


def _of_kind(name: str, ids: Ints, terms: Terms) -> Floats:
    """Return from 0 to 1 how much each track (n,) is of the tag: by what people call it, else by what was heard."""
    weight = np.zeros(len(terms))
    for spelt in (name, AUTO + name):
        numbers = [number for number, term in enumerate(terms.names) if term == spelt]
        here = np.isin(terms.term, numbers)
        weight += np.bincount(terms.row[here], terms.weight[here], len(terms))
    if not len(terms):
        return np.zeros(len(ids))
    place = np.minimum(np.searchsorted(terms.track_ids, ids), len(terms) - 1)
    known = terms.track_ids[place] == ids
    return np.where(known, np.minimum(weight[place] / FULL_AT, 1.0), 0.0)
