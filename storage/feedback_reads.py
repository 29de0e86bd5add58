"""The questions that feedback answers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import CompoundSelect, Row, Select, func, literal, not_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.mutes import counts, is_muted, who_muted
from storage.opinions import FeedbackRow, OpinionRows, Source, reduce_opinion
from storage.people import Author
from storage.schema import emojis, feedback, people, share_tracks, shares
from storage.schema_base import NO_SERVER, NO_SHARE
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks

# Two lists of ids stand in one statement there.
_TRACKS_AT_ONCE = 5_000


class FeedbackReads:
    """Answer questions about what people said."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def counts(self, message_id: int) -> dict[str, int]:
        """Return how many people stand on each emoji of the message."""
        query = (
            select(emojis.c.text, func.count(feedback.c.person_id.distinct()).label("standing"))
            .join(shares, shares.c.id == feedback.c.share_id)
            .join(emojis, emojis.c.id == feedback.c.emoji_id)
            .where(shares.c.message_id == message_id, feedback.c.source == Source.REACTION)
            .group_by(emojis.c.text)
        )
        async with self._db.read() as conn:
            return {row.text: row.standing for row in (await conn.execute(query)).all()}

    async def opinions(self, since: datetime | None = None) -> OpinionRows:
        """Return all standing feedback, or what was given since then, in columns, as it is to be learned from.

        Those who opted out are left out, and what people said is not their taste.
        """
        columns = [feedback.c[name] for name in ("person_id", "track_id", "source", "value", "among", "at")]
        query = select(*columns)
        if since is not None:
            query = query.where(feedback.c.at >= to_ms(since))
        async with self._db.read() as conn:
            found: list[tuple[int, ...]] = []
            # Few have muted anything: nobody else's rows are looked at one by one.
            for part in (query.where(not_(who_muted())), query.where(who_muted(), counts())):
                found += [tuple(row) for row in (await conn.execute(part)).all()]
            rows = np.array(found, dtype=np.int64)
            silent = (await conn.scalars(select(people.c.id).where(people.c.opted_out.is_(True)))).all()
        table = rows.reshape(-1, len(columns))
        table = table[~np.isin(table[:, 0], np.array(silent, dtype=np.int64))]
        person_id, track_id, source, value, among, at = table.T
        return OpinionRows(
            person_id=person_id.copy(),
            track_id=track_id.copy(),
            source=source.astype(np.int8),
            value=value.astype(np.int8),
            weight=(1.0 / among).astype(np.float32),
            at=at.copy(),
        )

    async def of_person(self, person_id: int, limit: int, *, with_muted: bool = False) -> list[FeedbackRow]:
        """Return what that person said last, the newest first; what they brought along comes after it.

        What they said is not their taste is left out, unless asked for.
        """
        query = (
            select(feedback, func.coalesce(emojis.c.text, "").label("emoji"))
            .outerjoin(emojis, emojis.c.id == feedback.c.emoji_id)
            .where(feedback.c.person_id == person_id, *(() if with_muted else (counts(),)))
            .order_by(
                feedback.c.source == Source.IMPORT,
                feedback.c.at.desc(),
                feedback.c.share_id.desc(),
                feedback.c.track_id,
            )
            .limit(limit)
        )
        async with self._db.read() as conn:
            return [_row(row) for row in (await conn.execute(query)).all()]

    async def opinion_of(self, person_id: int, track_id: int) -> float | None:
        """Return 1 for a like and -1 for a dislike, 0.5 for a track only shared, None for nothing said."""
        query = select(feedback.c.source, feedback.c.value, feedback.c.at).where(
            feedback.c.person_id == person_id, feedback.c.track_id == track_id
        )
        async with self._db.read() as conn:
            return reduce_opinion(tuple(row) for row in (await conn.execute(query)).all())

    async def likers(self, track_ids: Collection[int], server_ids: Collection[int]) -> dict[int, list[Author]]:
        """Return who likes each track by word given in these servers, the latest first.

        Whoever has since said otherwise anywhere is left out, as are people who opted out. Ratings and
        clicks belong to no server, so they can take a like back here but never show one.
        """
        said: dict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
        async with self._db.read() as conn:
            for chunk in chunks(track_ids, _TRACKS_AT_ONCE):
                for row in (await conn.execute(_words_on(chunk))).all():
                    said[row.track_id, row.person_id].append(row)
            likes = _likes(said, set(server_ids))
            names = await _authors(conn, {person_id for _, person_id in likes})
        found: dict[int, list[Author]] = {}
        for (track_id, person_id), _at in sorted(likes.items(), key=lambda item: -item[1]):
            if (author := names.get(person_id)) is not None:
                found.setdefault(track_id, []).append(author)
        return found

    async def count(self) -> int:
        """Return how many rows of feedback stand and are to be learned from."""
        muted = select(func.count()).select_from(feedback).where(who_muted(), is_muted())
        async with self._db.read() as conn:
            rows = int(await conn.scalar(select(func.count()).select_from(feedback)) or 0)
            return rows - int(await conn.scalar(muted) or 0)


def _words_on(track_ids: list[int]) -> CompoundSelect[Any]:
    """Return the query for all that was said on these tracks: to shares of them, and apart from any."""
    said = (feedback.c.track_id, feedback.c.person_id, feedback.c.source, feedback.c.value, feedback.c.at)
    on_shares: Select[Any] = (
        select(*said, shares.c.server_id)
        .select_from(share_tracks)
        .join(
            feedback,
            (feedback.c.share_id == share_tracks.c.share_id) & (feedback.c.track_id == share_tracks.c.track_id),
        )
        .join(shares, shares.c.id == share_tracks.c.share_id)
        .where(share_tracks.c.track_id.in_(track_ids))
    )
    apart: Select[Any] = select(*said, literal(NO_SERVER).label("server_id")).where(
        feedback.c.share_id == NO_SHARE, feedback.c.track_id.in_(track_ids)
    )
    return union_all(on_shares, apart)


def _likes(said: dict[tuple[int, int], list[Row[Any]]], server_ids: set[int]) -> dict[tuple[int, int], int]:
    """Return (track, person) -> instant of the latest like in these servers, where the opinion still is a like."""
    found: dict[tuple[int, int], int] = {}
    for key, rows in said.items():
        here = [row.at for row in rows if row.value > 0 and row.server_id in server_ids]
        opinion = reduce_opinion((row.source, row.value, row.at) for row in rows)
        if here and opinion is not None and opinion > 0:
            found[key] = max(here)
    return found


async def _authors(conn: AsyncConnection, person_ids: set[int]) -> dict[int, Author]:
    found: dict[int, Author] = {}
    for chunk in chunks(person_ids):
        query = select(people).where(people.c.id.in_(chunk), people.c.opted_out.is_(False))
        found |= {row.id: Author(row.discord_id, row.name) for row in (await conn.execute(query)).all()}
    return found


def _row(row: Row[Any]) -> FeedbackRow:
    return FeedbackRow(
        person_id=row.person_id,
        track_id=row.track_id,
        source=Source(row.source),
        value=row.value,
        weight=1 / row.among,
        at=from_ms(row.at),
        share_id=row.share_id,
        emoji=row.emoji,
    )
