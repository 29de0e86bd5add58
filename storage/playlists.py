"""The playlists on the bot-owned account, one an owner, remembered before they are made."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.owners import Owner
from storage.schema_drops import playlists
from storage.upsert import insert

__all__ = ["Owner", "Playlist", "Playlists"]


@dataclass(frozen=True, slots=True)
class Playlist:
    """An owner's playlist; without `spotify_id` it was intended, and may or may not have been made.

    The marker stands in its description on Spotify, so that it is found again after a crash between.
    """

    owner: Owner
    spotify_id: str | None
    url: str | None
    marker: str
    written_week: str | None = None
    recreated: int = 0


class Playlists:
    """Keep the playlists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, owner: Owner) -> Playlist | None:
        """Return the owner's playlist, or None if none was ever intended."""
        async with self._db.read() as conn:
            row = (await conn.execute(select(playlists).where(*_of(owner)))).one_or_none()
        return None if row is None else _playlist(row)

    async def intend(self, owner: Owner, marker: str) -> Playlist:
        """Remember, before it is made, under which marker the playlist will be found; the first marker stays."""

        async def job(conn: AsyncConnection) -> Playlist:
            statement = insert(conn, playlists).values(
                owner_kind=owner.kind, owner_id=owner.id, marker=marker, recreated=0
            )
            await conn.execute(statement.on_conflict_do_nothing(index_elements=["owner_kind", "owner_id"]))
            return _playlist((await conn.execute(select(playlists).where(*_of(owner)))).one())

        return await self._db.write(job)

    async def save(self, owner: Owner, spotify_id: str, url: str) -> None:
        """Keep where the intended playlist stands."""
        await self._set(owner, spotify_id=spotify_id, url=url)

    async def mark_written(self, owner: Owner, week: str) -> None:
        """Keep which week's picks the playlist holds."""
        await self._set(owner, written_week=week)

    async def lost(self, owner: Owner) -> None:
        """Forget a playlist that was deleted on Spotify, and count that it is made anew."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(
                update(playlists)
                .where(*_of(owner), playlists.c.spotify_id.is_not(None))
                .values(spotify_id=None, url=None, written_week=None, recreated=playlists.c.recreated + 1)
            )

        await self._db.write(job)

    async def all(self) -> list[Playlist]:
        """Return every playlist, people's first."""
        query = select(playlists).order_by(playlists.c.owner_kind, playlists.c.owner_id)
        async with self._db.read() as conn:
            return [_playlist(row) for row in (await conn.execute(query)).all()]

    async def _set(self, owner: Owner, **values: str) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(playlists).where(*_of(owner)).values(**values))

        await self._db.write(job)


def _of(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return playlists.c.owner_kind == owner.kind, playlists.c.owner_id == owner.id


def _playlist(row: Row[Any]) -> Playlist:
    owner = Owner(row.owner_kind, row.owner_id)
    return Playlist(owner, row.spotify_id, row.url, row.marker, row.written_week, row.recreated)
