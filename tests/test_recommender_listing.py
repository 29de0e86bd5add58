"""Lists as wholes: a person's tastes in their shares, variety, the dial, and fairness to several people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Artist, Slot, Track
from recommender.candidates import Candidate
from recommender.evaluation_replay import LIST, TOP, from_opinions, replay, synthetic, verdict
from recommender.listing import Aims, Listing, Weights, arrange
from recommender.listing_shared import pleasures, share_out
from recommender.listing_tastes import Tastes, divergence, tastes_of
from recommender.ranking import Leaning, Ranked, RankingSettings, dialled, rank, rng_for

ROCK, JAZZ, DUB = np.eye(8)[:3]


def unit(rows: np.ndarray) -> np.ndarray:
    """Return rows of unit length."""
    found: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def around(centre: np.ndarray, count: int, seed: int = 0, spread: float = 0.15) -> np.ndarray:
    """Return tracks near a centre."""
    return unit(centre + np.random.default_rng(seed).normal(0, spread, (count, len(centre))))


def leaning(vectors: np.ndarray, tastes: Tastes, newness: np.ndarray | None = None) -> Leaning:
    """Return what is known of a person; by default nothing is new and nothing repeats."""
    none = np.zeros(len(vectors))
    return Leaning(tastes, vectors, none if newness is None else newness, none, none.astype(bool))


def ranked(
    scores: Sequence[float], vectors: np.ndarray, lean: Leaning, count: int, how: RankingSettings, dial: float = 5.0
) -> list[Ranked]:
    """Rank tracks 0.. of an artist each."""
    tracks = {number: Track(f"T{number}", (Artist(f"A{number}"),), id=number) for number in range(len(scores))}
    candidates = [Candidate(number, ()) for number in tracks]
    std = np.full(len(scores), 0.1)
    return rank(candidates, scores, std, tracks, vectors, count, rng_for(1, 2, "w"), how, lean, dial)


def ids(entries: Sequence[Ranked]) -> list[int]:
    """Return the ranked tracks."""
    return [entry.candidate.track_id for entry in entries]


def test_tastes_are_found_in_the_likes() -> None:
    """Heaps of likes are told apart, the largest first, with their shares; whatever the order they come in."""
    likes = np.vstack([around(ROCK, 20), around(JAZZ, 12, 1), around(DUB, 8, 2)])
    tastes = tastes_of(likes)
    assert tastes.shares.tolist() == [0.5, 0.3, 0.2]
    assert (tastes.centroids @ np.stack([ROCK, JAZZ, DUB]).T).argmax(axis=1).tolist() == [0, 1, 2]
    shuffled = tastes_of(likes[np.random.default_rng(3).permutation(len(likes))])
    assert shuffled.centroids == pytest.approx(tastes.centroids)


@pytest.mark.parametrize("seed", range(6))
def test_tastes_stay_when_a_tenth_of_the_likes_is_missing(seed: int) -> None:
    """Which likes happen to be known does not make other tastes."""
    likes = np.vstack([around(ROCK, 30), around(JAZZ, 30, 1), around(DUB, 30, 2)])
    kept = np.random.default_rng(seed).permutation(len(likes))[:81]
    tastes = tastes_of(likes[kept])
    assert len(tastes) == 3
    assert np.all((tastes.centroids @ tastes_of(likes).centroids.T).max(axis=1) > 0.99)


def test_one_broad_taste_is_one() -> None:
    """Likes around one middle, few likes, and likes of which nothing is known make no several tastes."""
    assert len(tastes_of(around(ROCK, 60, spread=0.15))) == 1
    assert len(tastes_of(np.vstack([around(ROCK, 2), around(JAZZ, 2)]))) == 1
    assert len(tastes_of(np.zeros((5, 8)))) == 0
    assert tastes_of(np.zeros((0, 8))).belongs(np.ones((3, 8))).shape == (3, 0)


def test_a_list_has_each_taste_in_its_share() -> None:
    """Who likes two thirds rock and a third jazz gets about that, where scores alone would give rock only."""
    tastes = tastes_of(np.vstack([around(ROCK, 20), around(JAZZ, 10, 1)]))
    vectors = np.vstack([around(ROCK, 60, 2), around(JAZZ, 60, 3)])
    scores = np.concatenate([np.linspace(0.8, 0.7, 60), np.linspace(0.74, 0.64, 60)]).tolist()
    lean = leaning(vectors, tastes)
    how = RankingSettings(wildcards=0, diversity=0.0)
    plain = ids(ranked(scores, vectors, lean, 30, replace(how, calibration=0.0)))
    ours = ids(ranked(scores, vectors, lean, 30, how))
    assert sum(track >= 60 for track in ours) == pytest.approx(10, abs=2)
    assert sum(track >= 60 for track in plain) < 5
    belongs = tastes.belongs(vectors)
    assert divergence(tastes.shares, belongs[ours]) < 0.02 < divergence(tastes.shares, belongs[plain])
    # Its beginnings are calibrated as well.
    assert sum(track >= 60 for track in ours[:9]) in {2, 3, 4}


def test_every_beginning_of_a_calibrated_list_is_the_same_list() -> None:
    """Asking for spares changes nothing, with tastes, dial and wildcards too."""
    rng = np.random.default_rng(5)
    vectors = unit(rng.normal(0, 1, (200, 8)))
    tastes = tastes_of(np.vstack([around(ROCK, 20), around(JAZZ, 20, 1)]))
    lean = leaning(vectors, tastes, rng.random(200))
    scores = rng.random(200).tolist()
    short, long = (ranked(scores, vectors, lean, count, RankingSettings(), 8) for count in (30, 60))
    assert long[:30] == short


def test_the_dial_goes_from_familiar_to_new() -> None:
    """At 5 it changes nothing; the further it is turned the newer the list, and likes are still what counts."""
    rng = np.random.default_rng(1)
    size = 200
    newness, scores = rng.random(size), rng.uniform(0.3, 0.8, size).tolist()
    vectors = unit(rng.normal(0, 1, (size, 8)))
    lean = leaning(vectors, tastes_of(np.zeros((0, 8))), newness)
    how = RankingSettings(wildcards=0)
    lists = {dial: ids(ranked(scores, vectors, lean, 30, how, dial)) for dial in (0, 2.5, 5, 7.5, 10)}
    means = [newness[rows].mean() for rows in lists.values()]
    assert means == sorted(means)
    assert means[0] < 0.35 < 0.65 < means[-1]
    assert lists[5] == ids(ranked(scores, vectors, leaning(vectors, lean.tastes), 30, how, 5))
    assert all(np.array(scores)[rows].mean() > np.mean(scores) for rows in lists.values())
    assert dialled(np.full(4, 0.7), 10).tolist() == [0, 0, 0, 0]
    assert dialled(np.zeros(0), 10).tolist() == []


def test_what_was_dropped_before_costs() -> None:
    """A repeat stands behind fresh tracks of about its score, and before those that are far worse."""
    vectors = unit(np.random.default_rng(2).normal(0, 1, (3, 8)))
    lean = replace(leaning(vectors, tastes_of(np.zeros((0, 8)))), repeats=np.array([0.2, 0, 0]))
    how = RankingSettings(wildcards=0, diversity=0)
    assert ids(ranked([0.8, 0.7, 0.3], vectors, lean, 3, how)) == [1, 0, 2]


def test_picks_say_what_slot_they_fill() -> None:
    """An artist somebody likes is familiar, what is far from all they know is new."""
    vectors = np.stack([ROCK, JAZZ, DUB])
    lean = Leaning(tastes_of(vectors), vectors, np.array([0.1, 0.9, 0.5]), np.zeros(3), np.array([True, False, False]))
    entries = ranked([0.9, 0.8, 0.7], vectors, lean, 3, RankingSettings(wildcards=0))
    assert {entry.candidate.track_id: entry.slot for entry in entries} == {
        0: Slot.FAMILIAR,
        1: Slot.NEW,
        2: Slot.BEST,
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(0, 4))
def test_a_list_repeats_nothing_and_leaves_nothing_out(seed: int, size: int, wild: int) -> None:
    """Whatever is asked for, each candidate stands on the list once, and chances are chances."""
    rng = np.random.default_rng(seed)
    vectors = unit(rng.normal(0, 1, (size, 4)))
    artists = rng.integers(-1, 5, size)
    aims = Aims(vectors, artists, rng.dirichlet(np.ones(3), size), np.array([0.5, 0.3, 0.2]))
    scores = rng.random(size)
    places = list(arrange(scores, scores + 0.1, aims, Weights(), size + 5, range(wild), rng))
    assert sorted(place.row for place in places) == list(range(size))
    assert all(0 < place.propensity <= 1 for place in places)


def test_each_place_is_the_best_there_is() -> None:
    """The arrays say what plain Python says of every candidate at every place."""
    rng = np.random.default_rng(8)
    size = 60
    vectors, worth = unit(rng.normal(0, 1, (size, 4))), rng.random(size)
    belongs, shares = rng.dirichlet(np.ones(3), size), np.array([0.6, 0.3, 0.1])
    weights = Weights(diversity=0.2, calibration=0.1, per_artist=size)
    listing = Listing(worth, Aims(vectors, np.full(size, -1), belongs, shares), weights)
    taken: list[int] = []
    for _ in range(30):
        counts = 0.5 + belongs[taken].sum(axis=0)
        value = {}
        for row in set(range(size)) - set(taken):
            alike = max([0.0, *(float(vectors[row] @ vectors[other]) for other in taken)])
            pull = sum(
                belongs[row, taste] * shares[taste] * (len(taken) + 1) * np.log(1 + 1 / counts[taste])
                for taste in range(3)
            )
            value[row] = worth[row] - 0.2 * alike + 0.1 * pull
        best = listing.best()
        assert value[best] == pytest.approx(max(value.values()), abs=1e-4)
        listing.take(best)
        taken.append(best)


def server(metal: int, jazz: int, seed: int = 0, sure: float = 1.0) -> np.ndarray:
    """Return chances of metal fans, then jazz fans, for 60 tracks of metal and 60 of jazz."""
    rng = np.random.default_rng(seed)
    fond = np.array([[0.85, 0.15]] * metal + [[0.15, 0.85]] * jazz)
    fond = 0.5 + sure * (fond - 0.5)
    return np.clip(np.repeat(fond, 60, axis=1) + rng.normal(0, 0.04, (metal + jazz, 120)), 0, 1)


@pytest.mark.parametrize("sure", [1.0, 0.4, 0.15])
def test_a_minority_gets_its_share(sure: float) -> None:
    """Two jazz fans among eight of metal get about a fifth of the list, however sure the model is of either."""
    chances = server(8, 2, sure=sure)
    rows = list(share_out(chances, Aims.none(120), Weights(), 30))
    jazz = sum(one.row >= 60 for one in rows)
    assert jazz == pytest.approx(6, abs=2)
    assert any(one.row >= 60 for one in rows[:8])
    if sure > 0.2:  # below, one fan's whim is as large as what sets the two tastes apart
        for one in rows:
            assert {place >= 8 for place in one.made_for} == {one.row >= 60}
    plain = np.argsort(-chances.mean(axis=0))[:30]
    assert (plain >= 60).sum() < jazz


def test_the_least_happy_comes_first() -> None:
    """A blend of two gives each half; a blend of three and one cares for each person alike, not for each taste."""
    two = Counter(one.row >= 60 for one in share_out(server(1, 1), Aims.none(120), Weights(), 20, least_first=True))
    assert two[True] == pytest.approx(10, abs=1)
    rows = list(share_out(server(3, 1), Aims.none(120), Weights(), 20, least_first=True))
    fair = list(share_out(server(3, 1), Aims.none(120), Weights(), 20))
    lonely, shared = (sum(one.row >= 60 for one in some) for some in (rows, fair))
    assert lonely >= 8
    assert lonely > shared
    happiness = pleasures(server(3, 1))[:, [one.row for one in rows]].clip(0).sum(axis=1)
    assert happiness.min() > 0.75 * happiness.max()


def test_nobody_is_too_sure_or_too_generous_to_share() -> None:
    """Somebody who likes nearly everything, and somebody who says nothing apart, take nothing from the others."""
    chances = server(2, 2)
    chances[0] = 0.5 + chances[0] / 2
    flat = np.vstack([chances, np.full((1, 120), 0.5)])
    jazz = [sum(one.row >= 60 for one in share_out(some, Aims.none(120), Weights(), 20)) for some in (chances, flat)]
    assert jazz == pytest.approx([10, 10], abs=2)
    assert pleasures(flat)[-1].tolist() == [1.0] * 120


def test_one_alone_gets_what_they_like_most() -> None:
    """A shared list for one person is in the order of their chances."""
    chances = np.random.default_rng(4).random((1, 50))
    rows = [one.row for one in share_out(chances, Aims.none(50), Weights(), 50)]
    assert rows == np.argsort(-chances[0]).tolist()


def test_an_optimised_list_costs_no_likes_and_brings_variety() -> None:
    """Replayed on what was held back: as many likes within a standard error, more variety, tastes in their shares."""
    cases = list(from_opinions(synthetic(2, people=40), 0))
    (table,) = replay({"synthetic": cases}, 10)
    found = {line.method: line.figures for line in table.lines}
    plain, ours = found[TOP], found[LIST]
    assert ours[1].mean >= plain[1].mean - plain[1].error
    assert ours[2].mean > plain[2].mean + plain[2].error
    assert ours[3].mean < plain[3].mean / 2
    assert ours[4].mean > plain[4].mean
    assert "within a standard error" in verdict(table)
