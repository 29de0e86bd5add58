"""The playlists, one an owner and account, remembered before they are made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.owners import Owner
from storage.schema_accounts import member_accounts
from storage.schema_drops import drops, playlists
from storage.stamps import to_ms
from storage.upsert import insert

__all__ = ["Behind", "Owner", "Playlist", "Playlists"]

_STANDING = ("written", "announced")  # how far a drop has come whose picks people have been shown


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


@dataclass(frozen=True, slots=True)
class Behind:
    """A drop that stands, and that its owner's playlist does not hold yet."""

    drop_id: int
    week: str
    owner: Owner


class Playlists:
    """Keep the playlists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, owner: Owner) -> Playlist | None:
        """Return the owner's playlist, or None if none was ever intended."""
        async with self._db.read() as conn:
            row = (await conn.execute(select(playlists).where(*_of(owner)))).one_or_none()
        return None if row is None else _playlist(row)

    async def shown(self, owner: Owner) -> Playlist | None:
        """Return the playlist that holds the owner's newest drop: a person's may stand in their own account."""
        kinds = ("person", "own") if owner.kind == "person" else (owner.kind,)
        query = select(playlists).where(playlists.c.owner_kind.in_(kinds), playlists.c.owner_id == owner.id)
        async with self._db.read() as conn:
            found = [_playlist(row) for row in (await conn.execute(query)).all()]
        return max(found, key=lambda one: (one.written_week or "", one.owner.kind == "own"), default=None)

    async def behind(self, since: datetime) -> list[Behind]:
        """Return the newest drops due since then that their playlist does not hold, the longest due first.

        Where a person's own account is linked, that is the playlist there.
        """
        shelf, own = playlists.alias("shelf"), playlists.alias("own")
        same = and_(shelf.c.owner_kind == drops.c.owner_kind, shelf.c.owner_id == drops.c.owner_id)
        theirs = and_(own.c.owner_kind == "own", own.c.owner_id == drops.c.owner_id, drops.c.owner_kind == "person")
        account = and_(
            member_accounts.c.person_id == drops.c.owner_id,
            drops.c.owner_kind == "person",
            member_accounts.c.refresh_token.is_not(None),
        )
        held = case((member_accounts.c.person_id.is_(None), shelf.c.written_week), else_=own.c.written_week)
        query = (
            select(drops.c.id, drops.c.week, drops.c.owner_kind, drops.c.owner_id, held.label("held"))
            .outerjoin(shelf, same)
            .outerjoin(own, theirs)
            .outerjoin(member_accounts, account)
            .where(drops.c.state.in_(_STANDING), drops.c.due_at >= to_ms(since))
            .order_by(drops.c.week, drops.c.id)
        )
        async with self._db.read() as conn:
            newest = {Owner(row.owner_kind, row.owner_id): row for row in (await conn.execute(query)).all()}
        return [
            Behind(row.id, row.week, owner) for owner, row in newest.items() if row.held is None or row.held < row.week
        ]

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
