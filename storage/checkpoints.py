"""How far each channel has been read, so that a start reads only what it missed."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import checkpoints
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a channel has been read.

    Everything up to `newest_message_id` has been; the first full read goes on before `history_before`
    (None: not begun, or finished if `history_done`).
    """

    channel_id: int
    server_id: int
    newest_message_id: int | None = None
    history_before: int | None = None
    history_done: bool = False


class Checkpoints:
    """Keep the checkpoints."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, channel_id: int) -> Checkpoint | None:
        """Return the channel's checkpoint, or None if it was never read."""
        query = select(checkpoints).where(checkpoints.c.channel_id == channel_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).one_or_none()
        return None if row is None else Checkpoint(*row)

    async def all(self) -> list[Checkpoint]:
        """Return every channel's checkpoint."""
        query = select(checkpoints).order_by(checkpoints.c.server_id, checkpoints.c.channel_id)
        async with self._db.read() as conn:
            return [Checkpoint(*row) for row in (await conn.execute(query)).all()]

    async def save(self, checkpoint: Checkpoint) -> None:
        """Keep the checkpoint in place of the one before."""
        values = asdict(checkpoint)

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, checkpoints).values(**values)
            await conn.execute(statement.on_conflict_do_update(index_elements=["channel_id"], set_=values))

        await self._db.write(job)
