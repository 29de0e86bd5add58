"""Numbers that others measured of tracks: the block `reccobeats`."""

from collections.abc import Sequence

from catalog.audio_features import AudioFeatures
from catalog.lookup import Provider
from catalog.models import Service, Track
from catalog.reccobeats import IDS_A_CALL
from recommender.features import RECCOBEATS_BLOCK, RECCOBEATS_VERSION, measured_of
from scheduler.tellers import Asking, Told


class Measurer:
    """Ask for audio features by Spotify id, forty a call; what the first source lacks the next one may have."""

    def __init__(self, providers: Sequence[Provider[str, AudioFeatures]]) -> None:
        self.asking = Asking(RECCOBEATS_BLOCK, str(RECCOBEATS_VERSION), together=IDS_A_CALL, service=Service.SPOTIFY)
        self._providers = providers
        self._found: dict[str, AudioFeatures] = {}

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask about all of them."""
        self._found = {}
        wanted = [track.spotify_id for track in tracks if track.spotify_id is not None]
        for provider in self._providers:
            answered = await provider.fetch(each for each in wanted if each not in self._found)
            self._found.update({each: features for each, features in answered.items() if features is not None})

    async def tell(self, track: Track) -> Told | None:
        """Return the numbers of the track."""
        found = self._found.get(track.spotify_id or "")
        return Told(None if found is None else measured_of(found))
