"""Tags into vectors: what they mean, what they weigh, and that the space keeps."""

import io
from pathlib import Path

import numpy as np
import pytest

from catalog.tags import TagLevel, TagSource
from recommender.cnn import CNN_NAMES, CNN_TAGS
from recommender.features import Block
from recommender.tag_names import PARENTS
from recommender.tag_terms import AUTO, SAID, WORD, Terms, terms_of
from recommender.tags import TAGS_NAMES, TAGS_VERSION, TOPICS, TagSpace
from tests.tag_helpers import catalogue, columns, tagged, together, tracks

NOBODY = columns([])


def weights(terms: Terms, row: int = 0) -> dict[str, float]:
    """Return the people's tags of a row, without words."""
    return {name: weight for name, weight in terms.of(row).items() if not name.startswith((WORD, SAID, AUTO))}


def likeness(space: TagSpace, *rows: dict[str, float]) -> np.ndarray:
    """Return how alike rows of terms are to each other."""
    terms = Terms.build(range(len(rows)), [(at, *item) for at, row in enumerate(rows) for item in row.items()])
    found = space.vectors(terms)
    return (found @ found.T).toarray()


def heard(track_id: int, **chances: float) -> Block:
    """Return the network's block of one track with these probabilities."""
    row = np.zeros(len(CNN_NAMES), dtype=np.float32)
    for name, chance in chances.items():
        row[CNN_TAGS.index(name)] = chance
    return Block(np.array([track_id]), row[None], CNN_NAMES)


def test_spellings_are_one_term() -> None:
    """Three sources that spell a genre in three ways agree."""
    parts = [columns([(1, name, 1)], source) for name, source in (("Hip-Hop", "lastfm"), ("hiphop", "musicbrainz"))]
    parts = [columns([(1, "hip hop", 50)], "lastfm"), *parts[1:], columns([(1, "Rap/Hip Hop", 1)], "deezer")]
    assert weights(terms_of(tracks([1]), together(*parts), None, {})).keys() == {"hip hop"}


def test_noise_is_no_term() -> None:
    """What tells of the listener ties nothing."""
    rows = [(1, name, 9.0) for name in ("seen live", "favourites", "awesome", "shoegaze", "my top songs")]
    assert weights(terms_of(tracks([1]), columns(rows), None, {})).keys() == {"shoegaze"}


def test_a_tag_that_is_the_artists_name_says_nothing() -> None:
    """Everything by them has it; a genre of that name stays one."""
    named = tracks([1])
    rows = [(1, "Somebody 1", 9.0), (1, "somebody 2", 9.0), (1, "shoegaze", 9.0)]
    assert weights(terms_of(named, columns(rows), None, {})).keys() == {"somebody 2", "shoegaze"}


def test_the_tracks_own_tags_weigh_more_than_its_artists() -> None:
    """And the more often a tag was given the more it weighs, by its logarithm."""
    rows = together(
        columns([(1, "shoegaze", 20), (1, "rock", 2)], level=TagLevel.TRACK),
        columns([(1, "ambient", 20)], level=TagLevel.ARTIST),
    )
    found = weights(terms_of(tracks([1]), rows, None, {}))
    assert found["shoegaze"] > found["ambient"] > 0
    assert found["shoegaze"] > found["rock"] > found["shoegaze"] * 2 / 20


def test_rare_counts_of_lastfm_are_left_out() -> None:
    """There 100 is the most, and below ten it was one listener."""
    rows = columns([(1, "shoegaze", 100), (1, "polka", 4)], TagSource.LASTFM)
    assert weights(terms_of(tracks([1]), rows, None, {})).keys() == {"shoegaze"}


def test_an_unknown_word_weighs_less_than_a_genre() -> None:
    """Unless its source lists it as one."""
    rows = [(1, name, 5.0) for name in ("shoegaze", "xyzzy core", "gqom")]
    found = weights(terms_of(tracks([1]), columns(rows, genres=["gqom"]), None, {}))
    assert found["gqom"] == found["shoegaze"] > found["xyzzy core"]


def test_what_the_network_hears_counts_from_a_tenth() -> None:
    """In a namespace of its own: it is not what people say."""
    found = terms_of(tracks([1]), NOBODY, heard(1, jazz=0.6, rock=0.09), {}).of(0)
    assert AUTO + "jazz" in found
    assert AUTO + "rock" not in found
    assert "jazz" not in found


def test_words_of_title_album_and_messages_are_a_field_of_their_own() -> None:
    """Short and common ones say nothing; a genre named in a message is noted as such."""
    named = tracks([1], {1: "The Velvet Night (Remix)"})
    found = terms_of(named, NOBODY, None, {1: ["dreamy shoegaze from my summer"]}).of(0)
    assert {WORD + "velvet", WORD + "night", WORD + "dreamy", SAID + "shoegaze"} <= found.keys()
    assert not {WORD + "the", WORD + "remix", WORD + "my", "shoegaze"} & found.keys()


