"""What members were asked to choose from, and what they chose: it holds for as long as their message stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.clock import Clock
from catalog.models import Artist, Service, Track, TrackRef
from storage.database import Database
from storage.schema_asked import offers
from storage.stamps import to_ms
from storage.upsert import chunks, insert


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member is asked about a link in a message of theirs.

    `album` is the title of the album that the link leads to, None where the link leads to one track. The chosen
    track is then known under `refs`. `options` are tracks as their services tell of them, not saved.
    """

    message_id: int
    server_id: int
    channel_id: int
    asker_id: int
    link: str
    options: tuple[Track, ...]
    refs: tuple[TrackRef, ...] = ()
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that was asked: `reply_id` is the message that asks it, `chosen` are ids of saved tracks."""

    id: int
    asked: Asked
    reply_id: int | None
    is_open: bool
    chosen: tuple[int, ...]


class Offers:
    """Keep the offers; each link of a message is asked about once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def ask(self, asked: Asked) -> Offer | None:
        """Keep a question before it is posted; None where the message's link was asked about before."""
        values = _values(asked) | {"asked_at": to_ms(self._clock.now()), "chosen": []}

        async def job(conn: AsyncConnection) -> Offer | None:
            statement = insert(conn, offers).values(**values)
            statement = statement.on_conflict_do_nothing(index_elements=["message_id", "link"])
            row = (await conn.execute(statement.returning(*offers.c))).one_or_none()
            return None if row is None else _offer(row)

        return await self._db.write(job)

    async def posted(self, offer_id: int, reply_id: int) -> None:
        """Keep which message asks the question."""
        await self._change(offer_id, reply_id=reply_id)

    async def get(self, offer_id: int) -> Offer | None:
        """Return an offer, or None if there is none of that id."""
        found = await self._where(offers.c.id == offer_id)
        return found[0] if found else None

    async def of_message(self, message_id: int) -> dict[str, Offer]:
        """Return what was asked about a message, by its links."""
        return {offer.asked.link: offer for offer in await self._where(offers.c.message_id == message_id)}

    async def close(self, offer_id: int, chosen: Sequence[int] = ()) -> bool:
        """Keep what was chosen, if anything; False where the offer is closed already."""
        values = {"closed_at": to_ms(self._clock.now()), "chosen": list(chosen), "options": []}

        async def job(conn: AsyncConnection) -> bool:
            change = update(offers).where(offers.c.id == offer_id, offers.c.closed_at.is_(None)).values(**values)
            return bool((await conn.execute(change)).rowcount)

        return await self._db.write(job)

    async def unanswered(self, before: datetime) -> list[Offer]:
        """Return the open offers that were made before then, the oldest first."""
        return await self._where(offers.c.closed_at.is_(None), offers.c.asked_at < to_ms(before))

    async def forget(self, message_ids: Collection[int]) -> list[Offer]:
        """Remove the offers of deleted messages and return those that were open."""

        async def job(conn: AsyncConnection) -> list[Offer]:
            gone: list[Offer] = []
            for chunk in chunks(message_ids):
                removal = delete(offers).where(offers.c.message_id.in_(chunk)).returning(*offers.c)
                gone += [_offer(row) for row in (await conn.execute(removal)).all()]
            return [offer for offer in gone if offer.is_open]

        return await self._db.write(job)

    async def _change(self, offer_id: int, **values: object) -> None:
        async def job(conn: AsyncConnection) -> None:
            await conn.execute(update(offers).where(offers.c.id == offer_id).values(**values))

        await self._db.write(job)

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Offer]:
        async with self._db.read() as conn:
            rows = await conn.execute(select(offers).where(*conditions).order_by(offers.c.id))
            return [_offer(row) for row in rows.all()]


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "message_id": asked.message_id,
        "server_id": asked.server_id,
        "channel_id": asked.channel_id,
        "asker_id": asked.asker_id,
        "link": asked.link,
        "album": asked.album,
        "refs": [[ref.service.value, ref.id] for ref in asked.refs],
        "options": [_packed(track) for track in asked.options],
    }


def _offer(row: Row[Any]) -> Offer:
    asked = Asked(
        row.message_id,
        row.server_id,
        row.channel_id,
        row.asker_id,
        row.link,
        tuple(_unpacked(option) for option in row.options),
        _refs(row.refs),
        row.album,
    )
    return Offer(row.id, asked, row.reply_id, row.closed_at is None, tuple(row.chosen))


def _packed(track: Track) -> dict[str, Any]:
    return {
        "title": track.title,
        "artists": [[artist.name, artist.deezer_id] for artist in track.artists],
        "refs": [[ref.service.value, ref.id] for ref in track.refs],
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
        "album": track.album,
        "year": track.year,
        "explicit": track.explicit,
    }


def _unpacked(option: Mapping[str, Any]) -> Track:
    artists = tuple(Artist(name, deezer_id) for name, deezer_id in option["artists"])
    return Track(**{**option, "artists": artists, "refs": _refs(option["refs"])})


def _refs(rows: Sequence[Sequence[str]]) -> tuple[TrackRef, ...]:
    return tuple(TrackRef(Service(service), ref) for service, ref in rows)
