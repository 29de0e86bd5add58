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


def real(text: str) -> Track:
    """Return the track of a line: title | artists, between semicolons | length | album."""
    title, artists, length, *album = (part.strip() for part in text.split("|"))
    minutes, seconds = length.split(":")
    credited = tuple(Artist(name.strip()) for name in artists.split(";"))
    return Track(
        title, credited, duration_ms=(int(minutes) * 60 + int(seconds)) * 1000, album=album[0] if album else None
    )


# As services list them, each pair without ISRCs to tell by.
TOGETHER = [
    ("“Heroes” - 2017 Remaster | David Bowie | 6:11 | “Heroes”", "Heroes | David Bowie | 6:10"),
    ("Here Comes The Sun - Remastered 2009 | The Beatles | 3:05", "Here Comes the Sun | Beatles | 3:05"),
    ("Hotel California - 2013 Remaster | Eagles | 6:31", "Hotel California | The Eagles | 6:30"),
    ("Comfortably Numb - 2011 - Remaster | Pink Floyd | 6:23", "Comfortably Numb | Pink Floyd | 6:22"),
    (
        "Gimme Shelter - 50th Anniversary Edition / Remastered 2019 | The Rolling Stones | 4:30",
        "Gimme Shelter | The Rolling Stones | 4:31",
    ),
    ("Dreams - 2004 Remaster | Fleetwood Mac | 4:17", "Dreams (2004 Remastered Version) | Fleetwood Mac | 4:17"),
    (
        "Instant Crush (feat. Julian Casablancas) | Daft Punk; Julian Casablancas | 5:37",
        "Instant Crush | Daft Punk | 5:38",
    ),
    ("Empire State Of Mind | JAY-Z; Alicia Keys | 4:36", "Empire State of Mind (feat. Alicia Keys) | Jay-Z | 4:37"),
    ("Letter | Nico & the Sparkles; Ann Heather | 3:00", "Letter | Nico & the Sparkles, Ann Heather | 3:00"),
    (
        "How Deep Is Your Love | Calvin Harris; Disciples | 3:32",
        "How Deep Is Your Love | Calvin Harris & Disciples | 3:33",
    ),
    ("The Sound of Silence | Simon & Garfunkel | 3:05", "The Sound Of Silence | Simon and Garfunkel | 3:06"),
    ('Happy - From "Despicable Me 2" | Pharrell Williams | 3:53', "Happy | Pharrell Williams | 3:53"),
    ("Love Story (Taylor’s Version) | Taylor Swift | 3:56", "Love Story (Taylor's Version) | Taylor Swift | 3:55"),
    ("Another Brick in the Wall, Pt. 2 | Pink Floyd | 3:59", "Another Brick In The Wall (Part 2) | Pink Floyd | 3:59"),
    ("Redbone | Childish Gambino | 5:27 | Awaken, My Love!", "Redbone (Explicit) | Childish Gambino | 5:26"),
    ("Strobe | deadmau5 | 10:37", "Strobe (Original Mix) | Deadmau5 | 10:36"),
    ("Hoppípolla | Sigur Rós | 4:28", "Hoppipolla | Sigur Ros | 4:29"),
    ("Jóga | Björk | 5:05 | Homogenic", "Joga | Bjork | 5:04 | Homogenic"),
    ("Creep (Bonus Track) | Radiohead | 3:58", "Creep | Radiohead | 3:57"),
    (
        "Piano Sonata No. 14 in C-Sharp Minor | Beethoven; Wilhelm Kempff | 5:50",
        "Piano Sonata No. 14 in C Sharp Minor | Beethoven; Wilhelm Kempff | 5:51",
    ),
    (
        "Layla - Unplugged | Eric Clapton | 4:46 | Unplugged",
        "Layla (Unplugged) | Eric Clapton | 4:47 | Unplugged (Deluxe)",
    ),
]

