"""Drops whose playlist could not be written when they came, or belongs elsewhere since: it follows when it can."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from catalog.clock import Clock
from catalog.errors import CatalogError
from scheduler.patience import Patience
from scheduler.playlists import PlaylistWriter, ids_of
from scheduler.steps import WriteStep
from storage.playlists import Behind
from storage.stores import Storage

WORTH_WRITING = timedelta(days=7)
"""Age up to which a drop's playlist is still written: then the next one comes."""

_SPOTIFY = "spotify"

Again = Callable[[Sequence[tuple[str, int]]], Awaitable[object]]
"""Writes the announcements of these weeks and servers anew."""

log = logging.getLogger(__name__)


class LatePlaylists:
    """Write the newest drop of each owner into the playlist that should hold it; a chore of the tick.

    So a list that came as a page alone gets its playlist once Spotify is back, and whoever links or unlinks an account
    finds their list there within a minute.
    """

    def __init__(
        self, storage: Storage, writer: PlaylistWriter, clock: Clock, announce_again: Again | None = None
    ) -> None:
        self._storage = storage
        self._writer = writer
        self._names = WriteStep(storage, writer)
        self._clock = clock
        self._patience = Patience()
        self._announce_again = announce_again

    async def __call__(self) -> int:
        """Write what is behind and due, and let announcements lead there; return how many playlists were written."""
        weeks: list[str] = []
        try:
            return await self._write_all(weeks)
        finally:
            for week in sorted(set(weeks)):
                await self._lead_there(week)

    async def _write_all(self, weeks: list[str]) -> int:
        now, written = self._clock.now(), 0
        if not self._writer.has_app or not self._patience.is_over(_SPOTIFY, now):
            return 0
        for behind in await self._storage.playlists.behind(now - WORTH_WRITING):
            if not self._patience.is_over(behind.drop_id, now):
                continue
            try:
                if await self._write(behind):
                    written += 1
                    weeks.append(behind.week)
            except CatalogError as error:
                # Whatever it is, it is everybody's: what is one account's alone, the writer has dealt with.
                log.info("Playlists that are behind are written later: %s", error)
                self._patience.failed(_SPOTIFY, now, getattr(error, "retry_after", None) or 0.0)
                return written
            # An account that refuses is behind still: it is tried again, ever more seldom.
            self._patience.failed(behind.drop_id, now)
        self._patience.done(_SPOTIFY)
        return written

    async def _write(self, behind: Behind) -> bool:
        picks = await self._storage.drops.picks(behind.drop_id)
        name = await self._names.name_of(behind.owner)
        if not name or not ids_of(picks):
            return False
        await self._writer.write(behind.owner, name, picks, behind.week)
        return True

    async def _lead_there(self, week: str) -> None:
        """Write a week's announcements anew: they were posted before there was a playlist to link to."""
        posted = await self._storage.announcements.of_week(week)
        places = [(one.week, one.server_id) for one in posted if one.message_id is not None]
        if self._announce_again is not None and places:
            await self._announce_again(places)
