"""What servers wish: which channels, which emoji, where to announce, and who may do what."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema_wishes import server_wishes
from storage.upsert import insert

_LISTS = ("channels", "likes", "dislikes")


@dataclass(frozen=True, slots=True)
class ServerWishes:
    """One server's wishes; what is empty or None is left to the settings of Tastebud's owner.

    `announce_channel_id` is a channel or a thread, None for where tracks are shared; `announces` says whether drops are
    announced at all, `recaps` whether a recap comes with them, `repeats` whether a repeated track is told of;
    `bots` whether links of other bots and webhooks count. `settings_role_id` may change these beside who manages the
    server, `server_role_id` alone may use commands for the whole server (None: everybody).
    """

    server_id: int
    channels: tuple[int, ...] = ()
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    announce_channel_id: int | None = None
    announces: bool = True
    recaps: bool = False
    repeats: bool = False
    bots: bool | None = None
    settings_role_id: int | None = None
    server_role_id: int | None = None


class WishStore:
    """Keep what servers wish."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> dict[int, ServerWishes]:
        """Return every server's wishes by its id; a server that never wished for anything is not among them."""
        async with self._db.read() as conn:
            return {row.server_id: _wishes(row) for row in (await conn.execute(select(server_wishes))).all()}

    async def save(self, wishes: ServerWishes) -> None:
        """Keep a server's wishes in place of those before."""
        values: dict[str, Any] = asdict(wishes)
        values |= {name: list(values[name]) for name in _LISTS}

        async def job(conn: AsyncConnection) -> None:
            statement = insert(conn, server_wishes).values(**values)
            changed = {name: value for name, value in values.items() if name != "server_id"}
            await conn.execute(statement.on_conflict_do_update(index_elements=["server_id"], set_=changed))

        await self._db.write(job)

    async def forget(self, server_id: int) -> None:
        """Remove what a server wished for."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(server_wishes).where(server_wishes.c.server_id == server_id))

        await self._db.write(job)


def _wishes(row: Row[Any]) -> ServerWishes:
    values: dict[str, Any] = {each.name: row._mapping[each.name] for each in fields(ServerWishes)}
    values |= {name: tuple(values[name]) for name in _LISTS}
    return ServerWishes(**values)
