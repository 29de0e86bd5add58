"""Everything about one person as a zip of CSV and JSON. Pure: rows in, bytes out."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

FILE_NAME = "tastebud-my-data.zip"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for something to be computed

WORDS = {
    "asked_seeds": "when sources of candidates were asked about your taste",
    "consent_asks": "a consent at Spotify that you are giving right now (its secrets are left out)",
    "corrections": "what you said of your taste itself",
    "drops": "your weekly drops",
    "feedback": "what you said of tracks: value 1 is a like, -1 a dislike; source 1 a share, 2 a reaction, 3 a rating, "
    "4 a button, 5 an import; it weighs 1 / among",
    "import_lines": "the lines of what you imported",
    "imports": "what you imported",
    "member_accounts": "your own Spotify account, if you linked it (its tokens are left out)",
    "memberships": "in which servers you were active last, 0 in private",
    "mutes": "feedback that you called not your taste",
    "offers": "links of yours that I asked you about",
    "outbox": "direct messages to you",
    "people": "your name, your id on Discord and your wishes",
    "picks": "the tracks of your drops, with why they were picked",
    "playlists": "your playlist on Spotify",
    "previews": "lists that you have seen before their time",
    "proposals": "tracks that were proposed for your taste",
    "ratings": "your ratings and clicks, with what they changed",
    "reroll_tracks": "tracks that a new list took out of a drop",
    "rerolls": "lists that you had made anew",
    "share_tracks": "the tracks in the messages you shared",
    "shares": "the messages in which you shared tracks, with the words beside the links if the owner has them kept",
    "showings": "what was shown to you, when, and why",
    "vetoes": "tracks that you took out of a preview",
}
"""What each table of somebody's data holds, in the words of the read-me."""

_README = """Everything that Tastebud keeps about {name}, as of {day}.

data.json holds all of it; the folder csv has the same, a file a table. Instants are UTC.
In the CSV files a ' before =, +, - or @ keeps spreadsheets from computing what is only text.
Secrets such as tokens are left out, and so is what was computed for everybody at once: the taste
model, which is made anew from these very rows. /forget-me removes all of it.

{files}
"""


def pack(name: str, everything: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime) -> bytes:
    """Return the zip: a read-me, one JSON file, and a CSV file for each table, those without rows too."""
    lines = [f"csv/{table}.csv ({len(rows)}): {WORDS.get(table, table)}" for table, rows in everything.items()]
    stamp = now.timetuple()[:6]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(path: str, text: str) -> None:
            archive.writestr(zipfile.ZipInfo(path, stamp), text, zipfile.ZIP_DEFLATED)

        add("README.txt", _README.format(name=name, day=now.date().isoformat(), files="\n".join(lines)))
        add("data.json", json.dumps(everything, ensure_ascii=False, indent=1, default=str))
        for table, rows in everything.items():
            add(f"csv/{table}.csv", _csv(rows))
    return packed.getvalue()


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet computes."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) or text.startswith(FORMULA) else text
