"""From standing feedback rows to one opinion per person and track: what the taste model learns from."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SHARE_SOURCE = 1
"""An implicit source (storage's Source.SHARE): sharing a track says little beside a reaction."""

IMPORT_SOURCE = 5
"""The other implicit source (storage's Source.IMPORT): what somebody heard or saved elsewhere."""

IMPORT_WEIGHT = 0.3
"""What an import counts beside a reaction: less than a share, since a history also holds what merely ran on."""

SHARE_WEIGHT = 0.35
"""What a share counts beside a reaction, which counts 1: people also share what they merely find curious."""

HALF_LIFE_DAYS = 730.0
"""Age at which an opinion counts half: tastes move over years, not weeks."""

MS_A_DAY = 86_400_000.0


def summed(place: Ints, values: Floats, size: int) -> Floats:
    """Return the sums (size,) of values by place."""
    return np.bincount(place, values, size).astype(np.float64)


class OpinionColumns(Protocol):
    """All standing feedback rows as columns of equal length, as storage hands them out."""

    @property
    def person_id(self) -> npt.ArrayLike:
        """Return the person of each row."""
        ...

    @property
    def track_id(self) -> npt.ArrayLike:
        """Return the track of each row."""
        ...

    @property
    def source(self) -> npt.ArrayLike:
        """Return where each row came from, as the number of storage's Source."""
        ...

    @property
    def value(self) -> npt.ArrayLike:
        """Return +1 for a like and -1 for a dislike."""
        ...

    @property
    def weight(self) -> npt.ArrayLike:
        """Return the weight of each row, 1/n for a message with n tracks."""
        ...

    @property
    def at(self) -> npt.ArrayLike:
        """Return when each row was made, in milliseconds UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Dataset:
    """One opinion per (person, track), sorted by person.

    `people` (P,) and `tracks` (T,) are sorted ids; `person` and `track` (N,) are positions in them;
    `liked` (N,) is 0 or 1; `weight` (N,) is above 0 and at most 1.
    """

    people: Ints
    tracks: Ints
    person: Ints
    track: Ints
    liked: Floats
    weight: Floats
    explicit: Bools

    def __len__(self) -> int:
        """Return the number of opinions."""
        return len(self.liked)

    def rows_of(self, person_id: int) -> slice:
        """Return where the person's opinions stand; an empty slice for a person with none."""
        place = int(np.searchsorted(self.people, person_id))
        if place == len(self.people) or self.people[place] != person_id:
            return slice(0, 0)
        low, high = np.searchsorted(self.person, [place, place + 1])
        return slice(int(low), int(high))

    def opinions_of(self, person_id: int) -> dict[int, float]:
        """Return the person's opinion (0 or 1) by track id."""
        rows = self.rows_of(person_id)
        return dict(zip(self.tracks[self.track[rows]].tolist(), self.liked[rows].tolist(), strict=True))


def build_dataset(
    rows: OpinionColumns,
    now_ms: int,
    *,
    share_weight: float = SHARE_WEIGHT,
    import_weight: float = IMPORT_WEIGHT,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Dataset:
    """Reduce rows to opinions: the newest explicit row of a person and track, else the newest implicit one.

    Weight = the row's own weight x what its source counts x 0.5 ** (age / half-life).
    """
    person = np.asarray(rows.person_id, dtype=np.int64)
    track = np.asarray(rows.track_id, dtype=np.int64)
    source = np.asarray(rows.source, dtype=np.int64)
    explicit = (source != SHARE_SOURCE) & (source != IMPORT_SOURCE)
    at = np.asarray(rows.at, dtype=np.int64)
    # lexsort is stable, so of two rows of the same instant the later one in the columns wins.
    order = np.lexsort((at, explicit, track, person))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (np.diff(person[order]) != 0) | (np.diff(track[order]) != 0)
    kept = order[last]
    age_days = np.maximum(now_ms - at[kept], 0) / MS_A_DAY
    counts = np.select([source == SHARE_SOURCE, source == IMPORT_SOURCE], [share_weight, import_weight], 1.0)
    weight = np.asarray(rows.weight, dtype=np.float64)[kept] * counts[kept]
    people, person_at = np.unique(person[kept], return_inverse=True)
    tracks, track_at = np.unique(track[kept], return_inverse=True)
    return Dataset(
        people=people,
        tracks=tracks,
        person=person_at.astype(np.int64),
        track=track_at.astype(np.int64),
        liked=(np.asarray(rows.value, dtype=np.float64)[kept] > 0).astype(np.float64),
        weight=np.clip(weight * 0.5 ** (age_days / half_life_days), 1e-6, 1.0),
        explicit=explicit[kept],
    )
