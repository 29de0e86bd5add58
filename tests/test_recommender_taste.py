"""The taste model on worlds whose answer is known."""

import io

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from recommender.dataset import Dataset, Ints
from recommender.features import Block, Features, assemble
from recommender.taste import TASTE_VERSION, TasteModel, TasteSettings
from tests.fixtures.recommender import Community, four_weeks, opinions, table

PEOPLE, TRACKS = 48, 60
BARE = table(np.zeros((TRACKS, 0)))


def checkerboard(seed: int) -> tuple[Dataset, dict[int, Ints]]:
    """Return two groups of people, each liking its half of the tracks, and by person the opinions withheld."""
    met = np.random.default_rng(seed).random((PEOPLE + 1, TRACKS + 1)) < 0.6
    cells = [(person, track) for person in range(1, PEOPLE + 1) for track in range(1, TRACKS + 1)]
    shown = opinions(
        (person, track, 1 if person % 2 == track % 2 else -1) for person, track in cells if met[person, track]
    )
    return shown, {person: np.flatnonzero(~met[person, 1:] > 0) + 1 for person in range(1, PEOPLE + 1)}


@pytest.mark.parametrize("seed", range(3))
def test_the_withheld_likes_come_first(seed: int) -> None:
    """Knowing of tracks only who likes them, what one's own group likes stands above what the other group likes.

    Popularity, which knows no groups, cannot tell the two apart.
    """
    dataset, withheld = checkerboard(seed)
    model = TasteModel().fit(dataset, BARE)
    ours, popular = [], []
    for person, unmet in withheld.items():
        own = unmet % 2 == person % 2
        ours.append(roc_auc_score(own, model.score(person, BARE, unmet)[0]))
        popular.append(roc_auc_score(own, model.score(None, BARE, unmet)[0]))
    assert min(ours) > 0.95
    assert np.mean(popular) < 0.65


def shared_taste(contrary: int, shown: int) -> tuple[Dataset, Features]:
    """Return 30 people who like one sound, half of them heard of 40 tracks each, and one contrary newcomer."""
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(400, 6))
    bright = matrix[:, 0] + 0.4 * rng.normal(size=400) > 0
    rows = [
        (person, int(track) + 1, 1 if bright[track] == (person != contrary) else -1)
        for person in range(1, 32)
        for track in rng.choice(400, shown if person == contrary else 40, replace=False)
    ]
    return opinions(rows), table(matrix)


def test_newcomers_inherit_the_community() -> None:
    """A person with no feedback is scored by what the community likes, from its sound alone."""
    dataset, features = shared_taste(contrary=0, shown=0)
    fresh = table(np.random.default_rng(9).normal(size=(300, 6)), first_id=1_001)
    both = Features(
        np.append(features.track_ids, fresh.track_ids),
        np.vstack([features.matrix, fresh.matrix]),
        features.names,
        features.groups,
        np.full(700, -1),
    )
    chance, std = TasteModel().fit(dataset, both).score(None, both, fresh.track_ids)
    assert roc_auc_score(fresh.matrix[:, 0] > 0, chance) > 0.95
    assert np.all((std > 0) & (std < 0.5))


def test_a_contrary_person_overrules_the_community() -> None:
    """Somebody who dislikes what all like is followed after enough reactions; after two the community still leads."""
    agreement = {}
    for shown in (2, 10, 150):
        dataset, features = shared_taste(contrary=31, shown=shown)
        unmet = np.setdiff1d(features.track_ids, list(dataset.opinions_of(31)))
        chance, _ = TasteModel().fit(dataset, features).score(31, features, unmet)
        agreement[shown] = roc_auc_score(features.matrix[unmet - 1, 0] > 0, chance)
    # The community also knows of each track what its sound does not tell, so 0.12 is as low as this can get.
    assert agreement[2] > 0.6
    assert agreement[10] < 0.4
    assert agreement[150] < 0.2


def test_tastes_that_are_not_shared_teach_no_prior() -> None:
    """Where everybody's taste points elsewhere a newcomer gets hardly any opinion of the sound."""
    rng = np.random.default_rng(3)
    matrix, wants = rng.normal(size=(400, 6)), rng.normal(size=(30, 6))
    rows = [
        (person + 1, int(track) + 1, 1 if matrix[track] @ wants[person] > 0 else -1)
        for person in range(30)
        for track in rng.choice(400, 60, replace=False)
    ]
    features = table(matrix)
    model = TasteModel().fit(opinions(rows), features)
    own = np.mean([np.std(model.score(person, features, features.track_ids)[0]) for person in range(1, 31)])
    assert np.std(model.score(None, features, features.track_ids)[0]) < own / 2


