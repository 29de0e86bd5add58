"""The space in which tracks are compared: scaled, compressed columns, and bumps over them for curved tastes."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from recommender.dataset import Bools, Floats, Ints
from recommender.features import AUDIO_BLOCK, Features
from recommender.process import Points, likenesses
from recommender.relevance import Said, relevance

KNOTS = 65
"""Quantiles kept of a column: enough to follow any distribution, few enough to store."""

FEWEST_KNOWN = 8
"""A column known of fewer tracks says nothing yet."""

WIDEST_BLOCK = 24
"""Columns a block keeps; a wider one (audio) is compressed by principal components."""

EMBEDDING_SPREAD = 30.0
"""How many times the middle column's spread the widest may have in an embedding, whose columns share one unit."""

EDGE = 0.02
"""Outermost probability of the normal scores: an outlier counts 2.05, however far out it is."""

SHORTEST = 1e-6
"""Length below which a row points nowhere."""

AXES = 13.0
"""Columns' worth of axes up to which each makes tracks less alike; beyond, they share."""

FEWEST_ROWS_A_BUMP = 3
"""Tracks known for every bump: fewer and the bumps only repeat the tracks."""


@dataclass(frozen=True, slots=True)
class Space:
    """A fitted map from raw features to columns: linear ones (l), indicators of absence (g), bumps (m).

    `kept` (c,) raw columns, `knots` and `levels` (c, KNOTS) their quantiles and normal scores; `rotation` (c, l)
    compresses wide blocks; `gaps` (g,) raw columns that differ in where they are absent. Bumps are Nystroem
    features of the likeness of places (Williams and Seeger, 2001): `landmarks` (m, l), `whitener`, `centre` (m,).
    A track's places are its linear columns times `narrowness` (l,); those of each
    block end at `ends` (b,); those of an embedding (`directed`, b) only point somewhere: each row has one length.
    `names` are all raw columns of the fit: a later table may have more blocks, or fewer.
    `sounding` are the linear columns that tell how a track sounds: audio's, or all where there is no audio.
    """

    kept: Ints
    knots: Floats
    levels: Floats
    rotation: Floats
    gaps: Ints
    landmarks: Floats
    whitener: Floats
    centre: Floats
    narrowness: Floats
    ends: Ints
    directed: Bools
    sounding: Ints
    names: npt.NDArray[np.str_]

    @classmethod
    def fit(cls, features: Features, bumps: int, width: float, seed: int, said: Said | None = None) -> Self:
        """Learn scaling, compression and at most `bumps` bumps of that width from all tracks known, rated or not.

        What was `said` of them tells which axes count more in what is alike.
        """
        known = np.isfinite(features.matrix)
        kept = np.flatnonzero(known.sum(axis=0) >= FEWEST_KNOWN)
        kept = kept[[len(np.unique(features.matrix[known[:, column], column])) > 1 for column in kept]].astype(np.int64)
        groups = _groups(features, kept)
        raw, knows = features.matrix[:, kept], known[:, kept]
        embedded = [_embeds(raw[:, own]) for own in groups]
        knots, levels = _quantiles(raw)
        for own, is_embedding in zip(groups, embedded, strict=True):
            if is_embedding:
                levels[own] = _straight(raw[:, own], knots[own])
        scaled = _normal_scores(raw, knots, levels)
        rotation, ends = _rotation(scaled, knows, groups)
        directed = np.array([each for each, own in zip(embedded, groups, strict=True) if own.any()], dtype=bool)
        linear = _pointed(scaled @ rotation, ends, directed)
        landmarks = _landmarks(linear[2 * knows.sum(axis=1) > len(kept)], bumps, seed)
        narrowness = _narrowness(linear, ends, width)
        if said is not None and len(said.track):
            narrowness = narrowness * relevance(linear, said, ends)
        whitener = _whitener(_kernel(landmarks * narrowness, landmarks * narrowness, ends))
        centre = np.zeros(whitener.shape[1])
        gaps, sounding = _gaps(~known, kept), _sounding(features, kept, rotation)
        names = np.array(features.names, dtype=np.str_)
        flat = cls(
            kept, knots, levels, rotation, gaps, landmarks, whitener, centre, narrowness, ends, directed, sounding,
            names,
        )  # fmt: skip
        return replace(flat, centre=flat.bumps(linear).mean(axis=0)) if len(linear) else flat

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Return how many linear columns, indicators and bumps there are."""
        return self.rotation.shape[1], len(self.gaps), len(self.centre)

    def linear(self, features: Features) -> Floats:
        """Return the scaled and compressed columns (n, l); what is unknown stands in the middle, at 0."""
        scaled = _normal_scores(self._raw(features)[:, self.kept], self.knots, self.levels)
        return _pointed(scaled @ self.rotation, self.ends, self.directed)

    def bumps(self, linear: Floats) -> Floats:
        """Return the bumps (n, m) at rows of linear columns."""
        return (
            _kernel(linear * self.narrowness, self.landmarks * self.narrowness, self.ends) @ self.whitener - self.centre
        )

    def transform(self, features: Features) -> Floats:
        """Return all columns side by side: linear, indicators, bumps (n, l + g + m)."""
        linear = self.linear(features)
        return np.hstack([linear, np.isnan(self._raw(features)[:, self.gaps]), self.bumps(linear)])

    def points(self, lead: Floats, shared: Floats, artist: Ints) -> Points:
        """Return tracks as a person's taste sees them: `lead` (n, k) by person, `shared` (n, l + g) of the tracks."""
        places = np.asarray(shared[:, : self.sizes[0]], dtype=np.float32) * self.narrowness.astype(np.float32)
        return Points(np.hstack([lead, shared]), places, artist)

    def _raw(self, features: Features) -> Floats:
        """Return the table's matrix with the columns of the fit, NaN where the table lacks one."""
        place = {name: column for column, name in enumerate(features.names)}
        columns = [place.get(name, -1) for name in self.names.tolist()]
        unknown = np.full((len(features), 1), np.nan)
        return np.hstack([features.matrix, unknown])[:, columns]


