"""The collaborative ways, on opinions whose answer is known."""

import numpy as np
import pytest
from scipy import sparse

from recommender.collaborative import factors, make, signed
from recommender.collaborative_als import CONFIDENCE, RIDGE, RIDGE_GROWTH, ImplicitALS
from recommender.collaborative_ease import EASE
from recommender.collaborative_ease import RIDGE as EASE_RIDGE
from recommender.collaborative_sklearn import fair
from recommender.collaborative_ways import WAYS
from recommender.factors import Factors
from recommender.lists import BLEND, LIST_WAYS, POPULARITY, list_way
from recommender.taste import TasteSettings
from tests.fixtures.recommender import opinions

SIZE = 40
ALL = slice(None)
NOTHING = sparse.csr_array((SIZE, 0))


def checkerboard() -> sparse.csr_array:
    """Return likes of every second track, by parity, all but each person's own (the diagonal)."""
    board = np.add.outer(np.arange(SIZE), np.arange(SIZE)) % 2 == 0
    np.fill_diagonal(board, val=False)
    return sparse.csr_array(board.astype(np.float64))


def camps(seed: int = 0) -> sparse.csr_array:
    """Return likes (+1) and dislikes (-1) of two camps that think the opposite, a third of all cells known."""
    rng = np.random.default_rng(seed)
    truth = np.where(np.add.outer(np.arange(60), np.arange(SIZE)) % 2 == 0, 1.0, -1.0)
    return sparse.csr_array(truth * (rng.random(truth.shape) < 1 / 3))


@pytest.mark.parametrize("way", WAYS)
def test_the_withheld_diagonal_of_a_checkerboard_comes_first(way: str) -> None:
    """Of all that a person has not met, the one track that their like-minded all like is ranked first."""
    likes = checkerboard()
    scores = make(way, 0, 2).fit(likes).scores(ALL)
    scores[likes.toarray() > 0] = -np.inf
    assert scores.argmax(axis=1).tolist() == list(range(SIZE))


@pytest.mark.parametrize("way", WAYS)
def test_dislikes_count(way: str) -> None:
    """Of all that a person has not met, what the like-minded dislike ranks below what they like, and below nothing."""
    known = camps()
    scores = make(way, 0, 2).fit(known).scores(ALL)
    liked = np.add.outer(np.arange(60), np.arange(SIZE)) % 2 == 0
    unmet = known.toarray() == 0
    right = [
        scores[row, unmet[row] & liked[row]].mean() > scores[row, unmet[row] & ~liked[row]].mean() for row in range(60)
    ]
    assert np.mean(right) > 0.95
    assert scores[unmet & ~liked].mean() < 0 < scores[unmet & liked].mean()


@pytest.mark.parametrize("way", [way for way in LIST_WAYS if way not in (POPULARITY, "tags alone")])
def test_popularity_is_beaten_where_tastes_differ(way: str) -> None:
    """Two camps of unequal size: popularity serves the larger alone, every other way serves both."""
    rng = np.random.default_rng(1)
    camp = (np.arange(60) % 3 == 0).astype(int)
    mine = np.add.outer(camp, np.arange(SIZE)) % 2 == 0
    likes = mine & (rng.random(mine.shape) < 0.5)
    hits = {}
    for name in (way, POPULARITY):
        model = list_way(name, 0)
        model.fit(sparse.csr_array(likes.astype(float)), NOTHING)
        scores = np.where(likes, -np.inf, model.scores(ALL))
        best = np.argsort(-scores, axis=1)[:, :3]
        hits[name] = np.take_along_axis(mine, best, axis=1).mean()
    assert hits[way] > 0.95 > hits[POPULARITY]


def test_the_blend_learns_from_tags() -> None:
    """A track that nobody met is ranked by its tags."""
    likes = checkerboard().toarray()
    likes[:, [0, 1]] = 0
    parity = sparse.csr_array(np.eye(2)[np.arange(SIZE) % 2])
    model = list_way(BLEND, 0)
    model.fit(sparse.csr_array(likes), parity)
    scores = model.scores(ALL)
    assert np.all((scores[:, 0] > scores[:, 1]) == (np.arange(SIZE) % 2 == 0))


