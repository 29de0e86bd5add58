"""The members: who they are, when they want their drop, and where they have been active."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Row, exists, func, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import feedback, memberships, people
from storage.schema_base import NO_SERVER
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks, insert, insert_for


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody as Discord names them; an empty name keeps the one we know."""

    discord_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member; weekday, hour and timezone are None where the default schedule holds.

    `dial` is 0 (familiar) to 10 (adventurous), None in the middle; `paused`: no drops until they say so; `by_dm`: told
    of their drop by direct message; `hushed`: not named in a server's announcement; `hinted`: had their first hint.
    """

    id: int
    discord_id: int
    name: str
    timezone: str | None = None
    weekday: str | None = None
    hour: int | None = None
    opted_out: bool = False
    dial: int | None = None
    paused: bool = False
    by_dm: bool = False
    hushed: bool = False
    hinted: bool = False


class People:
    """Keep the members."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_discord_id(self, discord_id: int) -> Person | None:
        """Return that member, or None if they never did anything here."""
        found = await self._where(people.c.discord_id == discord_id)
        return found[0] if found else None

    async def named(self, name: str) -> list[Person]:
        """Return the members of that name, whatever the case."""
        return await self._where(func.lower(people.c.name) == name.strip().lower())

    async def get(self, ids: Collection[int]) -> dict[int, Person]:
        """Return the members with these ids."""
        found = [person for chunk in chunks(ids) for person in await self._where(people.c.id.in_(chunk))]
        return {person.id: person for person in found}

    async def active(self, since: datetime, server_id: int | None = None) -> list[Person]:
        """Return who has given feedback of their own since then and not opted out, in that server if given."""
        there = select(memberships.c.person_id).where(memberships.c.active_at >= to_ms(since))
        if server_id is not None:
            there = there.where(memberships.c.server_id == server_id)
        own = exists().where(feedback.c.person_id == people.c.id, feedback.c.at >= to_ms(since))
        return await self._where(people.c.id.in_(there), own, people.c.opted_out.is_(False))

    async def servers_of(self, person_id: int, since: datetime) -> list[int]:
        """Return the servers in which that person did something since then, the latest first."""
        query = (
            select(memberships.c.server_id)
            .where(
                memberships.c.person_id == person_id,
                memberships.c.server_id != NO_SERVER,
                memberships.c.active_at >= to_ms(since),
            )
            .order_by(memberships.c.active_at.desc(), memberships.c.server_id)
        )
        async with self._db.read() as conn:
            return list((await conn.scalars(query)).all())

    async def first_feedback(self, person_ids: Sequence[int]) -> dict[int, datetime]:
        """Return when each person gave the oldest of their standing feedback; who gave none is left out."""
        firsts: dict[int, datetime] = {}
        async with self._db.read() as conn:
            for chunk in chunks(person_ids):
                query = (
                    select(feedback.c.person_id, func.min(feedback.c.at))
                    .where(feedback.c.person_id.in_(chunk))
                    .group_by(feedback.c.person_id)
                )
                firsts |= {person_id: from_ms(at) for person_id, at in (await conn.execute(query)).all()}
        return firsts

    async def set_schedule(
        self, discord_id: int, name: str, weekday: str | None, hour: int | None, timezone: str | None
    ) -> Person:
        """Keep when this person wants their drop; None goes back to the default."""
        return await self._set(Author(discord_id, name), weekday=weekday, hour=hour, timezone=timezone)

    async def set_opted_out(self, discord_id: int, name: str, opted_out: bool) -> Person:
        """Keep whether this person wants to be left alone: from then on nothing they do is recorded."""
        return await self._set(Author(discord_id, name), opted_out=opted_out)

    async def set_dial(self, author: Author, dial: int | None) -> Person:
        """Keep how adventurous this person's drops shall be, 0 to 10; None is the middle."""
        if dial is not None and not 0 <= dial <= 10:
            raise ValueError(f"{dial} is no number from 0 to 10.")
        return await self._set(author, dial=dial)

    async def set_paused(self, author: Author, paused: bool) -> Person:
        """Keep whether this person wants no drops for now."""
        return await self._set(author, paused=paused)

    async def set_places(self, author: Author, *, by_dm: bool, hushed: bool) -> Person:
        """Keep where this person is told of their drop: by direct message, and not in the servers if `hushed`."""
        return await self._set(author, by_dm=by_dm, hushed=hushed)

    async def take_hint(self, discord_id: int) -> bool:
        """Tell whether this person may be given their first hint; asked again it is False for ever."""
        change = update(people).where(
            people.c.discord_id == discord_id, people.c.hinted.is_(False), people.c.opted_out.is_(False)
        )

        async def job(conn: AsyncConnection) -> bool:
            return (await conn.execute(change.values(hinted=True))).rowcount > 0

        return await self._db.write(job)

    async def _set(self, author: Author, **values: str | int | bool | None) -> Person:
        async def job(conn: AsyncConnection) -> Person:
            known = await ensure(conn, author)
            change = update(people).where(people.c.id == known.id).values(**values).returning(*people.c)
            return _person((await conn.execute(change)).one())

        return await self._db.write(job)

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Person]:
        async with self._db.read() as conn:
            rows = await conn.execute(select(people).where(*conditions).order_by(people.c.id))
            return [_person(row) for row in rows.all()]


