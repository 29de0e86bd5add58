"""Choose tracks from a snapshot of knowledge: pure and synchronous, run in a worker thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalog.models import Track
from recommender.candidates import NEIGHBOUR, SHARED_HERE, Candidate, Exclusions, select_candidates
from recommender.dataset import Floats, Ints
from recommender.explain import Lead, nearest_liked
from recommender.ranking import Ranked, RankingSettings, rank, rng_for
from scheduler.alike import neighbours
from scheduler.knowledge import Knowledge
from scheduler.leads import LIKES, Fondness, leads_of

CANDIDATES_A_PICK = 12
"""Ranked candidates per pick: enough for variety, few enough for an answer within a second."""

FEWEST_CANDIDATES = 300
"""Candidates ranked at least, so that short lists are varied too."""

LEAST_HAPPY = 0.3
"""How much the least happy tenth of the members counts beside the mean: a server's list is not its majority's."""


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
    leads: tuple[Lead, ...] = ()
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
    fondness = Fondness.of(knowledge, person_id, opinions)
    alike = neighbours(knowledge, ids, [track.id or 0 for track in fondness.tracks])
    ranked = _rank(knowledge, _Scored(ids, scores, stds, alike), wish, settings)
    return _with_facts(knowledge, ranked, opinions, fondness, alike)


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
    ranked = _rank(knowledge, _Scored(ids, mixed, np.mean(spreads, axis=0)), wish, settings)
    return [Chosen(one) for one in ranked]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Tracks that may come, ascending, with their scores; `alike` maps some to the liked track they are near to."""

    ids: Ints
    scores: Floats
    stds: Floats
    alike: Mapping[int, int] = field(default_factory=dict)


def _open_ids(knowledge: Knowledge, wish: Wish) -> Ints:
    """Return what was shared here or proposed by a source.

    A proposal that has a name alone waits until a service has told what it is: nobody could say which recordings it
    repeats.
    """
    told = {track_id for track_id in knowledge.proposals if (track := knowledge.tracks.get(track_id)) and track.refs}
    proposed = told.union(wish.pool).difference(wish.excluded_ids)
    return np.array(sorted(proposed.intersection(knowledge.tracks)), dtype=np.int64)


def _rank(knowledge: Knowledge, scored: _Scored, wish: Wish, settings: RankingSettings) -> list[Ranked]:
    ids = scored.ids
    exclusions = Exclusions.of(wish.excluded, wish.excluded_ids)
    limit = max(FEWEST_CANDIDATES, CANDIDATES_A_PICK * wish.count)
    candidates: list[Candidate] = select_candidates(
        _by_origin(knowledge, scored, set(wish.pool)), knowledge.tracks, exclusions, limit
    )
    rows = np.searchsorted(ids, [candidate.track_id for candidate in candidates])
    return rank(
        candidates,
        scored.scores[rows],
        scored.stds[rows],
        knowledge.tracks,
        knowledge.model.vectors(knowledge.features, ids[rows]),
        wish.count,
        rng_for(settings.seed, wish.seed_id, wish.occasion),
        settings,
    )


def _by_origin(knowledge: Knowledge, scored: _Scored, shared: Collection[int]) -> dict[str, list[int]]:
    """Return the tracks of each source, best first."""
    found: dict[str, list[int]] = {SHARED_HERE: []}
    for row in np.argsort(-scored.scores, kind="stable"):
        track_id = int(scored.ids[row])
        if track_id in shared:
            found[SHARED_HERE].append(track_id)
        for origin in dict.fromkeys(proposal.source for proposal in knowledge.proposals.get(track_id, ())):
            found.setdefault(origin, []).append(track_id)
    found[NEIGHBOUR] = list(scored.alike)
    return found


def _with_facts(
    knowledge: Knowledge,
    ranked: Sequence[Ranked],
    opinions: Mapping[int, float],
    fondness: Fondness,
    alike: Mapping[int, int],
) -> list[Chosen]:
    model, features = knowledge.model, knowledge.features
    near = nearest_liked(
        model.vectors(features, [one.candidate.track_id for one in ranked]),
        model.vectors(features, [track.id or 0 for track in fondness.tracks]),
    )
    verdicts = _verdicts_by_artist(knowledge, opinions)
    chosen = []
    for one, row in zip(ranked, near.tolist(), strict=True):
        track = knowledge.tracks[one.candidate.track_id]
        own = verdicts.get(track.artists[0].id or 0, []) if track.artists else []
        leads = leads_of(track, knowledge.proposals.get(one.candidate.track_id, ()), fondness)
        if liked_id := alike.get(one.candidate.track_id):
            leads = (*leads, Lead(NEIGHBOUR, knowledge.tracks[liked_id]))
        chosen.append(
            Chosen(
                one,
                resembles=fondness.tracks[row] if row >= 0 else None,
                leads=leads,
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
