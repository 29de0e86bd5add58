"""Messages on their way to Discord: rows, so that a crash neither loses one nor sends one twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from storage.database import Database
from storage.schema_watch import outbox
from storage.stamps import from_ms, to_ms
from storage.upsert import insert

DM, CHANNEL = "dm", "channel"

LASTS = timedelta(days=7)
"""How long a message is tried: what says \"your list is here\" a week later helps nobody."""

KEPT = timedelta(days=60)
"""How long it is remembered that a message was sent, so that the same word sends none."""

CLOSED = 50007
"""Discord's code for a person who takes no direct messages from us."""

Payload = Mapping[str, Any]


class OutboxState(StrEnum):
    """How far a message has come; one that is `sending` may or may not have arrived."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message; `place_id` is the person's Discord id or the channel's, `code` what Discord refused it with."""

    id: int
    word: str
    kind: str
    place_id: int
    server_id: int | None
    payload: dict[str, Any]
    state: OutboxState
    tries: int
    made_at: datetime
    due_at: datetime
    code: int | None = None
    message_id: int | None = None

    @property
    def nonce(self) -> str:
        """Return what Discord knows a repeat by, for some minutes."""
        return f"tastebud-{self.id}"


class Outbox:
    """Keep what is to be sent. The word makes a repeat one: the same word is sent once, however often it is put in."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def put_dm(self, word: str, discord_id: int, payload: Payload) -> bool:
        """Put in a direct message to somebody who wants such; False if that word is known already."""
        return await self._put(word, DM, discord_id, None, payload)

    async def put_in_channel(self, word: str, server_id: int, channel_id: int, payload: Payload) -> bool:
        """Put in a message to a channel; False if that word is known already."""
        return await self._put(word, CHANNEL, channel_id, server_id, payload)

    async def due(self, limit: int = 100) -> list[Letter]:
        """Return the messages to send now, those first that may be under way since a crash, then in their order."""
        now = to_ms(self._clock.now())
        query = (
            select(outbox)
            .where(outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING)), outbox.c.due_at <= now)
            .order_by(outbox.c.state, outbox.c.id)
            .limit(limit)
        )
        async with self._db.read() as conn:
            return [_letter(row) for row in (await conn.execute(query)).all()]

    async def sending(self, letter: Letter) -> None:
        """Remember, before it is sent, that a message is on its way."""
        await self._set(letter, state=OutboxState.SENDING.value, tries=letter.tries + 1)

    async def sent(self, letter: Letter, message_id: int) -> None:
        """Keep which message it became; its words are not needed any more."""
        await self._done(letter, OutboxState.SENT, message_id=message_id)

    async def dropped(self, letter: Letter, code: int) -> None:
        """Keep that it cannot be sent, and what Discord refused it with."""
        await self._done(letter, OutboxState.DROPPED, code=code)

    async def later(self, letter: Letter, wait: timedelta, *, arrived: bool | None = None) -> None:
        """Try again after a while; with `arrived` False it is known that nothing got through."""
        at = to_ms(self._clock.now() + wait)
        state = {"state": OutboxState.WAITING.value} if arrived is False else {}
        await self._set(letter, due_at=at, **state)

    async def closed_to_us(self, discord_id: int) -> bool:
        """Tell whether that person takes no direct messages, as far as we know."""
        query = select(outbox.c.id).where(outbox.c.kind == DM, outbox.c.place_id == discord_id, outbox.c.code == CLOSED)
        async with self._db.read() as conn:
            return await conn.scalar(query.limit(1)) is not None

    async def messages_at(self, place_id: int) -> set[int]:
        """Return which messages in a place are known to be ours."""
        query = select(outbox.c.message_id).where(outbox.c.place_id == place_id, outbox.c.message_id.is_not(None))
        async with self._db.read() as conn:
            return set((await conn.execute(query)).scalars().all())

    async def reopen(self, discord_id: int) -> None:
        """Forget that somebody's direct messages were closed: they asked for them again."""
        await self._where(outbox.c.kind == DM, outbox.c.place_id == discord_id, outbox.c.code == CLOSED, code=0)

    async def forget(self, discord_id: int) -> None:
        """Take away every message to that person."""

        async def job(conn: AsyncConnection) -> None:
            await conn.execute(delete(outbox).where(outbox.c.kind == DM, outbox.c.place_id == discord_id))

        await self._db.write(job)

    async def clear_old(self) -> None:
        """Drop what nobody waits for any more, and forget what was sent long ago."""
        now = self._clock.now()
        late, old = to_ms(now - LASTS), to_ms(now - KEPT)

        async def job(conn: AsyncConnection) -> None:
            waits = outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING))
            await conn.execute(
                update(outbox)
                .where(waits, outbox.c.made_at < late)
                .values(state=OutboxState.DROPPED.value, done_at=to_ms(now), payload={}, code=0)
            )
            gone = outbox.c.code.is_distinct_from(CLOSED)
            await conn.execute(delete(outbox).where(outbox.c.done_at < old, gone))

        await self._db.write(job)

    async def counts(self) -> dict[str, int]:
        """Return how many messages there are in each state."""
        async with self._db.read() as conn:
            rows = (await conn.execute(select(outbox.c.state))).scalars().all()
        return {state.value: sum(row == state.value for row in rows) for state in OutboxState}

    async def _put(self, word: str, kind: str, place_id: int, server_id: int | None, payload: Payload) -> bool:
        now = to_ms(self._clock.now())

        async def job(conn: AsyncConnection) -> bool:
            statement = insert(conn, outbox).values(
                word=word,
                kind=kind,
                place_id=place_id,
                server_id=server_id,
                payload=dict(payload),
                state=OutboxState.WAITING.value,
                tries=0,
                made_at=now,
                due_at=now,
            )
            done = await conn.execute(statement.on_conflict_do_nothing(index_elements=["word"]))
            return bool(done.rowcount)

        return await self._db.write(job)

    async def _done(self, letter: Letter, state: OutboxState, **values: int) -> None:
        await self._set(letter, state=state.value, done_at=to_ms(self._clock.now()), payload={}, **values)

    async def _set(self, letter: Letter, **values: Any) -> None:
        await self._where(outbox.c.id == letter.id, **values)

    async def _where(self, *conditions: ColumnElement[bool], **values: Any) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(outbox).where(*conditions).values(**values))

        await self._db.write(job)


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        word=row.word,
        kind=row.kind,
        place_id=row.place_id,
        server_id=row.server_id,
        payload=dict(row.payload),
        state=OutboxState(row.state),
        tries=row.tries,
        made_at=from_ms(row.made_at),
        due_at=from_ms(row.due_at),
        code=row.code,
        message_id=row.message_id,
    )
