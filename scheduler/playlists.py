"""Write drops to playlists: create once, replace in one call, never empty."""

import logging
import re
import secrets
import unicodedata
from collections.abc import Sequence

from catalog.clock import Clock
from catalog.errors import PlaylistGone
from catalog.models import Pick
from catalog.spotify import PlaylistInfo, Spotify
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


class PlaylistWriter:
    """Keep one playlist per owner on the bot-owned account.

    Creating is not repeatable at Spotify, so the intent is a row with a marker before the request is sent;
    whoever finds such a row without an id looks for the marker among the account's playlists first.
    """

    def __init__(self, spotify: Spotify, storage: Storage, clock: Clock) -> None:
        self._spotify = spotify
        self._storage = storage
        self._clock = clock
        self._recreated: set[tuple[Owner, str]] = set()

    async def write(self, owner: Owner, name: str, picks: Sequence[Pick], week: str) -> str:
        """Make the owner's playlist show exactly these picks and return its address.

        `name` is the person's or the server's. Picks without a Spotify id are left out. A playlist that was
        deleted is created once more a week; raises CatalogError when Spotify could not be asked, and
        ValueError when nothing could be written, since a playlist is never emptied.
        """
        ids = list(dict.fromkeys(pick.track.spotify_id for pick in picks if pick.track.spotify_id))
        if not ids:
            raise ValueError("A drop needs at least one track with a Spotify id: a playlist is never emptied.")
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
        title = playlist_name(name)
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
        await self._spotify.replace_items(spotify_id, ids)
        await self._spotify.describe(spotify_id, title, description)
        await self._storage.playlists.mark_written(owner, week)
        return url

    async def _find(self, marker: str, lost: str | None) -> PlaylistInfo | None:
        """Return the playlist that an earlier attempt may have created, but not the one that is gone."""
        found = await self._spotify.find_playlist(marker)
        return found if found is not None and found.id != lost else None


def new_marker() -> str:
    """Return a word that stands nowhere else; letters and digits survive Spotify's escaping."""
    return f"tb{secrets.token_hex(6)}"
