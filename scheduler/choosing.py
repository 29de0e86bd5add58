"""Choose tracks from a snapshot of knowledge: pure and synchronous, run in a worker thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from catalog.models import Slot, Track
from recommender.candidates import NEIGHBOUR, SHARED_HERE, Candidate, Exclusions, select_candidates
from recommender.dataset import Floats, Ints
from recommender.explain import Lead
from recommender.listing_shared import pleasures, share_out
from recommender.listing_vectors import list_vectors
from recommender.movers import Kind, Mover
from recommender.ranking import Ranked, RankingSettings, aims_of, rank, rng_for, weights_of
from scheduler.alike import neighbours
from scheduler.knowledge import Knowledge
from scheduler.leads import Fondness, leads_of
from scheduler.leaning import leaning_of
from scheduler.moving import movers
from scheduler.wanting import ADVENTUROUS, SURPRISING, Only

CANDIDATES_A_PICK = 12
"""Ranked candidates per pick: enough for variety, few enough for an answer within a second."""

FEWEST_CANDIDATES = 300
"""Candidates ranked at least, so that short lists are varied too."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What picks are wanted: for whom, out of what, and how many.

    `seed_id` is a Discord id and `occasion` a week (or another word): together they fix the randomness.
    `pool` is what was shared in their servers; `excluded` are tracks whose recordings must not come, `excluded_ids`
    tracks by id alone. `dial` goes from familiar (0) to new (10), None as the settings have it; `only` is what picks
    must be; `repeats` tells of tracks dropped long ago how fresh that still is (1 to 0); `days` are the words for when
    the person said what they dislike.
    """

    seed_id: int
    occasion: str
    count: int
    pool: Collection[int]
    excluded: Sequence[Track] = ()
    excluded_ids: Collection[int] = ()
    dial: float | None = None
    only: Only | None = None
    repeats: Mapping[int, float] = field(default_factory=dict)
    days: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ranked track with the facts that came out of the science.

    `movers` moved its score most; `resembles` is the liked track that one of them is about. `made_for` are the ids of
    the people whom a shared list's track is for, who lacked it most first.
    """

    ranked: Ranked
    resembles: Track | None = None
    leads: tuple[Lead, ...] = ()
    movers: tuple[Mover, ...] = ()
    made_for: tuple[int, ...] = ()

    @property
    def track_id(self) -> int:
        """Return the chosen track's id."""
        return self.ranked.candidate.track_id


def choose_for_person(
    knowledge: Knowledge, person_id: int | None, opinions: Mapping[int, float], wish: Wish, settings: RankingSettings
) -> list[Chosen]:
    """Return the person's best candidates that they have not met, best first; None scores for the community."""
    if wish.only is not None and wish.only.surprise:
        wish, settings = replace(wish, dial=SURPRISING), replace(settings, wildcards=ADVENTUROUS)
    ids = _open_ids(knowledge, wish)
    scores, stds = knowledge.score(person_id, ids)
    fondness = Fondness.of(knowledge, person_id, opinions)
    alike = neighbours(knowledge, ids, [track.id or 0 for track in fondness.tracks])
    candidates, rows = _candidates(knowledge, ids, scores, alike, wish)
    leaning = leaning_of(knowledge, fondness.tracks, candidates, wish.repeats)
    ranked = rank(
        candidates,
        scores[rows],
        stds[rows],
        knowledge.tracks,
        leaning.vectors,
        wish.count,
        rng_for(settings.seed, wish.seed_id, wish.occasion),
        settings,
        leaning,
        wish.dial,
    )
    moved = movers(knowledge, person_id, opinions, wish.days, [one.candidate.track_id for one in ranked])
    return [_with_facts(knowledge, one, fondness, alike, found) for one, found in zip(ranked, moved, strict=True)]


def choose_for_server(
    knowledge: Knowledge, members: Sequence[int], wish: Wish, settings: RankingSettings
) -> list[Chosen]:
    """Return a list that gives each taste among the members its share; their own opinions count as they are.

    A single member's is their own list, and nobody's the community's.
    """
    return _choose_shared(knowledge, members, wish, settings, least_first=False)


def choose_for_people(
    knowledge: Knowledge, person_ids: Sequence[int], wish: Wish, settings: RankingSettings
) -> list[Chosen]:
    """Return a list for these people, fair to each of them: the least happy comes first, a track at a time."""
    return _choose_shared(knowledge, person_ids, wish, settings, least_first=True)