def _groups(features: Features, kept: Ints) -> list[Bools]:
    """Return for each block which of the kept columns are its own."""
    return [(kept >= block.start) & (kept < block.stop) for block in features.groups.values()]


def _sounding(features: Features, kept: Ints, rotation: Floats) -> Ints:
    block = features.groups.get(AUDIO_BLOCK, slice(0, 0))
    audio = rotation[(kept >= block.start) & (kept < block.stop)].any(axis=0)
    return np.flatnonzero(audio if audio.any() else np.ones(rotation.shape[1], dtype=bool))


def _quantiles(raw: Floats) -> tuple[Floats, Floats]:
    """Return each column's knots and the normal score at each; ties share the middle of their probabilities."""
    chances = np.linspace(0, 1, KNOTS)
    knots, levels = np.zeros((raw.shape[1], KNOTS)), np.zeros((raw.shape[1], KNOTS))
    for column, values in enumerate(raw.T):
        seen = values[np.isfinite(values)]
        knots[column] = np.quantile(seen, chances)
        _, tie = np.unique(knots[column], return_inverse=True)
        middle = np.bincount(tie, chances) / np.bincount(tie)
        levels[column] = ndtri(np.clip(middle[tie], EDGE, 1 - EDGE))
    return knots, levels


def _embeds(raw: Floats) -> bool:
    """Tell whether columns are an embedding's: many, and of one unit, so that directions mean something."""
    if raw.shape[1] <= WIDEST_BLOCK:
        return False
    spread = np.nanstd(raw, axis=0)
    return bool(spread.max() <= EMBEDDING_SPREAD * np.median(spread))


def _straight(raw: Floats, knots: Floats) -> Floats:
    """Return levels that leave an embedding's columns as they are to each other, around 0, of mean variance 1."""
    scale = max(float(np.sqrt(np.nanvar(raw, axis=0).mean())), 1e-9)
    levels: Floats = (knots - np.nanmean(raw, axis=0)[:, None]) / scale
    return levels


