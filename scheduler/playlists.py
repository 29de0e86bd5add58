"""Write drops to playlists: create once, replace in one call, never empty."""

import logging
import re
import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Sequence

from catalog.clock import Clock
from catalog.errors import CatalogError, PlaylistGone
from catalog.models import Pick
from catalog.spotify import PlaylistInfo, Spotify
from scheduler.accounts import OwnAccounts, is_of_the_account
from storage.drops import Owner
from storage.stores import Storage

NAME_LIMIT = 100
"""Characters of a playlist's name that Spotify takes."""

DESCRIPTION_LIMIT = 300
"""Characters of a playlist's description that Spotify takes."""

_SUFFIX = "'s Tastebud"
_NAMELESS = "Somebody"

log = logging.getLogger(__name__)


def playlist_name(name: str) -> str:
    """Return the name of somebody's playlist; people's names are hostile text.

    Control, invisible and direction-changing characters go, as do runs of spaces; what is too long is cut.
    """
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    clean = re.sub(r"\s+", " ", visible).strip()
    return (clean[: NAME_LIMIT - len(_SUFFIX)].rstrip() or _NAMELESS) + _SUFFIX


def playlist_description(week: str, day: str, tracks: int, marker: str) -> str:
    """Return the dated description; the marker is how a playlist is found again after a crash."""
    size = f"{tracks} tracks" if tracks != 1 else "1 track"
    text = f"Week {week}: {size}, picked by Tastebud from your reactions on Discord. Updated {day}. {marker}"
    return text[:DESCRIPTION_LIMIT]


Painter = Callable[[Owner, str, str], Awaitable[bytes]]
"""Draw the cover (a JPEG) of an owner's list by their name and the week."""


class PlaylistWriter:
    """Keep one playlist per owner: in a member's own account where one is linked, else on the bot-owned one.

    Creating is not repeatable at Spotify, so the intent is a row with a marker before the request is sent;
    whoever finds such a row without an id looks for the marker among the account's playlists first.
    """

    def __init__(
        self, spotify: Spotify, storage: Storage, clock: Clock, own: OwnAccounts | None = None, *, has_app: bool = True
    ) -> None:
        self.has_app = has_app
        self.painter: Painter | None = None
        """Draws covers; without one, playlists have whatever cover Spotify makes of them."""
        self._spotify = spotify
        self._storage = storage
        self._clock = clock
        self._own = own
        self._recreated: set[tuple[Owner, str]] = set()

    async def write(self, owner: Owner, name: str, picks: Sequence[Pick], week: str) -> str:
        """Make the owner's playlist show exactly these picks and return its address.

        `name` is the person's or the server's. Picks without a Spotify id are left out. A playlist that was
        deleted is created once more a week; raises CatalogError when Spotify could not be asked, and
        ValueError when nothing could be written, since a playlist is never emptied. Where a member's own account
        refuses, the list stands in the bot-owned playlist.
        """
        ids = ids_of(picks)
        if not ids:
            raise ValueError("A drop needs at least one track with a Spotify id: a playlist is never emptied.")
        theirs = await self._own.spotify_of(owner.id) if self._own is not None and owner.kind == "person" else None
        if theirs is not None:
            shelf = _Shelf(theirs, self._storage, self._clock, self._recreated, self.painter)
            try:
                return await shelf.write(Owner("own", owner.id), name, ids, week)
            except CatalogError as error:
                if not is_of_the_account(error):
                    raise
                log.warning("Person %d's own account takes no list of %s: %s", owner.id, week, error)
        shelf = _Shelf(self._spotify, self._storage, self._clock, self._recreated, self.painter)
        return await shelf.write(owner, name, ids, week)


class _Shelf:
    """The playlists in one account."""

    def __init__(
        self,
        spotify: Spotify,
        storage: Storage,
        clock: Clock,
        recreated: set[tuple[Owner, str]],
        painter: Painter | None = None,
    ) -> None:
        self._painter = painter
        self._spotify = spotify
        self._storage = storage
        self._clock = clock
        self._recreated = recreated

    async def write(self, owner: Owner, name: str, ids: list[str], week: str) -> str:
        """Make a playlist show these tracks and return its address."""
        try:
            return await self._fill(owner, name, ids, week)
        except PlaylistGone:
            if (owner, week) in self._recreated:
                raise
            log.warning("The playlist of %s %s is gone: it is created once more.", owner.kind, owner.id)
            self._recreated.add((owner, week))
            lost = await self._storage.playlists.get(owner)
            await self._storage.playlists.lost(owner)
            return await self._fill(owner, name, ids, week, lost.spotify_id if lost else None)

    async def _fill(self, owner: Owner, name: str, ids: list[str], week: str, lost: str | None = None) -> str:
        title = name if owner.kind == "blend" else playlist_name(name)
        known = await self._storage.playlists.get(owner)
        marker = known.marker if known is not None else new_marker()
        description = playlist_description(week, self._clock.now().date().isoformat(), len(ids), marker)
        if known is not None and known.spotify_id is not None and known.url is not None:
            spotify_id, url = known.spotify_id, known.url
        else:
            made = await self._find(marker, lost) if known is not None else None
            if made is None:
                await self._storage.playlists.intend(owner, marker)
                made = await self._spotify.create_playlist(title, description)
            await self._storage.playlists.save(owner, made.id, made.url)
            spotify_id, url = made.id, made.url
        await self._storage.leases.check()  # the list of a process that leads now must not be overwritten
        await self._spotify.replace_items(spotify_id, ids)
        await self._spotify.describe(spotify_id, title, description)
        await self._storage.playlists.mark_written(owner, week)
        if known is None or known.written_week != week:
            await self._cover(owner, spotify_id, name, week)
        return url

    async def _cover(self, owner: Owner, spotify_id: str, name: str, week: str) -> None:
        """Give the playlist the week's cover; a list without one is a list all the same."""
        if self._painter is None:
            return
        try:
            await self._spotify.upload_cover(spotify_id, await self._painter(owner, name, week))
        except Exception as error:  # noqa: BLE001 - whatever it is, the list stands
            log.warning("The playlist of %s %s gets no cover: %s", owner.kind, owner.id, error)

    async def _find(self, marker: str, lost: str | None) -> PlaylistInfo | None:
        """Return the playlist that an earlier attempt may have created, but not the one that is gone."""
        found = await self._spotify.find_playlist(marker)
        return found if found is not None and found.id != lost else None


def ids_of(picks: Sequence[Pick]) -> list[str]:
    """Return the Spotify ids of picks, each once."""
    return list(dict.fromkeys(pick.track.spotify_id for pick in picks if pick.track.spotify_id))


def new_marker() -> str:
    """Return a word that stands nowhere else; letters and digits survive Spotify's escaping."""
    return f"tb{secrets.token_hex(6)}"
