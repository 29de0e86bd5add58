"""What the knowledge services answered, kept for ever: nothing is asked twice, and blocks can be made anew from it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Kept
from storage.database import Database
from storage.schema import answers
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks, insert


class Answers:
    """Keep answers by kind of question and key; a miss is an answer without a text, a refusal is none."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def recall(self, kind: str, keys: Sequence[str]) -> dict[str, Kept]:
        """Return what is kept under these keys, misses too, whatever their age."""
        found: dict[str, Kept] = {}
        async with self._db.read() as conn:
            for chunk in chunks(dict.fromkeys(keys)):
                query = select(answers).where(answers.c.kind == kind, answers.c.key.in_(chunk))
                found.update({row.key: Kept(row.text, from_ms(row.at)) for row in (await conn.execute(query)).all()})
        return found

    async def remember(self, kind: str, texts: Mapping[str, str | None]) -> None:
        """Keep answers of now in the place of older ones; None is a miss."""
        at = to_ms(self._clock.now())
        rows = [{"kind": kind, "key": key, "text": text, "at": at} for key, text in texts.items()]
        if not rows:
            return

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, answers)
            new = statement.excluded
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["kind", "key"], set_={"text": new.text, "at": new.at}),
                rows,
            )

        await self._db.write(job)
