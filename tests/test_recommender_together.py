"""Tastes beside each other: opinions of one server, likeness, bridges, tastemakers."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from recommender.bridge import path
from recommender.dataset import Floats, Ints
from recommender.standing import Standing
from recommender.tastemakers import Tastemaker, tastemakers
from recommender.together import alike, centroids, divisive, loved_alone, overlap, votes

HERE, ELSEWHERE = 7, 8
SHARE, REACTION, RATING, IMPORT = 1, 2, 3, 5


@dataclass(frozen=True)
class Columns:
    """Words as storage hands them out."""

    person_id: Ints
    track_id: Ints
    source: Ints
    value: Ints
    at: Ints
    server_id: Ints


def words(*rows: tuple[int, int, int, int, int, int]) -> Columns:
    """Return words of (person, track, source, value, at, server)."""
    return Columns(*np.array(rows, dtype=np.int64).reshape(-1, 6).T)


def standing(*rows: tuple[int, int, int, int, int, int]) -> dict[tuple[int, int], bool]:
    """Return who likes which track by what was said here."""
    found = Standing.of(words(*rows), HERE)
    keys = zip(found.person.tolist(), found.track.tolist(), strict=True)
    return dict(zip(keys, found.liked.tolist(), strict=True))


def test_only_what_was_said_here_is_known_here() -> None:
    """Another server's words, ratings in private and imports are not in it."""
    assert standing((1, 1, REACTION, 1, 5, ELSEWHERE), (1, 2, RATING, 1, 5, 0), (1, 3, IMPORT, 1, 5, 0)) == {}
    assert standing((1, 1, REACTION, -1, 5, HERE), (2, 1, SHARE, 1, 4, HERE)) == {(1, 1): False, (2, 1): True}


def test_who_has_since_said_otherwise_elsewhere_is_left_out() -> None:
    """The newest word said on purpose is the opinion; if it was not said here, nothing is told of it here."""
    assert standing((1, 1, REACTION, 1, 5, HERE), (1, 1, RATING, -1, 9, 0)) == {}
    assert standing((1, 1, REACTION, 1, 5, HERE), (1, 1, RATING, 1, 9, 0)) == {(1, 1): True}
    assert standing((1, 1, SHARE, 1, 9, HERE), (1, 1, REACTION, -1, 5, HERE)) == {(1, 1): False}


def opinions(*rows: tuple[int, int, int]) -> Standing:
    """Return opinions of (person, track, +1 or -1), each newer than the one before."""
    return Standing.of(words(*((p, t, REACTION, v, at, HERE) for at, (p, t, v) in enumerate(rows))), HERE)


def test_two_people_meet_and_part() -> None:
    """Both love, only one likes, and where one likes what the other does not; the newest first."""
    found = overlap(
        opinions((1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 2, -1), (1, 3, 1), (2, 4, 1), (1, 5, 1), (2, 5, 1)), 1, 2
    )
    assert found.both == (5, 1)
    assert found.parting == {2: True}
    assert (found.only_one, found.only_other) == (2, 1)


