"""A snapshot of what picks are made from: loaded in one go, kept between fits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.models import Track
from recommender.dataset import Dataset, Floats, Ints
from recommender.features import (
    AUDIO_BLOCK,
    NUMBERS_BLOCK,
    NUMBERS_NAMES,
    NUMBERS_VERSION,
    RECCOBEATS_BLOCK,
    RECCOBEATS_NAMES,
    RECCOBEATS_VERSION,
    Block,
    Features,
    assemble,
)
from recommender.taste import TASTE_VERSION, TasteModel
from scheduler.tagged import Tagged, load_tagged
from scheduler.threads import in_thread
from storage.proposals import Proposal
from storage.stores import Storage

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.neighbours import Nearness
    from recommender.sides import Sides
    from recommender.tags import TagSpace


@dataclass(slots=True)
class Knowledge:
    """Tracks, their features, everybody's opinions, the model fitted on them, and what is said of the tracks.

    `proposals` maps a gathered track to all that led to it; only those tracks and the pools of a person's own
    servers are candidates, so that a share never crosses servers.
    """

    tracks: dict[int, Track]
    features: Features
    dataset: Dataset
    model: TasteModel
    tagged: Tagged
    proposals: Mapping[int, Sequence[Proposal]] = field(default_factory=dict)
    corrections: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    _nearness: "tuple[Features, Nearness] | None" = None
    _sides: "tuple[Features, Sides] | None" = None

    def score(self, person_id: int | None, ids: Ints) -> tuple[Floats, Floats]:
        """Return how likely the person is to like each track (n,) and how unsure that is, as they corrected it."""
        from recommender.corrections import leaning, shifted  # heavy: not at start-up

        scores, stds = self.model.score(person_id, self.features, ids)
        wanted = self.corrections.get(person_id) if person_id is not None else None
        if wanted:
            scores = shifted(scores, leaning(wanted, ids, self.tagged.terms, self.sides))
        return scores, stds

    @property
    def sides(self) -> "Sides":
        """Return where tracks stand on the sides that people have words for."""
        from recommender.sides import Sides

        if self._sides is None or self._sides[0] is not self.features:
            self._sides = self.features, Sides.fit(self.features, self.tagged.terms)
        return self._sides[1]

    @property
    def nearness(self) -> "Nearness":
        """Return how near tracks are to each other, by their tags and their sound."""
        from recommender.neighbours import Nearness

        if self._nearness is None or self._nearness[0] is not self.features:
            self._nearness = self.features, Nearness(self.features, self.tagged.terms, self.tagged.space)
        return self._nearness[1]

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
    from recommender.cnn import CNN_VERSION
    from recommender.tags import TAGS_VERSION

    versions = (TASTE_VERSION, AUDIO_VERSION, NUMBERS_VERSION, CNN_VERSION, RECCOBEATS_VERSION, TAGS_VERSION)
    return ".".join(map(str, versions))


async def load_tracks(storage: Storage) -> dict[int, Track]:
    """Return every track."""
    return await storage.tracks.get(await storage.tracks.all_ids())


async def load_features(
    storage: Storage, tracks: Mapping[int, Track], space: "TagSpace | None" = None, before: Tagged | None = None
) -> tuple[Features, Tagged]:
    """Return the table of all blocks, a row for each of these tracks, and what is said of them.

    A block that no track has yet is there too: models know columns by their place. Tags are placed in `space`, or in
    one fitted to them; `before` spares reading what has not changed.
    """
    from recommender.cnn import CNN_BLOCK
    from recommender.tags import TAGS_BLOCK

    blocks = await _load_blocks(storage)
    tagged = await load_tagged(storage, tracks, blocks[CNN_BLOCK], space, before)
    blocks[TAGS_BLOCK] = tagged.block
    artists = {
        track_id: [artist.id for artist in track.artists if artist.id is not None] for track_id, track in tracks.items()
    }
    return await in_thread(assemble, sorted(tracks), blocks, artists), tagged


async def _load_blocks(storage: Storage) -> dict[str, Block]:
    """Return the blocks that are stored as they are."""
    from recommender.audio import AUDIO_NAMES, AUDIO_VERSION  # heavy: not at start-up
    from recommender.cnn import CNN_BLOCK, CNN_NAMES, CNN_VERSION

    blocks: dict[str, Block] = {}
    for name, version, columns in (
        (AUDIO_BLOCK, AUDIO_VERSION, AUDIO_NAMES),
        (NUMBERS_BLOCK, NUMBERS_VERSION, NUMBERS_NAMES),
        (CNN_BLOCK, CNN_VERSION, CNN_NAMES),
        (RECCOBEATS_BLOCK, RECCOBEATS_VERSION, RECCOBEATS_NAMES),
    ):
        ids, values = await storage.features.load(name, str(version))
        blocks[name] = Block(ids, values.reshape(len(ids), len(columns)), columns)
    return blocks
