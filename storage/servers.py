"""The servers that Tastebud is in, and the channel each of them last shared tracks in."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import servers
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Server:
    """A Discord server; `announce_channel_id` is None until somebody shared a track there."""

    id: int
    name: str
    announce_channel_id: int | None = None


class Servers:
    """Keep the servers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ensure(self, server_id: int, name: str) -> None:
        """Keep the server under its present name."""

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, servers).values(id=server_id, name=name)
            await conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_={"name": name}, where=servers.c.name != statement.excluded.name
                )
            )

        await self._db.write(job)

    async def all(self) -> list[Server]:
        """Return every server, the oldest first."""
        async with self._db.read() as conn:
            rows = await conn.execute(select(servers).order_by(servers.c.id))
            return [Server(row.id, row.name, row.announce_channel_id) for row in rows.all()]

    async def remember_channel(self, server_id: int, channel_id: int) -> None:
        """Keep the channel as the one to announce in."""

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, servers).values(id=server_id, name="", announce_channel_id=channel_id)
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_={"announce_channel_id": channel_id})
            )

        await self._db.write(job)

    async def forget(self, server_id: int) -> None:
        """Remove a server that Tastebud has left; what its members said stays theirs."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(servers).where(servers.c.id == server_id))

        await self._db.write(job)
