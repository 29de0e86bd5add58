"""Read ListenBrainz's JSON into our nouns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.reading import Row, must, row_of, rows_of, whole, words
from catalog.tags import Entity, Tag, read_tags

WHO = "ListenBrainz"


@dataclass(frozen=True, slots=True)
class LbRecording:
    """What ListenBrainz knows of a recording: `artists` carry their tags, `release_tags` are its release group's."""

    mbid: str
    artists: tuple[Entity, ...] = ()
    tags: tuple[Tag, ...] = ()
    release_tags: tuple[Tag, ...] = ()
    release: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class LbArtist:
    """An artist with its tags; `year` is when they began."""

    mbid: str
    name: str
    tags: tuple[Tag, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class LbMatch:
    """What ListenBrainz takes a name for; it does not say how sure it is, so gate it."""

    mbid: str
    title: str
    artist: str
    artist_mbids: tuple[str, ...] = ()


def read_recordings(body: object, asked: Sequence[str]) -> dict[str, LbRecording]:
    """Return what is known of the recordings, under the MBIDs that were asked for."""
    answer: Row = must(body, dict, WHO)
    return {mbid: _recording(mbid, row_of(answer[mbid])) for mbid in asked if mbid in answer}


def read_artists(body: object, asked: Iterable[str]) -> dict[str, LbArtist]:
    """Return the artists of a list in any order."""
    wanted = set(asked)
    found: dict[str, LbArtist] = {}
    for row in rows_of(must(body, list, WHO)):
        mbid, name = words(row.get("artist_mbid")), words(row.get("name"))
        if mbid in wanted and name:
            tags = read_tags(row_of(row.get("tag")).get("artist"), "tag")
            found[mbid] = LbArtist(mbid, name, tags, whole(row.get("begin_year")))
    return found


def read_matches(body: object, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], LbMatch]:
    """Return what the names were taken for: every row says which question it answers, misses have no MBID."""
    found: dict[tuple[str, str], LbMatch] = {}
    for row in rows_of(must(body, list, WHO)):
        mbid, index = words(row.get("recording_mbid")), whole(row.get("index"))
        if mbid and index is not None and 0 <= index < len(asked):
            mbids = row.get("artist_mbids")
            found[asked[index]] = LbMatch(
                mbid,
                words(row.get("recording_name")),
                words(row.get("artist_credit_name")),
                tuple(filter(None, map(words, mbids))) if isinstance(mbids, list) else (),
            )
    return found


def _recording(mbid: str, row: Row) -> LbRecording:
    tag, release = row_of(row.get("tag")), row_of(row.get("release"))
    return LbRecording(
        mbid,
        artists=_artists(row_of(row.get("artist")), rows_of(tag.get("artist"))),
        tags=read_tags(tag.get("recording"), "tag"),
        release_tags=read_tags(tag.get("release_group"), "tag"),
        release=words(release.get("name")) or None,
        year=whole(release.get("year")),
    )


def _artists(credit: Row, tags: Sequence[Row]) -> tuple[Entity, ...]:
    """Return the credited artists; the tags of all stand in one list, each with the artist it is of."""
    found: dict[str, Entity] = {}
    for row in rows_of(credit.get("artists")):
        mbid = words(row.get("artist_mbid"))
        if mbid:
            own = [tag for tag in tags if tag.get("artist_mbid") == mbid]
            found[mbid] = Entity(mbid, words(row.get("name")), read_tags(own, "tag"))
    return tuple(found.values())