def test_words_weigh_less_than_tags() -> None:
    """Two tracks of one title are less alike than two of one tag."""
    titles = {1: "Velvet Night", 2: "Velvet Night", 3: "Other Things", 4: "Strange Places"}
    rows = columns([(1, "shoegaze", 1), (2, "bebop", 1), (3, "shoegaze", 1), (4, "polka", 1)])
    terms = terms_of(tracks(titles, titles), rows, None, {})
    found = TagSpace().fit(terms).vectors(terms)
    alike = (found @ found.T).toarray()
    assert 0 < alike[0, 1] < alike[0, 2] / 4


def test_a_parent_ties_weakly() -> None:
    """Shoegaze is rock, less than it is shoegaze, and is no jazz."""
    space = TagSpace().fit(tagged(catalogue()))
    alike = likeness(space, {"shoegaze": 1.0}, {"shoegaze": 1.0}, {"rock": 1.0}, {"jazz": 1.0})[0]
    assert alike[1] == pytest.approx(1.0, abs=1e-6)
    assert alike[1] > 2 * alike[2]
    assert alike[2] > alike[3] + 0.05


def test_genres_stand_apart_and_kin_together() -> None:
    """Tracks are nearer to their own genre than to any other, though each lacks a tag of it."""
    tags = catalogue()
    terms = tagged(tags)
    rows = TagSpace().fit(terms).transform(terms)
    genre = np.array(list(tags)) // 100
    alike = rows @ rows.T
    np.fill_diagonal(alike, -1)
    assert (genre[alike.argmax(axis=1)] == genre).all()
    same = genre[:, None] == genre
    assert alike[same & (alike > -1)].min() > alike[~same].max()


@pytest.mark.parametrize("tags", [{}, {7: ("shoegaze",)}, {7: ()}, {7: ("seen live",)}, {7: ("xyzzy",), 8: ("plugh",)}])
def test_it_can_be_fitted_to_next_to_nothing(tags: dict[int, tuple[str, ...]]) -> None:
    """An empty community, one track, no tags, tags that nobody knows."""
    terms = tagged(tags)
    space = TagSpace().fit(terms)
    rows = space.transform(terms)
    assert rows.shape == (len(tags), TOPICS) == (len(tags), len(TAGS_NAMES))
    assert np.isnan(rows).all(axis=1).tolist() == [names != ("shoegaze",) for names in tags.values()]


def test_the_first_track_of_a_community_has_neighbours() -> None:
    """What belongs together is known before anybody shares anything."""
    space = TagSpace().fit(tagged({}))
    alike = likeness(space, {"shoegaze": 1.0}, {"dream pop": 1.0}, {"bebop": 1.0}, {"deep house": 1.0})[0]
    assert alike[1] > 0.3 > max(alike[2], alike[3])


def test_rows_are_of_one_length_or_missing() -> None:
    """A track that nobody tagged is missing, not in the middle."""
    rows = terms_of(tracks([1, 2]), columns([(1, "shoegaze", 3)]), None, {})
    found = TagSpace().fit(rows).transform(rows)
    assert np.linalg.norm(found[0]) == pytest.approx(1.0)
    assert np.isnan(found[1]).all()


def test_what_a_member_named_counts_a_little() -> None:
    """Where nothing else is known it makes a short row, towards what they named."""
    terms = tagged({1: (), 2: ("shoegaze",), 3: ("bebop",)}, {1: ["what a shoegaze tune"]})
    rows = TagSpace().fit(terms).transform(terms)
    assert 0.1 < np.linalg.norm(rows[0]) < 0.9
    assert rows[0] @ rows[1] > 5 * abs(rows[0] @ rows[2])


def test_the_network_finds_kin_of_what_people_tagged() -> None:
    """A track that no database knows is near those that people call what the network hears."""
    named = tracks([1, 2, 3])
    terms = terms_of(named, columns([(2, "jazz", 3), (3, "black metal", 3)]), heard(1, jazz=0.8), {})
    found = TagSpace().fit(terms).vectors(terms)
    alike = (found @ found.T).toarray()[0]
    assert alike[1] > 0.2 > alike[2]


def test_the_same_catalogue_gives_the_same_columns() -> None:
    """Fitted twice, in whatever order the tags came."""
    tags = catalogue()
    one = tagged(tags)
    other = tagged({track_id: tuple(reversed(names)) for track_id, names in reversed(tags.items())})
    first, again = TagSpace().fit(one).transform(one), TagSpace().fit(other).transform(other)
    assert np.allclose(first, again, atol=1e-6)


