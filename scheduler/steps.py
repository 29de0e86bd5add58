"""The two steps of a drop that can take long or fail: choosing its picks, and writing its playlist."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from catalog.clock import Clock
from catalog.errors import CatalogError, Unreachable
from catalog.models import Pick
from catalog.resolver import Resolver
from catalog.sources import Sources
from scheduler import notes
from scheduler.consent_notices import notice_of
from scheduler.filling import Filler, Filling
from scheduler.picking import Picker
from scheduler.playlists import PlaylistWriter, ids_of
from scheduler.previewed import standing_preview
from scheduler.settings import ScheduleSettings
from storage.drops import Drop, Owner
from storage.stores import Storage

ROUNDS = 3
"""Times that a list is ranked further down when tracks turn out not to be on Spotify."""

SPARES = 2
"""Tracks ranked for each place, so that one without an id gives way at once."""

WITHOUT_SPOTIFY_AFTER = timedelta(hours=6)
"""How long a drop waits for a Spotify that takes nothing before it comes as a page and files alone.

Its playlist follows as soon as Spotify takes it.
"""

WORTH_WAITING = timedelta(hours=2)
"""How long a drop waits for an unreachable Spotify before it makes do with the ids that are known."""

log = logging.getLogger(__name__)


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
        *,
        has_app: bool = True,
    ) -> None:
        self._storage = storage
        self._picker = picker
        self._has_app = has_app
        self._filler = Filler(storage, resolver, clock, settings.id_searches, sources)
        self._settings = settings

    def begin(self, drops: int) -> None:
        """Begin a pass over so many drops."""
        self._filler.begin(drops)

    async def run(self, drop: Drop, now: datetime) -> bool:
        """Record the drop's picks and return True, or skip it with a note and return False.

        Raises CatalogError when the list cannot be made without Spotify, which could not be asked.
        """
        if await opted_out(self._storage, drop.owner):
            await self._storage.drops.skip(drop.id, notes.OPTED_OUT)
            return False
        filling, offered = await self.fill(drop, now, first=await self._previewed(drop))
        wait = filling.trouble is not None and not filling.is_full and worth_waiting(filling.trouble, drop.due_at, now)
        if filling.trouble is not None and (wait or not filling.picks):
            raise filling.trouble
        if filling.picks:
            await self._storage.drops.record_picks(drop.id, filling.picks, await self.note(drop, filling))
            return True
        nothing = notes.NOTHING_NEW if drop.owner.kind == "person" else notes.NOTHING_NEW_SERVER
        await self._storage.drops.skip(drop.id, notes.NOT_ON_SPOTIFY if offered else nothing)
        return False

    async def fill(
        self,
        drop: Drop,
        now: datetime,
        *,
        first: Sequence[Pick] = (),
        without: Collection[int] = (),
        spares: int = 0,
        again: bool = False,
    ) -> tuple[Filling, int]:
        """Return the drop's list, with so many `spares` more, and how many tracks there were to pick from.

        It begins with `first`; tracks `without` are left out. A list made `again` falls by another lot.
        """
        bare = not self._has_app or now - drop.due_at >= WITHOUT_SPOTIFY_AFTER
        filling = await self._filler.empty(self._settings.drop_size + spares, bare=bare)
        filling.seen.update(without)
        filling.seen.update(pick.track.id for pick in first if pick.track.id is not None)
        for pick in first:
            filling.take(pick)
        return filling, await self._fill(drop, filling, now, f"{drop.week} again" if again else drop.week)

    async def _previewed(self, drop: Drop) -> list[Pick]:
        """Return what the owner has seen of this drop before its time, less what they want none of."""
        stands = await standing_preview(self._storage, drop.week, drop.owner)
        return stands[: self._settings.drop_size]

    async def _fill(self, drop: Drop, filling: Filling, now: datetime, occasion: str) -> int:
        offered = len(filling.picks)
        servers = await self._servers(drop.owner, now)
        for _ in range(ROUNDS):
            wanted = SPARES * (filling.size - len(filling.picks))
            if wanted <= 0:
                break
            ranked = await self._ranked(drop, servers, wanted, occasion, filling.seen)
            offered += len(ranked)
            await self._filler.fill(filling, ranked)
            if len(ranked) < wanted:
                break
        return offered

    async def _ranked(
        self, drop: Drop, servers: list[int], count: int, occasion: str, seen: Collection[int]
    ) -> list[Pick]:
        if drop.owner.kind == "server":
            return await self._picker.picks_for_server(drop.owner.id, count, occasion, seen)
        return await self._picker.picks_for(drop.owner.id, servers, count, occasion, seen)

    async def _servers(self, owner: Owner, now: datetime) -> list[int]:
        if owner.kind == "server":
            return [owner.id]
        present = {server.id for server in await self._storage.servers.all()}
        active = await self._storage.people.servers_of(owner.id, now - timedelta(days=self._settings.active_days))
        return [server_id for server_id in active if server_id in present]

    async def note(self, drop: Drop, filling: Filling) -> str:
        """Return what the list has to say of itself, nothing where it is as it should be."""
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

    def has_waited(self, drop: Drop, now: datetime) -> bool:
        """Tell whether a drop has waited for Spotify long enough to come without its playlist."""
        return not self._writer.has_app or now - (drop.picked_at or now) >= WITHOUT_SPOTIFY_AFTER

    async def run(self, drop: Drop, now: datetime, *, ask: bool = True) -> bool:
        """Make the owner's playlist show the recorded picks and return True; repeating it changes nothing.

        For somebody who has opted out meanwhile the drop is skipped and False returned. Raises CatalogError when
        Spotify could not be asked, and may soon be. Without `ask` the playlist is left for later.
        """
        if await opted_out(self._storage, drop.owner):
            await self._storage.drops.skip(drop.id, notes.OPTED_OUT)
            return False
        if ask:
            await self.to_playlist(drop, await self._storage.drops.picks(drop.id), now)
        if (sentence := await notice_of(self._storage, drop, now)) is not None:
            await self._storage.drops.add_note(drop.id, sentence)
        await self._storage.drops.mark_written(drop.id)
        return True

    async def to_playlist(self, drop: Drop, picks: Sequence[Pick], now: datetime) -> None:
        """Write the playlist, or leave it for later where there is none to write and people have waited enough."""
        if not self._writer.has_app or not ids_of(picks):
            return
        try:
            await self._writer.write(drop.owner, await self.name_of(drop.owner), picks, drop.week)
        except CatalogError as error:
            if not self.has_waited(drop, now):
                raise
            log.warning("The drop of %s %d comes without its playlist: %s", drop.owner.kind, drop.owner.id, error)

    async def name_of(self, owner: Owner) -> str:
        """Return the person's or the server's present name, empty if they are not known any more."""
        if owner.kind == "person":
            people = await self._storage.people.get([owner.id])
            return people[owner.id].name if owner.id in people else ""
        servers = await self._storage.servers.all()
        return next((server.name for server in servers if server.id == owner.id), "")


def worth_waiting(trouble: CatalogError, since: datetime, now: datetime) -> bool:
    """Tell whether Spotify may soon answer: a used-up quota or a lost account does not come back by itself."""
    return isinstance(trouble, Unreachable) and now - since < WORTH_WAITING


async def opted_out(storage: Storage, owner: Owner) -> bool:
    """Tell whether a person asked to be left alone."""
    person = (await storage.people.get([owner.id])).get(owner.id) if owner.kind == "person" else None
    return person is not None and person.opted_out
