"""The announcements, one a server and week, remembered before they are sent."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema_drops import announcements
from storage.upsert import insert


class AnnouncementState(StrEnum):
    """How far an announcement has come; `sending` may or may not have arrived."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One server's announcement of one week; the marker stands in the message, so that it is found again."""

    week: str
    server_id: int
    channel_id: int | None
    message_id: int | None
    state: AnnouncementState
    marker: str


class Announcements:
    """Keep the announcements."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def plan(self, week: str, server_id: int) -> Announcement:
        """Return the server's announcement of that week, planning it if it is new."""

        async def job(conn: AsyncConnection) -> Announcement:
            statement = insert(conn, announcements).values(
                week=week,
                server_id=server_id,
                state=AnnouncementState.PLANNED.value,
                marker=_marker(week, server_id),
            )
            await conn.execute(statement.on_conflict_do_nothing(index_elements=["week", "server_id"]))
            query = select(announcements).where(*_of(week, server_id))
            return _announcement((await conn.execute(query)).one())

        return await self._db.write(job)

    async def get(self, week: str, server_id: int) -> Announcement | None:
        """Return the server's announcement of that week, or None."""
        found = await self._where(*_of(week, server_id))
        return found[0] if found else None

    async def sending(self, week: str, server_id: int, channel_id: int) -> None:
        """Remember, before it is sent, where the announcement goes; a sent one stays sent."""
        await self._set(
            *_of(week, server_id),
            announcements.c.state != AnnouncementState.SENT.value,
            channel_id=channel_id,
            state=AnnouncementState.SENDING.value,
        )

    async def sent(self, week: str, server_id: int, message_id: int) -> None:
        """Keep which message the announcement is."""
        await self._set(*_of(week, server_id), message_id=message_id, state=AnnouncementState.SENT.value)

    async def of_week(self, week: str) -> list[Announcement]:
        """Return every server's announcement of that week."""
        return await self._where(announcements.c.week == week)

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Announcement]:
        query = select(announcements).where(*conditions).order_by(announcements.c.server_id)
        async with self._db.read() as conn:
            return [_announcement(row) for row in (await conn.execute(query)).all()]

    async def _set(self, *conditions: ColumnElement[bool], **values: str | int) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(announcements).where(*conditions).values(**values))

        await self._db.write(job)


def _of(week: str, server_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return announcements.c.week == week, announcements.c.server_id == server_id


def _marker(week: str, server_id: int) -> str:
    """Return a short word that no other announcement has, the same each time it is asked for."""
    return f"{week}-{hashlib.sha256(f'{week} {server_id}'.encode()).hexdigest()[:8]}"


def _announcement(row: Row[Any]) -> Announcement:
    state = AnnouncementState(row.state)
    return Announcement(row.week, row.server_id, row.channel_id, row.message_id, state, row.marker)