APART = [
    # other takes
    ("Creep | Radiohead | 3:58", "Creep - Live | Radiohead | 3:57"),
    (
        "Wonderwall | Oasis | 4:18 | (What's The Story) Morning Glory?",
        "Wonderwall | Oasis | 4:20 | Familiar To Millions (Live)",
    ),
    ("Layla | Eric Clapton | 4:46 | Best Of", "Layla | Eric Clapton | 4:46 | Unplugged"),
    ("Wicked Game | Chris Isaak | 4:46", "Wicked Game (Acoustic) | Chris Isaak | 4:46"),
    ("Hurt | Nine Inch Nails | 6:13", "Hurt | Johnny Cash | 3:38"),
    ("Hallelujah | Leonard Cohen | 4:39", "Hallelujah | Jeff Buckley | 4:39"),
    ("Halo | Beyoncé | 4:21", "Halo | Vitamin String Quartet | 4:21 | Tribute to Beyoncé"),
    # other mixes and lengths
    ("Strobe | deadmau5 | 10:37", "Strobe - Radio Edit | deadmau5 | 3:33"),
    ("Old Town Road | Lil Nas X | 1:53", "Old Town Road - Remix | Lil Nas X; Billy Ray Cyrus | 2:37"),
    ("Old Town Road | Lil Nas X | 2:36", "Old Town Road feat. Billy Ray Cyrus - Remix | Lil Nas X | 2:37"),
    ("Levels | Avicii | 3:19", "Levels - Skrillex Remix | Avicii; Skrillex | 3:20"),
    ("Blue Monday | New Order | 7:29", "Blue Monday '88 | New Order | 4:09"),
    (
        "A Hard Day's Night - Remastered 2009 | The Beatles | 2:34",
        "A Hard Day's Night - Mono / Remastered | The Beatles | 2:34",
    ),
    ("One More Time | Daft Punk | 5:20", "One More Time (Club Mix) | Daft Punk | 5:20"),
    ("Blinding Lights | The Weeknd | 3:20", "Blinding Lights (Slowed + Reverb) | The Weeknd | 3:20"),
    ("bad guy | Billie Eilish | 3:14", "bad guy (sped up) | Billie Eilish | 3:14"),
    ("Bohemian Rhapsody | Queen | 5:55", "Bohemian Rhapsody (Instrumental) | Queen | 5:55"),
    ("Someone Like You | Adele | 4:45", "Someone Like You (Karaoke Version) | Adele | 4:45"),
    ("The Less I Know The Better | Tame Impala | 3:36", "The Less I Know The Better | Tame Impala | 3:40"),
    # recorded anew
    ("Love Story | Taylor Swift | 3:55", "Love Story (Taylor’s Version) | Taylor Swift | 3:55"),
    (
        "All Too Well (Taylor's Version) | Taylor Swift | 5:29",
        "All Too Well (10 Minute Version) (Taylor's Version) | Taylor Swift | 10:13",
    ),
    ("Photograph | Def Leppard | 4:08", "Photograph (Re-Recorded) | Def Leppard | 4:08"),
    ("Every Breath You Take | The Police | 4:13", "Every Breath You Take (Demo) | The Police | 4:13"),
    # other works
    ("Another Brick in the Wall, Pt. 1 | Pink Floyd | 3:10", "Another Brick in the Wall, Pt. 2 | Pink Floyd | 3:11"),
    ("Intro | The xx | 2:07", "Intro | alt-J | 2:07"),
    (
        "Symphony No. 5: I. Allegro con brio | Beethoven; Berliner Philharmoniker | 7:20",
        "Symphony No. 5: I. Allegro con brio | Beethoven; Wiener Philharmoniker | 7:21",
    ),
    (
        "Symphony No. 5: I. Allegro con brio | Beethoven | 7:20",
        "Symphony No. 5: I. Allegro con brio | Beethoven; Wiener Philharmoniker | 7:21",
    ),
    ("Gymnopédie No. 1 | Erik Satie; Pascal Rogé | 3:30", "Gymnopédie No. 1 | Erik Satie; Alexandre Tharaud | 3:31"),
    ("Jolene | Dolly Parton | 2:41", "Jolene | Various Artists | 2:41"),
    ("Stay | Rihanna; Mikky Ekko | 4:00", "Stay | Rihanna; Somebody Else | 4:00"),
]


@pytest.mark.parametrize(("a", "b"), TOGETHER)
def test_what_people_call_the_same_is_one_track(a: str, b: str) -> None:
    """Remasters, guests, spellings, soundtracks: one recording, whichever is known first."""
    assert may_merge(real(a), real(b))
    assert may_merge(real(b), real(a))
    assert gate(real(a), real(b))
    assert recording_keys(real(a)) & recording_keys(real(b))


@pytest.mark.parametrize(("a", "b"), APART)
def test_what_people_tell_apart_stays_apart(a: str, b: str) -> None:
    """Live, acoustic, remix, edit, sped up, recorded anew, played by others: never one track."""
    assert not may_merge(real(a), real(b))
    assert not may_merge(real(b), real(a))


@pytest.mark.parametrize(("a", "b"), TOGETHER)
def test_isrcs_that_contradict_keep_tracks_apart(a: str, b: str) -> None:
    """A re-issue with a code of its own stays its own track; the same code, or one unknown, does not."""
    one, other = replace(real(a), isrc="GBDUW0000053"), replace(real(b), isrc="USXXX0000001")
    assert not may_merge(one, other)
    assert may_merge(one, replace(other, isrc=None))
    assert may_merge(one, replace(other, isrc="gb-duw-00-00053"))


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