def test_an_artist_liked_twice_lifts_the_artist() -> None:
    """With no sound known, a person's own opinions of an artist carry over to the artist's other tracks."""
    features = table(np.zeros((12, 0)), artists=[1] * 4 + [2] * 4 + [3] * 4)
    rows = [(1, 1, 1), (1, 2, 1), (1, 3, 1), (1, 5, -1), (1, 6, -1), (1, 7, -1)]
    loved, hated, unknown = TasteModel().fit(opinions(rows), features).score(1, features, [4, 8, 12])[0]
    assert loved > unknown > hated


def test_uncertainty_shrinks_where_the_person_reacted() -> None:
    """The std is smaller for sounds like those a person reacted to than for sounds far from them."""
    rng = np.random.default_rng(0)
    near, far = rng.normal(-1.5, 0.4, (60, 4)), rng.normal(1.5, 0.4, (60, 4))
    features = table(np.vstack([near, far]))
    rows = [(1, track, 1 if track % 2 else -1) for track in range(1, 41)]
    chance, std = TasteModel().fit(opinions(rows), features).score(1, features, features.track_ids)
    spread = std / (chance * (1 - chance))
    assert spread[40:60].mean() < spread[60:].mean()


def test_refitting_one_person_is_fitting_them() -> None:
    """Refitting from the same opinions changes nothing to speak of; a new reaction counts at once."""
    dataset, features = shared_taste(contrary=31, shown=40)
    model = TasteModel().fit(dataset, features)
    before = model.score(31, features, features.track_ids)[0]
    again = model.refit_person(31, dataset, features).score(31, features, features.track_ids)[0]
    assert np.abs(before - again).max() < 0.02
    dark = (features.track_ids[features.matrix[:, 0] < -1])[:12].tolist()
    changed = model.refit_person(31, opinions((31, track, -1) for track in dark), features)
    assert changed.score(31, features, dark)[0].mean() < before[np.array(dark) - 1].mean() - 0.2


def test_a_stranger_is_refitted_on_the_communitys_prior() -> None:
    """Somebody who joined after the fit gets a taste of their own, and loses it with their opinions."""
    dataset, features = shared_taste(contrary=0, shown=0)
    model = TasteModel().fit(dataset, features)
    assert not model.knows(77)
    community = model.score(77, features, features.track_ids)[0]
    assert np.array_equal(community, model.score(None, features, features.track_ids)[0])
    bright = np.flatnonzero(features.matrix[:, 0] > 0.5)
    model.refit_person(77, opinions((77, int(row) + 1, -1) for row in bright[:30]), features)
    assert model.knows(77)
    assert model.score(77, features, features.track_ids)[0][bright[30:]].mean() < community[bright[30:]].mean() - 0.2
    model.refit_person(77, dataset, features)
    assert not model.knows(77)
    assert np.array_equal(community, model.score(77, features, features.track_ids)[0])


def test_no_feedback_at_all_has_an_answer() -> None:
    """A bot of a minute ago scores every track alike, known or not, and takes its first opinion."""
    features = table(np.random.default_rng(0).normal(size=(20, 3)))
    model = TasteModel().fit(opinions([]), features)
    chance, std = model.score(5, features, [1, 2, 999])
    assert chance == pytest.approx([0.5] * 3, abs=0.01)
    assert np.all(std > 0)
    model.refit_person(5, opinions([(5, 1, 1)]), features)
    assert model.score(5, features, [1])[0] > 0.5


def test_tracks_met_after_the_fit_are_scored() -> None:
    """A model read back scores a table that has grown since by tracks and rows enriched later."""
    dataset, features = shared_taste(contrary=0, shown=0)
    model = TasteModel.from_bytes(TasteModel().fit(dataset, features).to_bytes())
    later = table(np.vstack([features.matrix, [[2.5] + [0.0] * 5], [[-2.5] + [0.0] * 5]]))
    bright, dark = model.score(1, later, [401, 402])[0]
    assert bright > dark + 0.3


def test_blocks_that_come_and_go_keep_their_columns() -> None:
    """A model fitted on one block scores a table with another block before it, and one with none."""
    dataset, features = shared_taste(contrary=0, shown=0)
    model = TasteModel().fit(dataset, features)
    ids, names = features.track_ids, tuple(name.removeprefix("audio.") for name in features.names)
    audio = Block(ids, features.matrix.astype(np.float32), names)
    earlier = Block(ids, np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32), ("x", "y", "z"))
    both, none = assemble(ids, {"a": earlier, "audio": audio}, {}), assemble(ids, {}, {})
    assert model.score(1, both, ids)[0] == pytest.approx(model.score(1, features, ids)[0], abs=1e-4)
    assert np.isfinite(model.score(1, none, ids)[0]).all()