def test_between_fits_a_track_stays_where_it_is() -> None:
    """New tracks and new words change nothing for those that were there."""
    tags = catalogue()
    space = TagSpace().fit(tagged(tags))
    before = space.transform(tagged(tags))
    more = {**tags, 9_000: ("shoegaze", "a word never seen"), 9_001: ("a word never seen",)}
    after = space.transform(tagged(more))
    assert np.array_equal(before, after[: len(tags)])
    assert np.isfinite(after[-2]).all()
    assert np.isnan(after[-1]).all()


def test_it_keeps_through_bytes() -> None:
    """As plain arrays, never pickle."""
    terms = tagged(catalogue())
    space = TagSpace().fit(terms)
    blob = space.to_bytes()
    again = TagSpace.from_bytes(blob)
    assert again.names_ == space.names_
    assert np.allclose(again.transform(terms), space.transform(terms))
    with np.load(io.BytesIO(blob), allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind in "iufU" for name in archive.files)


def archive(**changes: object) -> bytes:
    """Return a stored space with some parts changed."""
    with np.load(io.BytesIO(TagSpace().fit(tagged({})).to_bytes())) as opened:
        parts = {name: opened[name] for name in opened.files} | changes
    out = io.BytesIO()
    np.savez(out, **{name: part for name, part in parts.items() if part is not None})
    return out.getvalue()


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "cannot be read"),
        (b"no archive", "cannot be read"),
        (archive(names=None), "cannot be read"),
        (archive(names=np.array([object()])), "cannot be read"),
        (archive(version=np.array(TAGS_VERSION + 1)), "version"),
        (archive(rarity=np.zeros(3)), "does not fit together"),
        (archive(topics=np.zeros((2, 2), dtype=np.float32)), "does not fit together"),
    ],
)
def test_other_bytes_are_refused_in_a_sentence(blob: bytes, words: str) -> None:
    """Among them a pickle, which is never opened."""
    with pytest.raises(ValueError, match=words):
        TagSpace.from_bytes(blob)


def test_hostile_tags_do_no_harm() -> None:
    """Whatever services send becomes short names without what is not seen, or nothing."""
    nasty = ["\u202eshoegaze", "<script>alert(1)</script>", "@everyone", "'; DROP TABLE tracks; --", "\x00" * 500]
    nasty += ["🤘" * 300, "a" * 100_000, "０", "ﷺ" * 30, "x\ny", "shoe\u200bgaze"]
    rows = (
        [(1, name, 3.0) for name in nasty]
        + [(2, name, -5.0) for name in nasty]
        + [(3, "jazz", 1e308), (3, "rock", float("nan"))]
    )
    terms = terms_of(tracks([1, 2, 3]), columns(rows), None, {1: nasty})
    assert np.isfinite(terms.weight).all()
    assert all(len(name) < 60 for name in terms.names if not name.startswith(WORD))
    rows_of = TagSpace().fit(terms).transform(terms)
    assert np.isfinite(rows_of[[0, 2]]).all()


@pytest.mark.parametrize(
    ("name", "near", "far"),
    [
        ("shoegaze", ("dream pop", "noise pop"), ("jazz", "hip hop", "country")),
        ("deep house", ("house",), ("folk", "black metal", "hip hop")),
        ("drone", ("dark ambient", "ambient"), ("drum and bass", "pop", "hip hop")),
        ("bebop", ("jazz", "swing"), ("deep house", "punk", "emo")),
        ("black metal", ("pagan metal", "metal"), ("soul", "ambient", "indie pop")),
        ("bossa nova", ("samba", "mpb"), ("techno", "punk", "grunge")),
    ],
)
def test_neighbours_of_real_tags_are_what_people_expect(name: str, near: tuple[str, ...], far: tuple[str, ...]) -> None:
    """Fitted on twelve thousand artists' tags that listeners gave."""
    table = Path(__file__).parents[1].parent / "shared" / "data" / "hetrec" / "tracks.csv"
    if not table.exists():
        pytest.skip("the data is not beside the project")
    space = real_space(table)
    rows = [{each: 1.0} for each in (name, *near, *far)]
    alike = likeness(space, *rows)[0][1:]
    assert alike[: len(near)].min() > alike[len(near) :].max() + 0.1


_SPACES: dict[Path, TagSpace] = {}


def real_space(table: Path) -> TagSpace:
    """Return the space of real tags, fitted once."""
    import csv

    if table not in _SPACES:
        with table.open(encoding="utf-8", newline="") as file:
            listed = [(int(row["track"]), row["tags"]) for row in csv.DictReader(file) if row["tags"]]
        rows = [(track, *each.rsplit(":", 1)) for track, tags in listed for each in tags.split("|")]
        columns_of = columns([(track, name, float(count)) for track, name, count in rows])
        _SPACES[table] = TagSpace().fit(terms_of(tracks(track for track, _ in listed), columns_of, None, {}))
    return _SPACES[table]


def test_the_table_is_what_the_space_begins_with() -> None:
    """Every name in it is a term, whether or not a track has it."""
    assert PARENTS.keys() <= set(TagSpace().fit(tagged({})).names_)
