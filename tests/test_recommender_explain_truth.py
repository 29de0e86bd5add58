"""What is given as a reason is one: without it the score is lower, by as much as is told."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from recommender.contributions import Lens
from recommender.dataset import Dataset
from recommender.listing_vectors import list_vectors
from recommender.movers import LEAST_EFFECT, Explainer, Kind, Mind, Mover
from recommender.taste import TasteModel
from tests.fixtures.recommender import Community

MEMBERS = range(Community.MEMBERS)
DAYS = ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday")


@pytest.fixture(scope="module")
def world() -> Community:
    """Return a community after three weeks."""
    lived = Community(4)
    for _ in range(3):
        lived.week()
    return lived


@pytest.fixture(scope="module")
def model(world: Community) -> TasteModel:
    """Return the model of that community."""
    return TasteModel().fit(world.dataset(), world.features)


def _day(track: int) -> str:
    return DAYS[track % len(DAYS)]


def without(dataset: Dataset, person_id: int, tracks: Sequence[int]) -> Dataset:
    """Return the opinions without some of one person's."""
    place = np.searchsorted(dataset.people, person_id)
    gone = (dataset.person == place) & np.isin(dataset.tracks[dataset.track], tracks)
    rest = ~gone
    return Dataset(
        dataset.people,
        dataset.tracks,
        dataset.person[rest],
        dataset.track[rest],
        dataset.liked[rest],
        dataset.weight[rest],
        dataset.explicit[rest],
    )


def refitted(model: TasteModel, dataset: Dataset, world: Community, person_id: int) -> TasteModel:
    """Return the model with one person learnt anew from these opinions."""
    again = TasteModel.from_bytes(model.to_bytes(), model.settings)
    return again.refit_person(person_id, dataset, world.features)


def tags_of(world: Community, tracks: Sequence[int]) -> list[list[str]]:
    """Return genres, and every third track's mood, as the tags of tracks."""
    return [[f"genre {world.genre[track - 1]}"] + ["sad"] * (track % 3 == 0) for track in tracks]


def found(world: Community, model: TasteModel, member: int, tracks: Sequence[int]) -> list[list[Mover]]:
    """Return what moved a member's scores."""
    opinions = world.dataset().opinions_of(member)
    liked = sorted(track for track, value in opinions.items() if value > 0.5)
    vectors = list_vectors(model, world.features, [*tracks, *liked])
    close = vectors[: len(tracks)] @ vectors[len(tracks) :].T
    days = {track: _day(track) for track, value in opinions.items() if value < 0.5}
    explainer = Explainer(model, world.features, lambda ids: tags_of(world, ids))
    return explainer.movers(Mind(member, opinions, days), tracks, np.where(close > 0.4, close, 0))


def test_a_score_taken_apart_is_the_score(world: Community, model: TasteModel) -> None:
    """The parts add up to what the model says, for members and for nobody in particular."""
    ids = np.arange(1, 300)
    for person in (None, 0, 5, 999):
        lens = Lens.on(model, person, world.features, ids)
        assert lens.scores == pytest.approx(model.score(person, world.features, ids)[0], abs=2e-5)
        assert lens.contributions().sum(axis=1) + (lens.margin - lens.cov @ lens.alpha) == pytest.approx(lens.margin)


@pytest.mark.parametrize("size", [1, 4, 20])
def test_leaving_out_is_what_a_refit_would_show(world: Community, model: TasteModel, size: int) -> None:
    """The effect of any opinions is the score less that of a model which never heard of them."""
    rng = np.random.default_rng(size)
    for member in (0, 3, 11):
        ids = rng.choice(np.arange(1, 1_401), 25, replace=False)
        lens = Lens.on(model, member, world.features, ids)
        columns = rng.choice(len(lens.own), size, replace=False)
        less = refitted(model, without(world.dataset(), member, lens.own[columns]), world, member)
        gone = lens.scores - less.score(member, world.features, ids)[0]
        assert [lens.effect(row, columns) for row in range(len(ids))] == pytest.approx(gone.tolist(), abs=1e-4)
        assert lens.effect(0, []) == 0


def test_leaving_others_out_is_what_their_silence_would_show(world: Community, model: TasteModel) -> None:
    """The effect of others' opinions of a track is that of counting everybody's opinions anew without them."""
    dataset = world.dataset()
    explainer = Explainer(model, world.features, lambda ids: tags_of(world, ids))
    counts = np.bincount(dataset.track)
    ids = [track for track in dataset.tracks[np.argsort(-counts)][:40].tolist() if track not in world.met[2]][:12]
    lens = Lens.on(model, 2, world.features, ids)
    gone = {row: explainer.raters(track) for row, track in enumerate(ids)}
    effects = lens.effects_of_others(range(len(ids)), gone)
    said = model.evidence_.opinions
    for row, places in gone.items():
        again = TasteModel.from_bytes(model.to_bytes(), model.settings)
        kept = np.setdiff1d(np.arange(len(said.track)), places)
        fresh = _counted(dataset, kept, world)
        evidence = again.evidence_
        moved = np.einsum("i,ij,ik->jk", *(each[places] for each in (said.weight,)), *_factors(evidence, places))
        here = int(np.searchsorted(evidence.tracks.keys, ids[row]))
        evidence.factors.gram[here] -= moved.astype(np.float32)
        pull = (said.weight[places] * said.residual[places]) @ _factors(evidence, places)[0]
        evidence.factors.moment[here] -= pull.astype(np.float32)
        evidence.tracks.count[here], evidence.tracks.likes[here] = fresh[0].get(ids[row], (0.0, 0.0))
        artist = int(said.artist[places[0]])
        at = int(np.searchsorted(evidence.artists.keys, artist))
        evidence.artists.count[at], evidence.artists.likes[at] = fresh[1].get(artist, (0.0, 0.0))
        after = again.score(2, world.features, [ids[row]])[0][0]
        assert effects[row] == pytest.approx(float(lens.scores[row]) - after, abs=1e-3)


