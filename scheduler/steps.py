"""The two steps of a drop that can take long or fail: choosing its picks, and writing its playlist."""

from collections.abc import Collection
from datetime import datetime, timedelta

from catalog.clock import Clock
from catalog.errors import CatalogError, Unreachable
from catalog.models import Pick
from catalog.resolver import Resolver
from catalog.sources import Sources
from scheduler import notes
from scheduler.filling import Filler, Filling
from scheduler.picking import Picker
from scheduler.playlists import PlaylistWriter
from scheduler.settings import ScheduleSettings
from storage.drops import Drop, Owner
from storage.stores import Storage

ROUNDS = 3
"""Times that a list is ranked further down when tracks turn out not to be on Spotify."""

SPARES = 2
"""Tracks ranked for each place, so that one without an id gives way at once."""

WORTH_WAITING = timedelta(hours=2)
"""How long a drop waits for an unreachable Spotify before it makes do with the ids that are known."""


class PickStep:
    """Choose a planned drop's picks, resolve their ids, and record them whole."""

    def __init__(
        self,
        storage: Storage,
        picker: Picker,
        resolver: Resolver,
        clock: Clock,
        settings: ScheduleSettings,
        sources: Sources | None = None,
    ) -> None:
        self._storage = storage
        self._picker = picker
        self._filler = Filler(storage, resolver, clock, settings.id_searches, sources)
        self._settings = settings

    def begin(self, drops: int) -> None:
        """Begin a pass over so many drops."""
        self._filler.begin(drops)

    async def run(self, drop: Drop, now: datetime) -> bool:
        """Record the drop's picks and return True, or skip it with a note and return False.

        Raises CatalogError when the list cannot be made without Spotify, which could not be asked.
        """
        if await _opted_out(self._storage, drop.owner):
            await self._storage.drops.skip(drop.id, notes.OPTED_OUT)
            return False
        filling = await self._filler.empty(self._settings.drop_size)
        offered = await self._fill(drop, filling, now)
        wait = filling.trouble is not None and not filling.is_full and _worth_waiting(filling.trouble, drop, now)
        if filling.trouble is not None and (wait or not filling.picks):
            raise filling.trouble
        if filling.picks:
            await self._storage.drops.record_picks(drop.id, filling.picks, await self._note(drop, filling))
            return True
        nothing = notes.NOTHING_NEW if drop.owner.kind == "person" else notes.NOTHING_NEW_SERVER
        await self._storage.drops.skip(drop.id, notes.NOT_ON_SPOTIFY if offered else nothing)
        return False

    async def _fill(self, drop: Drop, filling: Filling, now: datetime) -> int:
        servers = await self._servers(drop.owner, now)
        offered = 0
        for _ in range(ROUNDS):
            wanted = SPARES * (filling.size - len(filling.picks))
            ranked = await self._ranked(drop, servers, wanted, filling.seen)
            offered += len(ranked)
            await self._filler.fill(filling, ranked)
            if filling.is_full or len(ranked) < wanted:
                break
        return offered

    async def _ranked(self, drop: Drop, servers: list[int], count: int, seen: Collection[int]) -> list[Pick]:
        if drop.owner.kind == "server":
            return await self._picker.picks_for_server(drop.owner.id, count, drop.week, seen)
        return await self._picker.picks_for(drop.owner.id, servers, count, drop.week, seen)

    async def _servers(self, owner: Owner, now: datetime) -> list[int]:
        if owner.kind == "server":
            return [owner.id]
        present = {server.id for server in await self._storage.servers.all()}
        active = await self._storage.people.servers_of(owner.id, now - timedelta(days=self._settings.active_days))
        return [server_id for server_id in active if server_id in present]

    async def _note(self, drop: Drop, filling: Filling) -> str:
        sentences: list[str] = []
        if drop.owner.kind == "person":
            opinions = await self._picker.opinions_of(drop.owner.id)
            if opinions < self._settings.few_opinions:
                sentences.append(notes.little_feedback(opinions))
        if not filling.is_full:
            if filling.trouble is not None:
                sentences.append(notes.ids_not_asked(filling.trouble))
            sentences.append(notes.few_tracks(len(filling.picks), filling.size))
        return " ".join(sentences)


class WriteStep:
    """Write a picked drop's playlist in place."""

    def __init__(self, storage: Storage, writer: PlaylistWriter) -> None:
        self._storage = storage
        self._writer = writer

    async def run(self, drop: Drop) -> bool:
        """Make the owner's playlist show the recorded picks and return True; repeating it changes nothing.

        For somebody who has opted out meanwhile the drop is skipped and False returned. Raises CatalogError when
        Spotify could not be asked.
        """
        if await _opted_out(self._storage, drop.owner):
            await self._storage.drops.skip(drop.id, notes.OPTED_OUT)
            return False
        picks = await self._storage.drops.picks(drop.id)
        await self._writer.write(drop.owner, await self.name_of(drop.owner), picks, drop.week)
        await self._storage.drops.mark_written(drop.id)
        return True

    async def name_of(self, owner: Owner) -> str:
        """Return the person's or the server's present name, empty if they are not known any more."""
        if owner.kind == "person":
            people = await self._storage.people.get([owner.id])
            return people[owner.id].name if owner.id in people else ""
        servers = await self._storage.servers.all()
        return next((server.name for server in servers if server.id == owner.id), "")


def _worth_waiting(trouble: CatalogError, drop: Drop, now: datetime) -> bool:
    """Tell whether Spotify may soon answer: a used-up quota or a lost account does not come back by itself."""
    return isinstance(trouble, Unreachable) and now - drop.due_at < WORTH_WAITING


async def _opted_out(storage: Storage, owner: Owner) -> bool:
    person = (await storage.people.get([owner.id])).get(owner.id) if owner.kind == "person" else None
    return person is not None and person.opted_out
