"""Tell whether two tracks are the same recording; pure, imports nothing of ours but the nouns."""

from collections.abc import Iterable

from catalog.credits import has_a_guest_more, has_other_guests, names, parts, share_credit
from catalog.models import Track
from catalog.spelling import letters, normalise_isrc, normalise_name, normalise_title, plain_title
from catalog.versions import settings, speaks_against

__all__ = [
    "confirms",
    "gate",
    "is_named_in",
    "is_on_same_album",
    "may_merge",
    "normalise_isrc",
    "normalise_name",
    "normalise_title",
    "passing",
    "plain_title",
    "recording_keys",
    "same_recording",
]

# Services round and trim silence differently; recordings that differ by more were seen to be other versions.
TOLERANCE_MS = 3000


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

    Stricter than `same_recording`, since it is never undone: both lengths are known, the credits of one are among
    those of the other, and nothing speaks against it: an ISRC of its own (unless a remaster or a new edition explains
    it), another concert, a guest that only one of them has.
    """
    if a.duration_ms is None or b.duration_ms is None or not _as_long(a, b, TOLERANCE_MS):
        return False
    return _alike(a, b) and (names(a) <= parts(b) or names(b) <= parts(a)) and not speaks_against(a, b)


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
        keys |= {f"{title}|{name}|{part}" for name in parts(track) for part in buckets}
    return keys


def gate(wanted: Track, found: Track) -> bool:
    """Tell whether a search hit is the wanted track: title, an artist, and the duration where both know it.

    Where they do not, an album that says live, acoustic or remixed must say so of both.
    """
    if not _alike(wanted, found) or _differ_in_length(wanted, found) or has_other_guests(wanted, found):
        return False
    measured = wanted.duration_ms is not None and found.duration_ms is not None
    return measured or settings(wanted) == settings(found)


def passing(wanted: Track, hits: Iterable[Track]) -> list[Track]:
    """Return the hits that pass the gate: those with guests if the wanted one has them, unless there are no such."""
    passed = [hit for hit in hits if gate(wanted, hit)]
    return [hit for hit in passed if not has_a_guest_more(wanted, hit)] or passed


def confirms(wanted: Track, found: Track) -> bool:
    """Tell whether a hit by ISRC is believable: ISRCs were seen to name another mix.

    Spellings may differ between services there, so a title or an artist in common will do.
    """
    if _differ_in_length(wanted, found):
        return False
    same_title = normalise_title(wanted.title) == normalise_title(found.title)
    return same_title or share_credit(wanted, found)


def is_on_same_album(a: Track, b: Track) -> bool:
    """Tell whether two tracks are on albums of the same title that credit the same artist."""
    album = normalise_title(a.album or "")
    return bool(album) and album == normalise_title(b.album or "") and share_credit(a, b)


def is_named_in(words: str, found: Track) -> bool:
    """Tell whether a text names a track by its title and one of its artists, so that it may be meant."""
    text = f" {letters(words)} "
    title = letters(plain_title(found.title))
    return bool(title) and f" {title} " in text and any(f" {name} " in text for name in names(found))


def _alike(a: Track, b: Track) -> bool:
    title = normalise_title(a.title)
    return bool(title) and title == normalise_title(b.title) and share_credit(a, b)


def _as_long(a: Track, b: Track, tolerance_ms: int) -> bool:
    if a.duration_ms is None or b.duration_ms is None:
        return a.duration_ms is b.duration_ms
    return abs(a.duration_ms - b.duration_ms) <= tolerance_ms


def _differ_in_length(a: Track, b: Track) -> bool:
    known = a.duration_ms is not None and b.duration_ms is not None
    return known and not _as_long(a, b, TOLERANCE_MS)
