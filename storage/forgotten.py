"""Who was forgotten, as a one-way mark: what they said before then still stands on Discord, and is not read back.

Whoever holds the database and guesses somebody's number can check the guess; nothing more can be had from a mark.
"""

import hashlib
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.people import Author
from storage.schema import people
from storage.schema_wishes import forgotten
from storage.upsert import chunks, insert

NOBODY = 0
"""The Discord id under which the shares of people without a name are kept: nobody has it."""

_PURPOSE = b"tastebud forgotten"


async def mark(conn: AsyncConnection, discord_id: int, at: int) -> None:
    """Remember, inside a transaction, that this person was forgotten at `at` ms."""
    statement = insert(conn, forgotten).values(digest=_digest(discord_id), at=at)
    await conn.execute(statement.on_conflict_do_update(index_elements=["digest"], set_={"at": at}))


async def forgotten_since(conn: AsyncConnection, discord_ids: Iterable[int], at: int) -> set[int]:
    """Return which of these people were forgotten at `at` ms or later: what they did until `at` is not read back."""
    digests = {_digest(discord_id): discord_id for discord_id in discord_ids}
    found: set[int] = set()
    for chunk in chunks(digests):
        query = select(forgotten.c.digest).where(forgotten.c.digest.in_(chunk), forgotten.c.at >= at)
        found |= {digests[digest] for digest in (await conn.scalars(query)).all()}
    return found


async def nobody(conn: AsyncConnection) -> int:
    """Return, inside a transaction, the key of the person without a name who holds shares without one."""
    row = {"discord_id": NOBODY, "name": "", "opted_out": True}
    await conn.execute(insert(conn, people).values(**row).on_conflict_do_nothing(index_elements=["discord_id"]))
    return int(await conn.scalar(select(people.c.id).where(people.c.discord_id == NOBODY)) or 0)


async def remembered(
    conn: AsyncConnection, authors: Collection[Author], at: int, standing: Collection[int] = ()
) -> list[Author]:
    """Return the authors without those forgotten since `at` ms; who stands (by our key) has come back by themselves."""
    gone = await forgotten_since(conn, [author.discord_id for author in authors], at)
    if gone and standing:
        query = select(people.c.discord_id).where(people.c.discord_id.in_(gone), people.c.id.in_(standing))
        gone -= set((await conn.scalars(query)).all())
    return [author for author in authors if author.discord_id not in gone]


def _digest(discord_id: int) -> str:
    return hashlib.blake2b(str(discord_id).encode(), key=_PURPOSE, digest_size=16).hexdigest()
