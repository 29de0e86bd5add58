"""What uploads are called, and the artist and title in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.titles import Reading, read_upload, read_video, tidy

# title of the video, channel, and the first reading
VIDEOS = [
    ("One More Time", "Daft Punk - Topic", Reading("Daft Punk", "One More Time", sure=True)),
    ("Jóga - Live", "Björk - Topic", Reading("Björk", "Jóga - Live", sure=True)),
    ("Daft Punk - One More Time (Official Video)", "Daft Punk", Reading("Daft Punk", "One More Time")),
    ("Adele - Hello (Official Music Video)", "AdeleVEVO", Reading("Adele", "Hello")),
    ("Hello", "AdeleVEVO", Reading("Adele", "Hello")),
    ("The Killers - Mr. Brightside (Official Music Video)", "TheKillersVEVO", Reading("The Killers", "Mr. Brightside")),
    ("Roar (Official)", "KatyPerryVEVO", Reading("Katy Perry", "Roar")),
    ("BTS (방탄소년단) 'Dynamite' Official MV", "HYBE LABELS", Reading("BTS", "Dynamite")),
    ("YOASOBI「アイドル」 Official Music Video", "Ayase / YOASOBI", Reading("YOASOBI", "アイドル")),
    (
        "Rick Astley - Never Gonna Give You Up (Official Video) (4K Remaster)",
        "Rick Astley",
        Reading("Rick Astley", "Never Gonna Give You Up"),
    ),
    ("Nirvana - Smells Like Teen Spirit [HD] | Lyrics", "someone", Reading("Nirvana", "Smells Like Teen Spirit")),
    ("Queen – Bohemian Rhapsody (Official Video Remastered)", "Queen Official", Reading("Queen", "Bohemian Rhapsody")),
    ("Bohemian Rhapsody - Queen", "Queen Official", Reading("Queen", "Bohemian Rhapsody")),
    ("a-ha - Take On Me (Official Video) [4K]", "a-ha", Reading("a-ha", "Take On Me")),
    ("Jay-Z - 99 Problems", "JAY-Z", Reading("Jay-Z", "99 Problems")),
    ("Mr. Brightside", "The Killers", Reading("The Killers", "Mr. Brightside")),
    ("Drake - God's Plan (prod. by Cardo)", "x", Reading("Drake", "God's Plan")),
    ("#shorts Dua Lipa - Houdini #dance #pop", "x", Reading("Dua Lipa", "Houdini")),
    ('"Weird Al" Yankovic - White & Nerdy (Official 4K Video)', "x", Reading('"Weird Al" Yankovic', "White & Nerdy")),
    ("Arctic Monkeys - Do I Wanna Know? (Official Video)", "x", Reading("Arctic Monkeys", "Do I Wanna Know?")),
    ("Stromae - Papaoutai (Clip Officiel)", "x", Reading("Stromae", "Papaoutai")),
    ("ROSALÍA - DESPECHÁ (Video Oficial)", "ROSALÍA", Reading("ROSALÍA", "DESPECHÁ")),
    ('Gorillaz - "Clint Eastwood" Official Video', "Gorillaz", Reading("Gorillaz", "Clint Eastwood")),
    ("Tame Impala — The Less I Know the Better", "x", Reading("Tame Impala", "The Less I Know the Better")),
    ("Toto - Africa", "Release - Topic", Reading("Toto", "Africa")),
]

# what stays in a title, since it is what tells one recording from another
KEPT = [
    "Creep (Live at Glastonbury 1997)",
    "bad guy (sped up)",
    "Love Story (Taylor's Version)",
    "Hurt (Cover)",
    "Blinding Lights (Slowed + Reverb)",
    "Levels (Skrillex Remix)",
    "Layla (Unplugged)",
    "Heroes (Radio Edit)",
    "Lithium (8D Audio)",
    "1979",
    "Pretty Woman (2019)",
    "The Video",
    "Delilah (pull me out of this)",
    "Video Killed the Radio Star",
    "Official Girl",
]

NOISE = [
    "(Official Video)",
    "[Official Audio]",
    "(Lyrics)",
    "(Lyric Video)",
    "[HD]",
    "(Official Music Video) [4K]",
    "(Official Visualizer)",
    "【Official Video】",
    "| Official Video",
    "(Official Video 2019)",
    "(Audio)",
    "(Official HD Video)",
    "(with lyrics)",
    "M/V",
    "Official Video",
    "(Explicit)",
]


@pytest.mark.parametrize(("title", "channel", "expected"), VIDEOS, ids=[row[0] for row in VIDEOS])
def test_the_first_reading_of_a_video(title: str, channel: str, expected: Reading) -> None:
    """Who knows the site's habits reads it so."""
    first = read_video(title, channel)[0]
    assert (first.artist, first.title, first.sure) == (expected.artist, expected.title, expected.sure)


