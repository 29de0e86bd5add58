"""When two tracks are the same recording."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching import (
    confirms,
    gate,
    is_named_in,
    may_merge,
    normalise_isrc,
    normalise_name,
    normalise_title,
    plain_title,
    recording_keys,
    same_recording,
)
from catalog.models import Artist, Service, Track, TrackRef

SONG = Track("One More Time", (Artist("Daft Punk"), Artist("Romanthony")), duration_ms=320_000, isrc="GBDUW0000053")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Déjà Vu", "deja vu"),
        ("Don’t Stop", "Dont Stop"),
        ("Rock & Roll", "Rock and Roll"),
        ("Instant Crush (feat. Julian Casablancas)", "Instant Crush"),
        ("Instant Crush [ft. Julian Casablancas]", "Instant Crush feat. Julian Casablancas"),
        ("No Church (with Frank Ocean)", "No Church"),
        ("Heroes - 2017 Remaster", "Heroes"),
        ("Heroes (2017 Remastered Version)", "“Heroes”"),
        ("Heroes - Remastered 2017", "Heroes"),
        ("Strobe (Original Mix)", "Strobe"),
        ("Sigur Rós: Hoppípolla", "Sigur Ros Hoppipolla"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "Full Width"),
        ("Straße", "STRASSE"),
        ("Smør", "Smor"),
    ],
)
def test_titles_of_the_same_recording_are_equal(a: str, b: str) -> None:
    """Guests, re-issues, accents and signs do not make another title."""
    assert normalise_title(a) == normalise_title(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Heroes", "Heroes (Live)"),
        ("Heroes", "Heroes - Acoustic"),
        ("Old Town Road", "Old Town Road feat. Billy Ray Cyrus - Remix"),
        ("Old Town Road", "Old Town Road (feat. Billy Ray Cyrus) [Remix]"),
        ("Money", "Money - Mono / Remastered"),
        ("One More Time", "One More Time (Club Mix)"),
        ("Strobe", "Strobe (Radio Edit)"),
        ("がんばれ", "かんばれ"),
        ("???", "!!!"),
        ("With You", "You"),
        ("Feathers", ""),
    ],
)
def test_titles_of_other_recordings_differ(a: str, b: str) -> None:
    """Versions, other letters and titles made of signs are kept apart."""
    assert normalise_title(a) != normalise_title(b)


def test_plain_title_keeps_the_spelling() -> None:
    """A search gets the title as written, without what services add."""
    assert plain_title("Déjà Vu (feat. X) - 2011 Remaster") == "Déjà Vu"
    assert plain_title("(feat. X)") == "(feat. X)"


def test_names_lose_their_article() -> None:
    """Services disagree on the article."""
    assert normalise_name("The Beatles") == normalise_name("BEATLES")
    assert normalise_name("The The") == "the"
    assert normalise_name("Simon & Garfunkel") == normalise_name("Simon and Garfunkel")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("gb-duw-00-00053", "GBDUW0000053"), ("GBDUW0000053", "GBDUW0000053"), ("", None), (None, None), ("x", None)],
)
def test_isrcs_are_read_in_both_spellings(raw: str | None, expected: str | None) -> None:
    """An ISRC has twelve characters, with or without hyphens."""
    assert normalise_isrc(raw) == expected


def test_same_recording_by_isrc_whatever_the_title() -> None:
    """An ISRC in common is enough."""
    assert same_recording(SONG, Track("Un autre titre", isrc="GB-DUW-00-00053"))


def test_same_recording_by_title_any_artist_and_duration() -> None:
    """Re-issues have other ISRCs; title, artist and length give them away."""
    other = Track("One more time!", (Artist("romanthony"),), duration_ms=322_900, isrc="USXXX0000001")
    assert same_recording(SONG, other)
    assert not same_recording(SONG, replace(other, duration_ms=323_001))
    assert not same_recording(SONG, replace(other, artists=(Artist("Somebody"),)))
    assert not same_recording(SONG, replace(other, title="One More Time (Live)"))
    assert not same_recording(SONG, replace(other, duration_ms=None))


def test_placeholders_are_the_same_only_by_ref() -> None:
    """Two tracks of which nothing is known are not the same."""
    ref = TrackRef(Service.SPOTIFY, "a" * 22)
    assert not same_recording(Track(""), Track(""))
    assert same_recording(Track("", refs=(ref,)), replace(SONG, refs=(ref,)))
    assert recording_keys(Track("")) == set()


def test_without_a_length_nothing_merges() -> None:
    """What is not measured may be another version."""
    assert not may_merge(SONG, replace(SONG, duration_ms=None))
    assert not may_merge(replace(SONG, duration_ms=None), replace(SONG, duration_ms=None))
    assert not may_merge(Track(""), Track(""))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Daft Punk - One More Time (Live 2007) a fan", True),
        ("one more time!! DAFT PUNK", True),
        ("Romanthony sings One More Time", True),
        ("Daft Punk - Around the World", False),
        ("One More Time by somebody", False),
        ("Daft Punkers: One More Timeless", False),
        ("", False),
    ],
)
def test_a_text_names_a_track_by_title_and_artist(words: str, named: bool) -> None:
    """Whole words, in any order and spelling."""
    assert is_named_in(words, SONG) is named


def test_an_album_of_another_kind_is_not_taken_where_no_length_tells() -> None:
    """A search for the plain title does not lead to the live album."""
    live = replace(SONG, album="Alive 2007 (Live)")
    assert not gate(replace(SONG, duration_ms=None), live)
    assert gate(replace(SONG, duration_ms=None, album="One More Time - Live in Paris"), live)
    assert gate(SONG, live), "the same length is the same recording, whatever the album is called"


def test_gate_needs_title_artist_and_length() -> None:
    """A search hit passes only if all three agree, where both know the length."""
    assert gate(SONG, replace(SONG, isrc=None, duration_ms=317_500))
    assert gate(replace(SONG, duration_ms=None), SONG)
    assert not gate(SONG, replace(SONG, duration_ms=310_000))
    assert not gate(SONG, replace(SONG, title="One More Time (Remix)"))
    assert not gate(SONG, replace(SONG, artists=()))


def test_an_isrc_hit_of_another_length_is_not_believed() -> None:
    """Wrong ISRCs were seen to name another mix."""
    assert confirms(SONG, replace(SONG, title="One More Time (Original Short)"))
    assert not confirms(SONG, replace(SONG, duration_ms=480_000))
    assert not confirms(SONG, replace(SONG, title="Else", artists=(Artist("Else"),)))


titles = st.sampled_from(["One More Time", "One more time (feat. X)", "One More Time - Remastered 2001", "Other", ""])
names = st.sampled_from(["Daft Punk", "The Daft Punk", "Romanthony", "Björk", "bjork"])
tracks = st.builds(
    lambda title, artists, ms, isrc: Track(title, tuple(Artist(a) for a in artists), duration_ms=ms, isrc=isrc),
    titles,
    st.lists(names, max_size=3),
    st.none() | st.integers(0, 12_000),
    st.none() | st.sampled_from(["GBDUW0000053", "gb-duw-0000053", "USXXX0000001"]),
)


@given(tracks, tracks)
def test_the_same_recording_shares_a_key(a: Track, b: Track) -> None:
    """Looking keys up finds every track that a comparison of all pairs would."""
    assert same_recording(a, b) == same_recording(b, a)
    if same_recording(a, b):
        assert recording_keys(a) & recording_keys(b)


@given(st.integers(0, 600_000), st.integers(0, 3000))
def test_recordings_within_the_tolerance_share_a_key(duration: int, more: int) -> None:
    """Wherever the buckets begin, lengths that differ a little meet in one."""
    a = replace(SONG, isrc=None, duration_ms=duration)
    b = replace(a, duration_ms=duration + more)
    assert same_recording(a, b)
    assert recording_keys(a) & recording_keys(b)
    assert not recording_keys(a) & recording_keys(replace(a, duration_ms=duration + 6000))
