"""Fitted models, as bytes that their owners know how to read; never pickle."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema import models
from storage.stamps import to_ms
from storage.upsert import insert


class Models:
    """Keep one version of each model."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def save(self, name: str, version: str, blob: bytes) -> None:
        """Keep the model in place of the one before."""
        await self.save_all(version, {name: blob})

    async def save_all(self, version: str, blobs: Mapping[str, bytes]) -> None:
        """Keep models that belong together in place of those before, in one transaction."""
        at = to_ms(self._clock.now())
        rows = [{"name": name, "version": version, "blob": blob, "at": at} for name, blob in blobs.items()]

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, models).values(rows)
            new = statement.excluded
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"], set_={"version": new.version, "blob": new.blob, "at": new.at}
                )
            )

        await self._db.write(job)

    async def forget(self, names: Collection[str]) -> None:
        """Remove models: they were learned from somebody who was forgotten."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(models).where(models.c.name.in_(names)))

        await self._db.write(job)

    async def load(self, name: str, version: str) -> bytes | None:
        """Return the model, or None if there is none of that version."""
        query = select(models.c.blob).where(models.c.name == name, models.c.version == version)
        async with self._db.read() as conn:
            return await conn.scalar(query)
