"""What is not somebody's taste: feedback that learning leaves out, and that stands as it was once that is undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.people import Author, ensure
from storage.schema import feedback, people, shares
from storage.schema_vetoes import mutes
from storage.stamps import from_ms, maybe_from_ms, maybe_ms, to_ms
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Scope:
    """Which feedback is meant: all that meets every condition that is not None; at least one must be given.

    `message_id` and `channel_id` are Discord's, of the share that the feedback came through; `since` and `until` are
    inclusive. `server_id` says where that is, and is no condition.
    """

    server_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    track_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        """Tell whether there is a condition."""
        given = (self.channel_id, self.message_id, self.track_id, self.since, self.until)
        return any(each is not None for each in given)


@dataclass(frozen=True, slots=True)
class Mute:
    """One word of somebody that something is not their taste; `rows` of their feedback meet it now."""

    id: int
    person_id: int
    scope: Scope
    at: datetime
    rows: int = 0


class Mutes:
    """Keep what people said is not their taste. Their feedback itself is never touched."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def add(self, author: Author, scope: Scope) -> Mute | None:
        """Leave that feedback of the person out of learning; the same scope again returns the mute that stands.

        None for who opted out. Raise ValueError for a scope without conditions, which would mean everything.
        """
        if not scope.is_bounded:
            raise ValueError("a mute needs a condition")
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> Mute | None:
            person = await ensure(conn, author)
            if person.opted_out:
                return None
            values = _values(scope)
            same = (mutes.c[name].is_not_distinct_from(value) for name, value in values.items())
            stands = await conn.scalar(select(mutes.c.id).where(mutes.c.person_id == person.id, *same))
            if stands is None:
                statement = insert(conn, mutes).values(person_id=person.id, at=at, **values)
                stands = (await conn.execute(statement.returning(mutes.c.id))).scalar_one()
            return (await _list(conn, mutes.c.id == stands))[0]

        return await self._db.write(job)

    async def undo(self, mute_id: int, discord_id: int) -> Mute | None:
        """Let the feedback count again and return the mute that is gone; None if that person has no such mute."""

        async def job(conn: AsyncConnection) -> Mute | None:
            mine = select(people.c.id).where(people.c.discord_id == discord_id).scalar_subquery()
            found = await _list(conn, mutes.c.id == mute_id, mutes.c.person_id == mine)
            if found:
                await conn.execute(delete(mutes).where(mutes.c.id == mute_id))
            return found[0] if found else None

        return await self._db.write(job)

    async def of_person(self, person_id: int) -> list[Mute]:
        """Return that person's mutes, the newest first."""
        async with self._db.read() as conn:
            return await _list(conn, mutes.c.person_id == person_id)


def is_muted() -> ColumnElement[bool]:
    """Return the condition that a row of feedback is left out of learning."""
    share = shares.alias()
    meets = exists().where(
        mutes.c.person_id == feedback.c.person_id,
        *_conditions(share.c.channel_id, share.c.message_id),
    )
    # A word that came through no share has no channel and no message, so no mute of those can mean it.
    return meets.select_from(mutes.outerjoin(share, share.c.id == feedback.c.share_id)).correlate(feedback)


def who_muted() -> ColumnElement[bool]:
    """Return the condition that a row is of somebody who muted anything: few, so the rest need not be looked at."""
    return feedback.c.person_id.in_(select(mutes.c.person_id))


def counts() -> ColumnElement[bool]:
    """Return the condition that a row of feedback is learned from."""
    return not_(is_muted())


def _conditions(channel_id: ColumnElement[int], message_id: ColumnElement[int]) -> Sequence[ColumnElement[bool]]:
    return (
        or_(mutes.c.channel_id.is_(None), mutes.c.channel_id == channel_id),
        or_(mutes.c.message_id.is_(None), mutes.c.message_id == message_id),
        or_(mutes.c.track_id.is_(None), mutes.c.track_id == feedback.c.track_id),
        or_(mutes.c.since.is_(None), mutes.c.since <= feedback.c.at),
        or_(mutes.c.until.is_(None), mutes.c.until >= feedback.c.at),
    )


def _values(scope: Scope) -> dict[str, int | None]:
    return {
        "server_id": scope.server_id,
        "channel_id": scope.channel_id,
        "message_id": scope.message_id,
        "track_id": scope.track_id,
        "since": maybe_ms(scope.since),
        "until": maybe_ms(scope.until),
    }


async def _list(conn: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Mute]:
    rows = (await conn.execute(select(mutes).where(*conditions).order_by(mutes.c.id.desc()))).all()
    return [_mute(row, await _rows_of(conn, row.id)) for row in rows]


async def _rows_of(conn: AsyncConnection, mute_id: int) -> int:
    """Return how many rows of feedback a mute means now."""
    query = (
        select(func.count())
        .select_from(mutes.join(feedback, feedback.c.person_id == mutes.c.person_id))
        .outerjoin(shares, shares.c.id == feedback.c.share_id)
        .where(mutes.c.id == mute_id, *_conditions(shares.c.channel_id, shares.c.message_id))
    )
    return int(await conn.scalar(query) or 0)


def _mute(row: Row[Any], rows: int) -> Mute:
    since, until = maybe_from_ms(row.since), maybe_from_ms(row.until)
    scope = Scope(row.server_id, row.channel_id, row.message_id, row.track_id, since, until)
    return Mute(row.id, row.person_id, scope, from_ms(row.at), rows)
