"""Which column of a list holds what, whatever its exporter calls it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from catalog.imports import ImportKind
from catalog.imports_cells import read_instant, read_number, read_ref, read_word
from catalog.imports_tally import NO_OPINION, Entry, Left, Reading, Wrong
from catalog.models import TrackRef
from catalog.reading import is_mbid

# Names as they are after `_plain`: small letters and spaces. One row a meaning, the surest names first.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("track name", "track title", "title", "track", "song title", "song name", "song", "name",
              "recording", "titel"),
    "artist": (
        "artist name s", "artist names", "artist name", "artists", "artist", "track artist", "album artist",
        "performer", "band", "creator", "interpret", "kunstler", "künstler",
    ),
    "album": ("album name", "album title", "album", "release name", "release"),
    "isrc": ("isrc", "isrcs"),
    "link": (
        "track uri", "spotify uri", "spotify track uri", "spotify id", "spotify track id", "spotify url", "spotify",
        "uri", "url", "link", "track url", "track id", "href", "deezer", "deezer url",
    ),
    "mbid": ("recording mbid", "track mbid", "mbid", "musicbrainz id"),
    "value": (
        "opinion", "rating", "my rating", "stars", "score", "vote", "verdict", "value", "feedback", "reaction", "liked",
        "like", "loved", "love", "favorite", "favourite", "like dislike", "thumb", "thumbs", "points", "preference",
    ),
    "dislike": ("disliked", "dislike", "banned", "ban", "hated"),
    "plays": ("play count", "plays", "playcount", "scrobbles", "times played", "listens", "listen count", "count"),
    "heard": ("uts", "utc time", "listened at", "played at", "scrobbled at", "last played", "ts", "endtime"),
    "at": ("date", "added at", "date added", "added date", "created", "timestamp", "time", "created at", "loved at"),
}  # fmt: skip
LASTFM_MARKS = frozenset({"uts", "utc time", "albumid", "scrobbled at"})
MOST_PLAYS = 100_000
HOW = "name the columns in the first line: title, artist, opinion, and isrc or link if you have them"

_SIGNS = re.compile(r"[^a-z0-9äöü]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of a list's columns by what they hold.

    A row is something that was said unless its list counts plays or is a history (`heard`): then it is one play.
    """

    names: Mapping[str, str]
    lastfm: bool = False

    @classmethod
    def of(cls, header: Iterable[str]) -> Self | None:
        """Return what the columns hold, None where no track is named by them."""
        plain = {_plain(name): name for name in reversed(list(header))}
        names = {
            meaning: next((plain[each] for each in known if each in plain), "") for meaning, known in NAMES.items()
        }
        found = {meaning: name for meaning, name in names.items() if name}
        # lastfmstats.com puts the name of whose history it is behind `Date#`.
        history = next((name for name in plain.values() if name.lower().startswith("date#")), None)
        if history is not None:
            found["heard"] = history
        if not ({"title", "isrc", "link", "mbid"} & found.keys()):
            return None
        return cls(found, bool(LASTFM_MARKS & plain.keys()) or history is not None)

    def read(self, row: Mapping[str, Any]) -> Reading:
        """Return what one row tells."""
        cell = {meaning: _cell(row.get(name)) for meaning, name in self.names.items()}
        if not any(cell.values()):
            return Left("empty")
        link = cell.get("link", "")
        entry = Entry(
            title=cell.get("title", ""),
            artist=cell.get("artist", ""),
            album=cell.get("album") or None,
            isrc=cell.get("isrc", "").split(",")[0] or None,
            ref=read_ref(link) if link else None,
            mbid=mbid if is_mbid(mbid := cell.get("mbid", "").lower()) else None,
            at=read_instant(cell.get("heard") or cell.get("at")),
            kind=ImportKind.LASTFM if self.lastfm else ImportKind.CSV,
        )
        if link and not (entry.ref or entry.isrc or (entry.title and entry.artist)):
            return Wrong("its link leads to no track that I know of")
        return self._judged(entry, cell)

    def _judged(self, entry: Entry, cell: Mapping[str, str]) -> Reading:
        """Return the entry with what the row says of it."""
        if "plays" in cell:
            entry.plays = min(max(round(read_number(cell["plays"].replace(",", "")) or 0), 0), MOST_PLAYS)
        elif "heard" in cell:
            entry.plays = 1
        if read_word(cell.get("dislike", "")) == 1 or cell.get("dislike") == "1":
            entry.value = -1
        elif cell.get("value"):
            entry.value = read_word(cell["value"])
            entry.rating = read_number(cell["value"]) if entry.value is None else None
            if entry.value is None and entry.rating is None:
                return Wrong(f"I cannot read its opinion {cell['value'][:20]!r}: write like or dislike")
        elif not entry.plays and "value" not in cell and "dislike" not in cell and "plays" not in cell:
            entry.value = 1  # a list of tracks is a list of what somebody likes
        if entry.value is None and entry.rating is None and not entry.plays:
            return Left(NO_OPINION)
        return entry


def by_names(record: Mapping[str, Any]) -> Reading:
    """Return what an entry of JSON tells whose fields are named as columns are."""
    columns = _columns(tuple(record))
    return Wrong("I do not know entries of this form") if columns is None else columns.read(record)


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> Columns | None:
    return Columns.of(names)


def _plain(name: str) -> str:
    return _SIGNS.sub(" ", name.strip("\ufeff \t").casefold()).strip()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_cell(each) for each in value[:20])
    if isinstance(value, Mapping):
        return _cell(value.get("name") or value.get("title"))
    return str(value).strip()[:2_000] if isinstance(value, str | int | float) else ""


def ref_of(cells: Iterable[str]) -> TrackRef | None:
    """Return the first link to a track among the cells."""
    return next((ref for cell in cells if (ref := read_ref(cell)) is not None), None)