def _choose_shared(
    knowledge: Knowledge, people: Sequence[int], wish: Wish, settings: RankingSettings, *, least_first: bool
) -> list[Chosen]:
    alone = replace(settings, wildcards=0)
    if not people:
        return choose_for_person(knowledge, None, {}, wish, alone)
    if len(people) == 1:
        own = knowledge.dataset.opinions_of(people[0])
        return [
            Chosen(replace(one.ranked, slot=Slot.FAIR), made_for=(people[0],))
            for one in choose_for_person(knowledge, people[0], own, wish, alone)
        ]
    ids = _open_ids(knowledge, wish)
    if not len(ids):
        return []
    chances, stds = _chances(knowledge, people, ids)
    pleasure = pleasures(chances)
    # What somebody alone loves is looked at too, however little it is to the others.
    candidates, rows = _candidates(knowledge, ids, pleasure.mean(axis=0) + pleasure.max(axis=0), {}, wish)
    vectors = list_vectors(knowledge.model, knowledge.features, ids[rows])
    aims = aims_of(candidates, knowledge.tracks, vectors, None)
    mean, std = chances.mean(axis=0)[rows], stds[rows]
    return [
        Chosen(
            Ranked(candidates[one.row], float(mean[one.row]), float(std[one.row]), slot=Slot.FAIR),
            made_for=tuple(people[place] for place in one.made_for),
        )
        for one in share_out(chances[:, rows], aims, weights_of(settings), wish.count, least_first=least_first)
    ]


def _chances(knowledge: Knowledge, people: Sequence[int], ids: Ints) -> tuple[Floats, Floats]:
    """Return everybody's chances of a like (m, n), what they said as it is, and the mean std (n,)."""
    place = {track_id: row for row, track_id in enumerate(ids.tolist())}
    rows, spreads = [], []
    for person_id in people:
        scores, stds = knowledge.score(person_id, ids)
        scores = scores.copy()
        for track_id, liked in knowledge.dataset.opinions_of(person_id).items():
            if track_id in place:
                scores[place[track_id]] = liked
        rows.append(scores)
        spreads.append(stds)
    return np.asarray(rows), np.mean(spreads, axis=0)


def _open_ids(knowledge: Knowledge, wish: Wish) -> Ints:
    """Return what was shared here or proposed by a source, and is what the wish asks for.

    A proposal that has a name alone waits until a service has told what it is: nobody could say which recordings it
    repeats.
    """
    told = {track_id for track_id in knowledge.proposals if (track := knowledge.tracks.get(track_id)) and track.refs}
    proposed = told.union(wish.pool).difference(wish.excluded_ids)
    ids = np.array(sorted(proposed.intersection(knowledge.tracks)), dtype=np.int64)
    return wish.only.among(knowledge, ids) if wish.only is not None else ids


def _candidates(
    knowledge: Knowledge, ids: Ints, scores: Floats, alike: Mapping[int, int], wish: Wish
) -> tuple[list[Candidate], Ints]:
    """Return the best of each source in turns, with their rows among the ids."""
    exclusions = Exclusions.of(wish.excluded, wish.excluded_ids)
    limit = max(FEWEST_CANDIDATES, CANDIDATES_A_PICK * wish.count)
    sources = _by_origin(knowledge, ids, scores, set(wish.pool))
    sources[NEIGHBOUR] = list(alike)
    candidates = select_candidates(sources, knowledge.tracks, exclusions, limit)
    rows = np.searchsorted(ids, np.array([candidate.track_id for candidate in candidates], dtype=np.int64))
    return candidates, rows


def _by_origin(knowledge: Knowledge, ids: Ints, scores: Floats, shared: Collection[int]) -> dict[str, list[int]]:
    """Return the tracks of each source, best first."""
    found: dict[str, list[int]] = {SHARED_HERE: []}
    for row in np.argsort(-scores, kind="stable"):
        track_id = int(ids[row])
        if track_id in shared:
            found[SHARED_HERE].append(track_id)
        for origin in dict.fromkeys(proposal.source for proposal in knowledge.proposals.get(track_id, ())):
            found.setdefault(origin, []).append(track_id)
    return found


def _with_facts(
    knowledge: Knowledge, one: Ranked, fondness: Fondness, alike: Mapping[int, int], moved: Sequence[Mover]
) -> Chosen:
    track_id = one.candidate.track_id
    leads = leads_of(knowledge.tracks[track_id], knowledge.proposals.get(track_id, ()), fondness)
    if liked_id := alike.get(track_id):
        leads = (*leads, Lead(NEIGHBOUR, knowledge.tracks[liked_id]))
    near = next((mover.tracks[0] for mover in moved if mover.kind is Kind.TRACK), None)
    return Chosen(one, knowledge.tracks[near] if near is not None else None, leads, tuple(moved))
