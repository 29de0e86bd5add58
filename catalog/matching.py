"""Tell whether two tracks are the same recording; pure, imports nothing of ours but the nouns."""

import re
import unicodedata

from catalog.models import Track

# Services round and trim silence differently; recordings that differ by more were seen to be other versions.
TOLERANCE_MS = 3000

_NOT_DECOMPOSED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
# Guests and re-issues do not make another recording; live, remix, acoustic and instrumental versions do.
_SAME = (
    r"(?:feat(?:uring)?\b|ft\b|with\s)[^)\]]*"
    r"|(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s+version)?(?:\s+\d{4})?"
    r"|album version|original (?:mix|version)|explicit(?: version)?|clean(?: version)?"
)
_IN_BRACKETS = re.compile(rf"\s*[(\[]\s*(?:{_SAME})\.?\s*[)\]]", re.IGNORECASE)
_BEHIND_DASH = re.compile(rf"\s+[-–—]\s+(?:{_SAME})\s*$", re.IGNORECASE)
_GUEST_AT_END = re.compile(r"\s+(?:feat(?:uring)?|ft)\.?\s+.*$", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")


def plain_title(title: str) -> str:
    """Return a title without its guests and re-issue notes, as a search understands it."""
    bare = _GUEST_AT_END.sub("", _BEHIND_DASH.sub("", _IN_BRACKETS.sub("", title))).strip()
    return bare or title.strip()


def normalise_title(title: str) -> str:
    """Return the form under which titles of the same recording are equal."""
    return _letters(plain_title(title))


def normalise_name(name: str) -> str:
    """Return the form under which an artist's spellings are equal."""
    letters = _letters(name)
    return letters.removeprefix("the ") or letters


def normalise_isrc(isrc: str | None) -> str | None:
    """Return an ISRC in capitals without hyphens, None for what is not one."""
    bare = re.sub(r"[\s-]", "", isrc or "").upper()
    return bare if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{3}\d{7}", bare) else None


def same_recording(a: Track, b: Track, tolerance_ms: int = TOLERANCE_MS) -> bool:
    """Tell whether two tracks are one recording: by a ref, by ISRC, or by title, artist and duration."""
    if set(a.refs) & set(b.refs):
        return True
    isrc = normalise_isrc(a.isrc)
    if isrc is not None and isrc == normalise_isrc(b.isrc):
        return True
    return _alike(a, b) and _as_long(a, b, tolerance_ms)


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
        keys |= {f"{title}|{name}|{part}" for name in _names(track) for part in buckets}
    return keys


def gate(wanted: Track, found: Track) -> bool:
    """Tell whether a search hit is the wanted track: title, an artist, and the duration where both know it."""
    return _alike(wanted, found) and not _differ_in_length(wanted, found)


def confirms(wanted: Track, found: Track) -> bool:
    """Tell whether a hit by ISRC is believable: ISRCs were seen to name another mix.

    Spellings may differ between services there, so a title or an artist in common will do.
    """
    if _differ_in_length(wanted, found):
        return False
    same_title = normalise_title(wanted.title) == normalise_title(found.title)
    return same_title or bool(_names(wanted) & _names(found))


def _letters(text: str) -> str:
    """Fold case, accents of Latin letters, apostrophes, ampersands and punctuation."""
    folded = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_NOT_DECOMPOSED)
    folded = unicodedata.normalize("NFKC", folded).casefold()
    folded = _APOSTROPHES.sub("", folded).replace("&", " and ").replace("+", " and ")
    # A title of nothing but signs ("???", "÷") keeps them.
    return _NO_LETTER.sub(" ", folded).strip() or " ".join(text.casefold().split())


def _names(track: Track) -> set[str]:
    return {normalise_name(artist.name) for artist in track.artists}


def _alike(a: Track, b: Track) -> bool:
    title = normalise_title(a.title)
    return bool(title) and title == normalise_title(b.title) and bool(_names(a) & _names(b))


def _as_long(a: Track, b: Track, tolerance_ms: int) -> bool:
    if a.duration_ms is None or b.duration_ms is None:
        return a.duration_ms is b.duration_ms
    return abs(a.duration_ms - b.duration_ms) <= tolerance_ms


def _differ_in_length(a: Track, b: Track) -> bool:
    known = a.duration_ms is not None and b.duration_ms is not None
    return known and not _as_long(a, b, TOLERANCE_MS)
