"""The lines of imports as rows, and the tracks that they name; used inside the transactions of storage.imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.imports import ImportLine, Understood
from catalog.matching import gate, normalise_title
from catalog.models import Artist, Service, Track, TrackRef
from storage.opinions import Source
from storage.schema import refs, tracks
from storage.schema_base import NO_EMOJI
from storage.track_rows import load_tracks

NAMESAKES = 50  # tracks of one title looked at: covers of a standard may be hundreds


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line that is not resolved yet, and where it belongs; `later` where somebody could not be asked before."""

    import_id: int
    position: int
    person_id: int
    line: ImportLine
    later: bool = False

    @property
    def wanted(self) -> Track:
        """Return what the line says of its track, in the form that a search takes."""
        line = self.line
        artists = (Artist(line.artist),) if line.artist else ()
        return Track(line.title, artists, isrc=line.isrc, album=line.album)


def line_values(import_id: int, position: int, line: ImportLine) -> dict[str, Any]:
    """Return a line as the values of its row, without its state."""
    return {
        "import_id": import_id,
        "position": position,
        "title": line.title,
        "artist": line.artist,
        "album": line.album,
        "isrc": line.isrc,
        "service": line.ref.service.value if line.ref else None,
        "ref": line.ref.id if line.ref else None,
        "mbid": line.mbid,
        "value": line.value,
        "among": line.among,
        "plays": line.plays,
    }


def line_of(row: Row[Any]) -> ImportLine:
    """Return the line of a row."""
    ref = TrackRef(Service(row.service), row.ref) if row.service and row.ref else None
    return ImportLine(
        row.title, row.artist, row.album, row.isrc, ref, row.mbid, row.value, row.among, row.plays
    )  # fmt: skip


def waiting_line(row: Row[Any], *, later: bool) -> WaitingLine:
    """Return a row as a line to resolve."""
    return WaitingLine(row.import_id, row.position, row.person_id, line_of(row), later)


def feedback_row(line: WaitingLine, track_id: int, at: int) -> dict[str, Any]:
    """Return the row of feedback that a resolved line comes to, said at the instant of its import (ms)."""
    return {
        "share_id": -line.import_id,
        "track_id": track_id,
        "person_id": line.person_id,
        "source": Source.IMPORT.value,
        "emoji_id": NO_EMOJI,
        "value": line.line.value,
        "among": line.line.among,
        "at": at,
    }


def report_of(understood: Understood) -> dict[str, Any]:
    """Return what a file came to, without its lines, for its owner to read again."""
    return {
        "entries": understood.entries,
        "left_out": understood.left_out,
        "problems": [[problem.place, problem.why] for problem in understood.problems],
        "problem_count": understood.problem_count,
        "notes": list(understood.notes),
        "likes": sum(line.value > 0 for line in understood.lines),
        "dislikes": sum(line.value < 0 for line in understood.lines),
    }


async def known_tracks(conn: AsyncConnection, lines: Sequence[WaitingLine]) -> dict[WaitingLine, int]:
    """Return the ids of stored tracks that lines name: by ref, by ISRC, by title and artist."""
    found: dict[WaitingLine, int] = {}
    for line in lines:
        track_id = await _by_ref(conn, line.line) or await _by_isrc(conn, line) or await _by_name(conn, line)
        if track_id is not None:
            found[line] = track_id
    return found


async def _by_ref(conn: AsyncConnection, line: ImportLine) -> int | None:
    if line.ref is None:
        return None
    query = (
        select(refs.c.track_id)
        .join(tracks, tracks.c.id == refs.c.track_id)
        .where(refs.c.service == line.ref.service.value, refs.c.ref == line.ref.id, tracks.c.title != "")
    )
    return await conn.scalar(query)


async def _by_isrc(conn: AsyncConnection, line: WaitingLine) -> int | None:
    if line.line.isrc is None:
        return None
    return await conn.scalar(select(tracks.c.id).where(tracks.c.isrc == line.line.isrc, tracks.c.title != ""))


async def _by_name(conn: AsyncConnection, line: WaitingLine) -> int | None:
    """Return the oldest track of that title and artist that passes the gate of a search."""
    title = normalise_title(line.line.title)
    if not title or not line.line.artist:
        return None
    query = select(tracks.c.id).where(tracks.c.recording == title).order_by(tracks.c.id).limit(NAMESAKES)
    ids = (await conn.scalars(query)).all()
    namesakes: Mapping[int, Track] = await load_tracks(conn, ids) if ids else {}
    return next((track_id for track_id, track in namesakes.items() if gate(line.wanted, track)), None)
