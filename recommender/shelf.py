"""The tracks that people have opinions of, as the taste model sees them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from recommender.dataset import Floats, Ints
from recommender.evidence import lookup


@dataclass(frozen=True, slots=True)
class Shelf:
    """Tracks by sorted id: `ids` (T,), content `columns` (T, c) and `artist` (T,), -1 where unknown."""

    ids: Ints
    columns: npt.NDArray[np.float32]
    artist: Ints

    @classmethod
    def of(cls, ids: Ints, columns: Floats, artist: Ints) -> Self:
        """Return these tracks, whose ids are sorted."""
        return cls(ids, columns.astype(np.float32), artist)

    def rows(self, track_ids: Ints) -> Ints:
        """Return the row of each track, -1 for one that is not here."""
        return lookup(self.ids, track_ids)

    def with_tracks(self, ids: Ints, columns: Floats, artist: Ints) -> Self:
        """Return the shelf with more tracks; those that it holds keep their columns, which others learnt from."""
        new = self.rows(ids) < 0
        if not new.any():
            return self
        every = np.concatenate([self.ids, ids[new]])
        order = np.argsort(every)
        return type(self)(
            every[order],
            np.concatenate([self.columns, columns[new].astype(np.float32)])[order],
            np.concatenate([self.artist, artist[new]])[order],
        )