def test_a_model_survives_its_bytes() -> None:
    """What is read back scores as what was written, for members, strangers and likeness."""
    world = Community(seed=2)
    world.week()
    model = TasteModel().fit(world.dataset(), world.features)
    back = TasteModel.from_bytes(model.to_bytes())
    ids = world.features.track_ids
    for person in (0, 7, None):
        for one, other in zip(
            model.score(person, world.features, ids), back.score(person, world.features, ids), strict=True
        ):
            assert one == pytest.approx(other, abs=1e-6)
    assert np.array_equal(model.vectors(world.features, ids), back.vectors(world.features, ids))
    back.refit_person(7, world.dataset(), world.features)
    empty = TasteModel.from_bytes(TasteModel().fit(opinions([]), world.features).to_bytes())
    assert not empty.knows(0)


def test_foreign_bytes_are_refused() -> None:
    """Bytes that are no model, or of another version, raise a ValueError with a sentence; nothing is unpickled."""
    out, pickled = io.BytesIO(), io.BytesIO()
    np.savez(out, version=np.array(TASTE_VERSION + 1))
    np.savez(pickled, allow_pickle=True, version=np.array([{}], dtype=object))
    for blob, why in ((b"", "cannot be read"), (b"junk", "cannot be read"), (out.getvalue(), "version")):
        with pytest.raises(ValueError, match=why):
            TasteModel.from_bytes(blob)
    with pytest.raises(ValueError, match="cannot be read"):
        TasteModel.from_bytes(pickled.getvalue())


def test_likeness_is_of_sound() -> None:
    """Tracks of one cluster are alike, tracks of opposite ones are not, and the unknown is like nothing."""
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(1, 0.2, (30, 5)), rng.normal(-1, 0.2, (30, 5)), np.full((1, 5), np.nan)])
    features = table(matrix)
    vectors = TasteModel().fit(opinions([]), features).vectors(features, features.track_ids)
    assert vectors[0] @ vectors[1] > 0.5 > 0 > vectors[0] @ vectors[40]
    assert not vectors[60].any()


def test_numbers_do_not_make_tracks_sound_alike() -> None:
    """Two tracks of one year and rank are not alike for it where audio tells how they sound."""
    rng = np.random.default_rng(1)
    ids, sound = np.arange(1, 41), rng.normal(size=(40, 4)).astype(np.float32)
    numbers = rng.normal(size=(40, 2)).astype(np.float32)
    both = assemble(
        ids, {"audio": Block(ids, sound, ("a", "b", "c", "d")), "deezer": Block(ids, numbers, ("y", "r"))}, {}
    )
    alone = assemble(ids, {"audio": Block(ids, sound, ("a", "b", "c", "d"))}, {})
    one, other = (TasteModel().fit(opinions([]), features).vectors(features, ids) for features in (both, alone))
    assert one == pytest.approx(other)


def test_the_same_data_teach_the_same() -> None:
    """Fitting is repeatable to the bit."""
    dataset, features = shared_taste(contrary=31, shown=20)
    one, other = (TasteModel(TasteSettings()).fit(dataset, features).to_bytes() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("seed", range(4))
def test_four_weeks_of_a_community(seed: int) -> None:
    """After four weeks drops are liked far more often than random unheard tracks, contrarians included."""
    liked, random = four_weeks(seed, TasteModel())
    assert liked > random + 0.2


def test_one_who_is_sure_is_told_so() -> None:
    """Alone with eighty opinions of a plain taste, what is foretold is as sure as it turns out to be."""
    gaps = []
    for seed in range(4):
        matrix = np.random.default_rng(seed).normal(size=(1_080, 4))
        liked = matrix[:, 0] + 0.3 * matrix[:, 1] > 0
        features = table(matrix)
        model = TasteModel().fit(
            opinions((1, track, 1 if liked[track - 1] else -1) for track in range(1, 81)), features
        )
        chance = model.score(1, features, features.track_ids[80:])[0]
        sure = np.abs(chance - 0.5) > 0.3
        assert sure.mean() > 0.35
        gaps.append(np.mean((chance[sure] > 0.5) == liked[80:][sure]) - np.mean(np.maximum(chance, 1 - chance)[sure]))
    assert abs(np.mean(gaps)) < 0.08
