"""Neighbours: by tags and sound, and ties that are true."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pytest

from recommender.cnn import CNN_NAMES
from recommender.features import Block, Features, assemble
from recommender.neighbours import Nearness
from recommender.tag_names import canonical
from recommender.tag_terms import Terms, terms_of
from recommender.tags import TagSpace
from tests.tag_helpers import catalogue, columns, tagged, tracks

CROWD = catalogue(10)


@cache
def crowd_space() -> TagSpace:
    """Return the space of a crowd of four genres."""
    return TagSpace().fit(tagged(CROWD))


def table(ids: Sequence[int], sounds: Mapping[int, Sequence[float]] | None = None) -> Features:
    """Return features of tracks, each by its own artist; `sounds` are rows of an audio block."""
    heard = dict(sorted((sounds or {}).items()))
    names = tuple(f"n{place}" for place in range(len(next(iter(heard.values()), ()))))
    values = np.array(list(heard.values()), dtype=np.float32).reshape(len(heard), len(names))
    blocks = {"audio": Block(np.array(list(heard), dtype=np.int64), values, names)}
    return assemble(ids, blocks, {track_id: [track_id] for track_id in ids})


def nearness(
    tags: Mapping[int, Sequence[str]],
    sounds: Mapping[int, Sequence[float]] | None = None,
    said: Mapping[int, Sequence[str]] | None = None,
) -> Nearness:
    """Return how near tracks with these tags are, in a space fitted on a crowd of four genres."""
    return Nearness(table(sorted(tags), sounds), tagged(tags, said), crowd_space())


def test_the_nearest_are_of_the_same_genre() -> None:
    """And come in the order of how near they are, without the track itself."""
    near = nearness(CROWD).nearest(100, list(CROWD), 9)
    assert {track_id // 100 for track_id, _ in near} == {1}
    assert 100 not in dict(near)
    chances = [likeness for _, likeness in near]
    assert chances == sorted(chances, reverse=True)
    assert 0 < min(chances) <= max(chances) <= 1 + 1e-9


def test_only_candidates_come() -> None:
    """What may not be seen is not among them."""
    near = nearness(CROWD).nearest(100, [101, 300], 9)
    assert [track_id for track_id, _ in near][:1] == [101]
    assert {track_id for track_id, _ in near} <= {101, 300}


def test_one_artist_does_not_fill_the_list() -> None:
    """Tracks with nothing but their artist's tags are all equally near."""
    tags = dict.fromkeys(range(6), ("shoegaze",)) | {9: ("dream pop",)}
    features = assemble(sorted(tags), {}, {number: [1] for number in range(6)} | {9: [2]})
    found = Nearness(features, tagged(tags), crowd_space())
    assert [track_id for track_id, _ in found.nearest(0, list(tags), 5, per_artist=2)] == [1, 2, 9]


def test_sound_parts_what_tags_do_not() -> None:
    """Of two with the same tags the one that sounds alike is nearer; one not heard is no enemy."""
    sounds = {1: (1.0, 2.0, -1.0), 2: (1.1, 1.9, -1.0), 3: (-1.0, -2.0, 1.0), 5: (0.0, -1.0, 1.0)}
    found = nearness(dict.fromkeys((1, 2, 3, 4, 5), ("shoegaze",)), sounds)
    by_sound = dict(zip((2, 3, 4), found.likeness(1, [2, 3, 4]), strict=True))
    assert by_sound[2] > by_sound[4] > by_sound[3]
    first, second = found.describe(1, [(2, by_sound[2]), (3, by_sound[3])], 3)
    assert first.sounds
    assert not second.sounds


def test_sound_alone_will_do() -> None:
    """Tracks that nobody tagged have neighbours once they were heard."""
    found = nearness({1: (), 2: (), 3: ()}, {1: (1.0, 0.0), 2: (0.9, 0.1), 3: (-1.0, 2.0)})
    assert [track_id for track_id, _ in found.nearest(1, [2, 3], 2)] == [2]


def test_of_nothing_known_nothing_is_near() -> None:
    """No tags, no sound, or a track that came after the table."""
    found = nearness({1: (), 2: ("shoegaze",)})
    assert found.nearest(1, [2], 3) == []
    assert found.nearest(77, [1, 2], 3) == []
    assert found.tags_of(77, 3) == []


