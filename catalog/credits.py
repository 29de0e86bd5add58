"""Whom a track credits, however services join and spell the names; pure."""

import re
from collections.abc import Iterable, Iterator

from catalog.models import Track
from catalog.spelling import guests_noted, normalise_name

MOST_JOINED = 8

# One service credits a pair as one name, another as two.
_JOINTS = re.compile(r"\s*(?:[,;/&+×]|\b(?:x|vs|feat|featuring|ft|with|and|und|et|y)\b\.?)\s*", re.IGNORECASE)
_NOBODY = frozenset({"various artists", "various", "unknown artist", "unknown", "va"})


def names(track: Track) -> set[str]:
    """Return the names of a track's artists, as they are credited."""
    return _real(normalise_name(artist.name) for artist in track.artists)


def parts(track: Track) -> set[str]:
    """Return the names of a track's artists, and all that joint ones may be made of: `A & B, C` holds `A & B` too."""
    return names(track) | _real(normalise_name(piece) for artist in track.artists for piece in _pieces(artist.name))


def share_credit(a: Track, b: Track) -> bool:
    """Tell whether an artist of one is credited by the other, alone or in a joint name."""
    return bool(names(a) & parts(b) or parts(a) & names(b))


def has_other_guests(a: Track, b: Track) -> bool:
    """Tell whether two tracks name guests in their titles or credits, and not one of them is the same."""
    one, other = _guests(a), _guests(b)
    return bool(one and other) and not (one & (other | parts(b)) or other & parts(a))


def has_a_guest_more(a: Track, b: Track) -> bool:
    """Tell whether one of two tracks names guests in its title or credits, and the other none."""
    return bool(_guests(a)) != bool(_guests(b))


def _guests(track: Track) -> set[str]:
    """Return who stands behind the first artist, in the credits and in the title's own notes."""
    first = track.artists[0].name if track.artists else ""
    leading, *behind = _JOINTS.split(first)
    joint = (guests_noted(track.title), *(artist.name for artist in track.artists[1:]), *behind)
    found = _real(normalise_name(piece) for name in joint for piece in _pieces(name))
    return found - {normalise_name(leading), normalise_name(first)}


def _pieces(name: str) -> Iterator[str]:
    """Yield each run of the names in a joint name; past a few it is a crowd, of which each alone will do."""
    joints = list(_JOINTS.finditer(name))
    begins, ends = [0, *(joint.end() for joint in joints)], [*(joint.start() for joint in joints), len(name)]
    longest = len(ends) if len(ends) <= MOST_JOINED else 1
    for first, begin in enumerate(begins):
        for end in ends[first : first + longest]:
            yield name[begin:end]


def _real(found: Iterable[str]) -> set[str]:
    return {name for name in found if name} - _NOBODY
