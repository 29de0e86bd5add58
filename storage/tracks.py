"""The tracks, each once, whatever the services and messages it came through."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.matching import TOLERANCE_MS, may_merge, normalise_title
from catalog.models import Service, Track, TrackRef
from storage.database import Database
from storage.merging import merge, present_id
from storage.misses import MISS_STANDS, track_key
from storage.schema import misses, people, refs, share_tracks, shares, tracks
from storage.stamps import from_ms, to_ms
from storage.track_rows import add_refs, fill, ids_by_ref, ids_by_refs, insert_track, load_tracks, searchable, together
from storage.upsert import chunks


@dataclass(frozen=True, slots=True)
class Sharer:
    """Who shared a track where and when."""

    discord_id: int
    name: str
    server_id: int
    at: datetime


class Tracks:
    """Keep the tracks."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def by_ref(self, ref: TrackRef) -> Track | None:
        """Return the track that the ref points to, or None if it was never saved."""
        async with self._db.read() as conn:
            ids = await ids_by_refs(conn, (ref,))
            return (await load_tracks(conn, ids))[ids[0]] if ids else None

    async def by_refs(self, wanted: Collection[TrackRef]) -> dict[TrackRef, Track]:
        """Return the tracks that the refs point to, by ref; those never saved are left out."""
        async with self._db.read() as conn:
            ids = await ids_by_ref(conn, wanted)
            found = await load_tracks(conn, list(dict.fromkeys(ids.values())))
            return {ref: found[track_id] for ref, track_id in ids.items()}

    async def ensure(self, found: Sequence[Track]) -> list[int]:
        """Return the ids of tracks by their refs, saving those that are new, all in one transaction.

        Unlike `save` it teaches a known track nothing: for many tracks that are mostly known.
        """

        async def job(conn: AsyncConnection) -> list[int]:
            known = await ids_by_ref(conn, (ref for track in found for ref in track.refs))
            ids: dict[int, None] = {}
            for track in found:
                track_id = next((known[ref] for ref in track.refs if ref in known), None)
                if track_id is None:
                    saved = await _save(conn, track)
                    track_id = saved.id or 0
                    known |= dict.fromkeys(saved.refs, track_id)
                ids[track_id] = None
            return list(ids)

        return await self._db.write(job)

    async def get(self, ids: Collection[int]) -> dict[int, Track]:
        """Return the tracks with these ids, in the order asked for; unknown ids are left out.

        An id whose track was merged into another leads to that one.
        """
        async with self._db.read() as conn:
            found = await load_tracks(conn, ids)
            for missing in [track_id for track_id in ids if track_id not in found]:
                present = await present_id(conn, missing)
                if present is not None:
                    found[missing] = (await load_tracks(conn, (present,)))[present]
        return found

    async def save(self, track: Track) -> Track:
        """Insert the track or merge it into the one it is, and return that, with its id.

        It is a known one by its id, by any of its refs, by its ISRC unless the known one has another, or by title,
        artists and length where nothing speaks against it. Unknown fields are filled, known ones kept, refs added;
        rows that turn out to be one are merged.
        """

        async def job(conn: AsyncConnection) -> Track:
            return await _save(conn, track)

        return await self._db.write(job)

    async def placeholder(self, ref: TrackRef) -> Track:
        """Keep a track of which only the ref is known yet, so that no feedback on it is lost."""
        return await self.save(Track(title="", refs=(ref,)))

    async def add_ref(self, track_id: int, ref: TrackRef) -> Track:
        """Let the ref point to the track too; a track that had it is merged with this one."""
        return await self.save(Track(title="", refs=(ref,), id=track_id))

    async def unresolved(self, limit: int) -> list[Track]:
        """Return placeholders, the newest shared first."""
        return await self._listed(tracks.c.title == "", limit=limit)

    async def unmatched(self, limit: int) -> list[Track]:
        """Return tracks with no Deezer ref and no standing miss there, the newest shared first."""
        on_deezer = exists().where(refs.c.track_id == tracks.c.id, refs.c.service == Service.DEEZER.value)
        missed = exists().where(
            misses.c.service == Service.DEEZER.value,
            misses.c.key == literal(track_key(0)[:-1]) + cast(tracks.c.id, String),
            misses.c.at >= to_ms(self._clock.now() - MISS_STANDS),
        )
        return await self._listed(tracks.c.title != "", ~on_deezer, ~missed, limit=limit)

    async def find(self, words: str, limit: int, server_id: int | None = None) -> list[Track]:
        """Return tracks with all these words in title or artists, whatever the case and accents.

        With a server, its own shares come first, then tracks that nobody shared anywhere; what only
        other servers shared stays there.
        """
        wanted = searchable(words).split()
        if not wanted:
            return []
        conditions: list[ColumnElement[bool]] = [tracks.c.search.contains(word, autoescape=True) for word in wanted]
        if server_id is not None:
            conditions.append(tracks.c.id.in_(_shared(server_id)) | tracks.c.id.not_in(_shared(None)))
        return await self._listed(tracks.c.title != "", *conditions, limit=limit)

    async def pool(self, server_ids: Collection[int]) -> dict[int, list[Sharer]]:
        """Return the tracks shared in these servers, each with who shared it, the latest first.

        People who opted out are not named, so a track may come with nobody.
        """
        found: dict[int, list[Sharer]] = {}
        async with self._db.read() as conn:
            for chunk in chunks(server_ids):
                query = (
                    select(share_tracks.c.track_id, people, shares.c.server_id, shares.c.at)
                    .join(shares, shares.c.id == share_tracks.c.share_id)
                    .join(people, people.c.id == shares.c.person_id)
                    .where(shares.c.server_id.in_(chunk))
                    .order_by(shares.c.at.desc(), shares.c.id.desc())
                )
                for row in (await conn.execute(query)).all():
                    sharers = found.setdefault(row.track_id, [])
                    if not row.opted_out:
                        sharers.append(Sharer(row.discord_id, row.name, row.server_id, from_ms(row.at)))
        return found

    async def all_ids(self) -> list[int]:
        """Return the ids of all tracks, the oldest first."""
        async with self._db.read() as conn:
            return list((await conn.scalars(select(tracks.c.id).order_by(tracks.c.id))).all())

    async def _listed(self, *conditions: ColumnElement[bool], limit: int) -> list[Track]:
        last = last_shared(tracks.c.id)
        query = (
            select(tracks.c.id).where(*conditions).order_by(last.desc().nulls_last(), tracks.c.id.desc()).limit(limit)
        )
        async with self._db.read() as conn:
            ids = (await conn.scalars(query)).all()
            return list((await load_tracks(conn, ids)).values())


