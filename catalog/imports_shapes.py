"""The entries of the exports, one shape each.

- Spotify, account data: `StreamingHistory_music_N.json` (older: `StreamingHistoryN.json`), `YourLibrary.json`,
  `PlaylistN.json`; extended history: `Streaming_History_Audio_YEAR_N.json` (older: `endsong_N.json`). Described on
  support.spotify.com/article/understanding-my-data.
- ListenBrainz: `listens/YEAR/MONTH.jsonl` and `feedback.jsonl` (listenbrainz-server,
  listenbrainz/background/export.py), and what its API answers.
- Last.fm: pages of user.getRecentTracks and user.getLovedTracks as lastfm.ghan.nl/export and others keep them
  (last.fm/api/show/user.getRecentTracks), and lastfmstats.com's list.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalog.imports import ImportKind
from catalog.imports_cells import read_instant, read_ref
from catalog.imports_columns import by_names
from catalog.imports_json import Path, Record
from catalog.imports_tally import BY_ID, NO_OPINION, SKIPPED, SPOKEN, Entry, Left, Reading, Wrong
from catalog.models import TrackRef
from catalog.reading import is_mbid, row_of, rows_of, whole, words

HEARD_MS = 30_000  # from here on Spotify itself counts a stream (support.spotify.com/article/listening-metrics)
LISTED_AMONG = 2
"""A track in a playlist is a milder word than a saved one: many lists are somebody else's, or for an occasion."""


class Shapes:
    """Read entries of any export; what one entry says of others is remembered between them."""

    def __init__(self) -> None:
        # ListenBrainz's feedback names recordings by ids alone, which its listens tell the names of.
        self._said: list[tuple[str, int]] = []
        self._places: dict[str, int] = {}
        self._named: set[int] = set()

    def read(self, path: Path, record: object) -> Iterator[Reading]:
        """Yield what one entry tells; an entry that holds a list of others yields theirs."""
        if path and _LIBRARY.get(path[-1], 1) is None:
            yield Left("albums, artists and shows")
            return
        if not isinstance(record, Mapping):
            yield Wrong("it cannot be read")
            return
        found = _inner(path, record)
        if found is not None:
            for inner_path, inner in found:
                yield from self.read(inner_path, inner)
            return
        yield self._one(path, record)

    def leftover(self) -> Iterator[Reading]:
        """Yield what was said of recordings that no listen names; MusicBrainz knows most of them."""
        for place, (mbid, score) in enumerate(self._said):
            if place not in self._named and is_mbid(mbid):
                yield Entry(mbid=mbid, value=score, kind=ImportKind.LISTENBRAINZ)

    def _one(self, path: Path, record: Record) -> Reading:
        if "track_metadata" in record:
            return self._listen(record)
        if "score" in record:
            return self._feedback(record)
        if path[-1:] == ("scrobbles",):
            return _stats(record)
        read = next((reader for mark, reader in _READERS if mark in record), None)
        if read is not None:
            return read(record)
        if path and path[-1] in _LIBRARY:
            return _saved(record, _LIBRARY[path[-1]])
        if "name" in record and isinstance(record.get("artist"), Mapping):
            return _scrobble(path, record)
        return by_names(record)

    def _feedback(self, record: Record) -> Reading:
        score = whole(record.get("score"))
        msid, mbid = (words(record.get(name)).lower() for name in ("recording_msid", "recording_mbid"))
        if score not in (-1, 1) or not (msid or mbid):
            return Left(NO_OPINION)
        self._places.update(dict.fromkeys(filter(None, (msid, mbid)), len(self._said)))
        self._said.append((mbid, score))
        return Left(BY_ID)

    def _listen(self, record: Record) -> Reading:
        said = row_of(record["track_metadata"])
        more = row_of(said.get("additional_info"))
        mbid = words(row_of(said.get("mbid_mapping")).get("recording_mbid") or more.get("recording_mbid")).lower()
        msid = words(said.get("recording_msid") or record.get("recording_msid")).lower()
        score = whole(record.get("score"))
        return Entry(
            title=words(said.get("track_name")),
            artist=words(said.get("artist_name")),
            album=words(said.get("release_name")) or None,
            isrc=_text(more.get("isrc")),
            ref=_any_ref(more.get("spotify_id"), more.get("origin_url")),
            mbid=mbid if is_mbid(mbid) else None,
            value=score if score in (-1, 1) else self._opinion(msid, mbid),
            plays=0 if "score" in record else 1,
            at=read_instant(record.get("listened_at") or record.get("created")),
            kind=ImportKind.LISTENBRAINZ,
        )

    def _opinion(self, *ids: str) -> int | None:
        """Return what was said of a recording that a listen names."""
        place = next((self._places[each] for each in ids if each in self._places), None)
        if place is None:
            return None
        self._named.add(place)
        return self._said[place][1]


