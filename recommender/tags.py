"""Language into vectors: TF-IDF of tags and words, compressed to what goes together in this catalogue."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import linalg
from sklearn.decomposition import TruncatedSVD

from recommender.dataset import Bools, Floats
from recommender.tag_names import PARENTS, ancestors
from recommender.tag_terms import AUTO, SAID, WORD, Terms

TAGS_BLOCK = "tags"
TAGS_VERSION = 1
"""Counts up whenever stored spaces of an older way can no longer be read, or mean something else."""

TOPICS = 64
TAGS_NAMES = tuple(f"topic_{number}" for number in range(TOPICS))


Rows: TypeAlias = "sparse.csr_matrix[Any]"


@dataclass(frozen=True, slots=True)
class TagSettings:
    """How terms become vectors; the figures behind the defaults stand in CONTRIBUTING.

    parent: what a tag says of what it belongs to, and that again of what that belongs to.
    heard: what the network's ears say of the tag that people would give; what they have in common is learned.
    said: what a genre's name in a member's message says of it.
    enough: what must be said for a whole row: less, such as a name in one message, makes a shorter one.
    words: weight of all words together beside all tags together.
    fewest: tracks that a term must have to be learned, unless the table holds it.
    lore: weight of the table's own rows: what is known of genres before anybody shared a track.
    exact: the part of the likeness of two tracks that their very tags make; their topics make the rest.
    seed: the start of the randomness in the compression.
    """

    parent: float = 0.4
    heard: float = 0.3
    said: float = 0.15
    enough: float = 0.3
    words: float = 0.2
    fewest: int = 2
    lore: float = 0.5
    exact: float = 0.5
    seed: int = 7


class TagSpace:
    """A map from terms to vectors (scikit-learn's contract: `fit` learns, `transform` maps).

    After `fit`: `names_` (c,) the terms learned, `rarity_` (c,) their inverse document frequency, and `topics_`
    (TOPICS, c) float32. Rows of the table of genres are learned beside the tracks, so that even a community that
    shares its first track has topics, and knows that shoegaze is near dream pop.
    """

    names_: tuple[str, ...]
    rarity_: Floats
    topics_: npt.NDArray[np.float32]

    def __init__(self, settings: TagSettings = TagSettings()) -> None:
        self.settings = settings

    def fit(self, terms: Terms) -> Self:
        """Learn from the terms of all tracks what is rare and what goes together; no tracks at all will do."""
        self._learn_names(self._vocabulary(terms))
        counts, lore = self._counts(terms), self._counts(_LORE)
        seen = np.bincount(counts.indices, minlength=len(self.names_))
        self.rarity_ = np.log((1 + len(terms)) / (1 + seen)) + 1.0
        documents = sparse.vstack([self._weighed(counts), self._weighed(lore) * self.settings.lore], format="csr")
        svd = TruncatedSVD(TOPICS, random_state=self.settings.seed)
        svd.fit(documents)
        self.topics_ = svd.components_.astype(np.float32)
        return self

    def transform(self, terms: Terms) -> Floats:
        """Return a row of topics (n, TOPICS) for each track, of unit length; NaN where no tag is known, by whomever."""
        documents = self.documents(terms)
        rows = self._topics(documents)
        rows[documents[:, self._tags].getnnz(axis=1) == 0] = np.nan
        return rows

    def documents(self, terms: Terms) -> Rows:
        """Return the TF-IDF rows (n, c): unit length in their tags, and `words` of that in their words."""
        return self._weighed(self._counts(terms))

    def vectors(self, terms: Terms) -> Rows:
        """Return sparse rows whose products tell how alike tracks are: in part by their very tags, in part by topics.

        They are unit rows, but those of tracks of which little is known are shorter.
        """
        documents = self.documents(terms)
        exact = sparse.diags(_length(documents).ravel() * np.sqrt(self.settings.exact)) @ unit_rows(documents)
        topics = self._topics(documents) * np.sqrt(1 - self.settings.exact)
        rows: Rows = sparse.hstack([exact, sparse.csr_matrix(topics)], format="csr")
        return rows

    def rarity_of(self, name: str) -> float:
        """Return how telling a term is: the fewer tracks have it, the more; 0 for one that was not learned."""
        place = self._place.get(name)
        return 0.0 if place is None else float(self.rarity_[place])

    def to_bytes(self) -> bytes:
        """Return the fitted space as an npz archive without pickle."""
        out = io.BytesIO()
        names = np.array(self.names_, dtype=np.str_)
        np.savez_compressed(
            out, allow_pickle=False, version=TAGS_VERSION, names=names, rarity=self.rarity_, topics=self.topics_
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes, settings: TagSettings = TagSettings()) -> Self:
        """Return the space that `to_bytes` wrote; raise ValueError with a sentence for anything else."""
        space = cls(settings)
        found = _read(blob)
        space._learn_names(tuple(found["names"].tolist()))
        space.rarity_, space.topics_ = found["rarity"], found["topics"]
        if space.rarity_.shape != found["names"].shape or space.topics_.shape != (TOPICS, len(space.names_)):
            raise ValueError("The stored tag space does not fit together; fit it again.")
        return space

    def _learn_names(self, names: tuple[str, ...]) -> None:
        self.names_ = names
        self._place = {name: column for column, name in enumerate(names)}
        self._words: Bools = np.array([name.startswith(WORD) for name in names], dtype=np.bool_)
        self._tags = np.flatnonzero(~self._words)

    def _vocabulary(self, terms: Terms) -> tuple[str, ...]:
        pairs = np.unique(np.stack([terms.row, terms.term]), axis=1)
        seen = np.bincount(pairs[1], minlength=len(terms.names))
        often = {name for name, count in zip(terms.names, seen.tolist(), strict=True) if count >= self.settings.fewest}
        return tuple(sorted({name for name in often if not name.startswith(SAID)} | PARENTS.keys()))

    def _topics(self, documents: Rows) -> Floats:
        rows: Floats = unit_rows(documents @ self.topics_.T.astype(np.float64)) * _length(documents)
        return rows

    def _counts(self, terms: Terms) -> Rows:
        """Return the weights of the terms learned (n, c), each tag's passed on to what it belongs to."""
        shares = [
            (number, self._place[name], share)
            for number, term in enumerate(terms.names)
            for name, share in self._meaning(term).items()
            if name in self._place
        ]
        rows, columns, values = zip(*shares, strict=True) if shares else ((), (), ())
        meaning = sparse.csr_matrix((values, (rows, columns)), shape=(len(terms.names), len(self.names_)))
        said = sparse.csr_matrix((terms.weight, (terms.row, terms.term)), shape=(len(terms), len(terms.names)))
        counts: Rows = said @ meaning
        return counts

    def _meaning(self, term: str) -> Mapping[str, float]:
        """Return what a term says: itself, and with the weights of the settings what follows from it."""
        if term.startswith(WORD):
            return {term: 1.0}
        share = 1.0
        for kind, weight in ((AUTO, self.settings.heard), (SAID, self.settings.said)):
            share = weight if term.startswith(kind) else share
        tag = term.removeprefix(AUTO).removeprefix(SAID)
        found = {name: share * self.settings.parent**steps for name, steps in ancestors(tag).items()}
        return {**found, tag: share, term: 1.0}

    def _weighed(self, counts: Rows) -> Rows:
        weighed = counts @ sparse.diags(self.rarity_)
        tags = unit_rows(weighed @ sparse.diags((~self._words).astype(float)))
        words = unit_rows(weighed @ sparse.diags(self._words.astype(float)))
        if counts.shape[0]:  # scipy knows no highest of nothing
            highest = counts[:, self._tags].max(axis=1).toarray().ravel()
            tags = sparse.diags(np.minimum(highest / self.settings.enough, 1.0)) @ tags
        rows: Rows = (tags + self.settings.words * words).tocsr()
        return rows


def unit_rows(rows: Any) -> Any:
    """Return the rows of a matrix, sparse or not, with length 1; rows of nothing stay so."""
    norm: Any = linalg.norm if sparse.issparse(rows) else np.linalg.norm
    length = norm(rows, axis=1)
    return sparse.diags(1 / np.where(length > 0, length, 1.0)) @ rows


def _length(documents: Rows) -> Floats:
    length: Floats = np.minimum(linalg.norm(documents, axis=1), 1.0)[:, None]
    return length


_LORE = Terms.build(range(len(PARENTS)), [(row, name, 1.0) for row, name in enumerate(PARENTS)])


def _read(blob: bytes) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as archive:
            found = {name: archive[name] for name in ("version", "names", "rarity", "topics")}
            version = int(found["version"])
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError("The stored tag space cannot be read; fit it again.") from error
    if version != TAGS_VERSION:
        raise ValueError(f"The stored tag space is of version {version}, not {TAGS_VERSION}; fit it again.")
    return found
