"""Tags as people gave them at MusicBrainz, ListenBrainz and Last.fm; what is noise among them others decide."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.reading import rows_of, whole, words


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
