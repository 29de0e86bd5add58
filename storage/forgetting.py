"""Forget a person: every row of theirs, and their name and number wherever others' rows have them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.forgotten import forgotten_since, mark, nobody
from storage.people import Author, ensure
from storage.personal import OWNED_BY_PEOPLE, Somebody, personal_tables, rows_of
from storage.schema import people, share_tracks, shares
from storage.schema_all import metadata
from storage.schema_drops import announcements, drops, playlists
from storage.stamps import to_ms

LEFT = "left"
"""The `owner_kind` of playlists whose owner was forgotten, until they are emptied; their `owner_id` is a bare count."""

UNNAMED = "Picked for the taste shown by reactions in your server."
"""What stands in place of a reason that named somebody who was forgotten."""

KEPT = (shares, share_tracks)
"""Shares stay, without the name: others have said what they think of the tracks."""

OWN_WORDS = ("imports", "offers", "server_wishes")
"""Tables whose lists hold what people chose themselves, where a name is a word like any other."""


class ForgottenAlready(Exception):
    """Somebody was forgotten by that very question before: it works once."""


@dataclass(frozen=True, slots=True)
class LeftPlaylist:
    """A playlist on Spotify whose owner was forgotten; `number` is what it is kept under."""

    number: int
    spotify_id: str


class Forgetting:
    """Forget people, in one transaction each."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def opt_in(self, author: Author) -> None:
        """Let somebody be recorded again from now on; what they did meanwhile is never read back."""
        at = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> None:
            known = await ensure(conn, author)
            if known.opted_out:
                await conn.execute(update(people).where(people.c.id == known.id).values(opted_out=False))
                await mark(conn, author.discord_id, at)

        await self._db.write(job)

    async def forget(self, discord_id: int, asked_at: datetime) -> list[tuple[str, int]]:
        """Forget somebody who asked for it then; return in which announcements (week, server) they stood.

        A person who opted out is left as a bare number, so that they go on being left alone.

        Raises:
            ForgottenAlready: that very question was answered before.
        """
        at, asked = to_ms(self._clock.now()), to_ms(asked_at)

        async def job(conn: AsyncConnection) -> list[tuple[str, int]]:
            if await forgotten_since(conn, (discord_id,), asked):
                raise ForgottenAlready
            row = (await conn.execute(select(people).where(people.c.discord_id == discord_id))).one_or_none()
            somebody = Somebody(row.id if row else None, discord_id)
            standing = await _announced(conn, somebody)
            await _leave_playlists(conn, somebody)
            holder = await nobody(conn)
            kept = update(shares).where(rows_of(shares, somebody)).values(person_id=holder, said=None)
            await conn.execute(kept)
            for table in personal_tables():
                if table not in (*KEPT, people):
                    await conn.execute(delete(table).where(rows_of(table, somebody)))
            await _unname(conn, discord_id, row.name if row else "")
            await mark(conn, discord_id, at)
            await conn.execute(delete(people).where(people.c.discord_id == discord_id))
            if row and row.opted_out:
                bare: dict[str, Any] = {"discord_id": discord_id, "name": "", "opted_out": True}
                await conn.execute(people.insert().values(**bare))
            return standing

        return await self._db.write(job)

    async def left_playlists(self) -> list[LeftPlaylist]:
        """Return the playlists that are still to be emptied and renamed."""
        query = select(playlists.c.owner_id, playlists.c.spotify_id).where(playlists.c.owner_kind == LEFT)
        async with self._db.read() as conn:
            rows = (await conn.execute(query.order_by(playlists.c.owner_id))).all()
        return [LeftPlaylist(row.owner_id, row.spotify_id) for row in rows]

    async def playlist_done(self, number: int) -> None:
        """Note that a playlist was emptied and renamed: nothing is known of it any more."""

        async def job(conn: AsyncConnection) -> None:
            gone = delete(playlists).where(playlists.c.owner_kind == LEFT, playlists.c.owner_id == number)
            await conn.execute(gone)

        await self._db.write(job)


async def _announced(conn: AsyncConnection, somebody: Somebody) -> list[tuple[str, int]]:
    """Return the announcements of weeks in which the person had a drop."""
    weeks = select(drops.c.week).where(rows_of(drops, somebody))
    query = select(announcements.c.week, announcements.c.server_id).where(
        announcements.c.week.in_(weeks), announcements.c.message_id.is_not(None)
    )
    return [(row.week, row.server_id) for row in (await conn.execute(query)).all()]


async def _leave_playlists(conn: AsyncConnection, somebody: Somebody) -> None:
    """Take the owner off the playlists on the bot's account; they are emptied later, whenever Spotify answers."""
    mine = select(playlists).where(playlists.c.owner_kind == OWNED_BY_PEOPLE[0], rows_of(playlists, somebody))
    for row in (await conn.execute(mine)).all():
        if row.spotify_id is None:
            continue
        most = await conn.scalar(select(func.max(playlists.c.owner_id)).where(playlists.c.owner_kind == LEFT))
        change = update(playlists).where(playlists.c.owner_kind == row.owner_kind, playlists.c.owner_id == row.owner_id)
        await conn.execute(change.values(owner_kind=LEFT, owner_id=(most or 0) + 1, url=None, written_week=None))


async def _unname(conn: AsyncConnection, discord_id: int, name: str) -> None:
    """Take a number and a name out of what was written for others: credits, and reasons that tell who liked what."""
    for table in metadata.sorted_tables:
        for column in table.columns if table.name not in OWN_WORDS else ():
            if isinstance(column.type, JSON):
                await _unname_in(conn, table, column, discord_id, name)


async def _unname_in(conn: AsyncConnection, table: Table, column: Column[Any], discord_id: int, name: str) -> None:
    text = cast(column, Text)
    words = [text.contains(str(discord_id))]
    if name:
        words.append(text.contains(_as_stored(name), autoescape=True))
    keys = list(table.primary_key.columns)
    for row in (await conn.execute(select(*keys, column.label("told")).where(or_(*words)))).all():
        kept = without(row.told, discord_id, name)
        if kept != row.told:
            here = [key == value for key, value in zip(keys, row, strict=False)]
            await conn.execute(update(table).where(*here).values({column.name: kept}))


def without(told: Any, discord_id: int, name: str) -> Any:
    """Return lists and texts without a number, and without sentences in which that name likes or shares."""
    if isinstance(told, Mapping):
        return {key: without(value, discord_id, name) for key, value in told.items()}
    if isinstance(told, list):
        return [without(value, discord_id, name) for value in told if value not in (discord_id, str(discord_id))]
    if isinstance(told, str) and name and _names(told, name):
        return UNNAMED
    return told


def _names(sentence: str, name: str) -> bool:
    """Tell whether a sentence says of that name that they liked or shared something."""
    shown = re.escape(" ".join(name.split()))
    return re.search(rf"\b(?:liked|shared|liked it)\b(?: by|:).*(?<!\w){shown}(?!\w)", sentence) is not None


def _as_stored(name: str) -> str:
    """Return a name as it stands in a JSON text."""
    return json.dumps(name)[1:-1]
