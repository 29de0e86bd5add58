"""Whose drop is due: rows of the ledger, planned once an owner and ISO week."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.settings import ScheduleSettings
from scheduler.weeks import Due, Slot, latest_due, next_due, week_at
from storage.drops import Owner
from storage.people import Person
from storage.stores import Storage

LATEST = timedelta(days=6)
"""A drop missed for longer, and in a week that is over, is not made up: the next is at most a day away."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """A drop that is to be: whose, named how, and due when."""

    owner: Owner
    name: str
    due: Due


class Planner:
    """Find out who gets a drop.

    People with feedback of their own in the last `active_days` who have not paused, and every server with such
    people, also while they pause. The first drop comes at the first due instant after the first feedback, so that
    nobody gets one upon their first click.
    """

    def __init__(self, storage: Storage, settings: ScheduleSettings) -> None:
        self._storage = storage
        self._settings = settings

    async def due(self, now: datetime) -> list[Planned]:
        """Return the drops that are due now and not in the ledger yet."""
        planned = [
            Planned(owner, name, due)
            for owner, name, slot in await self._owners(now)
            if (due := latest_due(now, slot)).week == week_at(now, slot) or now - due.at <= LATEST
        ]
        return await self._begun(await self._unknown(planned), now)

    async def this_week(self, now: datetime) -> list[Planned]:
        """Return everybody's drop of this ISO week that is not in the ledger yet, due now."""
        planned = [Planned(owner, name, Due(week_at(now, slot), now)) for owner, name, slot in await self._owners(now)]
        return await self._begun(await self._unknown(planned), now)

    async def record(self, planned: Iterable[Planned]) -> int:
        """Write the drops into the ledger and return how many there were."""
        count = 0
        for one in planned:
            await self._storage.drops.plan(one.due.week, one.owner, one.due.at)
            count += 1
        return count

    def slot_of(self, person: Person) -> Slot:
        """Return a person's hour: what they chose, the default for the rest."""
        default = self._settings.slot
        try:
            return Slot(
                person.weekday or default.weekday,
                default.hour if person.hour is None else person.hour,
                person.timezone or default.timezone,
            )
        except ValueError as error:
            log.warning("The default hour holds for person %d: %s", person.id, error)
            return default

    async def next_of(self, person: Person, now: datetime) -> datetime:
        """Return when a person's next drop is due; one that is there is not made again."""
        latest = await self._storage.drops.latest(Owner("person", person.id))
        return next_due(now, self.slot_of(person), (latest.week,) if latest else ())

    async def _owners(self, now: datetime) -> list[tuple[Owner, str, Slot]]:
        people = await self._active(now)
        owners = [
            (Owner("person", person.id), person.name, self.slot_of(person)) for person in people if not person.paused
        ]
        servers = await self._storage.servers.all()
        return owners + [(Owner("server", server.id), server.name, self._settings.slot) for server in servers]

    async def _active(self, now: datetime, server_id: int | None = None) -> list[Person]:
        return await self._storage.people.active(now - timedelta(days=self._settings.active_days), server_id)

    async def _unknown(self, planned: list[Planned]) -> list[Planned]:
        weeks = {one.due.week for one in planned}
        known = {(drop.week, drop.owner) for week in weeks for drop in await self._storage.drops.of_week(week)}
        return [one for one in planned if (one.due.week, one.owner) not in known]

    async def _begun(self, planned: list[Planned], now: datetime) -> list[Planned]:
        """Keep those who (for a server: one of whose active members) gave feedback before the due instant."""
        people = {one.owner: [one.owner.id] for one in planned if one.owner.kind == "person"}
        for one in planned:
            if one.owner.kind == "server":
                people[one.owner] = [person.id for person in await self._active(now, one.owner.id)]
        first = await self._storage.people.first_feedback(sorted({each for ids in people.values() for each in ids}))
        return [one for one in planned if _first(first, people[one.owner], now) <= one.due.at]


def _first(first: Mapping[int, datetime], people: Iterable[int], now: datetime) -> datetime:
    """Return the earliest feedback of these people; with none it has yet to come."""
    return min((first[each] for each in people if each in first), default=now + timedelta(weeks=1))
