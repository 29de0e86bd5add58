"""What people think, by what they said in one server: only that is named to others there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from recommender.dataset import IMPORT_SOURCE, SHARE_SOURCE, Bools, Floats, Ints

SHARED_WEIGHT = 0.4
"""What sharing a track counts beside a reaction."""


class WordColumns(Protocol):
    """Feedback as storage hands it out, columns of one length."""

    @property
    def person_id(self) -> Ints:
        """Return the person of each word."""
        ...

    @property
    def track_id(self) -> Ints:
        """Return the track of each word."""
        ...

    @property
    def source(self) -> Ints:
        """Return where each word came from, as the number of storage's Source."""
        ...

    @property
    def value(self) -> Ints:
        """Return +1 for a like and -1 for a dislike."""
        ...

    @property
    def at(self) -> Ints:
        """Return when each word was said, in milliseconds UTC."""
        ...

    @property
    def server_id(self) -> Ints:
        """Return the server of the share that each word was said of, 0 for none."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """One opinion per person and track, sorted by person: `liked` (n,), `weight` (n,), `at` (n,) its instant."""

    person: Ints
    track: Ints
    liked: Bools
    weight: Floats
    at: Ints

    @classmethod
    def of(cls, words: WordColumns, server_id: int) -> Self:
        """Reduce words to what still stands of what was said in that server.

        The newest word said on purpose is the opinion, wherever it was said: who has since said otherwise elsewhere is
        left out, and what was said elsewhere alone is not in it.
        """
        explicit = (words.source != SHARE_SOURCE) & (words.source != IMPORT_SOURCE)
        here = words.server_id == server_id
        order = np.lexsort((words.at, explicit, words.track_id, words.person_id))
        person, track = words.person_id[order], words.track_id[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (np.diff(person) != 0) | (np.diff(track) != 0)
        group = np.concatenate([[0], np.cumsum(last)[:-1]]).astype(np.int64) if len(order) else order
        kept = order[last]
        agrees = here[order] & (words.value[order] == words.value[kept][group])
        said_here = np.bincount(group, agrees, len(kept)) > 0
        when = np.zeros(len(kept), dtype=np.int64)
        np.maximum.at(when, group[agrees], words.at[order][agrees])
        kept, when = kept[said_here], when[said_here]
        return cls(
            person=words.person_id[kept],
            track=words.track_id[kept],
            liked=words.value[kept] > 0,
            weight=np.where(explicit[kept], 1.0, SHARED_WEIGHT),
            at=when,
        )

    def __len__(self) -> int:
        """Return the number of opinions."""
        return len(self.person)

    def people(self, fewest: int) -> list[int]:
        """Return who has at least so many opinions here."""
        ids, counts = np.unique(self.person, return_counts=True)
        return [int(person) for person, count in zip(ids, counts, strict=True) if count >= fewest]

    def rows_of(self, person_id: int) -> slice:
        """Return where the person's opinions stand."""
        low, high = np.searchsorted(self.person, [person_id, person_id + 1])
        return slice(int(low), int(high))

    def opinions_of(self, person_id: int) -> dict[int, bool]:
        """Return whether the person likes each track they have an opinion of."""
        rows = self.rows_of(person_id)
        return dict(zip(self.track[rows].tolist(), self.liked[rows].tolist(), strict=True))

    def only(self, people: Mapping[int, object] | frozenset[int] | set[int]) -> "Standing":
        """Return the opinions of these people alone."""
        kept = np.isin(self.person, list(people))
        return Standing(self.person[kept], self.track[kept], self.liked[kept], self.weight[kept], self.at[kept])

    def between(self, start_ms: int, end_ms: int) -> "Standing":
        """Return the opinions of that time alone, its end excluded."""
        kept = (self.at >= start_ms) & (self.at < end_ms)
        return Standing(self.person[kept], self.track[kept], self.liked[kept], self.weight[kept], self.at[kept])