def _factors(evidence: object, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    people = evidence.factors.person[evidence.opinions.person[places]]  # type: ignore[attr-defined]
    return people, people


def _counted(dataset: Dataset, kept: np.ndarray, world: Community) -> tuple[Mapping[int, tuple[float, float]], ...]:
    """Count weights and likes of some opinions by track and by artist, in plain Python."""
    tracks: dict[int, tuple[float, float]] = {}
    artists: dict[int, tuple[float, float]] = {}
    for place in kept.tolist():
        track = int(dataset.tracks[dataset.track[place]])
        weight, liked = float(dataset.weight[place]), float(dataset.liked[place])
        for table, key in ((tracks, track), (artists, int(world.artist[track - 1]))):
            count, likes = table.get(key, (0.0, 0.0))
            table[key] = count + weight, likes + weight * liked
    return tracks, artists


def test_every_reason_is_true(world: Community, model: TasteModel) -> None:
    """Over all members' best tracks: without what a reason names the score is lower; its counts are the data's."""
    dataset = world.dataset()
    kinds: set[Kind] = set()
    checked = 0
    for member in MEMBERS:
        unmet = [track for track in world.tracks if track not in world.met[member]]
        scores = model.score(member, world.features, unmet)[0]
        best = [unmet[place] for place in np.argsort(-scores)[:12]]
        opinions = dataset.opinions_of(member)
        before = model.score(member, world.features, best)[0]
        for row, (track, movers) in enumerate(zip(best, found(world, model, member, best), strict=True)):
            assert [mover.effect for mover in movers] == sorted((mover.effect for mover in movers), reverse=True)
            for mover in movers:
                kinds.add(mover.kind)
                assert mover.effect >= LEAST_EFFECT
                if mover.kind in {Kind.NEIGHBOURS, Kind.OTHERS}:
                    _check_others(dataset, mover, track, member)
                    continue
                assert mover.liked == sum(opinions[one] > 0.5 for one in mover.tracks)
                assert mover.rated == len(mover.tracks)
                _check_subject(world, mover, track, opinions)
                if checked < 150:
                    less = refitted(model, without(dataset, member, mover.tracks), world, member)
                    assert less.score(member, world.features, [track])[0][0] < before[row]
                    checked += 1
    assert kinds >= {Kind.ARTIST, Kind.TRACK, Kind.TAG, Kind.DISLIKED}
    assert kinds & {Kind.NEIGHBOURS, Kind.OTHERS}
    assert checked == 150


def test_the_nearest_are_asked_where_many_know_a_track(world: Community, model: TasteModel) -> None:
    """Of more than five who rated a track the five nearest in taste are counted, and nobody who is unlike."""
    dataset = world.dataset()
    busy = dataset.tracks[np.argsort(-np.bincount(dataset.track), kind="stable")[:60]].tolist()
    said = 0
    for member in MEMBERS:
        unmet = [track for track in busy if track not in world.met[member]]
        for track, movers in zip(unmet, found(world, model, member, unmet), strict=True):
            for mover in movers:
                if mover.kind is Kind.NEIGHBOURS:
                    said += 1
                    assert mover.rated == 5
                    _check_others(dataset, mover, track, member)
    assert said >= 3


def _check_subject(world: Community, mover: Mover, track: int, opinions: Mapping[int, float]) -> None:
    """Compare what a reason is about with the data."""
    if mover.kind is Kind.ARTIST:
        artist = world.artist[track - 1]
        assert set(mover.tracks) == {one for one in opinions if world.artist[one - 1] == artist}
        assert 2 * mover.liked >= mover.rated
    elif mover.kind is Kind.TAG:
        (own,) = tags_of(world, [track])
        assert mover.subject in own
        assert set(mover.tracks) == {one for one in opinions if mover.subject in tags_of(world, [one])[0]}
    elif mover.kind is Kind.TRACK:
        assert (mover.liked, mover.rated) == (1, 1)
    else:
        assert mover.liked == 0
        assert mover.subject in DAYS
        assert set(mover.tracks) == {one for one in opinions if opinions[one] < 0.5 and _day(one) == mover.subject}


def _check_others(dataset: Dataset, mover: Mover, track: int, member: int) -> None:
    """Compare how many others liked a track with the data; neighbours are nearer in taste than those not counted."""
    tracks = dataset.tracks[dataset.track]
    rows = [row for row in np.flatnonzero(tracks == track).tolist() if dataset.people[dataset.person[row]] != member]
    assert set(mover.places) <= set(rows)
    assert mover.liked == int(dataset.liked[list(mover.places)].sum())
    assert mover.rated == len(mover.places)
    assert mover.liked > mover.rated / 2
    if mover.kind is Kind.OTHERS:
        assert set(mover.places) == set(rows)
        return
    mine = dataset.opinions_of(member)
    alike = {row: _agreement(mine, dataset.opinions_of(int(dataset.people[dataset.person[row]]))) for row in rows}
    left_out = [alike[row] for row in rows if row not in mover.places]
    assert min(alike[row] for row in mover.places) >= max(left_out) - 1e-9


def _agreement(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    both = one.keys() & other.keys()
    same = sum(1 if (one[track] > 0.5) == (other[track] > 0.5) else -1 for track in both)
    return same / (len(both) + 5.0)