def _extended(record: Record) -> Reading:
    title, artist = record.get("master_metadata_track_name"), record.get("master_metadata_album_artist_name")
    if not title or not artist:
        return Left(SPOKEN)
    if (whole(record.get("ms_played")) or 0) < HEARD_MS:
        return Left(SKIPPED)
    return Entry(
        title=words(title),
        artist=words(artist),
        album=words(record.get("master_metadata_album_album_name")) or None,
        ref=_any_ref(record.get("spotify_track_uri")),
        plays=1,
        at=read_instant(_text(record.get("ts"))),
        kind=ImportKind.SPOTIFY,
    )


def _streamed(record: Record) -> Reading:
    if "trackName" not in record:
        return Left(SPOKEN)
    if (whole(record.get("msPlayed")) or 0) < HEARD_MS:
        return Left(SKIPPED)
    return Entry(
        title=words(record.get("trackName")),
        artist=words(record.get("artistName")),
        plays=1,
        at=read_instant(_text(record.get("endTime"))),
        kind=ImportKind.SPOTIFY,
    )


def _saved(record: Record, value: int | None) -> Reading:
    return Entry(
        title=words(record.get("track")),
        artist=words(record.get("artist")),
        album=words(record.get("album")) or None,
        ref=_any_ref(record.get("uri")),
        value=value,
        kind=ImportKind.SPOTIFY,
    )


def _listed(record: Record) -> Reading:
    track = row_of(record.get("track")) or row_of(record.get("localTrack"))
    if not track:
        return Left(SPOKEN)
    return Entry(
        title=words(track.get("trackName")),
        artist=words(track.get("artistName")),
        album=words(track.get("albumName")) or None,
        ref=_any_ref(track.get("trackUri") or track.get("uri")),
        value=1,
        at=read_instant(_text(record.get("addedDate"))),
        among=LISTED_AMONG,
        kind=ImportKind.SPOTIFY,
    )


def _scrobble(path: Path, record: Record) -> Reading:
    artist, album = row_of(record.get("artist")), row_of(record.get("album"))
    if row_of(record.get("@attr")).get("nowplaying"):
        return Left("playing right now")
    loved = "lovedtracks" in path or str(record.get("loved")) == "1"
    date = row_of(record.get("date"))
    return Entry(
        title=words(record.get("name")),
        artist=words(artist.get("#text") or artist.get("name")),
        album=words(album.get("#text") or album.get("title")) or None,
        value=1 if loved else None,
        plays=0 if "lovedtracks" in path else 1,
        at=read_instant(_text(date.get("uts"))),
        kind=ImportKind.LASTFM,
    )


def _stats(record: Record) -> Reading:
    return Entry(
        title=words(record.get("track")),
        artist=words(record.get("artist")),
        album=words(record.get("album")) or None,
        plays=1,
        at=read_instant(record.get("date") if isinstance(record.get("date"), int | float) else None),
        kind=ImportKind.LASTFM,
    )


_READERS: tuple[tuple[str, Callable[[Record], Reading]], ...] = (
    ("ms_played", _extended),
    ("msPlayed", _streamed),
    ("localTrack", _listed),
    ("addedDate", _listed),
    ("albumId", _stats),
)
# The lists of YourLibrary.json, and what being in them says.
_LIBRARY: dict[str, int | None] = {
    "tracks": 1,
    "bannedTracks": -1,
    "albums": None,
    "shows": None,
    "episodes": None,
    "artists": None,
    "bannedArtists": None,
    "other": None,
}
_PAGES = ("recenttracks", "lovedtracks")


def _inner(path: Path, record: Record) -> Iterator[tuple[Path, object]] | None:
    """Return the entries that an entry is a list of: a playlist's, a page's; None for one that is none."""
    for name in _PAGES:
        if isinstance(record.get(name), Mapping):
            return iter([((*path, name), record[name])])
    if isinstance(record.get("track"), list):
        return (((*path, "track"), row) for row in record["track"])
    if isinstance(record.get("items"), list):
        return (((*path, "items"), row) for row in rows_of(record["items"]))
    return None


def _any_ref(*values: object) -> TrackRef | None:
    found = (read_ref(value) for value in values if isinstance(value, str))
    return next((ref for ref in found if ref is not None), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
