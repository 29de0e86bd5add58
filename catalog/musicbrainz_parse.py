"""Read MusicBrainz's JSON into our nouns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.errors import BadAnswer
from catalog.matching import normalise_isrc
from catalog.reading import Row, row_of, rows_of, whole, words, year_of
from catalog.tags import Entity, Tag, read_tags


@dataclass(frozen=True, slots=True)
class UrlTargets:
    """What a link leads to at MusicBrainz."""

    recordings: tuple[Entity, ...] = ()
    artists: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class MbRecording:
    """A recording: `artists` carry their own tags where they came along, `links` lead to it at music services.

    `isrcs` are there where the recording itself was asked for.
    """

    title: str
    mbid: str | None = None
    duration_ms: int | None = None
    year: int | None = None
    artists: tuple[Entity, ...] = ()
    tags: tuple[Tag, ...] = ()
    links: tuple[str, ...] = ()
    isrcs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MbArtist:
    """An artist with its tags."""

    mbid: str
    name: str
    tags: tuple[Tag, ...] = ()


def read_urls(body: object, asked: Sequence[str]) -> dict[str, UrlTargets]:
    """Return what the links lead to; for one link the answer is that link's alone, for several a list in any order."""
    if body is None:
        return {}
    answer = row_of(body)
    if len(asked) == 1 and "urls" not in answer:
        rows = {asked[0]: answer}
    elif isinstance(answer.get("urls"), list):
        rows = {words(row.get("resource")): row for row in rows_of(answer["urls"])}
    else:
        raise BadAnswer("MusicBrainz gave links that cannot be read.")
    found = {url: _targets(rows[url]) for url in asked if url in rows}
    return {url: targets for url, targets in found.items() if targets != UrlTargets()}


def read_isrc(body: object) -> tuple[MbRecording, ...]:
    """Return the recordings of an ISRC, those that are not videos first."""
    if body is None:
        return ()
    rows = row_of(body).get("recordings")
    if not isinstance(rows, list):
        raise BadAnswer("MusicBrainz gave an ISRC that cannot be read.")
    ordered = sorted(rows_of(rows), key=lambda row: bool(row.get("video")))
    return tuple(recording for row in ordered if (recording := read_recording(row)) is not None)


def read_recording(row: Row) -> MbRecording | None:
    """Return the recording of a JSON object, None for what is none."""
    title = words(row.get("title"))
    if not title:
        return None
    links = [words(row_of(relation.get("url")).get("resource")) for relation in rows_of(row.get("relations"))]
    return MbRecording(
        title,
        mbid=words(row.get("id")) or None,
        duration_ms=whole(row.get("length")) or None,
        year=year_of(row.get("first-release-date")),
        artists=tuple(_entities(rows_of(row.get("artist-credit")), "artist", "name")),
        tags=_tags(row),
        links=tuple(dict.fromkeys(link for link in links if link)),
        isrcs=_isrcs(row.get("isrcs")),
    )


def read_one_recording(body: object) -> MbRecording | None:
    """Return the recording of an answer that must be one, None for no answer."""
    if body is None:
        return None
    found = read_recording(row_of(body))
    if found is None:
        raise BadAnswer("MusicBrainz gave a recording that cannot be read.")
    return found


def read_artist(body: object) -> MbArtist | None:
    """Return an artist with its tags, None for no answer."""
    if body is None:
        return None
    row = row_of(body)
    mbid, name = words(row.get("id")), words(row.get("name"))
    if not mbid or not name:
        raise BadAnswer("MusicBrainz gave an artist that cannot be read.")
    return MbArtist(mbid, name, _tags(row))


def _isrcs(value: object) -> tuple[str, ...]:
    codes = [normalise_isrc(code) for code in value if isinstance(code, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(code for code in codes if code is not None))


def _targets(row: Row) -> UrlTargets:
    relations = rows_of(row.get("relations"))
    recordings, artists = _entities(relations, "recording", "title"), _entities(relations, "artist", "name")
    return UrlTargets(tuple(recordings), tuple(artists))


def _entities(rows: Sequence[Row], kind: str, name: str) -> list[Entity]:
    """Return what is under `kind` in each row, once."""
    found: dict[str, Entity] = {}
    for row in rows:
        entity: Mapping[str, object] = row_of(row.get(kind))
        mbid = words(entity.get("id"))
        if mbid:
            found.setdefault(mbid, Entity(mbid, words(entity.get(name)), _tags(entity)))
    return list(found.values())


def _tags(row: Row) -> tuple[Tag, ...]:
    """Return tags; genres are those of them that MusicBrainz lists as such, under a second key."""
    genres = rows_of(row.get("genres"))
    return read_tags([*rows_of(row.get("tags")), *genres], genres=[words(genre.get("name")) for genre in genres])
