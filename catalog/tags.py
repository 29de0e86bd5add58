"""Tags as people gave them at MusicBrainz, ListenBrainz and Last.fm; what is noise among them others decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from catalog.reading import rows_of, whole, words


class TagSource(StrEnum):
    """Who says what a track is called."""

    MUSICBRAINZ = "musicbrainz"
    LISTENBRAINZ = "listenbrainz"
    LASTFM = "lastfm"
    DEEZER = "deezer"
    ITUNES = "itunes"


class TagLevel(StrEnum):
    """What a tag was given to: the track itself, one of its artists, or the album that it is on."""

    TRACK = "track"
    ARTIST = "artist"
    ALBUM = "album"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: `count` people gave it (at Last.fm 100 is the most); `genre` where MusicBrainz lists it as one."""

    name: str
    count: int
    genre: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """An artist or a recording as MusicBrainz names it, with its tags where they came along."""

    mbid: str
    name: str
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackTag:
    """A tag that a source gives to a track, or to what the track is by or on.

    `count` is the source's own measure: people who gave it at MusicBrainz and ListenBrainz, 0 to 100 at Last.fm, 1 at
    Deezer and Apple; `genre` where the source lists it as a genre.
    """

    name: str
    count: float
    level: str
    source: str
    genre: bool = False


@dataclass(frozen=True, slots=True)
class TagColumns:
    """The tags of all tracks by column, all of length n, in the order of the tracks' ids."""

    track_id: npt.NDArray[np.int64]
    source: tuple[str, ...]
    level: tuple[str, ...]
    name: tuple[str, ...]
    count: npt.NDArray[np.float64]
    genre: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.name)


def read_tags(rows: object, name: str = "name", genres: Iterable[str] = ()) -> tuple[Tag, ...]:
    """Return the tags of a list, the most given first; `name` is the key that names them.

    A tag is a genre if it is among `genres` or if its row says so.
    """
    known = set(genres)
    found: dict[str, Tag] = {}
    for row in rows_of(rows):
        text = words(row.get(name))
        if text:
            tag = Tag(text, whole(row.get("count")) or 0, text in known or bool(row.get("genre_mbid")))
            found[text] = max(tag, found.get(text, tag), key=lambda each: each.count)
    return tuple(sorted(found.values(), key=lambda tag: (-tag.count, tag.name)))
