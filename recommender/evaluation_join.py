"""What one body of feedback knows of artists, lent to another's tracks by the artist's name; no opinion is shared.

Tags become the leading directions of their table, plays and likes the collaborative factors of what was liked. Tracks
whose artist is not found have neither.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from recommender.collaborative import factors_of
from recommender.dataset import Floats, Ints
from recommender.evaluation_data import Corpus
from recommender.features import Features

COLUMNS = 64
"""Columns that tags and factors give each."""

WAY = "als"
TAGS, FACTORS = "tags", "factors"


def join(corpus: Corpus, other: Corpus, seed: int) -> Corpus:
    """Return the corpus with blocks of tags and factors of its artists, taken from another corpus."""
    place = {_plain(name): row for row, name in enumerate(other.artists) if name}
    found = np.array([place.get(_plain(name), -1) if name else -1 for name in corpus.artists], dtype=np.int64)
    likes = other.liked > 0
    _, person = np.unique(other.person[likes], return_inverse=True)
    shape = (int(person.max(initial=-1)) + 1, len(other.features))
    cells = (person, other.features.rows(other.track[likes]))
    factors = factors_of(sparse.csr_array((np.ones(int(likes.sum())), cells), shape=shape), WAY, COLUMNS, seed)[1]
    blocks = {TAGS: _directions(other.tags, seed), FACTORS: factors}
    features = corpus.features
    for name, values in blocks.items():
        features = _beside(features, name, values, found)
    return replace(corpus, features=features)


def _plain(name: str) -> str:
    """Return a name as it is compared: without case, and without the article that lists leave out."""
    return " ".join(name.casefold().split()).removeprefix("the ")


def _directions(tags: sparse.csr_array, seed: int) -> Floats:
    """Return the leading directions (T, k) of a table of tags, NaN for tracks without any."""
    from sklearn.decomposition import TruncatedSVD  # heavy: only where it is used

    count = min(COLUMNS, min(tags.shape) - 1)
    if count < 1:
        return np.empty((tags.shape[0], 0))
    values = TruncatedSVD(count, random_state=seed).fit_transform(tags)
    values[np.diff(sparse.csr_array(tags).indptr) == 0] = np.nan
    return np.asarray(values)


def _beside(features: Features, block: str, values: Floats, rows: Ints) -> Features:
    """Return the table with one more block, whose row of a track is given; -1 is a track without one."""
    own = np.vstack([values, np.full((1, values.shape[1]), np.nan)])[rows]
    start = features.matrix.shape[1]
    return replace(
        features,
        matrix=np.hstack([features.matrix, own]),
        names=(*features.names, *(f"{block}.{column}" for column in range(own.shape[1]))),
        groups={**features.groups, block: slice(start, start + own.shape[1])},
    )
