"""Tracks as lists compare them: by all that is known, not by their sound alone."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recommender.dataset import Floats
from recommender.evidence import lookup
from recommender.features import Features

if TYPE_CHECKING:
    from recommender.taste import TasteModel


def list_vectors(model: "TasteModel", features: Features, track_ids: npt.ArrayLike) -> Floats:
    """Return unit vectors (n, k), zeros where nothing is known.

    Their products are the mean likeness of two tracks over the model's blocks of columns and the collaborative factors.
    """
    ids = np.asarray(track_ids, dtype=np.int64)
    linear = model.space_.linear(features.take(ids))
    parts = [_unit(part) for part in np.split(linear, model.space_.ends[:-1], axis=1)] if linear.shape[1] else []
    evidence = model.evidence_
    if evidence.factors.count:
        nobody = np.zeros((len(ids), evidence.factors.count))
        none = np.zeros(len(ids))
        parts.append(_unit(evidence.factors.of_tracks(lookup(evidence.tracks.keys, ids), nobody, none, none)))
    return _unit(np.hstack(parts)) if parts else np.zeros((len(ids), 1))


def _unit(rows: Floats) -> Floats:
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return found
