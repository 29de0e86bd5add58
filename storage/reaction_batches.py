"""Reactions that wait at the same moment are written together: a few statements for all of them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from sqlalchemy import Delete, bindparam, delete, select, tuple_
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import StorageError
from storage.opinions import Source
from storage.people import Author, ensure_all, touch_all
from storage.reactions import KEY, emoji_key
from storage.schema import emojis, feedback, people, share_tracks, shares
from storage.upsert import insert_for

REACTION = Source.REACTION.value

ACTS_A_BATCH = 1_000
"""More in one go would only make the first of them wait; each costs a few of a statement's bound values."""


UNWRITABLE = (ValueError, OverflowError, StorageError)
"""What an act raises that no database takes: half a letter for an emoji, a number of 70 bits."""


@dataclass(frozen=True, slots=True)
class Act:
    """A reaction given (`value` 1 or -1, since `at` ms), or taken away (`value` None)."""

    message_id: int
    author: Author
    emoji: str
    value: int | None
    at: int


class Spot(NamedTuple):
    """Where one reaction stands, in the database's own numbers."""

    share_id: int
    person_id: int
    emoji_id: int


@dataclass(frozen=True, slots=True)
class _Share:
    id: int
    server_id: int
    track_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Change:
    """What becomes of one spot: taken away, given, or both in that order; nothing where it ends as it stood."""

    share: _Share
    stands: int | None
    taken: bool = False
    given: Act | None = None

    def apply(self, act: Act) -> bool:
        """Let the act change the spot; tell whether there was something to change."""
        if act.value is None:
            stood = self.stands is not None
            self.taken, self.given, self.stands = self.taken or stood, None, None
            return stood
        if self.stands is None or self.stands != act.value:
            self.given, self.stands = act, act.value
        return True


@dataclass(frozen=True, slots=True)
class _Batch:
    """Acts that are written together, and the future of what became of each."""

    acts: list[Act]
    done: "asyncio.Future[list[bool]]"
    ticket: int


