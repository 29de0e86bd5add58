"""Measures of scores against opinions."""

import numpy as np
from scipy.stats import rankdata

from recommender.dataset import Floats

BINS = 15
"""Equally wide bins of probability, as in Guo et al., "On calibration of modern neural networks" (2017)."""


LIST, LONG_LIST = 10, 30
"""Tracks of a short list and of a drop."""


def auc(liked: Floats, scores: Floats) -> float:
    """Return how often a liked track is scored above a disliked one, ties counting half; NaN without both kinds."""
    likes = liked > 0.5
    count, others = int(likes.sum()), int((~likes).sum())
    if not count or not others:
        return float("nan")
    above = rankdata(scores)[likes].sum() - count * (count + 1) / 2
    return float(above / (count * others))


def accuracy(liked: Floats, scores: Floats) -> float:
    """Return how often a probability falls on the right side of one half."""
    return float(np.mean((scores > 0.5) == (liked > 0.5)))


def calibration_error(liked: Floats, scores: Floats) -> float:
    """Return the expected calibration error: how far the share of likes is from what was told, over all bins."""
    place = np.clip((scores * BINS).astype(int), 0, BINS - 1)
    gap = np.bincount(place, liked - scores, BINS)
    return float(np.abs(gap).sum() / max(len(liked), 1))


def list_measures(liked: Floats, scores: Floats) -> tuple[float, float, float]:
    """Return precision@30, NDCG@10 and recall@10 of one list by score, NaN where nothing is liked.

    Tracks of equal score count as if they stood in random order: each is worth the mean of their places.
    """
    likes = liked > 0.5
    if not likes.any():
        return float("nan"), float("nan"), float("nan")
    order = np.argsort(-scores, kind="stable")
    _, tie = np.unique(-scores[order], return_inverse=True)
    hits = (np.bincount(tie, likes[order]) / np.bincount(tie))[tie]
    worth = 1 / np.log2(np.arange(2, LIST + 2))
    ideal = worth[: min(int(likes.sum()), LIST)].sum()
    short = hits[:LIST]
    long = min(LONG_LIST, len(hits))
    ndcg = float(short @ worth[: len(short)] / ideal)
    return float(hits[:long].sum() / long), ndcg, float(short.sum() / likes.sum())
