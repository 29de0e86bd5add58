"""Several tastes beside each other: how alike two are, who is nearest, and what a server loves and quarrels over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.dataset import Floats, Ints
from recommender.standing import Standing

CENTROID_DOUBT = 2.0
"""Opinions' worth of doubt in a centroid."""

COMMON_DOUBT = 6.0
"""Tracks both judged at which their verdicts count as much as what they like apart from each other."""

DIVIDED = 2
"""People on either side from which a track divides a server."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where two people meet: tracks by id, the newest opinions first; `parting` tells whether the first likes each."""

    both: tuple[int, ...]
    only_one: int
    only_other: int
    parting: Mapping[int, bool]


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people here like a track, and how many do not."""

    track_id: int
    likes: int
    dislikes: int


def centroids(standing: Standing, people: Sequence[int], track_ids: Ints, vectors: Floats) -> Floats:
    """Return a unit vector (p, k) for each person: towards what they like, away from what they do not.

    `vectors` (n, k) belong to `track_ids` (n,), ascending; measured from their own middle, so that what everybody here
    likes tells nothing of anybody. Zeros for who has said nothing of known tracks.
    """
    known = np.abs(vectors).sum(axis=1) > 0
    middle = vectors[known].mean(axis=0) if known.any() else np.zeros(vectors.shape[1])
    centred = np.where(known[:, None], vectors - middle, 0.0)
    found = np.zeros((len(people), vectors.shape[1]))
    for place, person_id in enumerate(people):
        rows = standing.rows_of(person_id)
        at = np.searchsorted(track_ids, standing.track[rows])
        at = np.minimum(at, max(len(track_ids) - 1, 0))
        here = (track_ids[at] == standing.track[rows]) if len(track_ids) else np.zeros(len(at), dtype=bool)
        signed = np.where(standing.liked[rows], 1.0, -0.5) * standing.weight[rows]
        found[place] = (signed[here, None] * centred[at[here]]).sum(axis=0) / (
            np.abs(signed[here]).sum() + CENTROID_DOUBT
        )
    length = np.linalg.norm(found, axis=1, keepdims=True)
    units: Floats = found / np.maximum(length, 1e-9)
    return units


def alike(one: Mapping[int, bool], others: Sequence[Mapping[int, bool]], mine: Floats, theirs: Floats) -> Floats:
    """Return from 0 to 1 how alike each of the others (p,) is: by verdicts on the same tracks, and by what they like.

    `mine` (k,) and `theirs` (p, k) are centroids; a half where nothing is known.
    """
    by_content = (1 + theirs @ mine) / 2
    found = np.empty(len(others))
    for place, opinions in enumerate(others):
        common = one.keys() & opinions.keys()
        agreed = sum(one[track] == opinions[track] for track in common)
        by_verdict = (agreed + 1) / (len(common) + 2)
        share = len(common) / (len(common) + COMMON_DOUBT)
        found[place] = share * by_verdict + (1 - share) * by_content[place]
    return found


def overlap(standing: Standing, one: int, other: int) -> Overlap:
    """Return where two people meet and part."""
    first, second = standing.opinions_of(one), standing.opinions_of(other)
    rows = [*range(*standing.rows_of(one).indices(len(standing)))]
    rows += [*range(*standing.rows_of(other).indices(len(standing)))]
    newest: dict[int, int] = {}
    for row in rows:
        track = int(standing.track[row])
        newest[track] = max(newest.get(track, 0), int(standing.at[row]))
    common = sorted(first.keys() & second.keys(), key=lambda track: (-newest[track], track))
    return Overlap(
        both=tuple(track for track in common if first[track] and second[track]),
        only_one=sum(liked and not second.get(track, False) for track, liked in first.items()),
        only_other=sum(liked and not first.get(track, False) for track, liked in second.items()),
        parting={track: first[track] for track in common if first[track] != second[track]},
    )


def votes(standing: Standing) -> list[Votes]:
    """Return what the server thinks of each track, the most loved first."""
    tracks, place = np.unique(standing.track, return_inverse=True)
    likes = np.bincount(place, standing.liked, len(tracks)).astype(int)
    dislikes = np.bincount(place, ~standing.liked, len(tracks)).astype(int)
    found = [Votes(*row) for row in zip(tracks.tolist(), likes.tolist(), dislikes.tolist(), strict=True)]
    return sorted(found, key=lambda each: (-(each.likes - each.dislikes), -each.likes, each.track_id))


def divisive(found: Sequence[Votes]) -> list[Votes]:
    """Return the tracks that divide people, the most evenly and by the most first."""
    split = [each for each in found if min(each.likes, each.dislikes) >= DIVIDED]
    return sorted(split, key=lambda each: (-min(each.likes, each.dislikes), abs(each.likes - each.dislikes)))


def loved_alone(standing: Standing, person_id: int, shared: Sequence[int]) -> int | None:
    """Return a track that only this person likes though others judged it, else one nobody else spoke of, or None.

    The most disliked by others comes first, then the newest; `shared` are tracks that others shared, preferred since
    everybody has met them.
    """
    mine = standing.rows_of(person_id)
    liked = {
        int(track): int(at)
        for track, at, fond in zip(standing.track[mine], standing.at[mine], standing.liked[mine], strict=True)
        if fond
    }
    fans = {each.track_id: each for each in votes(standing)}
    alone = [track for track in liked if fans[track].likes == 1]
    preferred = frozenset(shared)
    alone.sort(key=lambda track: (-fans[track].dislikes, track not in preferred, -liked[track], track))
    return alone[0] if alone else None
