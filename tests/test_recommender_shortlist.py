"""The cheap look at very many tracks, beside the exact scores."""

import numpy as np

from recommender.dataset import Dataset
from recommender.features import Features
from recommender.taste import TasteModel
from tests.fixtures.recommender import opinions, table

TRACKS = 4_000
LIST = 30


def bent_tastes() -> tuple[Dataset, Features]:
    """Return people who like what is near a place of their own among six sounds, and some artists more than that."""
    rng = np.random.default_rng(4)
    matrix, artists = rng.normal(size=(TRACKS, 6)), rng.integers(1, 400, TRACKS)
    rows = []
    for person in range(1, 13):
        centre, fond = rng.normal(size=6), rng.integers(1, 400, 20)
        near = -np.linalg.norm(matrix - centre, axis=1) + 1.5 * np.isin(artists, fond)
        liked = near + 0.3 * rng.normal(size=TRACKS) > np.median(near)
        rows += [(person, int(t) + 1, 1 if liked[t] else -1) for t in rng.choice(TRACKS, 150, replace=False)]
    return opinions(rows), table(matrix, artists=artists.tolist())


def test_the_shortlist_keeps_nearly_all_of_the_exact_top() -> None:
    """Of the thirty best of 4,000 nearly all are among the 400 that the cheap look keeps, for everybody."""
    dataset, features = bent_tastes()
    model = TasteModel().fit(dataset, features)
    kept = []
    for person in (*range(1, 13), None):
        best = features.track_ids[np.argsort(-model.score(person, features, features.track_ids)[0])[:LIST]]
        short = model.shortlist(person, features, features.track_ids, 400)
        assert len(short) == 400
        kept.append(np.isin(best, short).mean())
    assert np.mean(kept) > 0.95
    assert min(kept) > 0.8


def test_fewer_than_asked_are_all_kept() -> None:
    """Asked for more tracks than there are, the shortlist holds each once; with nothing learnt too."""
    features = table(np.random.default_rng(0).normal(size=(5, 3)))
    model = TasteModel().fit(opinions([]), features)
    assert sorted(model.shortlist(None, features, [1, 2, 3, 99], 10).tolist()) == [1, 2, 3, 99]
    assert not len(model.shortlist(7, features, [], 10))


def test_what_is_liked_of_an_artist_counts_in_the_shortlist_too() -> None:
    """With no sound known, the other tracks of an artist whom the person likes are kept before those of others."""
    features = table(np.zeros((12, 0)), artists=[1] * 4 + [2] * 4 + [3] * 4)
    rows = [(1, 1, 1), (1, 2, 1), (1, 3, 1), (1, 5, -1), (1, 6, -1), (1, 7, -1)]
    model = TasteModel().fit(opinions(rows), features)
    assert model.shortlist(1, features, [8, 12, 4], 2).tolist() == [4, 12]
