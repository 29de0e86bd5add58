"""Sides, tags and sentences of a taste, and what corrections do to scores."""

import numpy as np
import pytest

from recommender.corrections import in_words, leaning, shifted, subject_of_side, subject_of_tag
from recommender.features import RECCOBEATS_BLOCK, RECCOBEATS_NAMES, Block, Features, assemble
from recommender.portrait import Stand, TagRecord, in_a_sentence, stands, tag_records, tags_together
from recommender.sides import KEYS, SIDES, Sides
from recommender.tag_terms import AUTO, SAID, WORD, Terms
from recommender.tags import TagSpace

COUNT = 40
NO_TERMS = Terms.build([], [])


def table() -> Features:
    """Return tracks 1 to 40 whose energy rises with their id, and of which nothing else is known."""
    values = np.full((COUNT, len(RECCOBEATS_NAMES)), np.nan, dtype=np.float32)
    values[:, RECCOBEATS_NAMES.index("energy")] = np.linspace(0, 1, COUNT)
    ids = np.arange(1, COUNT + 1, dtype=np.int64)
    return assemble(ids, {RECCOBEATS_BLOCK: Block(ids, values, RECCOBEATS_NAMES)}, {})


def stand(tracks: list[int], liked: list[bool], terms: Terms = NO_TERMS) -> dict[str, float]:
    """Return where somebody with these opinions stands."""
    found = stands(np.array(tracks), np.array(liked), np.ones(len(tracks)), Sides.fit(table(), terms))
    return {each.key: each.value for each in found}


def test_likes_draw_near_and_dislikes_push_away() -> None:
    """More likes say more; a side of which nothing is known is not drawn."""
    loud, quiet = [36, 37, 38, 39], [1, 2, 3, 4]
    assert stand(loud, [True] * 4).keys() == {"energy"}
    assert stand(loud, [True] * 4)["energy"] > 0.8
    assert stand(quiet, [True] * 4)["energy"] < 0.2
    assert stand([*loud, *quiet], [True] * 4 + [False] * 4)["energy"] > stand(loud, [True] * 4)["energy"]
    assert stand([30, 36, 37, 38, 39], [True] * 5)["energy"] > stand([30, 38, 39], [True] * 3)["energy"] - 0.05
    assert stand([38, 39], [True] * 2) == {}


def test_tags_tell_of_sides_where_nothing_is_measured() -> None:
    """Sad ones of mood, house of dancing."""
    terms = Terms.build(range(1, 11), [(row, "sad" if row < 5 else "house", 1.0) for row in range(10)])
    sad, house = stand([1, 2, 3, 4], [True] * 4, terms), stand([7, 8, 9, 10], [True] * 4, terms)
    assert sad["mood"] < 0.4
    assert house["dance"] > 0.6


def test_sides_have_words_and_columns_that_exist() -> None:
    """Each is drawn by its name; every key once."""
    assert len(set(KEYS)) == len(SIDES) <= 9
    assert all(side.name and side.noun for side in SIDES)


def tagged(*tags: tuple[int, str]) -> tuple[Terms, TagSpace]:
    """Return tags of tracks 1 to 40."""
    terms = Terms.build(range(1, COUNT + 1), [(track - 1, name, 1.0) for track, name in tags])
    return terms, TagSpace().fit(terms)


def test_tags_come_with_their_record() -> None:
    """What is mostly disliked is not among them, nor words and jokes."""
    rows = [(track, "shoegaze") for track in range(1, 14)] + [(track, "techno") for track in range(14, 20)]
    rows += [(track, name) for track in range(1, 8) for name in (f"{WORD}hush", f"{SAID}jazz", f"{AUTO}rock", "my ex")]
    terms, space = tagged(*rows)
    opinions = dict.fromkeys(range(1, 12), 1.0) | {12: 0.0, 13: 0.0, 14: 1.0, 15: 0.0, 16: 0.0, 99: 1.0}
    found = tag_records(opinions, terms, space, 5)
    assert [(record.name, record.liked, record.rated) for record in found] == [("shoegaze", 11, 13)]
    assert tag_records({}, terms, space, 5) == []
    assert tag_records({1: 1.0}, NO_TERMS, space, 5) == []


def test_what_is_loved_together_has_tags() -> None:
    """The more often and the rarer, the weightier."""
    terms, space = tagged(*[(track, "shoegaze") for track in range(1, 6)], (6, "techno"))
    assert [name for name, _ in tags_together({1: 3, 2: 1, 6: 1}, terms, space, 5)] == ["shoegaze", "techno"]
    assert tags_together({1: 3}, NO_TERMS, space, 5) == []


@pytest.mark.parametrize(
    ("values", "records", "sentence"),
    [
        ({"energy": 0.2, "acoustic": 0.7}, [("shoegaze", 11, 13)], "Mostly quiet and acoustic. You tend to like"),
        ({"energy": 0.5}, [], "A bit of everything: no side of you stands out yet."),
        ({}, [("jazz", 2, 2)], "You tend to like jazz (2 of 2)."),
        ({}, [], ""),
    ],
)
def test_a_taste_is_said_in_plain_words(
    values: dict[str, float], records: list[tuple[str, int, int]], sentence: str
) -> None:
    """The most marked sides first."""
    placed = [Stand(key, key, value) for key, value in values.items()]
    found = in_a_sentence(placed, [TagRecord(*record, 1.0) for record in records])
    assert found.startswith(sentence)
    assert bool(found) is bool(sentence)


def test_corrections_move_scores_of_their_kind_alone() -> None:
    """In proportion to how much a track is of that kind; what a network heard counts too, by as much as it is sure."""
    ids = np.array([1, 2, 3, 4, 999])
    terms = Terms.build(range(1, 6), [(0, "shoegaze", 1.0), (1, "shoegaze", 0.25), (2, f"{AUTO}shoegaze", 0.25)])
    lean = leaning({subject_of_tag("Shoe-Gaze"): -1}, ids, terms, Sides.fit(table(), NO_TERMS))
    assert lean[0] < lean[1] == lean[2] < 0
    assert lean[3:].tolist() == [0, 0]
    scores = shifted(np.full(5, 0.8), lean)
    assert scores[0] < 0.4
    assert scores[3] == pytest.approx(0.8)
    assert np.isfinite(shifted(np.array([0.0, 1.0]), np.array([9.0, -9.0]))).all()


def test_a_side_leans_both_ways() -> None:
    """More energy lifts the loud and lowers the quiet; a side there is not does nothing."""
    ids, sides = np.array([1, 20, 40]), Sides.fit(table(), NO_TERMS)
    low, middle, high = leaning({subject_of_side("energy"): 1}, ids, NO_TERMS, sides)
    assert low < -0.5 < middle < 0.5 < high
    assert not leaning({"side:nothing": 1}, ids, NO_TERMS, sides).any()
    assert in_words("side:energy", -1) == "less energy"
    assert in_words("tag:shoegaze", 1) == "more shoegaze"
