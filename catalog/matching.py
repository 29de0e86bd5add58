"""Tell whether two tracks are the same recording; pure, imports nothing of ours but the nouns."""

import re
from collections.abc import Iterable, Iterator

from catalog.models import Track
from catalog.spelling import letters, normalise_isrc, normalise_name, normalise_title, plain_title

__all__ = [
    "confirms",
    "gate",
    "is_named_in",
    "may_merge",
    "normalise_isrc",
    "normalise_name",
    "normalise_title",
    "plain_title",
    "recording_keys",
    "same_recording",
]

# Services round and trim silence differently; recordings that differ by more were seen to be other versions.
TOLERANCE_MS = 3000
MOST_JOINED = 8

# One service credits a pair as one name, another as two.
_JOINTS = re.compile(r"\s*(?:[,;/&+×]|\b(?:x|vs|feat|featuring|ft|with|and|und|et|y)\b\.?)\s*", re.IGNORECASE)
_NOBODY = frozenset({"various artists", "various", "unknown artist", "unknown", "va"})
# An album says of all its tracks what their titles then leave out.
_SETTING = re.compile(
    r"\b(?:(?P<live>live\s+(?:at|in|from|on|and|session)|live[)\]]|[(\[]live|-\s+live\b|in\s+concert|unplugged)"
    r"|(?P<acoustic>acoustic)|(?P<instrumental>instrumentals?|karaoke)|(?P<remix>remix(?:es|ed)?)"
    r"|(?P<speed>sped\s+up|slowed|nightcore)|(?P<demo>demos?)|(?P<cover>tribute|covers?|lullaby))",
    re.IGNORECASE,
)
# Works that many have played under one title, credited to their composer.
_WORK = re.compile(r"\b(?:op|no|bwv|kv|k|hwv|rv|d|hob|wab)\b\.?\s*\d+|\b(?:major|minor|dur|moll)\b", re.IGNORECASE)


def same_recording(a: Track, b: Track, tolerance_ms: int = TOLERANCE_MS) -> bool:
    """Tell whether two tracks are one recording: by a ref, by ISRC, or by title, artist and duration."""
    if set(a.refs) & set(b.refs):
        return True
    isrc = normalise_isrc(a.isrc)
    if isrc is not None and isrc == normalise_isrc(b.isrc):
        return True
    return _alike(a, b) and _as_long(a, b, tolerance_ms)


def may_merge(a: Track, b: Track) -> bool:
    """Tell whether two tracks that share no ref and no ISRC are surely one recording, so that they may become one.

    Stricter than `same_recording`, since it is never undone: both lengths are known, ISRCs do not contradict,
    the credits of one are among those of the other, and no album says that one is live, acoustic or remixed.
    """
    if a.duration_ms is None or b.duration_ms is None or not _as_long(a, b, TOLERANCE_MS):
        return False
    one, other = normalise_isrc(a.isrc), normalise_isrc(b.isrc)
    if (one and other and one != other) or not _alike(a, b) or _settings(a) != _settings(b):
        return False
    mine, theirs = _names(a), _names(b)
    if _WORK.search(a.title):
        return mine == theirs
    return mine <= _parts(b) or theirs <= _parts(a)


def recording_keys(track: Track) -> set[str]:
    """Return keys of which two tracks that are the same recording share at least one.

    A duration stands for its bucket, as wide as the tolerance, and the next: two that differ by no more than
    the tolerance are in the same or in neighbouring buckets.
    """
    keys = {f"ref:{ref.service}:{ref.id}" for ref in track.refs}
    if isrc := normalise_isrc(track.isrc):
        keys.add(f"isrc:{isrc}")
    if title := normalise_title(track.title):
        bucket = None if track.duration_ms is None else track.duration_ms // TOLERANCE_MS
        buckets = ("?",) if bucket is None else (str(bucket), str(bucket + 1))
        keys |= {f"{title}|{name}|{part}" for name in _parts(track) for part in buckets}
    return keys


def gate(wanted: Track, found: Track) -> bool:
    """Tell whether a search hit is the wanted track: title, an artist, and the duration where both know it.

    Where they do not, an album that says live, acoustic or remixed must say so of both.
    """
    if not _alike(wanted, found) or _differ_in_length(wanted, found):
        return False
    measured = wanted.duration_ms is not None and found.duration_ms is not None
    return measured or _settings(wanted) == _settings(found)


def confirms(wanted: Track, found: Track) -> bool:
    """Tell whether a hit by ISRC is believable: ISRCs were seen to name another mix.

    Spellings may differ between services there, so a title or an artist in common will do.
    """
    if _differ_in_length(wanted, found):
        return False
    same_title = normalise_title(wanted.title) == normalise_title(found.title)
    return same_title or _share_credit(wanted, found)


def is_named_in(words: str, found: Track) -> bool:
    """Tell whether a text names a track by its title and one of its artists, so that it may be meant."""
    text = f" {letters(words)} "
    title = letters(plain_title(found.title))
    return bool(title) and f" {title} " in text and any(f" {name} " in text for name in _names(found))


def _alike(a: Track, b: Track) -> bool:
    title = normalise_title(a.title)
    return bool(title) and title == normalise_title(b.title) and _share_credit(a, b)


def _share_credit(a: Track, b: Track) -> bool:
    """Tell whether an artist of one is credited by the other, alone or in a joint name."""
    return bool(_names(a) & _parts(b) or _parts(a) & _names(b))


def _names(track: Track) -> set[str]:
    return _real(normalise_name(artist.name) for artist in track.artists)


def _parts(track: Track) -> set[str]:
    """Return the names of a track's artists, and all that joint ones may be made of: `A & B, C` holds `A & B` too."""
    return _names(track) | _real(normalise_name(piece) for artist in track.artists for piece in _pieces(artist.name))


def _pieces(name: str) -> Iterator[str]:
    """Yield each run of the names in a joint name; past a few it is a crowd, of which each alone will do."""
    joints = list(_JOINTS.finditer(name))
    begins, ends = [0, *(joint.end() for joint in joints)], [*(joint.start() for joint in joints), len(name)]
    longest = len(ends) if len(ends) <= MOST_JOINED else 1
    for first, begin in enumerate(begins):
        for end in ends[first : first + longest]:
            yield name[begin:end]


def _real(names: Iterable[str]) -> set[str]:
    return {name for name in names if name} - _NOBODY


def _settings(track: Track) -> set[str]:
    """Return in which ways title or album say that this is not the plain recording."""
    said = f"{track.title} | {track.album or ''}"
    return {match.lastgroup for match in _SETTING.finditer(said) if match.lastgroup}


def _as_long(a: Track, b: Track, tolerance_ms: int) -> bool:
    if a.duration_ms is None or b.duration_ms is None:
        return a.duration_ms is b.duration_ms
    return abs(a.duration_ms - b.duration_ms) <= tolerance_ms


def _differ_in_length(a: Track, b: Track) -> bool:
    known = a.duration_ms is not None and b.duration_ms is not None
    return known and not _as_long(a, b, TOLERANCE_MS)
