"""A drop as a file for other players: M3U for nearly all of them, JSPF for ListenBrainz and its kin. Pure."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.text import clean
from bot.web.drop_page import DropPage
from bot.web.outlets import best_address, outlets
from catalog.models import Pick, Track

M3U, JSPF = "m3u8", "jspf"
"""How the files end: `m3u8` says that the letters are UTF-8."""

TYPES = {M3U: "application/vnd.apple.mpegurl", JSPF: "application/jspf+json"}
CREATOR = "Tastebud"
UNTITLED = "a track without a name yet"
EXTENSION = "https://musicbrainz.org/doc/ISRC"
"""The name under which a track's ISRC stands in a JSPF file, since XSPF has no field for it."""


def m3u(page: DropPage) -> bytes:
    """Return the drop as an extended M3U playlist in UTF-8; a track that can be heard nowhere is left out.

    A player takes the seconds (-1: unknown) and the name up to the end of the line, so neither may hold one.
    """
    lines = ["#EXTM3U", "#EXTENC:UTF-8", f"#PLAYLIST:{clean(page.title)}, {page.when}"]
    for pick in page.picks:
        if address := best_address(pick.track):
            lines += [f"#EXTINF:{_seconds(pick.track)},{clean(pick.track.label)}", address]
    return ("\n".join(lines) + "\n").encode()


def jspf(page: DropPage) -> bytes:
    """Return the drop as a JSPF playlist (https://xspf.org/jspf): XSPF's fields in JSON."""
    playlist: dict[str, Any] = {
        "title": f"{clean(page.title)}, {page.when}",
        "creator": CREATOR,
        "date": datetime(page.made.year, page.made.month, page.made.day, tzinfo=UTC).isoformat(),
    }
    if page.note:
        playlist["annotation"] = page.note
    if page.playlist.startswith("https://"):
        playlist["info"] = page.playlist
    playlist["track"] = [_track(number, pick) for number, pick in enumerate(page.picks, 1)]
    return (json.dumps({"playlist": playlist}, ensure_ascii=False, indent=1) + "\n").encode()


def _track(number: int, pick: Pick) -> dict[str, Any]:
    track, found = pick.track, outlets(pick.track)
    row: dict[str, Any] = {
        "title": clean(track.title) or UNTITLED,
        "creator": clean(track.byline),
        "album": clean(track.album or ""),
        "annotation": ". ".join(clean(reason) for reason in pick.reasons),
        "trackNum": number,
        "duration": track.duration_ms,
        "identifier": [outlet.url for outlet in found if outlet.exact],
        "info": found[0].url if found else None,
    }
    if track.isrc:
        row["extension"] = {EXTENSION: [{"isrc": track.isrc}]}
    return {name: value for name, value in row.items() if value}


def _seconds(track: Track) -> int:
    return round(track.duration_ms / 1000) if track.duration_ms else -1
