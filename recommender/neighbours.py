"""Which tracks are near one, by what people call them and by how they sound, and what ties them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.cnn import CNN_BLOCK, CNN_TAGS
from recommender.dataset import Floats
from recommender.evidence import lookup
from recommender.features import AUDIO_BLOCK, Features
from recommender.tag_names import is_known
from recommender.tag_terms import AUTO, SAID, WORD, Terms
from recommender.tags import Rows, TagSpace, unit_rows

TAGS, SOUND = 0.7, 0.3
"""What tags and sound make of the likeness, where the catalogue has both."""

TELLING = 0.02
"""Likeness that must be lost with a tie taken away: less would be said of tags that half the catalogue has."""

LEAST = 0.15
"""Likeness of a neighbour: a common word in two titles makes less."""

ALIKE = 0.4
"""Likeness of two sounds from which they are said to sound alike; unrelated ones are about 0."""

SPELT = {"rnb": "R&B", "idm": "IDM", "ebm": "EBM", "mpb": "MPB", "uk garage": "UK garage", "opm": "OPM"}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A near track: `likeness` of at most 1, and the tags that tie it, the strongest first.

    `ties` people gave to both; `heard` the network heard in both, where people say nothing; `kin` are the near
    track's own tags, where they have none in common; `sounds` tells that the sound of both is alike.
    """

    track_id: int
    likeness: float
    ties: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    sounds: bool = False


