"""Two rows that turn out to be one track: everything said about the one follows to the other."""

from sqlalchemy import Table, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    asked_seeds,
    blocks,
    feedback,
    merges,
    proposals,
    refs,
    refusals,
    share_tracks,
    track_artists,
    track_tags,
    tracks,
)
from storage.schema_base import NO_SHARE
from storage.schema_drops import picks
from storage.schema_showings import showings
from storage.schema_vetoes import mutes, ratings, reroll_tracks, vetoes
from storage.upsert import insert

_TRACK = "track"  # the kind of seed that is a track
_FEEDBACK_KEY = ["share_id", "track_id", "person_id", "source", "emoji_id"]


async def merge(conn: AsyncConnection, kept: int, gone: int) -> None:
    """Move everything from the track `gone` to the track `kept`, inside a transaction, and remove `gone`."""
    shared = await _move_shares(conn, kept, gone)
    await _move_feedback(conn, kept, gone)
    for share_id in shared:
        await reweigh(conn, share_id)
    await _move_unless_there(conn, track_artists, kept, gone)
    await _forget_misses(conn, kept, gone)
    for table in (blocks, refusals):
        await _move_unless_there(conn, table, kept, gone, per=("block",))
    await _move_unless_there(conn, track_tags, kept, gone, per=("source",))
    await _move_unless_there(conn, proposals, kept, gone, per=("source", "kind", "seed_id"))
    await _move_seeds(conn, kept, gone)
    await _move_unless_there(conn, vetoes, kept, gone, per=("person_id",))
    await _move_unless_there(conn, reroll_tracks, kept, gone, per=("drop_id",))
    for table in (refs, picks, showings, mutes, ratings):
        await conn.execute(update(table).where(table.c.track_id == gone).values(track_id=kept))
    await conn.execute(update(merges).where(merges.c.kept_id == gone).values(kept_id=kept))
    await conn.execute(insert(conn, merges).values(gone_id=gone, kept_id=kept))
    await conn.execute(delete(tracks).where(tracks.c.id == gone))


async def present_id(conn: AsyncConnection, track_id: int) -> int | None:
    """Return the id itself, or that of the track it was merged into, or None if there never was such a track."""
    if await conn.scalar(select(tracks.c.id).where(tracks.c.id == track_id)) is not None:
        return track_id
    return await conn.scalar(select(merges.c.kept_id).where(merges.c.gone_id == track_id))


async def reweigh(conn: AsyncConnection, share_id: int) -> None:
    """Spread each reaction to the share evenly over the tracks it has now."""
    among = select(func.count()).where(share_tracks.c.share_id == share_id).scalar_subquery()
    await conn.execute(
        update(feedback).where(feedback.c.share_id == share_id, feedback.c.among != among).values(among=among)
    )


async def _move_shares(conn: AsyncConnection, kept: int, gone: int) -> list[int]:
    """Let shares of `gone` be shares of `kept`; return those that had both and now have one track fewer."""
    twin = share_tracks.alias()
    both = select(twin.c.share_id).where(twin.c.track_id == kept)
    query = select(share_tracks.c.share_id).where(share_tracks.c.track_id == gone, share_tracks.c.share_id.in_(both))
    doubled = list((await conn.scalars(query)).all())
    for share_id in doubled:
        await conn.execute(
            delete(share_tracks).where(share_tracks.c.share_id == share_id, share_tracks.c.track_id == gone)
        )
    await conn.execute(update(share_tracks).where(share_tracks.c.track_id == gone).values(track_id=kept))
    return doubled


async def _move_feedback(conn: AsyncConnection, kept: int, gone: int) -> None:
    """Move what people said; where they said it of both, the newer rating stands, and the first reaction."""
    of_gone = feedback.c.track_id == gone
    rows = [dict(row) for row in (await conn.execute(select(feedback).where(of_gone))).mappings()]
    if not rows:
        return
    await conn.execute(delete(feedback).where(of_gone))
    statement = insert(conn, feedback)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=_FEEDBACK_KEY,
        set_={"value": new.value, "at": new.at},
        where=(feedback.c.share_id == NO_SHARE) & (feedback.c.at < new.at),
    )
    await conn.execute(statement, [{**row, "track_id": kept} for row in rows])


async def _move_seeds(conn: AsyncConnection, kept: int, gone: int) -> None:
    """Let what was found by way of `gone` be found by way of `kept`, and `kept` be asked about where `gone` was."""
    for table, others in ((proposals, ("track_id", "source")), (asked_seeds, ("source",))):
        twin = table.alias()
        there = exists().where(twin.c.kind == _TRACK, twin.c.seed_id == kept)
        there = there.where(*(twin.c[name] == table.c[name] for name in others))
        mine = (table.c.kind == _TRACK) & (table.c.seed_id == gone)
        await conn.execute(delete(table).where(mine, there))
        await conn.execute(update(table).where(mine).values(seed_id=kept))


async def _forget_misses(conn: AsyncConnection, kept: int, gone: int) -> None:
    """Let a source's numbers on `gone` take the place of its having nothing on `kept`."""
    twin = blocks.alias()
    told = exists().where(twin.c.track_id == gone, twin.c.block == blocks.c.block, twin.c.numbers.is_not(None))
    await conn.execute(delete(blocks).where(blocks.c.track_id == kept, blocks.c.numbers.is_(None), told))


async def _move_unless_there(
    conn: AsyncConnection, table: Table, kept: int, gone: int, per: tuple[str, ...] = ()
) -> None:
    """Move rows of `gone` that `kept` has none of (`per` values of those columns), and remove the others."""
    twin = table.alias()
    there = exists().where(twin.c.track_id == kept, *(twin.c[name] == table.c[name] for name in per))
    await conn.execute(delete(table).where(table.c.track_id == gone, there))
    await conn.execute(update(table).where(table.c.track_id == gone).values(track_id=kept))
