"""What pages say of the music on them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Artist, Track
from catalog.pages import MOST_SCRIPTS, duration_on, read_page, readings_of, release_on, track_on
from catalog.titles import Reading

SONG = {
    "@type": "MusicRecording",
    "name": "Awake",
    "byArtist": {"@type": "MusicGroup", "name": "Tycho"},
    "duration": "PT4M43S",
    "inAlbum": {"@type": "MusicAlbum", "name": "Awake"},
    "isrcCode": "us-z4v-13-00001",
}
AWAKE = Track("Awake", (Artist("Tycho"),), duration_ms=283_000, isrc="USZ4V1300001", album="Awake")


def with_data(*things: object) -> str:
    """Return a page with these objects as JSON-LD."""
    scripts = (f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)
    return f"<html><head>{''.join(scripts)}</head></html>"


def titled(title: str) -> str:
    """Return a page of that title."""
    return f'<html><head><meta property="og:title" content="{title}"></head></html>'


@pytest.mark.parametrize(
    "thing",
    [
        SONG,
        [SONG],
        {"@graph": [{"@type": "WebPage"}, SONG]},
        {"@type": "MusicComposition", "name": "Awake", "audio": SONG},
        {**SONG, "@type": ["MusicRecording", "Product"]},
        {**SONG, "byArtist": [{"name": "Tycho"}]},
        {**SONG, "byArtist": "Tycho"},
        {**SONG, "duration": "P00H04M43S"},
        {**SONG, "duration": "PT283S"},
        {**SONG, "name": "\u200eAwake "},
    ],
)
def test_a_recording_is_read_wherever_it_stands(thing: object) -> None:
    """Alone, in a list, in a graph, inside a composition; in Bandcamp's durations too."""
    assert track_on(read_page(with_data(thing))) == AWAKE


@pytest.mark.parametrize(
    "thing",
    [
        {"@type": "MusicRecording", "name": "Awake"},
        {"@type": "MusicRecording", "byArtist": {"name": "Tycho"}},
        {"@type": "VideoObject", "name": "Awake", "byArtist": "Tycho"},
        {"@type": "MusicAlbum", "name": "Awake", "byArtist": "Tycho", "track": [SONG, {**SONG, "name": "Montana"}]},
        [SONG, {**SONG, "name": "Montana"}],
        "text",
        None,
        7,
    ],
)
def test_what_is_no_single_recording_is_none(thing: object) -> None:
    """Half a description, an album or several recordings do not name one track."""
    assert track_on(read_page(with_data(thing))) is None


def test_odd_durations_and_codes_are_left_out() -> None:
    """A wrong number is worse than none."""
    track = track_on(read_page(with_data({**SONG, "duration": "four minutes", "isrcCode": "none"})))
    assert track is not None
    assert (track.duration_ms, track.isrc) == (None, None)
    assert track_on(read_page(with_data({**SONG, "duration": "PT0S"}))) == Track(
        "Awake", (Artist("Tycho"),), isrc="USZ4V1300001", album="Awake"
    )


def test_an_album_lists_its_tracks() -> None:
    """Bare or in a list of items; who made the album made the tracks that name nobody."""
    rows = [{"@type": "MusicRecording", "name": name, "duration": "PT3M"} for name in ("Awake", "Montana")]
    items = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": row} for row in rows]}
    for track in (rows, items):
        album = {"@type": "MusicAlbum", "name": "Awake", "byArtist": {"name": "Tycho"}, "track": track}
        release = release_on(read_page(with_data(album)))
        assert release is not None
        assert release.title == "Awake"
        assert [(each.title, each.byline, each.duration_ms) for each in release.tracks] == [
            ("Awake", "Tycho", 180_000),
            ("Montana", "Tycho", 180_000),
        ]
    assert release_on(read_page(with_data({"@type": "MusicAlbum", "name": "Empty"}))) is None


@pytest.mark.parametrize(
    ("title", "reading"),
    [
        ("Awake, by Tycho", Reading("Tycho", "Awake", sure=True)),
        ("Stand by Me, by Ben E. King", Reading("Ben E. King", "Stand by Me", sure=True)),
        ("\u200eOne More Time by Daft Punk on Apple\u00a0Music", Reading("Daft Punk", "One More Time", sure=True)),
        ("Awake - Song by Tycho - Apple Music", Reading("Tycho", "Awake", sure=True)),
        ("One More Time by Daft Punk on TIDAL", Reading("Daft Punk", "One More Time", sure=True)),
        ("Daft Punk - One More Time", Reading("Daft Punk", "One More Time")),
        ("Daft Punk - One More Time | TIDAL", Reading("Daft Punk", "One More Time")),
        ("Rock &amp; Roll by Led Zeppelin", Reading("Led Zeppelin", "Rock & Roll", sure=True)),
    ],
)
def test_titles_of_pages_are_read(title: str, reading: Reading) -> None:
    """Each site has its own way to say who made what."""
    assert readings_of(read_page(titled(title)))[0] == reading


@pytest.mark.parametrize("title", ["", "TIDAL", "Listen to Awake on TIDAL", "Log in"])
def test_a_page_that_names_no_artist_has_no_reading(title: str) -> None:
    """Nothing is made up."""
    assert readings_of(read_page(titled(title))) == ()


def test_the_plain_title_will_do() -> None:
    """Where Open Graph is missing."""
    page = read_page("<html><head><title>Awake, by Tycho</title></head></html>")
    assert readings_of(page)[0].artist == "Tycho"


def test_a_length_in_meta_tags_is_read() -> None:
    """In whole seconds; nonsense is not."""
    page = '<meta property="music:duration" content="{}">'
    found = [duration_on(read_page(page.format(text))) for text in ("283", "0", "x", "-4", "99999999")]
    assert found == [283_000, None, None, None, None]


def test_a_page_of_many_scripts_is_read_so_far() -> None:
    """Nobody makes us read for ever; broken scripts are passed over."""
    junk = ['<script type="application/ld+json">{broken</script>'] * 3
    assert track_on(read_page("".join(junk) + with_data(SONG))) == AWAKE
    assert track_on(read_page("".join(junk * MOST_SCRIPTS) + with_data(SONG))) is None
    deep = "[" * 100_000
    assert track_on(read_page(f'<script type="application/ld+json">{deep}</script>' + with_data(SONG))) == AWAKE
    nested: object = SONG
    for _ in range(40):
        nested = {"inner": nested}
    assert track_on(read_page(with_data(nested))) is None


def test_a_page_cut_off_in_the_middle_is_read_so_far() -> None:
    """The beginning of a page is all we take."""
    whole = titled("Awake, by Tycho") + with_data(SONG)
    for end in range(0, len(whole), 7):
        read_page(whole[:end])
    assert readings_of(read_page(whole[: whole.index("<script") + 30]))[0].title == "Awake"


@given(st.text(st.sampled_from("<>/!-=\"'metascriptypld+jno:title {}[],@\n"), max_size=300))
def test_any_page_is_read_without_error(text: str) -> None:
    """Whatever a site answers."""
    page = read_page(text)
    track_on(page)
    release_on(page)
    readings_of(page)
