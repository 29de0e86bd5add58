"""Reactions as rows, inside the transactions of storage.feedback and storage.shares."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.forgotten import remembered
from storage.opinions import Source
from storage.people import Author, ensure_all, touch
from storage.schema import emojis, feedback, people, share_tracks, shares
from storage.upsert import chunks, insert, insert_for

KEY = [column.name for column in feedback.primary_key.columns]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reaction goes; the emoji is None while it is new."""

    share_id: int
    server_id: int
    emoji_id: int | None


# The statements of a reaction are built once: building them costs more than running them.
_LOOK = (
    select(
        shares.c.id.label("share_id"),
        shares.c.server_id,
        emojis.c.id.label("emoji_id"),
    )
    .select_from(shares)
    .outerjoin(emojis, emojis.c.text == bindparam("emoji"))
    .where(shares.c.message_id == bindparam("message"))
)


@cache
def _stand(dialect: str) -> Insert:
    """Return the statement that writes the same reaction of several people for each track of a share."""
    share = share_tracks.alias()
    among = select(func.count()).where(share.c.share_id == bindparam("share")).scalar_subquery()
    given = [
        bindparam("kind", Source.REACTION.value, SmallInteger),
        bindparam("emoji", type_=Integer),
        bindparam("worth", type_=SmallInteger),
        among,
        bindparam("stamp", type_=BigInteger),
    ]
    rows = (
        select(share_tracks.c.share_id, share_tracks.c.track_id, people.c.id, *given)
        .select_from(share_tracks)
        .join(people, people.c.id.in_(bindparam("persons", expanding=True)))
        .where(share_tracks.c.share_id == bindparam("share"))
    )
    statement = insert_for(dialect, feedback).from_select([*KEY, "value", "among", "at"], rows)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=KEY, set_={"value": new.value}, where=feedback.c.value != new.value
    )


async def look(conn: AsyncConnection, message_id: int, emoji: str) -> Place | None:
    """Look up what a reaction needs, in one statement; None if the message is no share."""
    row = (await conn.execute(_LOOK, {"message": message_id, "emoji": emoji})).one_or_none()
    return None if row is None else Place(row.share_id, row.server_id, row.emoji_id)


async def emoji_key(conn: AsyncConnection, emoji: str) -> int:
    """Return the small number that stands for the emoji, giving it one if it is new."""
    statement = insert(conn, emojis).values(text=emoji)
    statement = statement.on_conflict_do_update(index_elements=["text"], set_={"text": emoji})
    return int((await conn.execute(statement.returning(emojis.c.id))).scalar_one())


async def stand(
    conn: AsyncConnection, place: Place, person_ids: Collection[int], emoji_id: int, value: int, at: int
) -> int:
    """Write these people's reaction for each track of the share; return how many rows that changed."""
    changed = 0
    for chunk in chunks(person_ids):
        given = {"share": place.share_id, "persons": chunk, "emoji": emoji_id, "worth": value, "stamp": at}
        changed += (await conn.execute(_stand(conn.dialect.name), given)).rowcount
    if changed:
        await touch(conn, person_ids, place.server_id, at)
    return changed


async def settle(
    conn: AsyncConnection, message_id: int, emoji: str, value: int, authors: Sequence[Author], at: int
) -> tuple[int, int]:
    """Make exactly these people stand on the emoji of that message; return how many came and went.

    Who was forgotten after the message was written does not come again by what still stands on it.
    """
    place = await look(conn, message_id, emoji)
    if place is None:
        return 0, 0
    emoji_id = place.emoji_id or await emoji_key(conn, emoji)
    stood = await _standing(conn, place.share_id, emoji_id)
    shared_at = await conn.scalar(select(shares.c.at).where(shares.c.id == place.share_id))
    known = await ensure_all(conn, await remembered(conn, authors, shared_at or 0, stood))
    wanted = {person.id for person in known.values() if not person.opted_out}
    gone, come = stood.keys() - {person.id for person in known.values()}, wanted - stood.keys()
    await _leave(conn, place.share_id, emoji_id, gone)
    await stand(conn, place, [one for one in wanted if stood.get(one) != value], emoji_id, value, at)
    return len(come), len(gone)


async def _standing(conn: AsyncConnection, share_id: int, emoji_id: int) -> dict[int, int]:
    """Return who stands on the emoji, with the value it had."""
    query = select(feedback.c.person_id, feedback.c.value).where(
        feedback.c.share_id == share_id, feedback.c.source == Source.REACTION, feedback.c.emoji_id == emoji_id
    )
    return {row.person_id: row.value for row in (await conn.execute(query.distinct())).all()}


async def _leave(conn: AsyncConnection, share_id: int, emoji_id: int, gone: Iterable[int]) -> None:
    for chunk in chunks(gone):
        await conn.execute(
            delete(feedback).where(
                feedback.c.share_id == share_id,
                feedback.c.source == Source.REACTION,
                feedback.c.emoji_id == emoji_id,
                feedback.c.person_id.in_(chunk),
            )
        )


async def retrack(conn: AsyncConnection, share_id: int, added: Sequence[int], removed: Sequence[int]) -> None:
    """After an edit, let the reactions that stand count for the added tracks, and no more for the removed ones."""
    query = (
        select(feedback.c.person_id, feedback.c.source, feedback.c.emoji_id, feedback.c.value, feedback.c.at)
        .where(feedback.c.share_id == share_id)
        .distinct()
    )
    standing: list[dict[str, Any]] = [dict(row) for row in (await conn.execute(query)).mappings()]
    rows = [{**row, "share_id": share_id, "track_id": track_id, "among": 1} for row in standing for track_id in added]
    if rows:
        await conn.execute(insert(conn, feedback).on_conflict_do_nothing(), rows)
    if removed:
        await conn.execute(delete(feedback).where(feedback.c.share_id == share_id, feedback.c.track_id.in_(removed)))
