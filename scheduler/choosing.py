"""Choose tracks from a snapshot of knowledge: pure and synchronous, run in a worker thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Track
from recommender.candidates import RELATED_ARTIST, SHARED_HERE, Candidate, Exclusions, select_candidates
from recommender.dataset import Floats, Ints
from recommender.explain import nearest_liked
from recommender.ranking import Ranked, RankingSettings, rank, rng_for
from scheduler.knowledge import Knowledge

CANDIDATES_A_PICK = 12
"""Ranked candidates per pick: enough for variety, few enough for an answer within a second."""

FEWEST_CANDIDATES = 300
"""Candidates ranked at least, so that short lists are varied too."""

LEAST_HAPPY = 0.3
"""How much the least happy tenth of the members counts beside the mean: a server's list is not its majority's."""

LIKES = 0.5
"""Opinions above this are likes (a standing share alone counts as one)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What picks are wanted: for whom, out of what, and how many.

    `seed_id` is a Discord id and `occasion` a week (or another word): together they fix the randomness.
    `pool` is what was shared in their servers; `excluded`
    are tracks whose recordings must not come, `excluded_ids` tracks by id alone.
    """

    seed_id: int
    occasion: str
    count: int
    pool: Collection[int]
    excluded: Sequence[Track] = ()
    excluded_ids: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ranked track with the facts that came out of the science."""

    ranked: Ranked
    resembles: Track | None = None
    related_to: str | None = None
    artist_liked: int = 0
    artist_rated: int = 0

    @property
    def track_id(self) -> int:
        """Return the chosen track's id."""
        return self.ranked.candidate.track_id


def choose_for_person(
    knowledge: Knowledge, person_id: int | None, opinions: Mapping[int, float], wish: Wish, settings: RankingSettings
) -> list[Chosen]:
    """Return the person's best candidates that they have not met, best first; None scores for the community."""
    ids = _open_ids(knowledge, wish)
    scores, stds = knowledge.model.score(person_id, knowledge.features, ids)
    ranked = _rank(knowledge, ids, scores, stds, wish, settings)
    return _with_facts(knowledge, ranked, opinions)


def choose_for_server(
    knowledge: Knowledge, members: Sequence[int], wish: Wish, settings: RankingSettings
) -> list[Chosen]:
    """Return what the members together are thought to like, best first; their own opinions count as they are."""
    ids = _open_ids(knowledge, wish)
    rows: list[Floats] = []
    spreads: list[Floats] = []
    place = {track_id: row for row, track_id in enumerate(ids.tolist())}
    for person_id in members or (None,):
        scores, stds = knowledge.model.score(person_id, knowledge.features, ids)
        scores = scores.copy()
        for track_id, liked in (knowledge.dataset.opinions_of(person_id) if person_id is not None else {}).items():
            if track_id in place:
                scores[place[track_id]] = liked
        rows.append(scores)
        spreads.append(stds)
    matrix = np.asarray(rows)
    mixed = (1 - LEAST_HAPPY) * matrix.mean(axis=0) + LEAST_HAPPY * np.quantile(matrix, 0.1, axis=0)
    ranked = _rank(knowledge, ids, mixed, np.mean(spreads, axis=0), wish, settings)
    return [Chosen(one) for one in ranked]


def _open_ids(knowledge: Knowledge, wish: Wish) -> Ints:
    proposed = set(wish.pool).union(knowledge.related).difference(wish.excluded_ids)
    return np.array(sorted(proposed.intersection(knowledge.tracks)), dtype=np.int64)


def _rank(
    knowledge: Knowledge,
    ids: Ints,
    scores: Floats,
    stds: Floats,
    wish: Wish,
    settings: RankingSettings,
) -> list[Ranked]:
    best_first = [int(ids[row]) for row in np.argsort(-scores, kind="stable")]
    shared = set(wish.pool)
    sources = {
        SHARED_HERE: [track_id for track_id in best_first if track_id in shared],
        RELATED_ARTIST: [track_id for track_id in best_first if track_id in knowledge.related],
    }
    exclusions = Exclusions.of(wish.excluded, wish.excluded_ids)
    limit = max(FEWEST_CANDIDATES, CANDIDATES_A_PICK * wish.count)
    candidates: list[Candidate] = select_candidates(sources, knowledge.tracks, exclusions, limit)
    rows = np.searchsorted(ids, [candidate.track_id for candidate in candidates])
    return rank(
        candidates,
        scores[rows],
        stds[rows],
        knowledge.tracks,
        knowledge.model.vectors(knowledge.features, ids[rows]),
        wish.count,
        rng_for(settings.seed, wish.seed_id, wish.occasion),
        settings,
    )


def _with_facts(knowledge: Knowledge, ranked: Sequence[Ranked], opinions: Mapping[int, float]) -> list[Chosen]:
    liked = [track for track in knowledge.known(opinions) if track.id is not None and opinions[track.id] > LIKES]
    model, features = knowledge.model, knowledge.features
    near = nearest_liked(
        model.vectors(features, [one.candidate.track_id for one in ranked]),
        model.vectors(features, [track.id or 0 for track in liked]),
    )
    liked_artists = {artist.id: artist.name for track in liked for artist in track.artists if artist.id is not None}
    verdicts = _verdicts_by_artist(knowledge, opinions)
    chosen = []
    for one, row in zip(ranked, near.tolist(), strict=True):
        track_id = one.candidate.track_id
        artist_id = next((artist.id for artist in knowledge.tracks[track_id].artists), None)
        own = verdicts.get(artist_id, []) if artist_id is not None else []
        chosen.append(
            Chosen(
                one,
                resembles=liked[row] if row >= 0 else None,
                related_to=next(
                    (liked_artists[a] for a in knowledge.related.get(track_id, ()) if a in liked_artists), None
                ),
                artist_liked=sum(own),
                artist_rated=len(own),
            )
        )
    return chosen


def _verdicts_by_artist(knowledge: Knowledge, opinions: Mapping[int, float]) -> dict[int, list[bool]]:
    verdicts: dict[int, list[bool]] = {}
    for track in knowledge.known(opinions):
        for artist in track.artists[:1]:
            if artist.id is not None and track.id is not None:
                verdicts.setdefault(artist.id, []).append(opinions[track.id] > LIKES)
    return verdicts
