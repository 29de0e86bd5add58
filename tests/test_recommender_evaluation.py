"""How ways are judged: on answers that are known, with liars exposed and nothing leaking."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import ndcg_score, roc_auc_score

from recommender.dataset import Dataset, Floats, Ints
from recommender.evaluation import Plan, evaluate, members
from recommender.evaluation_data import BadFolder, Corpus, read
from recommender.evaluation_join import join
from recommender.evaluation_lists import Split, judge, judge_lists, recall_ndcg, split, top
from recommender.evaluation_members import judge_members
from recommender.evaluation_opponents import Neighbours, Popularity
from recommender.evaluation_person import _folds, judge_curve, judge_folds
from recommender.evaluation_report import Figure, Line, Report, Table
from recommender.evaluation_scores import auc, calibration_error
from recommender.features import Features
from recommender.taste import TasteSettings

ALL = slice(None)


def quiet(what: str, done: float) -> None:
    """Hear of progress, which stands between 0 and 1."""
    assert what
    assert 0 <= done <= 1


def corpus(
    liked: Callable[[int, int], float], people: Iterable[int], tracks: int, numbers: Floats | None = None
) -> Corpus:
    """Return a corpus in which everybody has an opinion of every track; four tracks an artist."""
    rows = [(person, track, liked(person, track)) for person in people for track in range(tracks)]
    columns = np.array(rows)
    matrix = np.empty((tracks, 0)) if numbers is None else numbers
    features = Features(
        np.arange(tracks),
        matrix,
        tuple(f"numbers.{column}" for column in range(matrix.shape[1])),
        {"numbers": slice(0, matrix.shape[1])},
        np.arange(tracks) // 4,
    )
    ids = columns[:, :2].astype(np.int64)
    at = np.full(len(rows), np.nan)
    return Corpus(
        "world", ids[:, 0], ids[:, 1], columns[:, 2], at, features, sparse.csr_array((tracks, 0)), ("",) * tracks
    )


def noise(people: int, tracks: int, seed: int = 0) -> Corpus:
    """Return opinions that nothing can tell."""
    coins = np.random.default_rng(seed).random((people + 1, tracks)) < 0.5
    columns = np.random.default_rng(seed + 1).standard_normal((tracks, 3))
    return corpus(lambda person, track: float(coins[person, track]), range(1, people + 1), tracks, columns)


class Knows:
    """A way that knows the truth, or tells the opposite."""

    def __init__(self, sign: float = 1.0) -> None:
        self.sign = sign

    def learn(self, train: Dataset, features: Features) -> None:
        """Learn nothing."""

    def answer(self, shown: Dataset, tracks: Ints) -> Floats:
        """Like tracks of the person's own parity."""
        return 0.5 + 0.4 * self.sign * np.where(tracks % 2 == shown.people[0] % 2, 1.0, -1.0)


def by_parity(person: int, track: int) -> float:
    """Return whether person and track are of one kind."""
    return float(person % 2 == track % 2)


class Lists:
    """A way for lists with given scores."""

    def __init__(self, scores: Floats) -> None:
        self.given = scores

    def fit(self, likes: sparse.csr_array, about: sparse.csr_array) -> None:
        """Learn nothing."""

    def scores(self, rows: slice) -> Floats:
        """Return what was given."""
        return self.given[rows]


def likes_alone(people: int = 20, tracks: int = 60, each: int = 20) -> Corpus:
    """Return likes of random tracks."""
    rng = np.random.default_rng(3)
    mine = {person: set(rng.choice(tracks, each, replace=False).tolist()) for person in range(people)}
    whole = corpus(lambda person, track: float(track in mine[person]), range(people), tracks)
    kept = np.flatnonzero(whole.liked > 0)
    return replace(
        whole,
        person=whole.person[kept],
        track=whole.track[kept],
        liked=whole.liked[kept],
        at=whole.at[kept],
    )


def test_likes_are_split_eight_to_one_to_one() -> None:
    """Every like falls into one part; the same seed splits alike, another one differently."""
    world = likes_alone()
    parts = split(world, 0)
    sizes = [part.sum(axis=1).tolist() for part in (parts.learnt, parts.validated, parts.held)]
    assert sizes == [[16.0] * 20, [2.0] * 20, [2.0] * 20]
    assert (parts.learnt + parts.validated + parts.held).max() == 1
    assert (split(world, 0).held - parts.held).nnz == 0
    assert (split(world, 1).held - parts.held).nnz > 0


