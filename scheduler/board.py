"""One announcement a server and week: posted with the first drops, edited as later ones come."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.announcing import AnnouncedDrop, Announcer
from scheduler.hits import before
from scheduler.patience import Patience
from scheduler.privacy import all_visible_in
from scheduler.settings import ScheduleSettings
from storage.announcements import Announcement, AnnouncementState
from storage.drops import Drop, DropState
from storage.people import Person
from storage.servers import Server
from storage.stores import Storage

SHOWN = (DropState.WRITTEN, DropState.ANNOUNCED)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Week:
    """What one week's announcements are made from: drops with their people, and where each is announced."""

    week: str
    drops: tuple[Drop, ...]
    people: dict[int, Person]
    places: dict[int, frozenset[int]]

    def at(self, server_id: int) -> list[Drop]:
        """Return the drops that are announced in that server."""
        return [drop for drop in self.drops if server_id in self.places[drop.id]]


class Board:
    """Post what is written, and remember it.

    The row says `sending` before a post and `sent` after it; an announcement found `sending` may have got
    through, so the announcer looks for its marker first.
    """

    def __init__(self, storage: Storage, settings: ScheduleSettings) -> None:
        self._storage = storage
        self._active = timedelta(days=settings.active_days)
        self._patience = Patience()
        self._standing: dict[tuple[str, int], frozenset[tuple[int, datetime | None]]] = {}

    async def post(self, announcer: Announcer, written: Iterable[Drop], now: datetime) -> int:
        """Announce written drops wherever their owners are active; return how many messages were posted or edited."""
        posted = 0
        servers = {server.id: server for server in await self._storage.servers.all()}
        for name in sorted({drop.week for drop in written}):
            week = await self._week(name, servers, now)
            fresh = [drop for drop in week.drops if drop.state is DropState.WRITTEN]
            wanted = {server_id for drop in fresh for server_id in week.places[drop.id]}
            done: set[int] = set()
            for server_id in sorted(wanted):
                edited = await self._post_one(announcer, week, servers[server_id], now)
                posted += edited is True
                done |= set() if edited is None else {server_id}
            finished = [drop.id for drop in fresh if week.places[drop.id] <= done]
            await self._write_to_people(announcer, [drop for drop in fresh if drop.id in finished], week)
            await self._storage.drops.mark_announced(finished)
        return posted

    async def again(self, announcer: Announcer, places: Iterable[tuple[str, int]], now: datetime) -> None:
        """Write announcements (week, server) anew with what is there now: somebody they name was forgotten."""
        servers = {server.id: server for server in await self._storage.servers.all()}
        for name, server_id in places:
            if server_id in servers:
                self._standing.pop((name, server_id), None)
                await self._post_one(announcer, await self._week(name, servers, now), servers[server_id], now)

    async def _post_one(self, announcer: Announcer, week: _Week, server: Server, now: datetime) -> bool | None:
        """Return True when posted, False when it stood already, None when it is to be tried again."""
        key, drops = (week.week, server.id), week.at(server.id)
        content = frozenset((drop.id, drop.written_at) for drop in drops)
        if self._standing.get(key) == content:
            return False
        if not self._patience.is_over(key, now):
            return None
        try:
            await self._send(announcer, week, server, await self._entries(drops, week, server))
        except Exception:
            # One server's failure must not keep the others from their announcement.
            log.exception("The announcement of %s in server %d is tried again later.", week.week, server.id)
            self._patience.failed(key, now)
            return None
        self._patience.done(key)
        self._standing[key] = content
        return True

    async def _send(self, announcer: Announcer, week: _Week, server: Server, entries: list[AnnouncedDrop]) -> None:
        row: Announcement = await self._storage.announcements.plan(week.week, server.id)
        channel_id = row.channel_id or server.announce_channel_id
        await self._storage.announcements.sending(week.week, server.id, channel_id or 0)
        message_id = await announcer.announce(
            week.week,
            server.id,
            entries,
            row.marker,
            channel_id=channel_id,
            message_id=row.message_id,
            maybe_sent=row.state is AnnouncementState.SENDING,
        )
        if message_id is not None:
            await self._storage.announcements.sent(week.week, server.id, message_id)

    async def _week(self, week: str, servers: dict[int, Server], now: datetime) -> _Week:
        drops = tuple(drop for drop in await self._storage.drops.of_week(week) if drop.state in SHOWN)
        people = await self._storage.people.get([drop.owner.id for drop in drops if drop.owner.kind == "person"])
        places: dict[int, frozenset[int]] = {}
        for drop in drops:
            where = [drop.owner.id]
            if drop.owner.kind == "person":
                silent = people[drop.owner.id].opted_out or people[drop.owner.id].hushed
                where = [] if silent else await self._storage.people.servers_of(drop.owner.id, now - self._active)
            places[drop.id] = frozenset(where).intersection(servers)
        return _Week(week, drops, people, places)

    async def _entries(self, drops: Sequence[Drop], week: _Week, server: Server) -> list[AnnouncedDrop]:
        entries: list[AnnouncedDrop] = []
        hits = await before(self._storage, list(drops))
        for drop in drops:
            name, discord_id = server.name, None
            if drop.owner.kind == "person":
                person = week.people[drop.owner.id]
                name, discord_id = person.name, person.discord_id
            picks = all_visible_in(await self._storage.drops.picks(drop.id), server.id)
            url, rate = await self._url(drop), hits.get(drop.id)
            entries.append(AnnouncedDrop(name, discord_id, url, picks, drop.note, rate, drop.id))
        return sorted(entries, key=lambda entry: (not entry.is_server, entry.owner_name.casefold()))

    async def _write_to_people(self, announcer: Announcer, drops: Sequence[Drop], week: _Week) -> None:
        """Let those know by direct message who want that; the word of each letter makes a repeat none."""
        hits = await before(self._storage, list(drops))
        for drop in drops:
            person = week.people.get(drop.owner.id) if drop.owner.kind == "person" else None
            if person is None or not person.by_dm or person.opted_out:
                continue
            picks = all_visible_in(await self._storage.drops.picks(drop.id), None)
            url, rate = await self._url(drop), hits.get(drop.id)
            entry = AnnouncedDrop(person.name, person.discord_id, url, picks, drop.note, rate, drop.id)
            await announcer.write_to(week.week, entry)

    async def _url(self, drop: Drop) -> str:
        """Return where a drop stands on Spotify; a playlist that holds an older one is none of its own."""
        playlist = await self._storage.playlists.shown(drop.owner)
        return (playlist.url if playlist and playlist.written_week == drop.week else None) or ""
