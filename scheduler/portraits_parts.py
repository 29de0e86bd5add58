"""What portraits are made of: opinions turned into sketches, and what a server's members may see of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

import numpy as np

from recommender.dataset import Bools, Floats, Ints, build_dataset
from recommender.standing import Standing
from scheduler.knowledge import Knowledge
from storage.feedback import FeedbackRow
from storage.stamps import to_ms

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.portrait import Stand, TagRecord
    from recommender.together import Overlap

TAGS = 12
"""Tags of a taste: as many as a picture has room for, and some more."""

FAR, CLOSE = 0.22, 0.1
"""Distances on a side from which, and up to which, a sentence is made of them."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """One taste: where it stands on each side, its tags, a sentence, and how many opinions it is made of."""

    stands: "tuple[Stand, ...]"
    tags: "tuple[TagRecord, ...]"
    sentence: str
    opinions: int


def sketch(knowledge: Knowledge, track_ids: Ints, liked: Bools, weight: Floats) -> Sketch:
    """Return the taste that these opinions (n,) make."""
    from recommender.portrait import in_a_sentence, stands, tag_records

    placed = stands(track_ids, liked, weight, knowledge.sides)
    opinions = dict(zip(track_ids.tolist(), liked.astype(float).tolist(), strict=True))
    records = tuple(tag_records(opinions, knowledge.tagged.terms, knowledge.tagged.space, TAGS))
    return Sketch(placed, records, in_a_sentence(placed, records), len(track_ids))


def sketch_of(knowledge: Knowledge, rows: Sequence[FeedbackRow], now: datetime) -> Sketch:
    """Return the taste that one person's feedback makes, as it is at `now`."""
    data = build_dataset(_Columns(rows), to_ms(now))
    return sketch(knowledge, data.tracks[data.track], data.liked > 0.5, data.weight)


@dataclass(frozen=True, slots=True)
class Circle:
    """The members of one server who may be compared: their opinions there, and a centroid (p, k) of each."""

    knowledge: Knowledge
    standing: Standing
    people: tuple[int, ...]
    centres: Floats

    @classmethod
    def of(cls, knowledge: Knowledge, standing: Standing, people: Sequence[int]) -> Self:
        """Measure how these people (by our own ids) stand to each other."""
        from recommender.together import centroids

        tracks = np.unique(standing.track)
        vectors = knowledge.model.vectors(knowledge.features, tracks)
        return cls(knowledge, standing, tuple(people), centroids(standing, people, tracks, vectors))

    def alike(self, one: int, others: Sequence[int]) -> Floats:
        """Return from 0 to 1 how alike each of the others is to one."""
        from recommender.together import alike

        place = {person: row for row, person in enumerate(self.people)}
        opinions = [self.standing.opinions_of(other) for other in others]
        theirs = self.centres[[place[other] for other in others]]
        return alike(self.standing.opinions_of(one), opinions, self.centres[place[one]], theirs)

    def overlap(self, one: int, other: int) -> "Overlap":
        """Return where two of them meet and part."""
        from recommender.together import overlap

        return overlap(self.standing, one, other)

    def sketch(self, person_id: int) -> Sketch:
        """Return one member's taste, by what they said here."""
        rows = self.standing.rows_of(person_id)
        return sketch(self.knowledge, self.standing.track[rows], self.standing.liked[rows], self.standing.weight[rows])


def contrast(sides: Sequence[tuple[str, float, float]]) -> str:
    """Return in a sentence on which sides (name, one, other) two people are furthest apart and closest."""
    if not sides:
        return ""
    apart = max(sides, key=lambda each: abs(each[1] - each[2]))
    close = min(sides, key=lambda each: abs(each[1] - each[2]))
    parts = []
    if abs(close[1] - close[2]) <= CLOSE and close is not apart:
        parts.append(f"closest in {_noun(close[0])}")
    if abs(apart[1] - apart[2]) >= FAR:
        parts.insert(0, f"furthest apart in {_noun(apart[0])}")
    elif parts:
        return "Close on every side, most of all in " + _noun(close[0]) + "."
    return f"{', '.join(parts).capitalize()}." if parts else ""


def _noun(name: str) -> str:
    from recommender.sides import SIDES

    return next((side.noun for side in SIDES if side.name == name), name.lower())


class _Columns:
    """Rows of one person as columns."""

    def __init__(self, rows: Sequence[FeedbackRow]) -> None:
        self.person_id = np.array([row.person_id for row in rows], dtype=np.int64)
        self.track_id = np.array([row.track_id for row in rows], dtype=np.int64)
        self.source = np.array([int(row.source) for row in rows], dtype=np.int64)
        self.value = np.array([row.value for row in rows], dtype=np.int64)
        self.weight = np.array([row.weight for row in rows], dtype=np.float64)
        self.at = np.array([to_ms(row.at) for row in rows], dtype=np.int64)
