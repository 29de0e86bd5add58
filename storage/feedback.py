"""What people said of tracks: one row per person, track, source, message and emoji.

A replay changes nothing, a reaction taken away takes its rows away, and the newest standing one is the
opinion. A reaction to a message with several tracks counts for each.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.feedback_reads import FeedbackReads
from storage.merging import present_id
from storage.opinions import FeedbackRow, OpinionRows, Source
from storage.people import Author, ensure, touch
from storage.ratings import FeedbackKey, note, standing
from storage.reaction_batches import Act, Reactions
from storage.reactions import KEY, settle
from storage.schema import emojis, feedback, shares
from storage.schema_base import NO_EMOJI, NO_SHARE
from storage.stamps import Stamper, to_ms
from storage.upsert import insert

__all__ = ["Author", "Feedback", "FeedbackRow", "OpinionRows", "Source"]


class Feedback(FeedbackReads):
    """Keep what people said; nothing is written of people who opted out."""

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self._stamps = Stamper(clock)
        self._reactions = Reactions(db)

    async def react(self, message_id: int, author: Author, emoji: str, value: int, at: datetime | None = None) -> bool:
        """Record a reaction, for each track of the message; False if the message is no share we know.

        A replay keeps the instant of the first time.
        """
        return await self._reactions.write(Act(message_id, author, emoji, value, self._stamp(at)))

    async def unreact(self, message_id: int, discord_id: int, emoji: str) -> bool:
        """Take a reaction away; False if it did not stand."""
        return await self._reactions.write(Act(message_id, Author(discord_id, ""), emoji, None, at=0))

    async def clear(self, message_id: int, emoji: str | None = None) -> int:
        """Take all reactions off a message, or all with that emoji; return how many rows went."""
        return await self._take_away(message_id, emoji)

    async def settle(
        self, message_id: int, emoji: str, value: int, authors: Sequence[Author], at: datetime | None = None
    ) -> tuple[int, int]:
        """Make exactly these people stand on that emoji; return how many of them were added and removed.

        Those who stood before keep their instant. (0, 0) if the message is no share we know.
        """
        stamp = self._stamp(at)

        async def job(conn: AsyncConnection) -> tuple[int, int]:
            return await settle(conn, message_id, emoji, value, authors, stamp)

        return await self._db.write(job)

    async def rate(
        self,
        author: Author,
        track_id: int,
        value: int | None,
        source: Source = Source.RATING,
        server_id: int | None = None,
    ) -> bool:
        """Record what the person says of the track now; None takes back what they rated or clicked.

        Return False if there is no such track. Reactions and shares stay as they stand. What was there before is
        noted, so that `storage.ratings` can undo it.
        """
        stamp = self._stamps.next()

        async def job(conn: AsyncConnection) -> bool:
            present = await present_id(conn, track_id)
            if present is None:
                return False
            person = await ensure(conn, author)
            key = FeedbackKey(person.id, present)
            before = await standing(conn, key)
            if value is None:
                await _unrate(conn, person.id, present)
            elif not person.opted_out:
                await _rate(conn, person.id, present, source, value, stamp)
                await touch(conn, (person.id,), server_id, stamp)
            await note(conn, key, value or 0, stamp, before)
            return True

        return await self._db.write(job)

    def _stamp(self, at: datetime | None) -> int:
        return self._stamps.next() if at is None else to_ms(at)

    async def _take_away(self, message_id: int, emoji: str | None, *conditions: ColumnElement[bool]) -> int:
        share_id = select(shares.c.id).where(shares.c.message_id == message_id).scalar_subquery()
        gone = delete(feedback).where(
            feedback.c.share_id == share_id, feedback.c.source == Source.REACTION, *conditions
        )
        if emoji is not None:
            emoji_id = select(emojis.c.id).where(emojis.c.text == emoji).scalar_subquery()
            gone = gone.where(feedback.c.emoji_id == emoji_id)

        async def job(conn: AsyncConnection) -> int:
            return (await conn.execute(gone)).rowcount

        return await self._db.write(job)


async def _unrate(conn: AsyncConnection, person_id: int, track_id: int) -> None:
    await conn.execute(
        delete(feedback).where(
            feedback.c.share_id == NO_SHARE, feedback.c.track_id == track_id, feedback.c.person_id == person_id
        )
    )


async def _rate(conn: AsyncConnection, person_id: int, track_id: int, source: Source, value: int, at: int) -> None:
    statement = insert(conn, feedback).values(
        share_id=NO_SHARE,
        track_id=track_id,
        person_id=person_id,
        source=source.value,
        emoji_id=NO_EMOJI,
        value=value,
        among=1,
        at=at,
    )
    new = statement.excluded
    await conn.execute(statement.on_conflict_do_update(index_elements=KEY, set_={"value": new.value, "at": new.at}))
