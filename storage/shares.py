"""The shares: messages with tracks, each with the mild like of who sent it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.forgotten import NOBODY, forgotten_since, nobody
from storage.merging import present_id, reweigh
from storage.opinions import Source
from storage.people import Author, Known, ensure, touch
from storage.reactions import KEY, retrack
from storage.schema import feedback, people, share_tracks, shares
from storage.schema_base import NO_EMOJI
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks, insert


@dataclass(frozen=True, slots=True)
class Share:
    """A message with tracks, in the order they stand in it.

    `said` is what its author wrote beside the links, None where that was not noted; it is shown and logged nowhere.
    """

    id: int
    server_id: int
    channel_id: int
    message_id: int
    person_id: int
    discord_id: int
    at: datetime
    track_ids: tuple[int, ...]
    said: str | None = field(default=None, repr=False)


class Shares:
    """Keep the shares."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def record(
        self,
        server_id: int,
        channel_id: int,
        message_id: int,
        author: Author,
        track_ids: Sequence[int],
        at: datetime,
        said: str | None = None,
    ) -> Share:
        """Record the message with exactly these tracks, in one transaction; the same again changes nothing.

        After an edit, tracks no longer there go with the feedback that came through this message, reactions
        that stand count for the added ones, and all weigh 1/n. The sharer's mild like is written, and what they said,
        None where that shall not be noted; of who opted out, or was forgotten since, not even the name. With no tracks
        left the share is removed.
        """
        stamp = to_ms(at)

        async def job(conn: AsyncConnection) -> Share:
            person = await _sharer(conn, author, stamp)
            share_id, stands_at = await _row_of(conn, server_id, channel_id, message_id, person.id, stamp)
            noted = None if person.opted_out else said
            await conn.execute(update(shares).where(shares.c.id == share_id).values(said=noted))
            wanted = await _present(conn, track_ids)
            await _set_tracks(conn, share_id, wanted)
            if wanted and not person.opted_out:
                await _like(conn, share_id, person, wanted, stands_at)
                await touch(conn, (person.id,), server_id, stands_at)
            if not wanted:
                await _remove(conn, [share_id])
            first, ids = from_ms(stands_at), tuple(wanted)
            sharer = NOBODY if person.opted_out else author.discord_id
            return Share(share_id, server_id, channel_id, message_id, person.id, sharer, first, ids, noted)

        return await self._db.write(job)

    async def remove(self, message_ids: Collection[int]) -> int:
        """Remove the shares of deleted messages with the feedback that came through them; return how many."""

        async def job(conn: AsyncConnection) -> int:
            gone: list[int] = []
            for chunk in chunks(message_ids):
                gone += (await conn.scalars(select(shares.c.id).where(shares.c.message_id.in_(chunk)))).all()
            await _remove(conn, gone)
            return len(gone)

        return await self._db.write(job)

    async def by_message(self, message_id: int) -> Share | None:
        """Return the share of that message, or None."""
        found = await self._list(shares.c.message_id == message_id)
        return found[0] if found else None

    async def recent(
        self,
        channel_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[Share]:
        """Return shares, the newest first: of that channel, from `since` on, before `until`."""
        conditions: list[ColumnElement[bool]] = []
        if channel_id is not None:
            conditions.append(shares.c.channel_id == channel_id)
        if since is not None:
            conditions.append(shares.c.at >= to_ms(since))
        if until is not None:
            conditions.append(shares.c.at < to_ms(until))
        return await self._list(*conditions, limit=limit)

    async def count(self) -> int:
        """Return how many shares stand."""
        async with self._db.read() as conn:
            return int(await conn.scalar(select(func.count()).select_from(shares)) or 0)

    async def _list(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Share]:
        query = (
            select(shares, people.c.discord_id)
            .join(people, people.c.id == shares.c.person_id)
            .where(*conditions)
            .order_by(shares.c.at.desc(), shares.c.message_id.desc())
            .limit(limit)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
            tracks_of = await _tracks_of(conn, [row.id for row in rows])
        return [
            Share(
                id=row.id,
                server_id=row.server_id,
                channel_id=row.channel_id,
                message_id=row.message_id,
                person_id=row.person_id,
                discord_id=row.discord_id,
                at=from_ms(row.at),
                track_ids=tuple(tracks_of.get(row.id, ())),
                said=row.said,
            )
            for row in rows
        ]


async def _sharer(conn: AsyncConnection, author: Author, at: int) -> Known:
    """Return who holds the share: its author, or nobody where they opted out or were forgotten since."""
    if not await forgotten_since(conn, (author.discord_id,), at):
        person = await ensure(conn, author)
        if not person.opted_out:
            return person
    return Known(await nobody(conn), opted_out=True)


async def _row_of(
    conn: AsyncConnection, server_id: int, channel_id: int, message_id: int, person_id: int, at: int
) -> tuple[int, int]:
    """Return the share's key and the instant it was first recorded with, making the row if it is new."""
    query = select(shares.c.id, shares.c.at).where(shares.c.message_id == message_id)
    if (row := (await conn.execute(query)).one_or_none()) is not None:
        return row.id, row.at
    statement = insert(conn, shares).values(
        server_id=server_id, channel_id=channel_id, message_id=message_id, person_id=person_id, at=at
    )
    return int((await conn.execute(statement.returning(shares.c.id))).scalar_one()), at


async def _present(conn: AsyncConnection, track_ids: Sequence[int]) -> list[int]:
    """Return the tracks without repeats, those that were merged meanwhile by their present id."""
    found = [await present_id(conn, track_id) for track_id in dict.fromkeys(track_ids)]
    return list(dict.fromkeys(track_id for track_id in found if track_id is not None))


async def _tracks_of(conn: AsyncConnection, share_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for chunk in chunks(share_ids):
        query = (
            select(share_tracks.c.share_id, share_tracks.c.track_id)
            .where(share_tracks.c.share_id.in_(chunk))
            .order_by(share_tracks.c.share_id, share_tracks.c.position, share_tracks.c.track_id)
        )
        for share_id, track_id in (await conn.execute(query)).all():
            found.setdefault(share_id, []).append(track_id)
    return found


async def _set_tracks(conn: AsyncConnection, share_id: int, wanted: list[int]) -> None:
    stood = (await _tracks_of(conn, [share_id])).get(share_id, [])
    if stood == wanted:
        return
    added = [track_id for track_id in wanted if track_id not in stood]
    removed = [track_id for track_id in stood if track_id not in wanted]
    await conn.execute(delete(share_tracks).where(share_tracks.c.share_id == share_id))
    rows = [
        {"share_id": share_id, "track_id": track_id, "position": position} for position, track_id in enumerate(wanted)
    ]
    if rows:
        await conn.execute(insert(conn, share_tracks), rows)
    if stood:
        await retrack(conn, share_id, added, removed)
        await reweigh(conn, share_id)


async def _like(conn: AsyncConnection, share_id: int, person: Known, track_ids: list[int], at: int) -> None:
    rows = [
        {
            "share_id": share_id,
            "track_id": track_id,
            "person_id": person.id,
            "source": Source.SHARE.value,
            "emoji_id": NO_EMOJI,
            "value": 1,
            "among": len(track_ids),
            "at": at,
        }
        for track_id in track_ids
    ]
    await conn.execute(insert(conn, feedback).on_conflict_do_nothing(index_elements=KEY), rows)


async def _remove(conn: AsyncConnection, share_ids: list[int]) -> None:
    for chunk in chunks(share_ids):
        await conn.execute(delete(feedback).where(feedback.c.share_id.in_(chunk)))
        await conn.execute(delete(share_tracks).where(share_tracks.c.share_id.in_(chunk)))
        await conn.execute(delete(shares).where(shares.c.id.in_(chunk)))
