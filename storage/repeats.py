"""Who shared a track before in a server, when, and how it was received there."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.opinions import Source
from storage.schema import feedback, people, share_tracks, shares
from storage.stamps import from_ms


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier share of a track; `likes` and `dislikes` count the people whose reaction stands on it."""

    track_id: int
    channel_id: int
    message_id: int
    name: str
    at: datetime
    likes: int = 0
    dislikes: int = 0


class Repeats:
    """Read earlier shares; nobody who wants to be left alone is among those told of or counted."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def before(self, server_id: int, message_id: int, track_ids: Collection[int]) -> list[Repeat]:
        """Return the shares of these tracks in that server that are older than the message, the oldest first."""
        query = (
            select(shares.c.id, share_tracks.c.track_id, shares.c.channel_id, shares.c.message_id, shares.c.at)
            .add_columns(people.c.name)
            .join(share_tracks, share_tracks.c.share_id == shares.c.id)
            .join(people, people.c.id == shares.c.person_id)
            .where(
                share_tracks.c.track_id.in_(track_ids),
                shares.c.server_id == server_id,
                shares.c.message_id < message_id,
                people.c.opted_out.is_(False),
                people.c.name != "",
            )
            .order_by(shares.c.message_id)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(query)).all()
            votes = await _votes(conn, {row.id for row in rows}, track_ids)
        found = []
        for row in rows:
            values = list(votes.get((row.id, row.track_id), {}).values())
            likes, dislikes = sum(value > 0 for value in values), sum(value < 0 for value in values)
            at = from_ms(row.at)
            found.append(Repeat(row.track_id, row.channel_id, row.message_id, row.name, at, likes, dislikes))
        return found


async def _votes(
    conn: AsyncConnection, share_ids: Collection[int], track_ids: Collection[int]
) -> Mapping[tuple[int, int], dict[int, int]]:
    """Return what people's newest reaction on each share says, by share and track."""
    query = (
        select(feedback.c.share_id, feedback.c.track_id, feedback.c.person_id, feedback.c.value)
        .join(people, people.c.id == feedback.c.person_id)
        .where(
            feedback.c.share_id.in_(share_ids),
            feedback.c.track_id.in_(track_ids),
            feedback.c.source == Source.REACTION,
            people.c.opted_out.is_(False),
        )
        .order_by(feedback.c.at)
    )
    votes: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for row in (await conn.execute(query)).all():
        votes[row.share_id, row.track_id][row.person_id] = row.value
    return votes