@dataclass(frozen=True, slots=True)
class Known:
    """What a transaction needs of a person: the key, and whether to leave them alone."""

    id: int
    opted_out: bool


async def ensure(conn: AsyncConnection, author: Author) -> Known:
    """Return that person's key, inside a transaction, making or renaming the row."""
    return (await ensure_all(conn, (author,)))[author.discord_id]


async def ensure_all(conn: AsyncConnection, authors: Iterable[Author]) -> dict[int, Known]:
    """Return the keys of these people by Discord id, inside a transaction, making or renaming rows."""
    wanted = {author.discord_id: author for author in authors}
    found = await _known(conn, wanted)
    new = {discord_id: author for discord_id, author in wanted.items() if discord_id not in found}
    if new:
        rows = [{"discord_id": author.discord_id, "name": author.name, "opted_out": False} for author in new.values()]
        await conn.execute(insert(conn, people).on_conflict_do_nothing(index_elements=["discord_id"]), rows)
        found |= await _known(conn, new)
    return found


async def _known(conn: AsyncConnection, wanted: Mapping[int, Author]) -> dict[int, Known]:
    """Return those of these people who have a row, and rename those who go by another name now."""
    found: dict[int, Known] = {}
    for chunk in chunks(wanted):
        query = select(people.c.id, people.c.discord_id, people.c.name, people.c.opted_out)
        for row in (await conn.execute(query.where(people.c.discord_id.in_(chunk)))).all():
            found[row.discord_id] = Known(row.id, row.opted_out)
            name = wanted[row.discord_id].name
            if name not in {"", row.name} and not row.opted_out:
                await conn.execute(update(people).where(people.c.id == row.id).values(name=name))
    return found


@cache
def _touch(dialect: str) -> Insert:
    """Return the statement of `touch`, built once since every reaction runs it."""
    statement = insert_for(dialect, memberships)
    return statement.on_conflict_do_update(
        index_elements=["person_id", "server_id"],
        set_={"active_at": statement.excluded.active_at},
        where=memberships.c.active_at < statement.excluded.active_at,
    )


async def touch(conn: AsyncConnection, person_ids: Iterable[int], server_id: int | None, at: int) -> None:
    """Remember, inside a transaction, that these people did something in that server (None: in private) at `at` ms."""
    place = NO_SERVER if server_id is None else server_id
    await touch_all(conn, ((person_id, place, at) for person_id in person_ids))


async def touch_all(conn: AsyncConnection, doings: Iterable[tuple[int, int, int]]) -> None:
    """Remember, inside a transaction, who did something in which server, and when: (person, server, ms)."""
    rows = [{"person_id": person_id, "server_id": server_id, "active_at": at} for person_id, server_id, at in doings]
    if rows:
        await conn.execute(_touch(conn.dialect.name), rows)


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(**{name: row._mapping[name] for name in _FIELDS})


_FIELDS = tuple(each.name for each in fields(Person))
