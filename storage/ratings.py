"""The history of ratings and clicks, by which each can be undone exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.opinions import Source
from storage.schema import feedback, people
from storage.schema_base import NO_EMOJI, NO_SHARE
from storage.schema_vetoes import ratings
from storage.stamps import from_ms
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class FeedbackKey:
    """Whose word on which track."""

    person_id: int
    track_id: int


Words = list[list[int]]
"""What stands of a person on a track apart from shares: [source, value, at] each, in order."""


class Undone(StrEnum):
    """What became of an undoing."""

    DONE = "done"
    NOT_THERE = "not there"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Rating:
    """One act: a like (1), a dislike (-1), or taking both back (0); `before` is the opinion that it replaced, or 0.

    `newest` says that nothing was said of the track since, so it can be undone.
    """

    id: int
    person_id: int
    track_id: int
    value: int
    at: datetime
    before: int = 0
    newest: bool = True


class Ratings:
    """Read the history of ratings and clicks, and go back in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def count(self, person_id: int) -> int:
        """Return how many acts of that person are kept."""
        async with self._db.read() as conn:
            return int(await conn.scalar(select(func.count()).where(ratings.c.person_id == person_id)) or 0)

    async def of_person(self, person_id: int, limit: int, offset: int = 0) -> list[Rating]:
        """Return that person's acts, the newest first."""
        mine = ratings.c.person_id == person_id
        query = select(ratings).where(mine).order_by(ratings.c.id.desc()).limit(limit).offset(offset)
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
            tracks = {row.track_id for row in rows}
            last = (
                select(func.max(ratings.c.id)).where(mine, ratings.c.track_id.in_(tracks)).group_by(ratings.c.track_id)
            )
            newest = set((await conn.scalars(last)).all())
        return [_rating(row, newest=row.id in newest) for row in rows]

    async def undo(self, rating_id: int, discord_id: int) -> tuple[Undone, Rating | None]:
        """Put back what stood before that act of that person, to the instant, and forget the act.

        NEWER when something was said of the track since: that must be undone first.
        """

        async def job(conn: AsyncConnection) -> tuple[Undone, Rating | None]:
            mine = select(people.c.id).where(people.c.discord_id == discord_id).scalar_subquery()
            query = select(ratings).where(ratings.c.id == rating_id, ratings.c.person_id == mine)
            row = (await conn.execute(query)).one_or_none()
            if row is None:
                return Undone.NOT_THERE, None
            key = FeedbackKey(row.person_id, row.track_id)
            if await standing(conn, key) != row.after:
                return Undone.NEWER, _rating(row, newest=False)
            await _restore(conn, key, row.before)
            await conn.execute(delete(ratings).where(ratings.c.id == rating_id))
            return Undone.DONE, _rating(row)

        return await self._db.write(job)


async def standing(conn: AsyncConnection, key: FeedbackKey) -> Words:
    """Return what stands of a person on a track apart from shares, inside a transaction."""
    query = (
        select(feedback.c.source, feedback.c.value, feedback.c.at)
        .where(*_apart(key))
        .order_by(feedback.c.source, feedback.c.value, feedback.c.at)
    )
    return [list(row) for row in (await conn.execute(query)).all()]


async def note(conn: AsyncConnection, key: FeedbackKey, value: int, at: int, before: Words) -> None:
    """Write into the history what an act has just changed, inside its transaction; nothing where nothing changed."""
    after = await standing(conn, key)
    if after != before:
        row = {"person_id": key.person_id, "track_id": key.track_id, "value": value, "at": at}
        await conn.execute(insert(conn, ratings).values(before=before, after=after, **row))


async def _restore(conn: AsyncConnection, key: FeedbackKey, words: Sequence[Sequence[int]]) -> None:
    await conn.execute(delete(feedback).where(*_apart(key)))
    rows = [
        {
            "share_id": NO_SHARE,
            "track_id": key.track_id,
            "person_id": key.person_id,
            "source": source,
            "emoji_id": NO_EMOJI,
            "value": value,
            "among": 1,
            "at": at,
        }
        for source, value, at in words
    ]
    if rows:
        await conn.execute(insert(conn, feedback), rows)


def _apart(key: FeedbackKey) -> tuple[Any, ...]:
    return (
        feedback.c.share_id == NO_SHARE,
        feedback.c.track_id == key.track_id,
        feedback.c.person_id == key.person_id,
        feedback.c.source.in_((Source.RATING, Source.BUTTON)),
    )


def _rating(row: Row[Any], *, newest: bool = True) -> Rating:
    newest_word = max(row.before, key=lambda word: word[2], default=(0, 0, 0))
    return Rating(row.id, row.person_id, row.track_id, row.value, from_ms(row.at), newest_word[1], newest)
