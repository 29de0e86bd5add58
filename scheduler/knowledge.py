"""A snapshot of what picks are made from: loaded in one go, kept between fits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from catalog.models import Track
from recommender.dataset import Dataset
from recommender.features import AUDIO_BLOCK, NUMBERS_BLOCK, NUMBERS_NAMES, NUMBERS_VERSION, Block, Features, assemble
from recommender.taste import TASTE_VERSION, TasteModel
from scheduler.threads import in_thread
from storage.stores import Storage


@dataclass(slots=True)
class Knowledge:
    """Tracks, their features, everybody's opinions and the model fitted on them.

    `related` maps a gathered track to the liked artists that led to it; only those tracks and the pools of a
    person's own servers are candidates, so that a share never crosses servers.
    """

    tracks: dict[int, Track]
    features: Features
    dataset: Dataset
    model: TasteModel
    related: Mapping[int, Collection[int]] = field(default_factory=dict)

    def known(self, track_ids: Iterable[int]) -> list[Track]:
        """Return those of the tracks that are loaded."""
        return [self.tracks[track_id] for track_id in track_ids if track_id in self.tracks]

    def unknown(self, track_ids: Iterable[int]) -> list[int]:
        """Return those of the tracks that are not loaded, or were placeholders then."""
        return [
            track_id
            for track_id in dict.fromkeys(track_ids)
            if track_id not in self.tracks or self.tracks[track_id].is_placeholder
        ]


def model_version() -> str:
    """Return the version of stored models: of use only to the same way of learning, from the same blocks."""
    from recommender.audio import AUDIO_VERSION  # heavy: not at start-up

    return f"{TASTE_VERSION}.{AUDIO_VERSION}.{NUMBERS_VERSION}"


async def load_tracks(storage: Storage) -> dict[int, Track]:
    """Return every track."""
    return await storage.tracks.get(await storage.tracks.all_ids())


async def load_features(storage: Storage, tracks: Mapping[int, Track]) -> Features:
    """Return the table of all blocks, a row for each of these tracks.

    A block that no track has yet is there too: models know columns by their place.
    """
    from recommender.audio import AUDIO_NAMES, AUDIO_VERSION  # heavy: not at start-up

    blocks: dict[str, Block] = {}
    for name, version, columns in (
        (AUDIO_BLOCK, AUDIO_VERSION, AUDIO_NAMES),
        (NUMBERS_BLOCK, NUMBERS_VERSION, NUMBERS_NAMES),
    ):
        ids, values = await storage.features.load(name, str(version))
        blocks[name] = Block(ids, values.reshape(len(ids), len(columns)), columns)
    artists = {
        track_id: [artist.id for artist in track.artists if artist.id is not None] for track_id, track in tracks.items()
    }
    return await in_thread(assemble, sorted(tracks), blocks, artists)