def test_the_split_is_that_of_one_generator() -> None:
    """A person's likes in the order of the file are permuted by numpy's default_rng, one person after another."""
    world, random = likes_alone(), np.random.default_rng(5)
    held = split(world, 5).held.toarray() > 0
    for person in range(3):
        own = world.track[world.person == person]
        assert set(np.flatnonzero(held[person])) == set(own[random.permutation(20)[18:]].tolist())


def test_an_oracle_finds_everything_and_its_opposite_nothing() -> None:
    """Recall and NDCG are 1 for scores that know the held-out likes, 0 for those that avoid them."""
    parts = split(likes_alone(), 0)
    truth = parts.held.toarray()
    assert judge(Lists(truth), parts)[0][:, :2] == pytest.approx(1)
    assert judge(Lists(-truth), parts)[0][:, :4] == pytest.approx(0)


def test_what_was_learnt_is_never_listed() -> None:
    """Scores that are highest on the likes learnt from gain nothing; validation's cost places in one reading alone."""
    parts = split(likes_alone(), 0)
    truth = parts.held.toarray()
    measures = judge(Lists(truth + 5 * parts.learnt.toarray()), parts)[0]
    assert measures[:, :4] == pytest.approx(1)
    measures = judge(Lists(truth + 5 * parts.validated.toarray()), parts)[0]
    assert measures[:, :2] == pytest.approx(1)
    assert np.all(measures[:, 3] < 1)


def test_recall_and_ndcg_are_the_textbooks() -> None:
    """Two hits at the first and third place of ten, of four held out."""
    held = np.zeros((2, 20), dtype=bool)
    held[0, [3, 5, 15, 16]] = True
    scores = np.zeros((2, 20))
    scores[0, [3, 4, 5]] = [3, 2, 1]
    recall, ndcg = recall_ndcg(top(scores, 10), held)
    assert recall[0] == 0.5
    assert ndcg[0] == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3) + 0.5 + 1 / np.log2(5)))
    assert np.isnan(recall[1])
    tied = np.random.default_rng(0).random((1, 30))
    wanted = np.random.default_rng(1).random((1, 30)) < 0.2
    assert recall_ndcg(top(tied, 10), wanted)[1][0] == pytest.approx(ndcg_score(wanted, tied, k=10))


def test_lists_of_shuffled_likes_are_no_better_than_chance() -> None:
    """With likes drawn by lot no way finds more held-out likes than a tenth of a tenth of the tracks holds."""
    world = likes_alone(people=60, tracks=100)
    table = judge_lists(world, (0,), quiet, ways=("user kNN", "svd", "ease", "blend"))
    chance = 10 / (100 - 18)
    for line in table.lines:
        assert abs(line.figures[0].mean - chance) < 4 * line.figures[0].error


def test_truth_is_told_from_lies() -> None:
    """A way that knows everybody's taste has an AUC of 1, its opposite 0, and popularity knows nothing here."""
    world = corpus(by_parity, range(1, 21), 30)
    table = judge_members(world, {"truth": Knows(), "lies": Knows(-1.0), "popularity": Popularity()}, (5,), 2, quiet)
    means = {line.method: line.figures[0].mean for line in table.lines}
    assert (means["truth"], means["lies"]) == (1.0, 0.0)
    assert abs(means["popularity"] - 0.5) < 0.1
    errors = {line.method: line.figures[-1].mean for line in table.lines}
    assert errors["truth"] == pytest.approx(0.1)
    assert errors["lies"] == pytest.approx(0.9)


def test_neighbours_beat_popularity_where_tastes_differ() -> None:
    """Five opinions tell the camp, and the camp tells the rest."""
    world = corpus(by_parity, range(1, 31), 30)
    table = judge_members(world, {"near": Neighbours(), "popularity": Popularity()}, (5,), 1, quiet)
    assert table.lines[0].figures[0].mean > 0.95 > table.lines[1].figures[0].mean


def test_no_way_tells_noise() -> None:
    """Where opinions are drawn by lot every way stands at one half: none has seen what it is asked."""
    world = noise(40, 40)
    table = judge_members(world, members(world, Plan(taste=TasteSettings(rounds=2))), (5, 20), 1, quiet)
    for line in table.lines:
        for figure in line.figures[:2]:
            assert abs(figure.mean - 0.5) < 4 * figure.error, line.method


