"""Tracks as rows: read whole, written field by field; used inside the stores' transactions."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.matching import normalise_title
from catalog.models import Artist, Service, Track, TrackRef
from storage.schema import artists, refs, track_artists, tracks
from storage.upsert import chunks, insert

FIELDS = ("title", "album", "year", "duration_ms", "explicit", "isrc")
_UNKNOWN = (None, "")


def searchable(text: str) -> str:
    """Return the text as it is looked for: without case and accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


async def load_tracks(conn: AsyncConnection, ids: Collection[int]) -> dict[int, Track]:
    """Return the tracks with these ids, whole, in the order asked for; unknown ids are left out."""
    found: dict[int, Track] = {}
    for chunk in chunks(dict.fromkeys(ids)):
        rows = {row.id: row for row in (await conn.execute(select(tracks).where(tracks.c.id.in_(chunk)))).all()}
        known_refs, bylines = await _refs_of(conn, chunk), await _artists_of(conn, chunk)
        for track_id in chunk:
            if (row := rows.get(track_id)) is not None:
                found[track_id] = Track(
                    **{field: getattr(row, field) for field in FIELDS},
                    artists=tuple(bylines[track_id]),
                    refs=tuple(known_refs[track_id]),
                    id=track_id,
                )
    return found


async def _refs_of(conn: AsyncConnection, ids: list[int]) -> dict[int, list[TrackRef]]:
    query = select(refs).where(refs.c.track_id.in_(ids)).order_by(refs.c.id)
    found: dict[int, list[TrackRef]] = defaultdict(list)
    for row in (await conn.execute(query)).all():
        found[row.track_id].append(TrackRef(Service(row.service), row.ref))
    return found


async def _artists_of(conn: AsyncConnection, ids: list[int]) -> dict[int, list[Artist]]:
    query = (
        select(track_artists.c.track_id, artists.c.id, artists.c.name, artists.c.deezer_id)
        .join(artists, artists.c.id == track_artists.c.artist_id)
        .where(track_artists.c.track_id.in_(ids))
        .order_by(track_artists.c.track_id, track_artists.c.position)
    )
    found: dict[int, list[Artist]] = defaultdict(list)
    for track_id, artist_id, name, deezer_id in (await conn.execute(query)).all():
        found[track_id].append(Artist(name, deezer_id, artist_id))
    return found


async def ids_by_refs(conn: AsyncConnection, wanted: Sequence[TrackRef]) -> list[int]:
    """Return the ids of the tracks that any of these refs points to, without repeats."""
    found = await ids_by_ref(conn, wanted)
    return list(dict.fromkeys(found[ref] for ref in wanted if ref in found))


async def ids_by_ref(conn: AsyncConnection, wanted: Iterable[TrackRef]) -> dict[TrackRef, int]:
    """Return the ids of the tracks that these refs point to, by ref; a query a service."""
    by_service: dict[Service, dict[str, None]] = defaultdict(dict)
    for ref in wanted:
        by_service[ref.service][ref.id] = None
    found: dict[TrackRef, int] = {}
    for service, ids in by_service.items():
        for chunk in chunks(ids):
            query = select(refs.c.ref, refs.c.track_id).where(refs.c.service == service.value, refs.c.ref.in_(chunk))
            found |= {TrackRef(service, ref): track_id for ref, track_id in (await conn.execute(query)).all()}
    return found


async def insert_track(conn: AsyncConnection) -> int:
    """Insert a track of which nothing is known yet, and return its id."""
    statement = insert(conn, tracks).values(title="", search="").returning(tracks.c.id)
    return int((await conn.execute(statement)).scalar_one())


async def add_refs(conn: AsyncConnection, track_id: int, wanted: Iterable[TrackRef]) -> None:
    """Let these refs point to the track, unless they point somewhere already."""
    rows = [{"service": ref.service.value, "ref": ref.id, "track_id": track_id} for ref in wanted]
    if rows:
        await conn.execute(insert(conn, refs).on_conflict_do_nothing(), rows)


