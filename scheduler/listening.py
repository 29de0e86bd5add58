"""Hear previews: one download and one decode a track, and every block that comes of it."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.errors import CatalogError, Refused
from catalog.models import Service, Track
from recommender.audio import AUDIO_VERSION, UnreadableAudio, describe_clip, open_clip
from recommender.cnn import CNN_BLOCK, CNN_VERSION, Network
from recommender.features import AUDIO_BLOCK
from scheduler.settings import AudioSettings
from scheduler.threads import in_thread
from storage.misses import MISS_STANDS, track_key
from storage.stores import Storage

RETRY_REFUSED = timedelta(minutes=30)
"""When a track is tried again whose preview could not be asked for."""

LOOKED_AT = 5
"""Tracks looked at for each one that may be heard: some wait for their match on Deezer."""

ADDRESS_LASTS = timedelta(minutes=10)
"""How long the address of a preview is used that came with a track's numbers; Deezer signs them for 15 minutes."""

VERSIONS = {AUDIO_BLOCK: str(AUDIO_VERSION), CNN_BLOCK: str(CNN_VERSION)}
"""The blocks that are heard in a preview."""

Blocks = dict[str, npt.NDArray[np.float32] | None]

log = logging.getLogger(__name__)


class Listener:
    """Fetch a track's preview and keep what is heard in it, never the sound itself.

    The descriptors (`audio`) never wait for the network, since a track is of use as soon as it has them. The network
    (`cnn`) hears the same decoded clip while its budget of the tick lasts; what it did not get to is fetched again
    for it in a later tick.
    """

    def __init__(self, storage: Storage, deezer: Deezer, clock: Clock, settings: AudioSettings | None = None) -> None:
        self._storage = storage
        self._deezer = deezer
        self._clock = clock
        self._settings = settings or AudioSettings(weights="")
        self._network: Network | None = None
        self._said = ""
        self._lacking: set[int] = set()
        self._addresses: dict[str, tuple[str, datetime]] = {}
        self.left = 0
        self.heard = 0

    async def begin(self, limit: int) -> None:
        """Begin a tick that describes at most `limit` tracks: find the weights, if there are any, renew the budget."""
        self._network = self._network or await self._load()
        self.left = self._settings.batch if self._network else 0
        self.heard = 0
        now = self._clock.now()
        self._addresses = {ref: known for ref, known in self._addresses.items() if now < known[1]}
        self._lacking = {track.id for track in await self.unheard(limit) if track.id is not None}

    def note(self, deezer_id: str, preview_url: str) -> None:
        """Remember where a track's preview lies, as Deezer said just now, to spare asking for the track again."""
        self._addresses[deezer_id] = preview_url, self._clock.now() + ADDRESS_LASTS

    async def undescribed(self, limit: int) -> list[Track]:
        """Return tracks without descriptors, the newest shared first."""
        return await self._wanting(AUDIO_BLOCK, limit)

    async def unheard(self, limit: int) -> list[Track]:
        """Return tracks that the network has not heard, the newest shared first; none without a budget."""
        return await self._wanting(CNN_BLOCK, limit * LOOKED_AT) if self.left else []

    async def listen(self, track: Track) -> bool | None:
        """Keep a track's blocks: True when it was described, False without a preview, None when it must wait."""
        both = self.left and track.id in self._lacking
        found = await self._hear(track, tuple(VERSIONS) if both else (AUDIO_BLOCK,))
        return None if found is None else found[AUDIO_BLOCK] is not None

    async def hear(self, track: Track) -> bool | None:
        """Keep the network's block alone, of a track that was described before."""
        if not self.left:
            return None
        found = await self._hear(track, (CNN_BLOCK,))
        return None if found is None else found[CNN_BLOCK] is not None

    async def miss(self, track_id: int, wanted: Collection[str] = tuple(VERSIONS)) -> Blocks:
        """Remember that there is no preview for these blocks."""
        for block in wanted:
            await self._storage.features.save(track_id, block, VERSIONS[block], None)
        return dict.fromkeys(wanted)

    async def _hear(self, track: Track, wanted: Collection[str]) -> Blocks | None:
        ref = track.ref(Service.DEEZER)
        if track.id is None:
            return None
        if ref is None:
            # What Deezer does not have waits as long as that miss stands, and is not in the others' way.
            if await self._storage.misses.known(Service.DEEZER, track_key(track.id), self._clock.now() - MISS_STANDS):
                await self.miss(track.id, wanted)
            return None
        try:
            preview = await self._fetch(ref.id)
        except CatalogError:
            # For both, or the network would ask again at once.
            for block in VERSIONS:
                await self._storage.features.refuse(track.id, block, self._clock.now() + RETRY_REFUSED)
            raise
        if preview is None:
            return await self.miss(track.id, wanted)
        found = await in_thread(_blocks_of, preview, wanted, self._network, track.label)
        for block, vector in found.items():
            await self._storage.features.save(track.id, block, VERSIONS[block], vector)
        if CNN_BLOCK in found:
            self.left -= 1
            self.heard += found[CNN_BLOCK] is not None
        return found

    async def _fetch(self, deezer_id: str) -> bytes | None:
        """Return a preview, from where it is known to lie, else from where Deezer says that it does."""
        known = self._addresses.pop(deezer_id, None)
        if known is not None and self._clock.now() < known[1]:
            try:
                return await self._deezer.audio(known[0])
            except Refused as refusal:
                log.debug("The address of a preview is of no use any more: %s", refusal)
        return await self._deezer.preview(deezer_id)

    async def _wanting(self, block: str, limit: int) -> list[Track]:
        missed_before = self._clock.now() - MISS_STANDS
        ids = await self._storage.features.wanting(block, VERSIONS[block], limit, missed_before)
        return list((await self._storage.tracks.get(ids)).values())

    async def _load(self) -> Network | None:
        """Return the network, or None where its weights are absent; a file of no use is told once."""
        if not self._settings.weights:
            return None
        path = Path(self._settings.weights)
        try:
            return await in_thread(_read, path)
        except (OSError, ValueError) as error:
            if self._said != str(error):
                log.warning("Previews are heard without the network, install %s anew: %s", path, error)
            self._said = str(error)
            return None


def _read(path: Path) -> Network | None:
    return Network.from_bytes(path.read_bytes()) if path.is_file() else None


def _blocks_of(preview: bytes, wanted: Collection[str], network: Network | None, label: str) -> Blocks:
    """Return the wanted blocks of a preview's bytes, None for what cannot be heard in them."""
    found: Blocks = dict.fromkeys(wanted)
    try:
        clip = open_clip(preview)
        if AUDIO_BLOCK in wanted:
            found[AUDIO_BLOCK] = describe_clip(clip)
        if CNN_BLOCK in wanted and network is not None:
            found[CNN_BLOCK] = network.describe(clip)
    except UnreadableAudio as error:
        log.info("The preview of %s is left out: %s", label, error)
    return found