@pytest.mark.parametrize("seed", range(8))
def test_ties_are_true(seed: int) -> None:
    """Both tracks have each of them, and without it, on whichever side, the two are less alike."""
    rng = np.random.default_rng(seed)
    names = sorted({name for tags in CROWD.values() for name in tags} | {"rock", "indie", "sad", "german"})
    tags = {number: tuple(rng.choice(names, 5, replace=False)) for number in range(12)}
    found = nearness(tags)
    one = int(rng.integers(12))
    near = found.nearest(one, list(tags), 5)
    named = 0
    for neighbour in found.describe(one, near, 3):
        for tie in neighbour.ties:
            named += 1
            for loser, other in ((one, neighbour.track_id), (neighbour.track_id, one)):
                assert tie in {canonical(name) for name in tags[loser]}
                without = {**tags, loser: tuple(name for name in tags[loser] if canonical(name) != tie)}
                assert nearness(without).likeness(other, [loser])[0] < neighbour.likeness - 1e-3
    assert named


def test_the_strongest_tie_comes_first() -> None:
    """What is rare ties more than what half the catalogue has."""
    tags = {1: ("shoegaze", "rock"), 2: ("shoegaze", "rock")} | dict.fromkeys(range(10, 40), ("rock",))
    found = Nearness(table(sorted(tags)), tagged(tags), TagSpace().fit(tagged(tags)))
    (neighbour,) = found.describe(1, [(2, 1.0)], 3)
    assert neighbour.ties[0] == "shoegaze"
    assert found.tags_of(1, 2)[0] == "shoegaze"


def test_a_tag_that_hardly_counts_is_no_tie() -> None:
    """One listener of a hundred called both rock, as half the catalogue is called."""
    rows = columns([(1, "shoegaze", 99), (1, "rock", 1), (2, "shoegaze", 99), (2, "rock", 1)])
    terms = terms_of(tracks([1, 2]), rows, None, {})
    space = TagSpace().fit(tagged(dict.fromkeys(range(40), ("rock",))))
    (neighbour,) = Nearness(table([1, 2]), terms, space).describe(1, [(2, 1.0)], 3)
    assert neighbour.ties == ("shoegaze",)


def test_words_of_members_and_jokes_never_tie() -> None:
    """They bring tracks together, and are shown to nobody."""
    said = {1: ["velvet shoegaze dream"], 2: ["velvet shoegaze dream"]}
    tags = {1: ("bebop", "xyzzy inside joke"), 2: ("bebop", "xyzzy inside joke")}
    (neighbour,) = nearness(tags, said=said).describe(1, [(2, 1.0)], 9)
    assert neighbour.ties == ("bebop",)
    assert nearness(tags, said=said).tags_of(1, 9) == ["bebop"]


def test_a_genre_that_its_source_lists_may_tie() -> None:
    """MusicBrainz knows more genres than the table does."""
    rows = columns([(1, "gqom", 2), (2, "gqom", 2)], genres=["gqom"])
    terms = terms_of(tracks([1, 2]), rows, None, {})
    (neighbour,) = Nearness(table([1, 2]), terms, TagSpace().fit(terms)).describe(1, [(2, 1.0)], 3)
    assert neighbour.ties == ("gqom",)


def heard(*ids: int) -> Terms:
    """Return the terms of tracks of which the network alone says something."""
    row = np.zeros(len(CNN_NAMES), dtype=np.float32)
    row[CNN_NAMES.index("jazz")] = 0.9
    block = Block(np.array(ids), np.tile(row, (len(ids), 1)), CNN_NAMES)
    return terms_of(tracks(ids), columns([]), block, {})


def test_what_was_heard_ties_where_people_say_nothing() -> None:
    """And is told apart, since nobody said so."""
    terms = heard(1, 2)
    (neighbour,) = Nearness(table([1, 2]), terms, TagSpace().fit(terms)).describe(1, [(2, 1.0)], 3)
    assert (neighbour.ties, neighbour.heard) == ((), ("jazz",))


def test_kin_without_a_common_tag_are_told_by_their_own() -> None:
    """Shoegaze and dream pop share no word."""
    found = nearness({1: ("shoegaze",), 2: ("dream pop",)})
    (neighbour,) = found.describe(1, found.nearest(1, [2], 1), 3)
    assert (neighbour.ties, neighbour.heard, neighbour.kin) == ((), (), ("dream pop",))


def test_a_common_word_makes_no_neighbours() -> None:
    """Two titles with the night in them may be anything."""
    rows = columns([(1, "shoegaze", 1)])
    terms = terms_of(tracks([1, 2], {1: "Velvet Night", 2: "Velvet Night"}), rows, None, {})
    assert Nearness(table([1, 2]), terms, TagSpace().fit(terms)).nearest(1, [2], 3) == []


def test_tags_are_spelt_as_people_write_them() -> None:
    """R&B, not rnb."""
    assert nearness({1: ("rnb", "soul")}).tags_of(1, 1) == ["R&B"]
