"""Fold the spellings of titles, names and codes, so that what people would call equal is equal; pure."""

import re
import unicodedata

_NOT_DECOMPOSED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_NO_LETTER = re.compile(r"[\W_]+")
_PART = re.compile(r"\bpt(?=\s+(?:\d|[ivx]+\b))")

# Notes that do not make another recording. Guests:
_GUESTS = r"(?:feat(?:uring)?\b|ft\b|with\s)[^()\[\]]*"
# where it was heard: `From "Frozen"`, `Original Motion Picture Soundtrack`;
_SOURCE = (
    r"(?:music\s+)?from\s+(?:the\s+)?[\"“”'‘’].*"
    r"|(?:music\s+)?from\s+the\s+(?:original\s+)?(?:motion\s+picture|film|movie|netflix|hbo|disney)\b.*"
    r"|(?!.*\bversion\b)[^()\[\]]*\b(?:original\s+)?(?:motion\s+picture\s+|movie\s+|game\s+|film\s+)?soundtrack"
)
# and re-issues: words of which one says so, beside others that say nothing of the sound.
_REISSUE_WORDS = (
    r"(?:(?:19|20)\d{2}|\d{1,3}(?:th|st|nd|rd)|24|16|bit|digital(?:ly)?|re-?master(?:ed|ing)?|version|edition|anniversary"
    r"|album|deluxe|super|expanded|legacy|bonus|track|explicit|clean|stereo|original|mix|recording|lp|the)"
)
_SAYS_REISSUE = (
    r"re-?master(?:ed|ing)?\b|(?:deluxe|expanded|legacy|anniversary)\s+(?:edition|version)\b|bonus\s+track\b"
    r"|original\s+(?:mix|version|recording)\b|(?:album|lp)\s+version\b|explicit\b|clean\b|stereo\b"
)
_REISSUE = rf"(?=[^()\[\]]*(?:{_SAYS_REISSUE}))(?:{_REISSUE_WORDS}[\s/,.:\-]*)+"
_SAME = rf"(?:{_GUESTS}|{_SOURCE}|{_REISSUE})"

_IN_BRACKETS = re.compile(rf"\s*[(\[]\s*{_SAME}\.?\s*[)\]]", re.IGNORECASE)
_BEHIND_DASH = re.compile(rf"\s+[-–—/]\s+{_SAME}\s*$", re.IGNORECASE)
# Guests without brackets end where a note about the version begins, which stays.
_BARE_GUESTS = re.compile(r"\s+(?:feat(?:uring)?|ft)\b\.?\s+[^()\[\]]*?(?=\s+[-–—]\s|\s*[(\[]|$)", re.IGNORECASE)
_BY_DASH = re.compile(r"\s+[-–—]\s*$")
_GUEST_NOTES = re.compile(rf"[(\[]\s*(?P<noted>{_GUESTS})[)\]]|{_BARE_GUESTS.pattern}", re.IGNORECASE)
_CALLED_GUESTS = re.compile(r"^\s*(?:feat(?:uring)?|ft|with)\b\.?\s*", re.IGNORECASE)
# A new edition of an old recording, which has a code of its own; `Explicit` or `Original Mix` is none.
_NEW_EDITION = re.compile(
    r"(?:[(\[]|\s[-–—/]\s)[^()\[\]]*(?:\bre-?master|\b(?:deluxe|expanded|legacy|anniversary)\s+(?:edition|version)\b"
    r"|\bbonus\s+track\b)",
    re.IGNORECASE,
)


def plain_title(title: str) -> str:
    """Return a title without its guests and re-issue notes, as a search understands it."""
    bare = _BARE_GUESTS.sub("", _IN_BRACKETS.sub("", title))
    while (shorter := _BY_DASH.sub("", _BEHIND_DASH.sub("", bare))) != bare:
        bare = shorter
    return bare.strip() or title.strip()


def guests_noted(title: str) -> str:
    """Return whom a title calls guests, as it spells them; empty where it names none."""
    notes = (match["noted"] or match.group() for match in _GUEST_NOTES.finditer(title))
    return ", ".join(_CALLED_GUESTS.sub("", note).strip() for note in notes)


def is_new_edition(title: str) -> bool:
    """Tell whether a title says that an old recording was issued anew: remastered, or on a larger album."""
    return _NEW_EDITION.search(title) is not None


def normalise_title(title: str) -> str:
    """Return the form under which titles of the same recording are equal."""
    return _PART.sub("part", letters(plain_title(title)))


def normalise_name(name: str) -> str:
    """Return the form under which an artist's spellings are equal."""
    bare = letters(name)
    return bare.removeprefix("the ") or bare


def normalise_isrc(isrc: str | None) -> str | None:
    """Return an ISRC in capitals without hyphens, None for what is not one."""
    bare = re.sub(r"[\s-]", "", isrc or "").upper()
    return bare if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{3}\d{7}", bare) else None


def letters(text: str) -> str:
    """Fold case, accents of Latin letters, apostrophes, ampersands and punctuation."""
    folded = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_NOT_DECOMPOSED)
    folded = unicodedata.normalize("NFKC", folded).casefold()
    folded = _APOSTROPHES.sub("", folded).replace("&", " and ").replace("+", " and ")
    # A title of nothing but signs ("???", "÷") keeps them.
    return _NO_LETTER.sub(" ", folded).strip() or " ".join(text.casefold().split())