class Nearness:
    """How near tracks are to each other; what is needed for it is worked out when it is first asked."""

    def __init__(self, features: Features, terms: Terms, space: TagSpace) -> None:
        self._features = features
        self._terms = terms
        self._space = space

    def nearest(
        self, track_id: int, candidates: Sequence[int], count: int, per_artist: int | None = None
    ) -> list[tuple[int, float]]:
        """Return the candidates that are like the track, the likest first, with how much: LEAST or more.

        At most `per_artist` are of one artist: tracks that have their artist's tags alone are all equally near.
        """
        ids = np.array(sorted({*candidates} - {track_id}), dtype=np.int64)
        likeness = self.likeness(track_id, ids)
        artists = np.append(self._features.artist, -1)[self._features.rows(ids)].tolist()
        taken: dict[int, int] = {}
        found: list[tuple[int, float]] = []
        for place in np.argsort(-likeness, kind="stable").tolist():
            artist = artists[place]
            if likeness[place] < LEAST or len(found) >= count:
                break
            if per_artist is not None and artist >= 0 and taken.get(artist, 0) >= per_artist:
                continue
            taken[artist] = taken.get(artist, 0) + 1
            found.append((int(ids[place]), float(likeness[place])))
        return found

    def likeness(self, track_id: int, others: npt.ArrayLike) -> Floats:
        """Return how like the track each of the others is (n,), at most 1; what is unknown of either adds nothing."""
        ids = np.append(np.asarray(others, dtype=np.int64), track_id)
        said, heard = self._said[lookup(self._terms.track_ids, ids)], self._heard[self._features.rows(ids)]
        by_tags = (said[:-1] @ said[-1].T).toarray().ravel()
        by_sound = heard[:-1] @ heard[-1]
        tags, sound = TAGS * (self._said.nnz > 0), SOUND * (self._heard.shape[1] > 0)
        likeness: Floats = (tags * by_tags + sound * by_sound) / ((tags + sound) or 1.0)
        return likeness

    def describe(self, track_id: int, near: Sequence[tuple[int, float]], ties: int) -> list[Neighbour]:
        """Return near tracks with the tags that tie them, at most so many for each."""
        one = self._of(track_id)
        found = []
        for other_id, likeness in near:
            other = self._of(other_id)
            given = self._ties(one, other, [name for name in one.keys() & other.keys() if self._can_be_shown(name)])
            heard = self._ties(one, other, [name for name in one.keys() & other.keys() if name.startswith(AUTO)])
            alike = self._sound_alike(track_id, other_id)
            plain = [] if given else [name.removeprefix(AUTO) for name in heard[:ties]]
            kin = [] if given or plain else self.tags_of(other_id, ties)
            found.append(Neighbour(other_id, likeness, _spelt(given[:ties]), _spelt(plain), tuple(kin), alike))
        return found

    def tags_of(self, track_id: int, count: int) -> list[str]:
        """Return what people call a track, the most telling first."""
        said = {name: weight for name, weight in self._of(track_id).items() if self._can_be_shown(name)}
        telling = {name: weight * self._space.rarity_of(name) for name, weight in said.items()}
        return list(_spelt(sorted(telling, key=lambda name: (-telling[name], name))[:count]))

    def _can_be_shown(self, name: str) -> bool:
        """Tell whether a term is a name of music: never a member's words, nor a stranger's joke."""
        return not name.startswith((AUTO, SAID, WORD)) and (is_known(name) or name in self._terms.genres)

    def _ties(self, one: dict[str, float], other: dict[str, float], shared: Sequence[str]) -> list[str]:
        """Return the shared terms without which the two would be less alike, whichever of them lost it."""
        names = sorted(shared)
        table = [one, other]
        for gone in names:
            table += [{name: weight for name, weight in each.items() if name != gone} for each in (one, other)]
        said = [(row, name, weight) for row, each in enumerate(table) for name, weight in each.items()]
        rows = self._space.vectors(Terms.build(range(len(table)), said))
        alike = (rows[2:] @ rows[:2].T).toarray()
        # Rows come in pairs: the one without the tag against the other, then the other way round.
        whole = float((rows[0] @ rows[1].T).toarray()[0, 0])
        lost = whole - np.maximum(alike[0::2, 1], alike[1::2, 0])
        return [names[place] for place in np.argsort(-lost, kind="stable").tolist() if lost[place] > TELLING]

    def _sound_alike(self, one: int, other: int) -> bool:
        heard = self._heard[self._features.rows([one, other])]
        return bool(heard.shape[1]) and float(heard[0] @ heard[1]) > ALIKE

    def _of(self, track_id: int) -> dict[str, float]:
        return self._terms.of(int(lookup(self._terms.track_ids, np.array([track_id]))[0]))

    @cached_property
    def _said(self) -> Rows:
        rows = self._space.vectors(self._terms)
        padded: Rows = sparse.vstack([rows, sparse.csr_matrix((1, rows.shape[1]))], format="csr")
        return padded

    @cached_property
    def _heard(self) -> Floats:
        """Return unit rows of how tracks sound, none for those that were not heard, and one row more of zeros."""
        rows = np.zeros((len(self._features), 0))
        for columns in _sounding(self._features):
            rows = np.hstack([rows, unit_rows(_scaled(self._features.matrix[:, columns]))])
        return np.vstack([unit_rows(rows), np.zeros((1, rows.shape[1]))])


def _spelt(names: Sequence[str]) -> tuple[str, ...]:
    """Return tags as people write them."""
    return tuple(SPELT.get(name, name) for name in names)


def _sounding(features: Features) -> list[slice]:
    """Return the columns of each block that tells how tracks sound, where any track has it."""
    found = []
    if (audio := features.groups.get(AUDIO_BLOCK)) is not None:
        found.append(audio)
    if (network := features.groups.get(CNN_BLOCK)) is not None:
        # The network's tags count as tags.
        found.append(slice(network.start + len(CNN_TAGS), network.stop))
    return [columns for columns in found if np.isfinite(features.matrix[:, columns]).any()]


def _scaled(block: Floats) -> Floats:
    """Return the columns with mean 0 and variance 1, 0 where nothing is known."""
    known = np.isfinite(block)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, block - np.where(known, block, 0).sum(axis=0) / count, 0)
    scaled: Floats = centred / np.maximum(np.sqrt((centred**2).sum(axis=0) / count), 1e-9)
    return scaled
