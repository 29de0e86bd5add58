"""What may be picked at all: candidates from several sources, interleaved, without what is excluded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Self

from catalog.matching import recording_keys
from catalog.models import Track

# Where candidates come from. The words are kept with proposals and picks: never change one.
SHARED_HERE = "shared"
"""Origin of a track that a member shared in one of the person's servers."""

TOP_OF_ARTIST = "top"
"""Origin of a track by an artist whom somebody likes, among Deezer's most heard."""

RELATED_ARTIST = "related"
"""Origin of a track by an artist related to artists whom somebody likes, says Deezer."""

RADIO = "radio"
"""Origin of a track that Deezer plays beside an artist whom somebody likes."""

RECOMMENDED = "reccobeats"
"""Origin of a track that ReccoBeats finds near what a person likes and away from what they dislike."""

HEARD_ARTIST = "labs-artists"
"""Origin of a track by an artist whom ListenBrainz's listeners hear beside one whom somebody likes."""

HEARD_TRACK = "labs-recordings"
"""Origin of a track that ListenBrainz's listeners hear beside one that somebody likes."""

SIMILAR_TRACK = "lastfm"
"""Origin of a track that Last.fm's listeners hear beside one that somebody likes."""

NEIGHBOUR = "neighbours"
"""Origin of a track, shared or proposed too, that is near one that the person likes in our own catalogue."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track that may be picked; `origins` names every source that proposed it."""

    track_id: int
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What must not be picked: tracks by id, and every track that is the same recording as one of them."""

    ids: frozenset[int] = frozenset()
    keys: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, tracks: Iterable[Track], ids: Iterable[int] = ()) -> Self:
        """Exclude these tracks and their recordings; `ids` are excluded by id alone."""
        known = tuple(tracks)
        own = {track.id for track in known if track.id is not None}
        keys = {key for track in known if not track.is_placeholder for key in recording_keys(track)}
        return cls(frozenset(own.union(ids)), frozenset(keys))

    def __contains__(self, track: Track) -> bool:
        """Tell whether the track, or another release of the recording, is excluded."""
        return track.id in self.ids or not self.keys.isdisjoint(recording_keys(track))


def select_candidates(
    sources: Mapping[str, Sequence[int]], tracks: Mapping[int, Track], exclusions: Exclusions, limit: int | None = None
) -> list[Candidate]:
    """Interleave the sources (each best first) into at most `limit` candidates, each recording once.

    Tracks unknown to `tracks` and placeholders are left out: nothing can be written of them.
    """
    origins: dict[int, tuple[str, ...]] = {}
    for name, ids in sources.items():
        for track_id in ids:
            known = origins.get(track_id, ())
            origins[track_id] = known if name in known else (*known, name)
    chosen: list[Candidate] = []
    seen_ids: set[int] = set()
    seen_keys: set[str] = set()
    for track_id in _interleave(sources.values()):
        if len(chosen) == limit:
            break
        track = tracks.get(track_id)
        if track_id in seen_ids or track is None or track.is_placeholder:
            continue
        seen_ids.add(track_id)
        keys = recording_keys(track)
        if track_id in exclusions.ids or not keys.isdisjoint(exclusions.keys) or not keys.isdisjoint(seen_keys):
            continue
        seen_keys |= keys
        chosen.append(Candidate(track_id, origins[track_id]))
    return chosen


def _interleave(sources: Iterable[Sequence[int]]) -> Iterable[int]:
    for turn in zip_longest(*sources):
        yield from (track_id for track_id in turn if track_id is not None)
