"""Weeks are foretold from what came before them alone, and how opinions came about is kept apart."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.dataset import SHARE_SOURCE, Dataset, Floats, Ints
from recommender.evaluation_drops import kinds_table, picks_table
from recommender.evaluation_stream import REACTION, Rows, Showings, Stream, start_of, week_name, week_of
from recommender.evaluation_weeks import course_table, judge_weeks, new_opinions, weeks_table
from recommender.features import Features
from recommender.taste import TasteSettings

PEOPLE, TRACKS, WEEKS, EACH = 6, 40, 5, 6
BEGIN = start_of(3_000)
DAY = 86_400_000


def stream() -> Stream:
    """Return five weeks of six people, who like tracks of their own parity."""
    rng, rows = np.random.default_rng(0), []
    for person in range(PEOPLE):
        for turn, track in enumerate(rng.permutation(TRACKS)[: WEEKS * EACH].tolist()):
            liked = 1 if track % 2 == person % 2 else -1
            rows.append((person, track, REACTION, liked, BEGIN + turn // EACH * 7 * DAY + (turn % EACH) * DAY))
    person, track, source, value, at = np.array(rows, dtype=np.int64).T
    features = Features(np.arange(TRACKS), np.empty((TRACKS, 0)), (), {}, np.full(TRACKS, -1))
    return Stream("world", Rows(person, track, source, value, np.ones(len(at)), at), features, TasteSettings())


class Spy:
    """A way that knows the truth, and keeps what it was shown."""

    def __init__(self) -> None:
        self.learnt: list[int] = []
        self.known: list[set[tuple[int, int]]] = []
        self.asked: list[tuple[int, set[int], set[int]]] = []

    def learn(self, train: Dataset, features: Features) -> None:
        """Keep what was to be learnt."""
        assert len(features) == TRACKS
        self.learnt.append(len(train))

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Like tracks of the person's own parity."""
        self.asked.append((self.learnt[-1], set(shown.tracks.tolist()), set(tracks.tolist())))
        return 0.5 + 0.4 * np.where(tracks % 2 == shown.people[0] % 2, 1.0, -1.0)


def quiet(_what: str, _done: float) -> None:
    """Hear nothing."""


def test_nothing_of_a_week_is_known_before_it() -> None:
    """Learnt is what stood before Monday, ranked what a person had said nothing of; the truth finds all likes."""
    spy, world = Spy(), stream()
    judged = judge_weeks(world, {"spy": spy}, quiet)
    assert judged is not None
    assert spy.learnt == [PEOPLE * EACH * week for week in range(1, WEEKS)]
    for learnt, shown, asked in spy.asked:
        assert len(shown) == learnt // PEOPLE
        assert not shown & asked
        assert len(shown | asked) == TRACKS
    table = weeks_table(judged)
    means = dict(zip(table.columns, (figure.mean for figure in table.lines[0].figures), strict=True))
    assert means["calibration error"] == pytest.approx(0.1)
    assert means["NDCG@10"] > 0.2
    course = course_table(judged, "spy")
    assert [line.method for line in course.lines] == [week_name(3_000 + week) for week in range(1, WEEKS)]
    assert [line.figures[0].mean for line in course.lines] == [PEOPLE * EACH] * (WEEKS - 1)


def test_only_new_words_on_purpose_are_foretold() -> None:
    """A share is none, and neither is a second word in a later week; of two words in a week the last counts."""
    at = np.array([0, 1, 8, 0, 0, 2]) * DAY + int(BEGIN)
    source = np.array([REACTION, REACTION, REACTION, SHARE_SOURCE, REACTION, REACTION])
    track = np.array([1, 2, 1, 3, 4, 4])
    rows = Rows(np.ones(6, dtype=np.int64), track, source, np.array([1, 1, -1, 1, 1, -1]), np.ones(6), at)
    found = new_opinions(rows)
    assert sorted(zip(found.track_id.tolist(), found.value.tolist(), strict=True)) == [(1, 1), (2, 1), (4, -1)]
    assert week_of(found.at).tolist() == [3_000] * 3


def test_opinions_are_told_apart_by_how_they_came_about() -> None:
    """Exploring picks, other picks, and what people found by themselves; a showing afterwards explains nothing."""
    world = stream()
    judged = judge_weeks(world, {"spy": Spy()}, quiet)
    assert judged is not None
    rows = judged.rows
    shown = Showings(
        rows.person_id[:3],
        rows.track_id[:3],
        rows.at[:3] + np.array([-1, -1, 1]),
        np.full(3, 0.5),
        np.array([True, False, False]),
        np.full(3, 0.25),
        np.ones(3, dtype=bool),
    )
    table = kinds_table(replace(world, showings=shown), judged, "spy")
    counts = {line.method: line.figures[0].mean for line in table.lines}
    assert counts == {"exploring picks": 1, "other picks": 1, "never picked": len(rows) - 2}


def test_rare_picks_weigh_more_by_chance() -> None:
    """A like that had one chance in ten stands for ten times as many tracks as a dislike that was certain."""
    world = stream()
    rows = world.rows
    likes, dislikes = np.flatnonzero(rows.value > 0)[:1], np.flatnonzero(rows.value < 0)[:1]
    both = np.concatenate([likes, dislikes])
    shown = Showings(
        rows.person_id[both],
        rows.track_id[both],
        rows.at[both] - 1,
        np.full(2, 0.5),
        np.zeros(2, dtype=bool),
        np.array([0.1, 1.0]),
        np.ones(2, dtype=bool),
    )
    table = picks_table(replace(world, showings=shown))
    assert table is not None
    means = dict(zip(table.columns, (figure.mean for figure in table.lines[0].figures), strict=True))
    assert means["hit rate"] == 0.5
    assert means["by chance"] == pytest.approx(10 / 11)
    assert picks_table(world) is None