def together(tracks_known: Iterable[Track]) -> Track:
    """Return what several sources know of one track, the first that knows wins."""
    whole = Track("")
    for track in tracks_known:
        unknown = [field for field in FIELDS if getattr(whole, field) in _UNKNOWN]
        whole = replace(whole, artists=whole.artists or track.artists, **{f: getattr(track, f) for f in unknown})
    return whole


async def fill(conn: AsyncConnection, known: Track, sources: Iterable[Track]) -> None:
    """Fill what is not known of the track from the sources, the first that knows wins.

    What a page alone has said of it gives way to what a service with ids says.
    """
    sources = tuple(sources)
    whole = together((known, *sources) if _is_vouched(known) else (*filter(_is_vouched, sources), known, *sources))
    values: dict[str, Any] = {
        field: getattr(whole, field) for field in FIELDS if getattr(whole, field) != getattr(known, field)
    }
    if values or whole.artists != known.artists:
        values["search"] = searchable(" ".join((whole.title, *(artist.name for artist in whole.artists))))
        values["recording"] = normalise_title(whole.title) or None
        await conn.execute(update(tracks).where(tracks.c.id == known.id).values(**values))
    await _credit(conn, known, whole.artists, sources)


def _is_vouched(track: Track) -> bool:
    """Tell whether a service that has an id of its own for each recording tells of the track."""
    return track.isrc is not None or any(ref.service in (Service.SPOTIFY, Service.DEEZER) for ref in track.refs)


async def _credit(
    conn: AsyncConnection, known: Track, credited: tuple[Artist, ...], sources: tuple[Track, ...]
) -> None:
    """Write the credits if there are none or others, else teach those that stand their Deezer ids."""
    if credited != known.artists:
        ids = [await _artist(conn, artist) for artist in credited]
        rows = [
            {"track_id": known.id, "position": position, "artist_id": artist_id}
            for position, artist_id in enumerate(dict.fromkeys(ids))
        ]
        await conn.execute(delete(track_artists).where(track_artists.c.track_id == known.id))
        await conn.execute(insert(conn, track_artists), rows)
        return
    told = {
        searchable(artist.name): artist.deezer_id
        for source in sources
        for artist in source.artists
        if artist.deezer_id is not None
    }
    await _teach(conn, known.artists, told)


async def _teach(conn: AsyncConnection, credited: tuple[Artist, ...], told: Mapping[str, str]) -> None:
    for artist in credited:
        deezer_id = told.get(searchable(artist.name))
        if artist.deezer_id is None and deezer_id is not None and not await _by_deezer_id(conn, deezer_id):
            await conn.execute(update(artists).where(artists.c.id == artist.id).values(deezer_id=deezer_id))


async def _by_deezer_id(conn: AsyncConnection, deezer_id: str) -> int | None:
    return await conn.scalar(select(artists.c.id).where(artists.c.deezer_id == deezer_id))


async def _artist(conn: AsyncConnection, artist: Artist) -> int:
    """Return the key of the artist: the same Deezer id, else the same name unless the Deezer ids differ."""
    if artist.deezer_id is not None and (found := await _by_deezer_id(conn, artist.deezer_id)) is not None:
        return found
    search = searchable(artist.name)
    query = select(artists.c.id, artists.c.deezer_id).where(artists.c.search == search).order_by(artists.c.id)
    namesakes = (await conn.execute(query)).all()
    if artist.deezer_id is None and namesakes:
        return int(namesakes[0].id)
    unplaced = next((row.id for row in namesakes if row.deezer_id is None), None)
    if unplaced is not None:
        await conn.execute(update(artists).where(artists.c.id == unplaced).values(deezer_id=artist.deezer_id))
        return int(unplaced)
    statement = insert(conn, artists).values(name=artist.name, search=search, deezer_id=artist.deezer_id)
    return int((await conn.execute(statement.returning(artists.c.id))).scalar_one())
