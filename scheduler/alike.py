"""Which candidates are neighbours, in our own catalogue, of tracks that a person likes: by tags and by sound."""

from collections.abc import Sequence

import numpy as np

from recommender.dataset import Ints
from scheduler.knowledge import Knowledge

NEAR = 0.4
"""Likeness from which one track counts as a neighbour of another, on the scale of `Nearness`."""

MOST_LIKED = 30
"""Likes that neighbours are looked for of, the newest tracks first: each costs a look at every candidate."""

MOST_NEIGHBOURS = 200


def neighbours(knowledge: Knowledge, ids: Ints, liked: Sequence[int]) -> dict[int, int]:
    """Return candidates with the liked track that each is nearest to, the nearest first."""
    mine = sorted(liked)[-MOST_LIKED:]
    if not mine or not len(ids):
        return {}
    likeness = np.stack([knowledge.nearness.likeness(track_id, ids) for track_id in mine])
    best = likeness.max(axis=0)
    order = np.argsort(-best, kind="stable")[:MOST_NEIGHBOURS]
    return {int(ids[place]): mine[int(likeness[:, place].argmax())] for place in order if best[place] >= NEAR}