@pytest.mark.parametrize(("people", "tracks"), [(30, 50), (50, 30)])
@pytest.mark.parametrize("tagged", [False, True])
def test_ease_is_the_closed_form(people: int, tracks: int, tagged: bool) -> None:
    """Solved on either side, with tags or without, it equals the textbook's inverse, and no track predicts itself."""
    rng = np.random.default_rng(2)
    likes = sparse.csr_array((rng.random((people, tracks)) < 0.3).astype(float))
    about = sparse.csr_array(rng.random((tracks, 4)))
    scaled = fair(likes).toarray()
    rows = np.vstack([scaled, about.T.toarray()]) if tagged else scaled
    inverse = np.linalg.inv(rows.T @ rows + EASE_RIDGE * np.eye(tracks))
    weights = np.eye(tracks) - inverse / np.diag(inverse)
    model = EASE().fit(likes, about if tagged else None)
    assert np.diag(weights) == pytest.approx(0)
    assert model.scores(ALL) == pytest.approx(scaled @ weights)
    assert model.scores(slice(5, 9)) == pytest.approx((scaled @ weights)[5:9])


@pytest.mark.parametrize("count", [3, 20])
def test_als_solves_its_normal_equations(count: int) -> None:
    """Fewer factors than opinions or more, the tracks' are the weighted ridge's given the people's."""
    opinions_ = camps()
    model = ImplicitALS(0, count).fit(opinions_)
    for track in range(5):
        value = opinions_.toarray()[:, track]
        weight = 1 + CONFIDENCE * np.abs(value)
        wanted = np.where(value > 0, 1.0, -CONFIDENCE / (1 + CONFIDENCE) * (value < 0))
        ridge = RIDGE * np.count_nonzero(value) ** RIDGE_GROWTH * np.eye(count)
        left = model.person_.T @ (weight[:, None] * model.person_) + ridge
        assert model.track_[track] == pytest.approx(np.linalg.solve(left, model.person_.T @ (weight * wanted)))


@pytest.mark.parametrize("way", WAYS)
def test_factors_tell_the_camps_apart(way: str) -> None:
    """Tracks of one camp lie together, and the columns of people and tracks have unit mean square."""
    known = camps().tocoo()
    dataset = opinions(
        (int(row) + 1, int(column), int(value))
        for row, column, value in zip(known.row, known.col, known.data, strict=True)
    )
    person, track = factors(dataset, way, 2, 0)
    assert person.shape == (len(dataset.people), 2)
    assert np.mean(person**2, axis=0) == pytest.approx(1, abs=1e-6)
    assert np.mean(track**2, axis=0) == pytest.approx(1, abs=1e-6)
    camp = dataset.tracks % 2 == 0
    apart = np.abs(track[camp].mean(axis=0) - track[~camp].mean(axis=0))
    assert apart.max() > 1


@pytest.mark.parametrize("way", WAYS)
def test_too_few_people_leave_columns_empty(way: str) -> None:
    """Two people and three tracks give one factor; the rest are zeros, and nobody at all gives none."""
    person, track = factors(opinions([(1, 1, 1), (1, 2, -1), (2, 2, 1), (2, 3, 1)]), way, 4, 0)
    assert (person.shape, track.shape) == ((2, 4), (3, 4))
    assert not track[:, 1:].any()
    assert factors(opinions([]), way, 4, 0)[1].shape == (0, 4)


def test_opinions_are_taken_beside_what_others_say() -> None:
    """A like of what all like says less than one of what others dislike; where all is liked, it still says a little."""
    rows = [(person, 1, 1) for person in range(1, 9)] + [(person, 2, -1) for person in range(2, 9)] + [(1, 2, 1)]
    both = signed(opinions(rows)).toarray()
    assert both[0, 1] > both[0, 0]
    assert np.all(both[1:, 1] < 0)
    assert np.all(signed(opinions([(person, track, 1) for person in range(9) for track in range(4)])).toarray() > 0.3)


@pytest.mark.parametrize("way", WAYS)
def test_the_taste_model_takes_factors_of_any_way(way: str) -> None:
    """The product's factors follow the setting, with one person's part still to be taken out."""
    known = camps()
    found = Factors.fit(known, abs(known), 2, 0, way)
    track = found.of_tracks(np.arange(SIZE), np.zeros((SIZE, 2)), np.zeros(SIZE), np.zeros(SIZE))
    camp = np.arange(SIZE) % 2 == 0
    assert np.abs(track[camp].mean(axis=0) - track[~camp].mean(axis=0)).max() > 1


def test_an_unknown_way_is_refused_with_the_names() -> None:
    """Wherever it is named, a way that does not exist is told beside those that do."""
    with pytest.raises(ValueError, match="svd, als, ease, plsa"):
        make("lsa", 0)
    with pytest.raises(ValueError, match="collaborative is 'lsa'"):
        TasteSettings(collaborative="lsa")