class Reactions:
    """Write acts in the order they came, those that wait at the same moment in one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._open: _Batch | None = None

    async def write(self, act: Act) -> bool:
        """Write the act; return, once it is on the disk, whether its share is known or its reaction stood."""
        batch = self._open
        # What was queued behind the batch must not be overtaken by acts that join it.
        if batch is None or batch.ticket != self._db.queued or len(batch.acts) >= ACTS_A_BATCH:
            batch = self._begin()
        place = len(batch.acts)
        batch.acts.append(act)
        try:
            # One caller that is cancelled must not take the others' acts along.
            return (await asyncio.shield(batch.done))[place]
        except UNWRITABLE:
            if len(batch.acts) == 1:
                raise
            # One that cannot be written must not take the others along either.
            return (await self._db.write(lambda conn: _write(conn, [act])))[0]

    def _begin(self) -> _Batch:
        """Queue a batch; acts may join it until it runs."""
        acts: list[Act] = []

        async def job(conn: AsyncConnection) -> list[bool]:
            if self._open is not None and self._open.acts is acts:
                self._open = None
            return await _write(conn, acts)

        done = self._db.submit(job)
        done.add_done_callback(_look_at)
        self._open = batch = _Batch(acts, done, self._db.queued)
        return batch


def _look_at(done: "asyncio.Future[list[bool]]") -> None:
    """Take note of an error, in case every caller was cancelled."""
    if not done.cancelled():
        done.exception()


async def _write(conn: AsyncConnection, acts: Sequence[Act]) -> list[bool]:
    """Write the acts and return of each whether its share is known, or its reaction stood."""
    known = await _shares(conn, {act.message_id for act in acts})
    here = [act for act in acts if act.message_id in known]
    persons = await _persons(conn, here)
    emoji_ids = await _emoji_ids(conn, here)
    spots = {
        index: Spot(known[act.message_id].id, persons[act.author.discord_id], emoji_ids[act.emoji])
        for index, act in enumerate(acts)
        if act.message_id in known and act.author.discord_id in persons and act.emoji in emoji_ids
    }
    standing = await _standing(conn, ((spot, known[acts[index].message_id]) for index, spot in spots.items()))
    changes: dict[Spot, _Change] = {}
    results: list[bool] = []
    for index, act in enumerate(acts):
        spot = spots.get(index)
        if spot is None:
            results.append(act.value is not None and act.message_id in known)
            continue
        change = changes.setdefault(spot, _Change(known[act.message_id], standing.get(spot)))
        results.append(change.apply(act))
    await _apply(conn, changes)
    return results


async def _shares(conn: AsyncConnection, message_ids: set[int]) -> dict[int, _Share]:
    """Return the shares by message, with their tracks."""
    query = (
        select(shares.c.id, shares.c.message_id, shares.c.server_id, share_tracks.c.track_id)
        .outerjoin(share_tracks, share_tracks.c.share_id == shares.c.id)
        .where(shares.c.message_id.in_(message_ids))
        .order_by(shares.c.id, share_tracks.c.position)
    )
    found: dict[int, _Share] = {}
    for row in (await conn.execute(query)).all():
        share = found.setdefault(row.message_id, _Share(row.id, row.server_id))
        if row.track_id is not None:
            share.track_ids.append(row.track_id)
    return found


async def _persons(conn: AsyncConnection, acts: Iterable[Act]) -> dict[int, int]:
    """Return the keys of the people by Discord id: who gave is made known, who opted out is left out."""
    givers = {act.author.discord_id: act.author for act in acts if act.value is not None}
    takers = {act.author.discord_id for act in acts if act.author.discord_id not in givers}
    known = {} if not givers else await ensure_all(conn, givers.values())
    found = {discord_id: person.id for discord_id, person in known.items() if not person.opted_out}
    if takers:
        query = select(people.c.discord_id, people.c.id).where(people.c.discord_id.in_(takers))
        found.update({row.discord_id: row.id for row in (await conn.execute(query)).all()})
    return found


async def _emoji_ids(conn: AsyncConnection, acts: Iterable[Act]) -> dict[str, int]:
    """Return the numbers that stand for the emoji; those given for the first time get one."""
    given = {act.emoji: act.value is not None for act in sorted(acts, key=lambda act: act.value is not None)}
    if not given:
        return {}
    query = select(emojis.c.text, emojis.c.id).where(emojis.c.text.in_(given))
    found = {row.text: row.id for row in (await conn.execute(query)).all()}
    for text, wanted in given.items():
        if wanted and text not in found:
            found[text] = await emoji_key(conn, text)
    return found


async def _standing(conn: AsyncConnection, spots: Iterable[tuple[Spot, _Share]]) -> dict[Spot, int]:
    """Return the values of those spots where a reaction stands; its first track tells of the whole message."""
    keys = {
        (spot.share_id, share.track_ids[0], spot.person_id, REACTION, spot.emoji_id)
        for spot, share in spots
        if share.track_ids
    }
    if not keys:
        return {}
    query = select(feedback.c.share_id, feedback.c.person_id, feedback.c.emoji_id, feedback.c.value)
    rows = (await conn.execute(query.where(_KEY.in_(keys)))).all()
    return {Spot(row.share_id, row.person_id, row.emoji_id): row.value for row in rows}


async def _apply(conn: AsyncConnection, changes: dict[Spot, _Change]) -> None:
    """Take away first, then give: what was taken and given again begins anew."""
    gone = [spot._asdict() for spot, change in changes.items() if change.taken]
    if gone:
        await conn.execute(_TAKE, [{f"old_{name}": value for name, value in row.items()} for row in gone])
    rows: list[dict[str, int]] = []
    touched: dict[tuple[int, int], int] = defaultdict(int)
    for spot, change in changes.items():
        act, share = change.given, change.share
        if act is None or act.value is None:
            continue
        same = {"source": REACTION, "value": act.value, "among": len(share.track_ids), "at": act.at, **spot._asdict()}
        rows += [{**same, "track_id": track_id} for track_id in share.track_ids]
        place = spot.person_id, share.server_id
        touched[place] = max(touched[place], act.at)
    if rows:
        await conn.execute(_give(conn.dialect.name), rows)
    await touch_all(conn, ((person_id, server_id, at) for (person_id, server_id), at in touched.items()))


_KEY = tuple_(*feedback.primary_key.columns)

_TAKE: Delete = delete(feedback).where(
    feedback.c.source == REACTION,
    *(feedback.c[name] == bindparam(f"old_{name}") for name in Spot._fields),
)


@cache
def _give(dialect: str) -> Insert:
    """Return the statement that writes a reaction's row, built once: building costs more than running."""
    statement = insert_for(dialect, feedback)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=KEY, set_={"value": new.value}, where=feedback.c.value != new.value
    )
