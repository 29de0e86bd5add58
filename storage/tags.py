"""What people call tracks, their artists and their albums, as each source says it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.tags import TagColumns, TagSource, TrackTag
from storage.database import Database
from storage.merging import present_id
from storage.schema import blocks, track_tags
from storage.upsert import insert

_COLUMNS = tuple(track_tags.c[name] for name in ("track_id", "source", "level", "name", "count", "genre"))


def asked_block(source: str) -> str:
    """Return the name of the block that tells that a source was asked: its one number counts the tags."""
    return f"tags.{source}"


class Tags:
    """Keep a track's tags, the rows of each source in the place of its older ones."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save(self, track_id: int, source: str, rows: Iterable[TrackTag]) -> None:
        """Keep these rows in the place of all that the source said of the track before, in one transaction."""
        await self.save_many(source, {track_id: rows})

    async def save_many(self, source: str, rows: Mapping[int, Iterable[TrackTag]]) -> None:
        """Do the same for many tracks in one transaction; the rows of other sources stay as they are."""
        told = {track_id: list(each) for track_id, each in rows.items()}
        if not told:
            return

        async def job(conn: AsyncConnection) -> None:
            present: defaultdict[int, list[TrackTag]] = defaultdict(list)
            for track_id, each in told.items():
                kept = await present_id(conn, track_id)
                if kept is not None:
                    present[kept] += each
            for track_id in present:
                mine = (track_tags.c.track_id == track_id) & (track_tags.c.source == source)
                await conn.execute(delete(track_tags).where(mine))
            values = [row for track_id, each in present.items() for row in _values(track_id, source, each)]
            if values:
                await conn.execute(insert(conn, track_tags), values)

        await self._db.write(job)

    async def stamp(self) -> tuple[int, int]:
        """Return what changes whenever tags do: how many rows there are, and when a source last told something."""
        count = select(func.count()).select_from(track_tags)
        asked = [asked_block(source) for source in TagSource]
        newest = select(func.coalesce(func.max(blocks.c.at), 0)).where(blocks.c.block.in_(asked))
        async with self._db.read() as conn:
            return int(await conn.scalar(count) or 0), int(await conn.scalar(newest) or 0)

    async def of(self, track_id: int) -> list[TrackTag]:
        """Return the track's tags, by source and level, the most given first."""
        key = (track_tags.c.source, track_tags.c.level, track_tags.c.count.desc(), track_tags.c.name)
        query = select(*_COLUMNS[1:]).where(track_tags.c.track_id == track_id).order_by(*key)
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        return [TrackTag(name, count, level, source, genre) for source, level, name, count, genre in rows]

    async def load(self) -> TagColumns:
        """Return the tags of all tracks by column, in the order of the tracks' ids."""
        query = select(*_COLUMNS).order_by(*_COLUMNS[:4])
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        ids, sources, levels, names, counts, genres = zip(*rows, strict=True) if rows else ((),) * 6
        return TagColumns(
            np.array(ids, dtype=np.int64),
            tuple(sources),
            tuple(levels),
            tuple(names),
            np.array(counts, dtype=np.float64),
            np.array(genres, dtype=np.bool_),
        )


def _values(track_id: int, source: str, rows: Iterable[TrackTag]) -> list[dict[str, object]]:
    """Return the rows to insert: a name once a level, with the higher of its counts."""
    found: dict[tuple[str, str], TrackTag] = {}
    for row in rows:
        key = row.level, row.name
        found[key] = max(row, found.get(key, row), key=lambda each: each.count)
    return [
        {"track_id": track_id, "source": source, "level": level, "name": name, "count": row.count, "genre": row.genre}
        for (level, name), row in found.items()
    ]