def test_labels_to_score_do_not_reach_the_way() -> None:
    """Whoever is scored is not among those learnt from, and what is scored is not among what is shown."""
    world, seen = noise(15, 20), []

    class Spy(Knows):
        def learn(self, train: Dataset, _: Features) -> None:
            self.known = set(train.people.tolist())

        def answer(self, shown: Dataset, tracks: Ints) -> Floats:
            seen.append((shown.people[0] in self.known, len(np.intersect1d(shown.tracks, tracks)), len(shown)))
            return np.zeros(len(tracks))

    judge_members(world, {"spy": Spy()}, (5,), 2, quiet)
    assert set(seen) == {(False, 0, 5)}
    assert len(seen) == 30


def test_one_person_is_judged_on_what_was_held_out() -> None:
    """Every opinion is held out once, the rest is shown, and noise stands at one half."""
    world, held = noise(1, 120), []

    class Spy(Popularity):
        def answer(self, shown: Dataset, tracks: Ints) -> Floats:
            assert not np.intersect1d(shown.tracks, tracks).size
            held.extend(tracks.tolist())
            return self.rates.at(tracks)

    table = judge_folds(world, {"spy": Spy()}, (0,), quiet, by_artist=False)
    assert sorted(held) == list(range(120))
    assert table.lines[0].figures[0].mean == 0.5  # each held-out track is unknown to the rates
    curve = judge_curve(world, {"truth": Knows()}, (5, 20), 3, quiet)
    assert curve.columns == ("n=5", "n=20")


def test_folds_by_artist_keep_an_artist_together() -> None:
    """No artist of a held-out track is known from the fit, in any fold."""
    world = noise(1, 120)
    for learnt, held in _folds(world, (0,), by_artist=True):
        assert not np.intersect1d(
            world.features.artist[world.track[learnt]], world.features.artist[world.track[held]]
        ).size
        assert len(learnt) + len(held) == 120


def test_measures_are_the_textbooks() -> None:
    """AUC equals scikit-learn's, ties and all; calibration error is the mean gap of its bins."""
    rng = np.random.default_rng(0)
    liked, scores = (rng.random(200) < 0.4).astype(float), np.round(rng.random(200), 1)
    assert auc(liked, scores) == pytest.approx(roc_auc_score(liked, scores))
    assert np.isnan(auc(np.ones(3), np.arange(3.0)))
    assert calibration_error(np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.9, 0.9])) == pytest.approx(0.05)


def test_a_tie_is_within_one_standard_error() -> None:
    """The best of a column is marked, with all that their errors cannot tell from it; low is good where it is."""
    lines = (
        Line("a", (Figure(0.70, 0.01), Figure(0.02, np.nan))),
        Line("b", (Figure(0.695, 0.01), Figure(0.05, np.nan))),
        Line("c", (Figure(0.68, 0.01), Figure(0.02, np.nan))),
    )
    table = Table("t", "n", ("AUC", "gap"), lines, lowest=("gap",))
    assert [table.ties(0, line.figures[0]) for line in lines] == [True, True, False]
    assert [table.ties(1, line.figures[1]) for line in lines] == [True, False, True]
    plain = Report("x", (0,), 1, 1, 1, (table,)).as_json()
    assert json.loads(json.dumps(plain, allow_nan=False))["tables"][0]["lines"][0]["figures"][1]["error"] is None


def test_the_feedback_tells_what_can_be_judged() -> None:
    """One person gets folds and a curve, several the new member, likes alone lists."""
    plan = Plan(taste=TasteSettings(rounds=1), seeds=(0,), draws=1)
    assert [table.title for table in evaluate(noise(12, 40), plan, quiet).tables] == [
        "A new member",
        "A new member's lists, n=10",
        "A new member, by collaborative way",
    ]
    assert [table.title for table in evaluate(likes_alone(12), plan, quiet).tables] == ["Lists from likes"]
    with pytest.raises(BadFolder, match="too little to judge by"):
        evaluate(noise(3, 4), plan, quiet)


