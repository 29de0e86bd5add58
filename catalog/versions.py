"""What tells recordings of one title by one artist apart: live, acoustic, remixed, played again; pure."""

import re

from catalog.credits import has_a_guest_more, has_other_guests, names
from catalog.models import Track
from catalog.spelling import is_new_edition, normalise_isrc, normalise_title

# An album says of all its tracks what their titles then leave out.
_SETTING = re.compile(
    r"(?P<live>\blive\s+(?:at|in|from|on|and|session)\b|\blive[)\]]|(?:[(\[]|\s[-–—/]\s+)live\b|\|\s+live\s*(?:\d|$)"
    r"|\b(?:in\s+concert|unplugged))"
    r"|\b(?:(?P<acoustic>acoustic)|(?P<instrumental>instrumentals?|karaoke)|(?P<remix>remix(?:es|ed)?)"
    r"|(?P<speed>sped\s+up|slowed|nightcore)|(?P<demo>demos?)|(?P<cover>tribute|covers?|lullaby))",
    re.IGNORECASE,
)
# Works that many have played under one title, credited to their composer.
_WORK = re.compile(r"\b(?:op|no|bwv|kv|k|hwv|rv|d|hob|wab)\b\.?\s*\d+|\b(?:major|minor|dur|moll)\b", re.IGNORECASE)
# What many albums of one artist have, each its own.
_PASSING = re.compile(
    r"(?:(?:the\s+)?(?:intro|outro|introduction|interlude|skit|prelude|prologue|epilogue|reprise|untitled|overture)"
    r"|track)(?:\s+(?:\d+|[ivx]+))?",
    re.IGNORECASE,
)


def settings(track: Track) -> set[str]:
    """Return in which ways title or album say that this is not the plain recording."""
    said = f"{track.title} | {track.album or ''}"
    return {match.lastgroup for match in _SETTING.finditer(said) if match.lastgroup}


def speaks_against(a: Track, b: Track) -> bool:
    """Tell whether anything speaks against two tracks of one title, artist and length being one recording."""
    if settings(a) != settings(b) or has_other_guests(a, b):
        return True
    if _is_work(a) and names(a) != names(b):
        return True
    if _needs_album(a, b) and _on_other_albums(a, b):
        return True
    return _has_other_isrc(a, b) and not _explains_another_isrc(a, b)


def _is_work(track: Track) -> bool:
    return _WORK.search(track.title) is not None


def _needs_album(a: Track, b: Track) -> bool:
    """Tell whether title, artist and length say little: another concert, another intro, with or without the guest."""
    return bool(settings(a)) or _is_passing(a) or has_a_guest_more(a, b)


def _is_passing(track: Track) -> bool:
    return _PASSING.fullmatch(normalise_title(track.title)) is not None


def _on_other_albums(a: Track, b: Track) -> bool:
    """Tell whether both albums are known and neither is an edition of the other."""
    one, other = normalise_title(a.album or ""), normalise_title(b.album or "")
    return bool(one and other) and not (f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} "))


def _has_other_isrc(a: Track, b: Track) -> bool:
    one, other = normalise_isrc(a.isrc), normalise_isrc(b.isrc)
    return one is not None and other is not None and one != other


def _explains_another_isrc(a: Track, b: Track) -> bool:
    """Tell whether a new edition is why there are two codes; concerts, works and intros may well be two of a kind."""
    is_new = is_new_edition(a.title) or is_new_edition(b.title)
    return is_new and not (settings(a) or _is_work(a) or _is_passing(a) or has_a_guest_more(a, b))
