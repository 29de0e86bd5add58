"""Feedback as it is read: rows of one person, columns for learning, one opinion out of several."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Source(IntEnum):
    """How somebody told us what they think of a track."""

    SHARE = 1
    REACTION = 2
    RATING = 3
    BUTTON = 4
    IMPORT = 5


# What somebody did, as against what they said; what they said overrules it.
IMPLICIT = (Source.SHARE, Source.IMPORT)

# Sharing is a milder word than a like said out loud, and so is what was brought along from elsewhere.
SHARED_ONLY = 0.5


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One standing word of one person on one track; `share_id` is 0 for ratings and buttons, below 0 for imports."""

    person_id: int
    track_id: int
    source: Source
    value: int
    weight: float
    at: datetime
    share_id: int
    emoji: str


@dataclass(frozen=True, slots=True)
class OpinionRows:
    """All standing feedback in columns of one length, in no particular order.

    person_id, track_id int64; source, value int8 (value +1 or -1); weight float32 (1 / tracks of the
    message); at int64, milliseconds UTC.
    """

    person_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    source: NDArray[np.int8]
    value: NDArray[np.int8]
    weight: NDArray[np.float32]
    at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person_id)


def reduce_opinion(words: Iterable[tuple[int, int, int]]) -> float | None:
    """Return what (source, value, at) words come to: the newest explicit one, else half the newest other, else None."""
    words = list(words)
    explicit = [(at, value) for source, value, at in words if source not in IMPLICIT]
    if explicit:
        return float(max(explicit)[1])
    return SHARED_ONLY * max((at, value) for _, value, at in words)[1] if words else None