def test_artists_are_joined_by_name() -> None:
    """Tags and factors are blocks of their own; an artist who is not found has neither, and no label moves over."""
    names = ("Low", "the low", "Nobody", "")
    mine = replace(corpus(by_parity, [1], 4, np.zeros((4, 1))), artists=names)
    theirs = replace(
        likes_alone(), artists=("LOW ", *(f"artist {n}" for n in range(59))), tags=sparse.csr_array(np.eye(60)[:, :8])
    )
    features = join(mine, theirs, 0).features
    assert set(features.groups) == {"numbers", "tags", "factors"}
    assert np.isfinite(features.matrix[:2]).all()
    assert np.isnan(features.matrix[2:, features.groups["factors"]]).all()
    assert (features.matrix[0] == features.matrix[1]).all()
    shuffled = replace(mine, liked=1 - mine.liked)
    assert np.array_equal(join(shuffled, theirs, 0).features.matrix, features.matrix, equal_nan=True)


def folder(path: Path, feedback: str | None, tracks: str | None) -> Path:
    """Write a folder of feedback."""
    for name, text in (("feedback.csv", feedback), ("tracks.csv", tracks)):
        if text is not None:
            (path / name).write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_read(tmp_path: Path) -> None:
    """Words serve as ids, the last of two opinions counts, tags become rows, unknown tracks are left out."""
    feedback = "user,track,liked,at\nann,b,1,10\nann,b,0,20\nbob,a,1,\nbob,zz,1,5\n"
    tracks = "track,title,artist,tags,tempo\n" + "".join(
        f"{name},T,{artist},rock:3|pop:1,{tempo}\n"
        for name, artist, tempo in (("b", "X", 120), ("a", "X", ""), ("c", "Y", 90))
    )
    read_back = read(folder(tmp_path, feedback, tracks))
    assert read_back.person.tolist() == [0, 1]
    assert read_back.track.tolist() == [1, 0]
    assert read_back.liked.tolist() == [0, 1]
    assert read_back.features.names == ("numbers.tempo",)
    assert np.isnan(read_back.features.matrix[0, 0])
    assert read_back.features.artist[0] == read_back.features.artist[1] != read_back.features.artist[2]
    assert read_back.tags.shape == (3, 2)


@pytest.mark.parametrize(
    ("feedback", "tracks", "sentence"),
    [
        (None, "track\n1\n", "no feedback.csv in"),
        ("user,track,liked\n1,1,1\n", None, "no tracks.csv in"),
        ("", "track\n1\n", "cannot be read as CSV"),
        ("user,song,liked\n1,1,1\n", "track\n1\n", "has no column track"),
        ("user,track,liked\n", "track\n1\n", "has no rows"),
        ("user,track,liked\n1,1,1\n1,2,yes\n", "track\n1\n", "line 3: liked is 'yes'"),
        ("user,track,liked\n1,1,1\n1,,1\n", "track\n1\n", "line 3"),
        ("user,track,liked\n1,1,1\n", "track\n2\n", "belong to different data"),
    ],
)
def test_a_bad_folder_is_told_in_a_sentence(
    tmp_path: Path, feedback: str | None, tracks: str | None, sentence: str
) -> None:
    """What to put right, with the file and the line."""
    with pytest.raises(BadFolder, match=sentence):
        read(folder(tmp_path, feedback, tracks))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A slip in the name is the commonest one."""
    with pytest.raises(BadFolder, match="There is no folder"):
        read(tmp_path / "nowhere")


HETREC = Path(__file__).parents[2] / "shared" / "data" / "hetrec"


@pytest.mark.skipif(not HETREC.exists(), reason="the real feedback beside the project is absent")
def test_real_plays_give_lists_worth_having() -> None:
    """On the plays of 1,900 people ALS and EASE find twice what popularity does, and more."""
    table = judge_lists(read(HETREC), (0,), quiet, ways=("popularity", "als", "ease"))
    recall, ndcg = ({line.method: line.figures[column].mean for line in table.lines} for column in (0, 1))
    assert recall["popularity"] < 0.09
    assert max(recall["als"], recall["ease"]) > 0.202
    assert max(ndcg["als"], ndcg["ease"]) > 0.198


def test_split_is_a_plain_record() -> None:
    """Parts can be given as they are, for feedback split elsewhere."""
    empty = sparse.csr_array((2, 3))
    measures, (coverage, novelty) = judge(Lists(np.zeros((2, 3))), Split(empty, empty, empty))
    assert np.isnan(measures).all()
    assert (coverage, novelty >= 0) == (1.0, True)
