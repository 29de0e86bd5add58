"""Where gathered candidates come from: which source proposed a track, and from what.

Kept apart from shares, so that what was only shared in one server never becomes a candidate in another. A proposed
track is public knowledge and may come to everybody; what it was found by is told to those alone who like that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.matching import gate, normalise_title
from catalog.models import Track
from storage.database import Database
from storage.merging import present_id
from storage.schema import asked_seeds, proposals, tracks
from storage.stamps import from_ms, maybe_from_ms, to_ms
from storage.track_rows import ids_by_ref, load_tracks
from storage.upsert import chunks, insert


class SeedKind(StrEnum):
    """What a source is asked about."""

    ARTIST = "artist"
    TRACK = "track"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Seed:
    """What a source was asked about: an artist, a track, or all that a person likes."""

    kind: SeedKind
    id: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a source proposed a track, asked about a seed."""

    source: str
    seed: Seed


class Proposals:
    """Keep what the sources were asked about, and what they proposed."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def record(self, source: str, found: Mapping[Seed, Sequence[int]]) -> None:
        """Keep that the source was asked about these seeds now, and which tracks it proposed, in one transaction."""
        if not found:
            return
        at = to_ms(self._clock.now())
        asked = [{"source": source, "kind": seed.kind.value, "seed_id": seed.id, "at": at} for seed in found]

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, asked_seeds)
            keys = ["source", "kind", "seed_id"]
            await conn.execute(
                statement.on_conflict_do_update(index_elements=keys, set_={"at": statement.excluded.at}), asked
            )
            places = await _present(conn, {each for ids in found.values() for each in ids})
            rows = [
                {"track_id": place, "source": source, "kind": seed.kind.value, "seed_id": seed.id}
                for seed, ids in found.items()
                for place in dict.fromkeys(places[each] for each in ids if each in places)
            ]
            if rows:
                await conn.execute(insert(conn, proposals).on_conflict_do_nothing(), rows)

        await self._db.write(job)

    async def by_track(self) -> dict[int, list[Proposal]]:
        """Return the proposed tracks, each with all that led to it."""
        columns = (proposals.c.track_id, proposals.c.source, proposals.c.kind, proposals.c.seed_id)
        query = select(*columns).order_by(*columns)
        # Few sources and seeds propose many tracks: each is made into an object once.
        made: dict[tuple[str, str, int], Proposal] = {}
        found: dict[int, list[Proposal]] = {}
        async with self._db.read() as conn:
            for track_id, *key in (await conn.execute(query)).all():
                source, kind, seed_id = key
                known = made.get((source, kind, seed_id))
                if known is None:
                    known = made[source, kind, seed_id] = Proposal(source, Seed(SeedKind(kind), seed_id))
                found.setdefault(track_id, []).append(known)
        return found

    async def asked(self, source: str) -> dict[Seed, datetime]:
        """Return what the source was ever asked about, and when last."""
        query = select(asked_seeds).where(asked_seeds.c.source == source)
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        return {Seed(SeedKind(row.kind), row.seed_id): from_ms(row.at) for row in rows}

    async def last_asked(self, source: str | None = None) -> datetime | None:
        """Return when the source (or any) was last asked, or None if it never was."""
        query = select(func.max(asked_seeds.c.at))
        if source is not None:
            query = query.where(asked_seeds.c.source == source)
        async with self._db.read() as conn:
            return maybe_from_ms(await conn.scalar(query))

    async def known(self, found: Sequence[Track]) -> list[int | None]:
        """Return for each track the one of ours that it is, None where there is none yet.

        It is known by its refs; a track that has none, by its name, unless a length or an album speaks against it.
        """
        async with self._db.read() as conn:
            by_ref = await ids_by_ref(conn, {ref for track in found for ref in track.refs})
            named = [track for track in found if not track.refs]
            titles = {normalise_title(track.title) for track in named} - {""}
            rows = await _ids_by_title(conn, titles)
            here = await load_tracks(conn, [each for ids in rows.values() for each in ids])
        places: list[int | None] = []
        for track in found:
            same = (by_ref[ref] for ref in track.refs if ref in by_ref)
            alike = (each for each in rows.get(normalise_title(track.title), ()) if gate(track, here[each]))
            places.append(next(same if track.refs else alike, None))
        return places


async def _present(conn: AsyncConnection, ids: set[int]) -> dict[int, int]:
    """Return the id of each track that there is, or of the one that it was merged into."""
    here: dict[int, int] = {}
    for chunk in chunks(ids):
        here |= {each: each for each in await conn.scalars(select(tracks.c.id).where(tracks.c.id.in_(chunk)))}
    for each in ids - here.keys():
        if (place := await present_id(conn, each)) is not None:
            here[each] = place
    return here


async def _ids_by_title(conn: AsyncConnection, titles: set[str]) -> dict[str, list[int]]:
    """Return tracks by their folded titles, the oldest first."""
    found: dict[str, list[int]] = {}
    for chunk in chunks(titles):
        query = select(tracks.c.recording, tracks.c.id).where(tracks.c.recording.in_(chunk)).order_by(tracks.c.id)
        for recording, track_id in (await conn.execute(query)).all():
            found.setdefault(recording, []).append(track_id)
    return found