def _pointed(linear: Floats, ends: Ints, directed: Bools) -> Floats:
    """Return the columns with an embedding's rows at one length, mean square 1; nothing known stays at 0."""
    begin = 0
    for end, only_points in zip(ends.tolist(), directed.tolist(), strict=True):
        if only_points:
            own = linear[:, begin:end]
            length = np.sqrt(np.mean(own**2, axis=1, keepdims=True))
            linear[:, begin:end] = own / np.where(length > SHORTEST, length, np.inf)
        begin = end
    return linear


def _normal_scores(raw: Floats, knots: Floats, levels: Floats) -> Floats:
    scores = np.zeros_like(raw)
    for column, values in enumerate(raw.T):
        scores[:, column] = np.interp(values, knots[column], levels[column])
    return np.nan_to_num(scores, nan=0.0)


def _rotation(scaled: Floats, known: Bools, groups: list[Bools]) -> tuple[Floats, Ints]:
    """Return the map (c, l) that leaves narrow blocks as they are and keeps a wide one's principal components.

    The second result (b,) tells where the columns of each block that has any end.
    """
    parts = []
    for own in groups:
        here = np.flatnonzero(own)
        axes = np.eye(len(here))
        rows = known[:, here].any(axis=1)
        if len(here) > WIDEST_BLOCK and rows.sum() > WIDEST_BLOCK:
            axes = np.linalg.svd(scaled[np.ix_(rows, here)], full_matrices=False)[2][:WIDEST_BLOCK].T
            # Mean variance 1 a column, as in the other blocks; the order of importance stays.
            axes = axes / max(float(np.sqrt((scaled[np.ix_(rows, here)] @ axes).var(axis=0).mean())), 1e-9)
        part = np.zeros((len(own), axes.shape[1]))
        part[here] = axes
        parts.append(part)
    ends = np.cumsum([part.shape[1] for part in parts if part.shape[1]], dtype=np.int64)
    return np.hstack(parts) if parts else np.zeros((0, 0)), ends


def _gaps(absent: Bools, kept: Ints) -> Ints:
    """Return one column for each pattern of absence that some tracks have and others have not."""
    mixed = [column for column in kept if 0 < absent[:, column].sum() < len(absent)]
    if not mixed:
        return np.zeros(0, dtype=np.int64)
    _, first = np.unique(absent[:, mixed], axis=1, return_index=True)
    return np.asarray(mixed, dtype=np.int64)[np.sort(first)]


def _landmarks(linear: Floats, count: int, seed: int) -> Floats:
    count = min(count, len(linear) // FEWEST_ROWS_A_BUMP) if linear.shape[1] else 0
    return linear[np.sort(np.random.default_rng(seed).permutation(len(linear))[:count])]


def _narrowness(linear: Floats, ends: Ints, width: float) -> Floats:
    """Return what to multiply linear columns (l,) with, so that a block's distances keep their meaning.

    Along few axes (worth `AXES` columns of unit variance) a sum of distances grows with each, but its spread only
    with the root, so that is what counts; along many the mean distance would leave nothing alike.
    """
    narrow = np.ones(linear.shape[1])
    begin = 0
    for end in ends.tolist():
        axes = max(float(linear[:, begin:end].std(axis=0).sum()), 1e-9)
        narrow[begin:end] = min(1.0, (AXES / axes) ** 0.5) / (width * axes**0.5)
        begin = end
    return narrow


def _kernel(left: Floats, right: Floats, ends: Ints) -> Floats:
    """Return the blocks' mean likeness of places."""
    kernel = np.zeros((len(left), len(right)))
    for alike in likenesses(left.astype(np.float32), right.astype(np.float32), ends):
        kernel += alike / len(ends)
    return kernel


def _whitener(kernel: Floats) -> Floats:
    values, vectors = np.linalg.eigh(kernel)
    # Most telling directions first; those of no weight (a track twice) would only blow up noise.
    use = np.flatnonzero(values > 1e-3)[::-1]
    whitener: Floats = vectors[:, use] / np.sqrt(values[use])
    return whitener
