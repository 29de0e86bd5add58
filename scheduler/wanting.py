"""What a member asks `discover` for: a tag, a mood, an artist, or a surprise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catalog.matching import normalise_name
from recommender.dataset import Ints

if TYPE_CHECKING:  # heavy: not at start-up
    from scheduler.knowledge import Knowledge

SURPRISING = 10.0
"""Where the dial stands for a surprise: as far from what somebody knows as it goes."""

ADVENTUROUS = 15
"""Wildcards of thirty picks in a surprise."""


@dataclass(frozen=True, slots=True)
class Only:
    """What picks must be: of one of these tags (canonical names), by this artist; or a surprise."""

    tags: tuple[str, ...] = ()
    artist: str = ""
    surprise: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.tags or self.artist or self.surprise)

    def among(self, knowledge: "Knowledge", ids: Ints) -> Ints:
        """Return those of the tracks that are what is asked for."""
        if self.artist:
            ids = np.array([each for each in ids.tolist() if self._is_by(knowledge, each)], dtype=np.int64)
        if self.tags:
            ids = ids[np.isin(ids, tagged(knowledge, self.tags))]
        return ids

    def _is_by(self, knowledge: "Knowledge", track_id: int) -> bool:
        wanted = normalise_name(self.artist)
        return any(normalise_name(artist.name) == wanted for artist in knowledge.tracks[track_id].artists)


def tagged(knowledge: "Knowledge", tags: tuple[str, ...]) -> Ints:
    """Return the tracks that people, or the network's ears, call one of these, or what belongs to it."""
    from recommender.tag_names import ancestors
    from recommender.tag_terms import AUTO

    terms = knowledge.tagged.terms
    wanted = set(tags)
    plain = [name.removeprefix(AUTO) for name in terms.names]
    meant = [place for place, name in enumerate(plain) if not wanted.isdisjoint({name, *ancestors(name)})]
    found: Ints = np.unique(terms.track_ids[terms.row[np.isin(terms.term, meant)]])
    return found