def last_shared(track_id: ColumnElement[int]) -> ColumnElement[int | None]:
    """Return the instant of the newest share of the track, as an expression to order by."""
    return (
        select(func.max(shares.c.at))
        .join(share_tracks, share_tracks.c.share_id == shares.c.id)
        .where(share_tracks.c.track_id == track_id)
        .correlate(tracks)
        .scalar_subquery()
    )


def _shared(server_id: int | None) -> Select[tuple[int]]:
    """Select the tracks shared in a server, or anywhere: once, where asking for each track meant a search for each."""
    query = select(share_tracks.c.track_id)
    if server_id is None:
        return query
    return query.join(shares, shares.c.id == share_tracks.c.share_id).where(shares.c.server_id == server_id)


async def _save(conn: AsyncConnection, track: Track) -> Track:
    known = await _known(conn, track)
    known |= await _twin(conn, known, track)
    # A row with a title is older knowledge than a placeholder, and keeps its id.
    ids = _oldest_first(known)
    kept, *gone = ids or (await insert_track(conn),)
    for other in gone:
        await merge(conn, kept, other)
    await fill(conn, (await load_tracks(conn, (kept,)))[kept], (*(known[other] for other in gone), track))
    await add_refs(conn, kept, track.refs)
    return (await load_tracks(conn, (kept,)))[kept]


def _oldest_first(known: Mapping[int, Track]) -> list[int]:
    return sorted(known, key=lambda track_id: (known[track_id].is_placeholder, track_id))


async def _twin(conn: AsyncConnection, known: Mapping[int, Track], track: Track) -> dict[int, Track]:
    """Return the other row that is surely the same recording, the nearest in length, if there is one."""
    whole = together((*(known[track_id] for track_id in _oldest_first(known)), track))
    if not whole.title or whole.duration_ms is None:
        return {}
    near = (whole.duration_ms - TOLERANCE_MS, whole.duration_ms + TOLERANCE_MS)
    query = select(tracks.c.id).where(
        tracks.c.recording == normalise_title(whole.title), tracks.c.duration_ms.between(*near)
    )
    others = await load_tracks(conn, [each for each in (await conn.scalars(query)).all() if each not in known])
    twins = {other_id: other for other_id, other in others.items() if may_merge(whole, other)}
    length = whole.duration_ms
    ids = sorted(twins, key=lambda other_id: (abs((twins[other_id].duration_ms or 0) - length), other_id))
    return {other_id: twins[other_id] for other_id in ids[:1]}


async def _known(conn: AsyncConnection, track: Track) -> dict[int, Track]:
    """Return the rows that are this track: by id and refs, and by ISRC unless those have another."""
    ids = await ids_by_refs(conn, track.refs)
    if track.id is not None and (present := await present_id(conn, track.id)) is not None:
        ids.append(present)
    known = await load_tracks(conn, ids)
    if track.isrc and not any(one.isrc for one in known.values()):
        same = await conn.scalar(select(tracks.c.id).where(tracks.c.isrc == track.isrc))
        known |= await load_tracks(conn, () if same is None else (same,))
    return known