@pytest.mark.parametrize("title", KEPT)
def test_what_tells_recordings_apart_stays(title: str) -> None:
    """A live take, a cover or a remix is never read as the plain recording."""
    assert tidy(title) == title
    assert read_video(f"Somebody - {title} (Official Video)", "Somebody")[0] == Reading("Somebody", title, own=True)


@pytest.mark.parametrize("noise", NOISE)
def test_what_says_how_it_is_shown_goes(noise: str) -> None:
    """It tells nothing of the recording."""
    assert tidy(f"Some Title {noise}") == "Some Title"


def test_without_a_known_owner_a_dash_is_read_both_ways() -> None:
    """The usual order first; the search decides."""
    assert read_video("One Thing - Another Thing (Lyrics)", "7clouds") == (
        Reading("One Thing", "Another Thing"),
        Reading("Another Thing", "One Thing"),
    )


@pytest.mark.parametrize(
    ("title", "owner", "own"),
    [
        ("Queen - Bohemian Rhapsody", "Queen Official", True),
        ("Bohemian Rhapsody - Queen", "Queen Official", True),
        ("Bohemian Rhapsody - Live in Budapest - Queen", "Queen", True),
        ("Queen - Bohemian Rhapsody", "7clouds", False),
        ("My cat falls off the shelf, again", "Whiskers Daily", False),
    ],
)
def test_a_title_that_names_its_uploader_is_likely_music(title: str, owner: str, own: bool) -> None:
    """It is worth a search where searches are dear."""
    assert read_video(title, owner)[0].own is own


def test_a_version_behind_the_dash_is_no_title() -> None:
    """What somebody calls `Title - Live` is theirs."""
    for title in ("Clay - Live at Norris Hall", "Clay - Belmere Remix", "Clay - Radio Edit", "Clay - Remastered 2011"):
        assert read_upload(title, "Ann")[0] == Reading("Ann", title)
    assert read_upload("Clay - Grid - Belmere Remix", "Ann")[0] == Reading("Clay", "Grid - Belmere Remix")
    for title in ("Live Forever", "Radio Ga Ga", "Single Ladies", "Original Sin", "Demons"):
        assert read_upload(f"Clay - {title}", "lyrics4you")[0] == Reading("Clay", title)


def test_a_colon_is_a_dash_where_there_is_none() -> None:
    """A reading that counts after the uploader's own."""
    readings = read_video("Twenty One Pilots: Stressed Out [OFFICIAL VIDEO]", "Fueled By Ramen")
    assert Reading("Twenty One Pilots", "Stressed Out") in readings


def test_an_upload_without_a_dash_is_its_owners() -> None:
    """As SoundCloud names them."""
    assert read_upload("Flickermood", "Forss") == (Reading("Forss", "Flickermood"),)
    assert read_upload("Forss - Flickermood", "Some Label")[0] == Reading("Forss", "Flickermood")
    assert read_upload("Flickermood", "") == ()


@given(st.text(max_size=120), st.text(max_size=40))
def test_any_title_is_read_without_error(title: str, channel: str) -> None:
    """Whatever people write, a reading has an artist and a title."""
    for reading in read_video(title, channel):
        assert reading.artist.strip()
        assert reading.title.strip()
