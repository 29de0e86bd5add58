"""Blocks of feature columns, a row of numbers a track, as each source gave them."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Service
from storage.database import Database
from storage.merging import present_id
from storage.schema import blocks, refs, refusals, tracks
from storage.stamps import to_ms
from storage.tracks import last_shared
from storage.upsert import chunks, insert

_NUMBER = np.dtype("<f4")


class Features:
    """Keep blocks; a miss (the source has nothing) is kept apart from a refusal (it could not be asked)."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def save(self, track_id: int, block: str, version: str, values: NDArray[np.floating] | None) -> None:
        """Keep the track's row of that block, shape (d,), in place of an older version; None keeps a miss."""
        await self.save_many(block, version, {track_id: values})

    async def save_many(self, block: str, version: str, values: Mapping[int, NDArray[np.floating] | None]) -> None:
        """Keep the rows of many tracks in one transaction; their standing refusals end."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            found: dict[int, bytes | None] = {}
            for track_id, row in values.items():
                present = await present_id(conn, track_id)
                if present is not None:  # of two that were merged meanwhile, numbers count more than a miss
                    found[present] = found.get(present) or _packed(row)
            rows = [
                {"block": block, "track_id": track_id, "version": version, "numbers": numbers, "at": at}
                for track_id, numbers in found.items()
            ]
            if not rows:
                return
            statement = insert(conn, blocks)
            new = statement.excluded
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["block", "track_id"],
                    set_={"version": new.version, "numbers": new.numbers, "at": new.at},
                ),
                rows,
            )
            for chunk in chunks(row["track_id"] for row in rows):
                await conn.execute(delete(refusals).where(refusals.c.block == block, refusals.c.track_id.in_(chunk)))

        await self._db.write(job)

    async def load(self, block: str, version: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return track ids int64 (n,), ascending, and their numbers float32 (n, d); misses are left out."""
        query = (
            select(blocks.c.track_id, blocks.c.numbers)
            .where(blocks.c.block == block, blocks.c.version == version, blocks.c.numbers.is_not(None))
            .order_by(blocks.c.track_id)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
        ids = np.array([row.track_id for row in rows], dtype=np.int64)
        numbers = np.frombuffer(b"".join(row.numbers for row in rows), dtype=_NUMBER)
        return ids, numbers.reshape(len(rows), -1).astype(np.float32) if rows else np.empty((0, 0), np.float32)

    async def wanting(
        self,
        block: str,
        version: str,
        limit: int,
        missed_before: datetime | None = None,
        *,
        service: Service | None = None,
        after: str | None = None,
    ) -> list[int]:
        """Return tracks without that block in that version, the newest shared first, then mere candidates.

        Placeholders and tracks with a standing refusal are left out; misses too, but those older than
        `missed_before` are wanted again. With a service only tracks that have a ref there are wanted, and with
        `after` only those of which that other block is known or known to be missing.
        """
        has = exists().where(blocks.c.block == block, blocks.c.track_id == tracks.c.id, blocks.c.version == version)
        if missed_before is not None:
            has = has.where(blocks.c.numbers.is_not(None) | (blocks.c.at >= to_ms(missed_before)))
        refused = exists().where(
            refusals.c.block == block,
            refusals.c.track_id == tracks.c.id,
            refusals.c.retry_at > to_ms(self._clock.now()),
        )
        query = select(tracks.c.id).where(tracks.c.title != "", ~has, ~refused)
        if service is not None:
            query = query.where(exists().where(refs.c.track_id == tracks.c.id, refs.c.service == service.value))
        if after is not None:
            other = blocks.alias()
            query = query.where(exists().where(other.c.block == after, other.c.track_id == tracks.c.id))
        newest = query.order_by(last_shared(tracks.c.id).desc().nulls_last(), tracks.c.id.desc())
        async with self._db.read() as conn:
            return list((await conn.scalars(newest.limit(limit))).all())

    async def refuse(self, track_id: int, block: str, retry_at: datetime) -> None:
        """Keep that the source could not be asked about the track, and when to try again."""

        async def job(conn: AsyncConnection) -> None:
            present = await present_id(conn, track_id)
            if present is None:
                return
            statement = insert(conn, refusals).values(block=block, track_id=present, retry_at=to_ms(retry_at))
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["block", "track_id"], set_={"retry_at": statement.excluded.retry_at}
                )
            )

        await self._db.write(job)


def _packed(values: NDArray[np.floating] | None) -> bytes | None:
    return None if values is None else np.asarray(values, dtype=_NUMBER).tobytes()
