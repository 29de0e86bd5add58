"""What a person leans to, beside the scores: their tastes, what they know, and what they had before."""

from collections.abc import Mapping, Sequence

import numpy as np

from catalog.models import Track
from recommender.candidates import Candidate
from recommender.dataset import Floats
from recommender.listing_tastes import tastes_of
from recommender.listing_vectors import list_vectors
from recommender.ranking import Leaning
from scheduler.knowledge import Knowledge

MOST_LIKES = 200
"""Likes that tastes are found in, the newest tracks first: more would cost time and move little."""

UNHEARD = 0.5
"""Newness of a track of which nothing is known."""

SAME_ARTIST = 0.5
"""What is left of the newness of a track whose artist the person likes."""

REPEAT_COST = 0.3
"""Chance of a like that a repeat loses on the day it may come again; half of it a like span of days later."""


def leaning_of(
    knowledge: Knowledge, liked: Sequence[Track], candidates: Sequence[Candidate], repeats: Mapping[int, float]
) -> Leaning:
    """Return what is known of somebody who likes these tracks, of each candidate in their order."""
    mine = sorted(track.id for track in liked if track.id is not None)[-MOST_LIKES:]
    ids = [candidate.track_id for candidate in candidates]
    both = list_vectors(knowledge.model, knowledge.features, [*ids, *mine])
    theirs, own = both[: len(ids)], both[len(ids) :]
    artists = {artist.id for track in liked for artist in track.artists[:1] if artist.id is not None}
    known = np.array(
        [any(artist.id in artists for artist in knowledge.tracks[each].artists[:1]) for each in ids], dtype=np.bool_
    )
    return Leaning(
        tastes=tastes_of(own),
        vectors=theirs,
        newness=_newness(theirs, own) * np.where(known, SAME_ARTIST, 1.0),
        repeats=np.array([REPEAT_COST * repeats.get(each, 0.0) for each in ids]),
        known_artists=known,
    )


def fading(days_since: float, repeat_days: float) -> float:
    """Return how fresh a track is that was dropped so long ago: 1 when it may come again, then less and less."""
    return float(0.5 ** (max(days_since - repeat_days, 0.0) / max(repeat_days, 1.0)))


def _newness(vectors: Floats, own: Floats) -> Floats:
    if not len(own) or not len(vectors):
        return np.full(len(vectors), UNHEARD)
    nearest = np.clip((vectors @ own.T).max(axis=1), 0, 1)
    found: Floats = np.where(np.any(vectors != 0, axis=1), 1 - nearest, UNHEARD)
    return found