def two_kinds(size: int = 20) -> tuple[Ints, Floats]:
    """Return tracks of two kinds, the first half near each other and far from the second."""
    rng = np.random.default_rng(1)
    centre = np.repeat([[1.0, 0, 0], [0, 1.0, 0]], size // 2, axis=0)
    rows = centre + rng.normal(0, 0.1, (size, 3))
    return np.arange(size, dtype=np.int64), rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_people_of_one_kind_are_more_alike_than_of_two() -> None:
    """Also where they never judged the same track; verdicts on the same tracks count more the more there are."""
    ids, vectors = two_kinds()
    said = opinions(
        *((1, t, 1) for t in (0, 1, 2)), *((2, t, 1) for t in (5, 6, 7)), *((3, t, 1) for t in (15, 16, 17))
    )
    mine, same, other = centroids(said, [1, 2, 3], ids, vectors)
    near, far = alike(said.opinions_of(1), [said.opinions_of(2), said.opinions_of(3)], mine, np.stack([same, other]))
    assert near > 0.75
    assert far < 0.25
    verdicts = dict.fromkeys(range(12), True)
    against = dict.fromkeys(range(12), False)
    agree, differ = alike(verdicts, [verdicts, against], mine, np.stack([same, same]))
    assert agree > 0.85
    assert differ < near - 0.3


def test_what_nothing_is_known_of_is_half_alike() -> None:
    """No tracks, no vectors: no claim."""
    found = centroids(opinions((1, 1, 1)), [1, 2], np.zeros(0, dtype=np.int64), np.zeros((0, 4)))
    assert not found.any()
    assert alike({1: True}, [{2: True}], found[0], found[1:]).tolist() == [pytest.approx(0.5, abs=0.01)]


def test_a_server_loves_and_quarrels() -> None:
    """By how many; one dislike divides nobody."""
    said = opinions(
        *((p, 1, 1) for p in range(4)), *((p, 2, 1 if p % 2 else -1) for p in range(4)), (1, 3, 1), (2, 3, -1)
    )
    found = votes(said)
    assert found[0].track_id == 1
    assert [each.track_id for each in divisive(found)] == [2]


def test_the_one_only_you_love_is_the_one_that_others_like_least() -> None:
    """Tracks that somebody else likes are not it."""
    said = opinions((1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 3, 1), (2, 3, -1), (3, 3, -1))
    assert loved_alone(said, 1, []) == 3
    assert loved_alone(said, 1, [2]) == 3
    assert loved_alone(said, 3, []) is None


def test_a_bridge_goes_from_one_taste_to_the_other_in_small_steps() -> None:
    """Each step is nearer than the leap between both ends, and the way leads on."""
    angle = np.linspace(0, np.pi / 2, 60)
    rng = np.random.default_rng(3)
    rows = np.stack([np.cos(angle), np.sin(angle), rng.normal(0, 0.05, 60)], axis=1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids, artists = np.arange(100, 160), np.arange(60)
    order = rng.permutation(60)
    found = path(100, 159, np.sort(ids[order]), rows, artists)
    assert found[0] == 100
    assert found[-1] == 159
    assert 4 <= len(found) <= 10
    steps = [float(rows[a - 100] @ rows[b - 100]) for a, b in pairwise(found)]
    assert min(steps) > float(rows[0] @ rows[-1]) + 0.5
    assert found == sorted(found)
    assert len(set(found)) == len(found)


def test_a_bridge_avoids_an_artists_own_tracks() -> None:
    """A step to another track of the same artist is no step."""
    rows = np.array([[1.0, 0], [0.8, 0.6], [0.79, 0.613], [0, 1.0]])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert path(0, 3, np.arange(4), rows, np.array([5, 5, 6, 7])) == [0, 2, 3]


def test_a_bridge_stands_even_where_nothing_is_known() -> None:
    """Both ends, and nothing between that nobody knows anything of."""
    assert path(1, 2, np.array([1, 2, 3]), np.zeros((3, 4)), np.array([1, 2, 3])) == [1, 2]


SHARERS = dict.fromkeys(range(1, 9), 12)


def community(seed: int = 5) -> list[tuple[int, int, int]]:
    """Return votes (voter, sharer, liked) of 20 people on eight sharers, of whom 1 is the best and 8 the worst."""
    rng = np.random.default_rng(seed)
    rows = []
    for voter in range(1, 21):
        for sharer in range(1, 9):
            if voter != sharer:
                chance = 0.85 - 0.07 * sharer
                rows += [(voter, sharer, int(rng.random() < chance)) for _ in range(5)]
    return rows


def judged(rows: list[tuple[int, int, int]], shares: dict[int, int] | None = None) -> list[Tastemaker]:
    """Return the tastemakers of these votes."""
    voter, sharer, liked = np.array(rows, dtype=np.int64).T
    return tastemakers(voter, sharer, liked.astype(bool), shares or SHARERS)


def places(found: list[Tastemaker]) -> dict[int, int]:
    """Return everybody's place, from 1."""
    return {each.person_id: place for place, each in enumerate(found, 1)}


def test_the_best_sharers_come_first_and_own_votes_do_not_count() -> None:
    """By what others say of what they share."""
    rows = community()
    found = places(judged(rows))
    assert found[1] <= 2
    assert found[8] >= 7
    assert judged([*rows, *((8, 8, 1) for _ in range(500))]) == judged(rows)
    assert judged([(1, 1, 1)]) == []


def test_one_vote_does_not_make_a_tastemaker() -> None:
    """Shrunk to the community's mean: one fan is not twenty."""
    found = judged([*community(), (1, 50, 1)], {**SHARERS, 50: 1})
    assert places(found)[50] > places(found)[1]
    assert next(each for each in found if each.person_id == 50).chance < found[0].chance


@pytest.mark.parametrize("size", [2, 3, 6])
def test_a_ring_of_friends_does_not_rise(size: int) -> None:
    """Puppets that praise each other hundreds of times stay behind the honest best."""
    ring = range(100, 100 + size)
    farmed = [(a, b, 1) for a in ring for b in ring if a != b for _ in range(100)]
    found = places(judged([*community(), *farmed], {**SHARERS, **dict.fromkeys(ring, 100)}))
    assert min(found[member] for member in ring) > found[1]
    assert found[1] <= 2


def test_a_ring_that_also_votes_on_others_does_not_rise() -> None:
    """Looking like a listener by a vote here and there makes nobody's praise of a friend worth more."""
    ring = range(100, 104)
    farmed = [(a, b, 1) for a in ring for b in ring if a != b for _ in range(30)]
    cover = [(a, sharer, 0) for a in ring for sharer in range(1, 4)]
    found = places(judged([*community(), *farmed, *cover], {**SHARERS, **dict.fromkeys(ring, 40)}))
    assert min(found[member] for member in ring) > found[1]


def test_one_fan_who_likes_everything_is_one_witness() -> None:
    """However many shares they like."""
    once = judged([*community(), (200, 8, 1)])
    often = judged([*community(), *((200, 8, 1) for _ in range(12))])
    chances = [next(each.chance for each in found if each.person_id == 8) for found in (once, often)]
    assert chances[1] - chances[0] < 0.02
    assert places(often)[8] >= 7


def test_sharing_en_masse_earns_nothing() -> None:
    """Who posts a thousand tracks of which a few are liked is behind who posts twelve with as many likes."""
    rows = [(voter, sharer, 1) for voter in range(1, 11) for sharer in (60, 61)]
    found = places(judged([*community(), *rows], {**SHARERS, 60: 12, 61: 1_000}))
    assert found[60] < found[1] + 3
    assert found[61] > 5
