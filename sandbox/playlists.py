"""The playlists of the sandbox's Spotify, and what may be done to them."""

import base64
import hashlib
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.clock import Clock
from sandbox.accounts import Account

BASE62 = string.digits + string.ascii_letters


@dataclass(frozen=True, slots=True)
class Entry:
    """One track of a playlist."""

    track_id: str
    added_at: datetime
    added_by: Account


@dataclass(slots=True)
class Playlist:
    """A playlist; `followed` is False once its owner has left it, which is all that deleting does."""

    id: str
    owner: Account
    name: str
    description: str
    public: bool
    collaborative: bool
    created_at: datetime
    entries: list[Entry] = field(default_factory=list)
    revision: int = 1
    image: bytes | None = None
    followed: bool = True
    history: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def track_ids(self) -> list[str]:
        """Return the Spotify ids of the tracks, in order."""
        return [entry.track_id for entry in self.entries]

    @property
    def url(self) -> str:
        """Return the link that people open."""
        return f"https://open.spotify.com/playlist/{self.id}"

    @property
    def snapshot_id(self) -> str:
        """Return the name of this state; it is another one after every change."""
        digest = hashlib.sha256(f"{self.id} {self.revision}".encode()).digest()[:20]
        return base64.b64encode(self.revision.to_bytes(4, "big") + digest).decode()

    def changed(self) -> str:
        """Count a change and return the new snapshot id; `history` keeps what the list was after each."""
        self.revision += 1
        self.history.append(tuple(self.track_ids))
        return self.snapshot_id


class PlaylistBook:
    """Every playlist by id, in the order of creation."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._rng = random.Random(f"playlists {seed}")
        self._playlists: dict[str, Playlist] = {}

    def all(self) -> list[Playlist]:
        """Return all playlists that exist, oldest first."""
        return list(self._playlists.values())

    def get(self, playlist_id: str) -> Playlist | None:
        """Return a playlist, or None."""
        return self._playlists.get(playlist_id)

    def of(self, account: Account) -> list[Playlist]:
        """Return what the account sees among its own playlists, newest first."""
        return [book for book in reversed(self.all()) if book.owner == account and book.followed]

    def create(
        self, owner: Account, name: str, description: str = "", *, public: bool = True, collaborative: bool = False
    ) -> Playlist:
        """Make an empty playlist."""
        playlist_id = "".join(self._rng.choices(BASE62, k=22))
        created = Playlist(playlist_id, owner, name, description, public, collaborative, self._clock.now())
        self._playlists[playlist_id] = created
        return created

    def delete(self, playlist_id: str) -> None:
        """Take a playlist away altogether, so that it answers 404."""
        del self._playlists[playlist_id]

    def replace(self, playlist: Playlist, track_ids: Sequence[str]) -> str:
        """Let the playlist hold exactly these tracks."""
        playlist.entries = self._entries(playlist, track_ids)
        return playlist.changed()

    def add(self, playlist: Playlist, track_ids: Sequence[str], position: int | None = None) -> str:
        """Insert tracks at the position, at the end without one."""
        at = len(playlist.entries) if position is None else position
        playlist.entries[at:at] = self._entries(playlist, track_ids)
        return playlist.changed()

    def move(self, playlist: Playlist, start: int, before: int, length: int = 1) -> str:
        """Move a range of tracks to before another place, both counted in the list as it was."""
        moved = playlist.entries[start : start + length]
        rest = playlist.entries[:start] + playlist.entries[start + length :]
        at = before if before <= start else max(start, before - len(moved))
        playlist.entries = rest[:at] + moved + rest[at:]
        return playlist.changed()

    def remove(self, playlist: Playlist, track_ids: Sequence[str]) -> str:
        """Take every entry of these tracks away."""
        playlist.entries = [entry for entry in playlist.entries if entry.track_id not in set(track_ids)]
        return playlist.changed()

    def _entries(self, playlist: Playlist, track_ids: Sequence[str]) -> list[Entry]:
        return [Entry(track_id, self._clock.now(), playlist.owner) for track_id in track_ids]
