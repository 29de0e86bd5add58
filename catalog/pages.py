"""Read what a page says of the music on it: schema.org's JSON-LD, Open Graph's meta tags; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from catalog.matching import normalise_isrc
from catalog.models import Artist, Release, Track
from catalog.titles import Reading, read_upload

Json = Mapping[str, object]

MOST_SCRIPTS = 8  # a page has one or two
DEEPEST = 6  # levels of JSON-LD that are looked into
LONGEST_NAME = 300

_DURATION = re.compile(r"P(?:(?P<d>\d{1,2})D)?T?(?:(?P<h>\d{1,2})H)?(?:(?P<m>\d{1,3})M)?(?:(?P<s>\d{1,5}(?:\.\d+)?)S)?")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# What sites put around the name of a track in the title of its page.
_AROUND = re.compile(
    r"^(?:listen to|stream)\s+"
    r"|\s+(?:on|\||[-–—]|·)\s+(?:tidal|apple\s*music|bandcamp|soundcloud|deezer|songlink/odesli|odesli)\b.*$",
    re.IGNORECASE,
)
_SONG_BY = re.compile(r"^(?P<title>.+?)\s+[-–—]\s+(?:song|single|track)\s+by\s+(?P<artist>.+)$", re.IGNORECASE)
_BY = re.compile(r"^(?P<title>.+),?\s+by\s+(?P<artist>.+?)$", re.IGNORECASE)


@dataclass(slots=True)
class Page:
    """What a page holds for machines: meta tags by name, and the objects of its JSON-LD."""

    meta: dict[str, str] = field(default_factory=dict)
    things: list[Json] = field(default_factory=list)


def read_page(html: str) -> Page:
    """Return what a page says; what is cut off or broken is left out."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def track_on(page: Page) -> Track | None:
    """Return the one track that a page's JSON-LD describes, None where it describes none or several."""
    found = [track for thing in page.things if _is(thing, "MusicRecording") and (track := _track(thing))]
    return found[0] if found and len({(track.title, track.artists) for track in found}) == 1 else None


def release_on(page: Page) -> Release | None:
    """Return the album that a page's JSON-LD describes with its tracks, which have no refs, or None."""
    for thing in page.things:
        if _is(thing, "MusicAlbum"):
            artists = _artists(thing)
            rows = _rows(thing.get("track") or thing.get("tracks"))
            tracks = tuple(track for row in rows if (track := _track(row, artists)))
            if tracks:
                return Release(_text(thing.get("name")), tracks)
    return None


def readings_of(page: Page) -> tuple[Reading, ...]:
    """Return how the title of a page may be read, the likeliest first."""
    said = _UNSEEN.sub("", page.meta.get("og:title") or page.meta.get("twitter:title") or page.meta.get("title", ""))
    bare = _AROUND.sub("", said).strip()
    if match := _SONG_BY.match(bare) or _BY.match(bare):
        return (Reading(match["artist"].strip(), match["title"].rstrip(" ,"), sure=True),)
    return read_upload(bare, "")


def duration_on(page: Page) -> int | None:
    """Return the length in ms that a page's meta tags give."""
    seconds = page.meta.get("music:duration", "")
    return int(seconds) * 1000 if seconds.isdecimal() and 0 < int(seconds) < 100_000 else None


class _Reader(HTMLParser):
    """Collect meta tags, the title and the JSON-LD."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._inside = ""
        self._text: list[str] = []
        self._scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a meta tag, or begin to listen to a script or the title."""
        said = {name: value or "" for name, value in attrs}
        if tag == "meta" and (name := said.get("property") or said.get("name") or said.get("itemprop")):
            self.page.meta.setdefault(name.lower(), said.get("content", "")[:LONGEST_NAME])
        is_data = tag == "script" and said.get("type", "").lower() == "application/ld+json"
        if tag == "title" or is_data:
            self._inside, self._text = tag, []

    def handle_data(self, data: str) -> None:
        """Keep what stands in what is listened to."""
        if self._inside:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Take what was heard."""
        if tag != self._inside:
            return
        text, self._inside = "".join(self._text), ""
        if tag == "title":
            self.page.meta.setdefault("title", text.strip()[:LONGEST_NAME])
        elif self._scripts < MOST_SCRIPTS:
            self._scripts += 1
            self.page.things += _things(text)


def _things(text: str) -> list[Json]:
    try:
        return list(_walk(json.loads(text), 0))
    except (ValueError, RecursionError):
        return []


def _walk(value: object, depth: int) -> Iterator[Json]:
    """Yield every object in a JSON value, the outer before the inner; tracks inside an album stay inside."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        yield value
        for name, inner in value.items():
            if not (_is(value, "MusicAlbum") and name in ("track", "tracks")):
                yield from _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)


def _is(thing: Json, kind: str) -> bool:
    said = thing.get("@type")
    return kind in said if isinstance(said, list) else said == kind


def _track(thing: Json, artists: tuple[Artist, ...] = ()) -> Track | None:
    """Return the recording that an object describes; a list's element wraps it as `item`."""
    inner = thing.get("item")
    if isinstance(inner, Mapping):
        thing = inner
    title, credited = _text(thing.get("name")), _artists(thing) or artists
    if not title or not credited:
        return None
    release = thing.get("inAlbum")
    album = _text(release.get("name")) if isinstance(release, Mapping) else ""
    isrc = normalise_isrc(_text(thing.get("isrcCode")))
    return Track(title, credited, duration_ms=_milliseconds(thing.get("duration")), isrc=isrc, album=album or None)


def _artists(thing: Json) -> tuple[Artist, ...]:
    """Return who is credited: names, objects or lists of them."""
    said = thing.get("byArtist")
    rows = said if isinstance(said, list) else [said]
    names = (_text(row.get("name") if isinstance(row, Mapping) else row) for row in rows)
    return tuple(Artist(name) for name in dict.fromkeys(names) if name)


def _rows(value: object) -> list[Json]:
    """Return the elements of a list, be it bare or an ItemList."""
    rows = value.get("itemListElement") if isinstance(value, Mapping) else value
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(value: object) -> str:
    return " ".join(_UNSEEN.sub("", value).split())[:LONGEST_NAME] if isinstance(value, str) else ""


def _milliseconds(value: object) -> int | None:
    """Return an ISO 8601 duration in ms; Bandcamp leaves the T out of it."""
    match = _DURATION.fullmatch(value.replace("P00H", "PT00H")) if isinstance(value, str) else None
    if match is None:
        return None
    parts = {name: float(part or 0) for name, part in match.groupdict().items()}
    seconds = parts["d"] * 86_400 + parts["h"] * 3600 + parts["m"] * 60 + parts["s"]
    return round(seconds * 1000) if 0 < seconds < 100_000 else None
