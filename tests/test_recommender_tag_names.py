"""Tags' names: one for many spellings, none for noise, and what they belong to."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.tag_names import (
    GENRE_NAMES,
    LONGEST,
    PARENTS,
    ancestors,
    canonical,
    is_known,
    key_of,
    named_in,
    parts_of,
)


@pytest.mark.parametrize(
    ("spellings", "name"),
    [
        (("hip-hop", "Hip Hop", "HIPHOP", "hip hop music", "Rap", "Rap/Hip Hop", " hip  hop "), "hip hop"),
        (("rnb", "R&B", "r'n'b", "Rhythm and Blues", "R & B", "r and b"), "rnb"),
        (("shoegaze", "shoegazer", "Shoegazing", "nu gaze"), "shoegaze"),
        (("drum and bass", "Drum & Bass", "dnb", "D&B", "drum n bass", "Drum'n'Bass"), "drum and bass"),
        (("synthpop", "synth pop", "Synth-Pop"), "synth-pop"),
        (("rock and roll", "rock n roll", "Rock'n'Roll", "rock & roll"), "rock and roll"),
        (("female vocalists", "Female Vocalist", "female vocals"), "female vocals"),
        (("80s", "80's", "80’s", "1980s", "1984", "eighties"), "80s"),
        (("chanson française", "chanson francaise", "Chanson"), "chanson"),
        (("k-pop", "kpop", "K Pop", "케이팝"), "k-pop"),
        (("русский рок", "Russian Rock"), "russian rock"),
        (("日本", "Japan", "japanese"), "japanese"),
        (("bossa nova", "BossaNova", "bossa"), "bossa nova"),
        (("lo-fi", "lofi", "lo fi"), "lo-fi"),
    ],
)
def test_spellings_of_one_tag_have_one_name(spellings: tuple[str, ...], name: str) -> None:
    """Case, blanks, hyphens, accents and other words for the same."""
    assert {canonical(spelling) for spelling in spellings} == {name}


@pytest.mark.parametrize(
    "noise",
    [
        *("seen live", "Seen Live", "favourites", "Favorites", "favorite songs", "my favorites", "awesome", "love"),
        *("albums I own", "check out", "spotify", "fip", "best song ever", "better than lady gaga", "<3", "5", "!!!"),
        *("i love this song", "songs to download later", "fucking awesome", "top 20", "", "   ", "1008", "2999"),
        *("play this loud enough to raise the dead", "x" * (LONGEST + 1), "\u202e", "\x00\x01", "❤️", "indie luv"),
    ],
)
def test_what_speaks_of_the_listener_is_dropped(noise: str) -> None:
    """It would tie tracks that one person likes, whatever they sound like."""
    assert canonical(noise) is None


@pytest.mark.parametrize("kept", ["true norwegian", "zeuhl", "tuvan throat singing", "горловое пение", "gqom"])
def test_unknown_names_of_music_are_kept(kept: str) -> None:
    """The table is not the world."""
    assert canonical(kept) == kept


def test_different_things_keep_different_names() -> None:
    """A spelling too much would be a false friend."""
    names = ["house", "deep house", "hardcore punk", "hardcore techno", "metal", "metalcore", "emo", "emocore", "trap"]
    assert [canonical(name) for name in names] == names
    assert canonical("noise") != canonical("noise pop")


def test_parents_are_nearer_than_grandparents() -> None:
    """Shoegaze is alternative rock at once, and rock by way of it."""
    above = ancestors("shoegaze")
    assert above["alternative rock"] < above["rock"]
    assert "jazz" not in above
    assert "shoegaze" not in above


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("polish rock", ("polish", "rock")),
        ("90s dance", ("90s", "dance")),
        ("finnish black metal", ("finnish", "black metal")),
        ("rock me babe", ()),
        ("shoegaze", ()),
    ],
)
def test_a_name_made_of_known_ones_belongs_to_them(name: str, parts: tuple[str, ...]) -> None:
    """No table could hold every country's rock; a word left over makes it something else."""
    assert parts_of(name) == parts
    assert set(parts) <= set(ancestors(name))
    assert is_known(name) == (bool(parts) or name in PARENTS)


def test_genres_are_heard_in_a_sentence() -> None:
    """The longest name counts; places and moods are no genres."""
    assert named_in("Such a dream pop gem, proper SHOEGAZE! so happy, from london") == {"dream pop", "shoegaze"}
    assert named_in("hard rock hallelujah") == {"hard rock"}
    assert named_in("") == set()


def test_the_table_holds_together() -> None:
    """Every parent stands in it, nothing belongs to itself alone, and no spelling means two things."""
    assert len(GENRE_NAMES) > 150
    assert {parent for parents in PARENTS.values() for parent in parents} <= PARENTS.keys()
    for name in PARENTS:
        assert canonical(name) == name
        assert name not in PARENTS[name]


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever people write, it has one short, visible name or none; and that name is its own."""
    name = canonical(text)
    if name is None:
        return
    assert 0 < len(name) <= LONGEST
    assert not any(char in name for char in "\u202e\u200b\n\x00")
    assert canonical(name) == name


@given(st.sampled_from(sorted(PARENTS)), st.sampled_from([str.upper, str.title, lambda name: f"  {name} "]))
def test_the_table_is_found_however_it_is_written(name: str, spell: "type[str]") -> None:
    """Case and blanks never matter."""
    assert canonical(spell(name)) == name


@given(st.text(string.ascii_letters + " -&'", max_size=30))
@example("-")
@example("' -")
def test_hyphens_and_blanks_are_the_same(text: str) -> None:
    """They are what people disagree on most."""
    assert key_of(text.replace("-", " ")) == key_of(text)
