"""What a drop looks like outside Discord: links to services, M3U, JSPF and HTML, pure and safe."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from bot.web.attachments import drop_files
from bot.web.drop_page import FROM_YOUR_SERVER, DropPage, seen
from bot.web.files import EXTENSION, jspf, m3u
from bot.web.html import drop_html, lost_html
from bot.web.links import LOOKS, DropLinks, Sight
from bot.web.outlets import SEARCHES, outlets
from bot.web.settings import WebSettings
from bot.web.style import CSS, POLICY
from catalog.models import Artist, Pick, Service, Track, TrackRef
from recommender import explain
from recommender.explain import Facts, Lead, reasons
from recommender.movers import Kind, Mover
from scheduler.privacy import tagged
from tests.fixtures.pictures import HOSTILE
from tests.fixtures.web import SERVER_ID, sample_picks

KEY = b"k" * 32
ATTACKS = (
    *HOSTILE,
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "' onmouseover='x",
    "{0}",
    "{title}",
    "&lt;",
)


def page_of(picks: list[Pick], **changes: str) -> DropPage:
    """Return a page with these picks."""
    values = {"name": "Ana Lucía", "note": "", "playlist": "https://open.spotify.com/playlist/1", "seed": "person1:x"}
    return DropPage(is_server=False, week="2026-W02", made=date(2026, 1, 5), picks=tuple(picks), **(values | changes))


class Reader(HTMLParser):
    """Collect what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def links(self) -> list[str]:
        """Return where links lead."""
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]


def test_a_track_has_pages_first_and_searches_for_the_rest() -> None:
    """What is known leads to the track; nobody is left without a way to hear it."""
    known, some, none = (outlets(pick.track) for pick in sample_picks())
    assert [(each.name, each.exact) for each in known[:2]] == [("Spotify", True), ("Deezer", True)]
    assert known[0].url == "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
    assert [each.name for each in some if each.exact] == ["YouTube"]
    assert [each.exact for each in none] == [False] * len(SEARCHES)
    assert none[0].url == "https://open.spotify.com/search/Mirador%20Nothing%20Left%20to%20Translate"


@pytest.mark.parametrize("text", ATTACKS)
def test_links_cannot_be_steered(text: str) -> None:
    """Whatever a title says, links lead to the known services by https."""
    hosts = {urlsplit(form).hostname for form in SEARCHES.values()}
    for outlet in outlets(Track(text, (Artist(text),), (TrackRef(Service.DEEZER, text),))):
        parts = urlsplit(outlet.url)
        assert parts.scheme == "https"
        assert parts.hostname in hosts
        assert re.fullmatch(r"[!-~]+", outlet.url) or outlet.exact
        assert len(outlet.url) < 4_000


def test_a_placeholder_is_not_searched_for() -> None:
    """A track without a name has at most the page it was shared from."""
    assert outlets(Track("", (), ())) == ()


def test_m3u_is_as_players_read_it() -> None:
    """Seconds and name on one line, the address on the next, in the drop's order."""
    lines = m3u(page_of(sample_picks())).decode().splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTENC:UTF-8", "#PLAYLIST:Ana Lucía’s list, week 2 of 2026"]
    assert lines[3:5] == [
        "#EXTINF:214,Velvet Harbour - Paper Lanterns",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
    ]
    assert [line for line in lines[3:] if line.startswith("#")] == lines[3::2]
    assert len(lines) == 3 + 2 * 3


@pytest.mark.parametrize("text", ATTACKS)
def test_no_title_breaks_an_m3u(text: str) -> None:
    """No title can add a line of its own."""
    lines = m3u(page_of([Pick(Track(text or "x", (Artist(text),)), 0.5)], name=text)).decode().split("\n")
    assert len(lines) == 6
    assert lines[3].startswith("#EXTINF:-1,")
    assert lines[4].startswith("https://open.spotify.com/search/")


def test_jspf_is_xspf_in_json() -> None:
    """The fields and types of xspf.org/jspf: lists of addresses, milliseconds, extensions by name."""
    playlist = json.loads(jspf(page_of(sample_picks(), note="fewer than asked")))["playlist"]
    assert (playlist["title"], playlist["creator"]) == ("Ana Lucía’s list, week 2 of 2026", "Tastebud")
    assert playlist["date"] == "2026-01-05T00:00:00+00:00"
    assert playlist["annotation"] == "fewer than asked"
    first, second, third = playlist["track"]
    assert first["title"] == "Paper Lanterns"
    assert first["creator"] == "Velvet Harbour"
    assert (first["album"], first["trackNum"], first["duration"]) == ("Low Season", 1, 214_000)
    assert first["identifier"][0].startswith("https://open.spotify.com/track/")
    assert first["extension"] == {EXTENSION: [{"isrc": "GBAYE0601498"}]}
    assert second["creator"] == "Ines Okafor, The Low Tides"
    assert "identifier" not in third
    assert third["info"].startswith("https://open.spotify.com/search/")


def test_the_page_shows_every_track_with_its_links_and_reasons() -> None:
    """All that a member without Spotify needs is on it."""
    found = Reader(drop_html(page_of([seen(pick, Sight.MINE) for pick in sample_picks()]), "/c.jpg", "/mine/x"))
    text = " ".join(found.said)
    for words in ("Ana Lucía’s list", "Week 2 of 2026", "3 tracks", "12 min", "Paper Lanterns", "wildcard", "Atlas"):
        assert words in text
    assert "you liked 3 of 4 by this artist" in text
    assert {"/mine/x/playlist.m3u8", "/mine/x/playlist.jspf"} < set(found.links())
    assert "https://open.spotify.com/playlist/1" in found.links()
    outward = [attrs for tag, attrs in found.tags if tag == "a" and (attrs["href"] or "").startswith("https:")]
    assert all("noreferrer" in (attrs["rel"] or "") and "noopener" in (attrs["rel"] or "") for attrs in outward)


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_that_people_write_becomes_html(text: str) -> None:
    """The page has the same elements and attributes whatever it is filled with."""
    filled = page_of(
        [Pick(Track(text, (Artist(text),), album=text, year=1), 0.5, (text,), explores=True)], name=text, note=text
    )
    plain = page_of(
        [Pick(Track("t", (Artist("a"),), album="b", year=1), 0.5, ("r",), explores=True)], name="n", note="o"
    )

    def bones(page: DropPage) -> list[tuple[str, list[str]]]:
        tags = Reader(drop_html(page, "/c.jpg", "/mine/x")).tags
        return [(tag, sorted(attrs)) for tag, attrs in tags if tag not in {"li", "p", "ul", "a", "span", "bdi"}]

    assert bones(filled) == bones(plain)
    names = {name for _, attrs in Reader(drop_html(filled, "/c.jpg", "/mine/x")).tags for name in attrs}
    assert not any(name.startswith("on") for name in names)
    assert "<script" not in drop_html(filled)
    assert "\u202e" not in drop_html(filled)


def test_the_page_asks_nothing_of_anybody() -> None:
    """No script, no font, no picture from elsewhere; its one style sheet is the one that the policy names."""
    for text in (drop_html(page_of(sample_picks()), "/c.jpg", "/mine/x"), lost_html()):
        found = Reader(text)
        assert not {tag for tag, _ in found.tags} & {"script", "iframe", "form", "object", "embed", "base", "video"}
        assert all(attrs["src"] == "/c.jpg" for tag, attrs in found.tags if tag == "img")
        assert text.count("<style>") == 1
        assert f"<style>{CSS}</style>" in text
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "unsafe" not in POLICY


def test_reasons_that_name_people_stay_in_their_server() -> None:
    """Every sentence about the reader and music is kept, none about other members."""
    amber = Track("Held in Amber", (Artist("Juno Vale"),))
    said: set[str] = set()
    for origin in explain._LEADS:
        facts = Facts(("Mia Hidden",), ("Mia Hidden", "Noor Hidden"), None, [Lead(origin, "Mirador")], community=True)
        said |= set(reasons(facts, 20))
    for kind in Kind:
        said |= set(reasons(Facts(resembles=amber, movers=(Mover(kind, 0.1, 2, 3, "dub"),), explores=True), 20))
    said |= set(reasons(Facts(liked_by=("Mia Hidden",)), 20)) | set(reasons(Facts(), 20))
    about_people = {each for each in said if "Hidden" in each}
    assert len(about_people) == 3
    pick = tagged(Pick(amber, 0.5, tuple(sorted(said)), shared_by=(12,)), SERVER_ID)
    mine = seen(pick, Sight.MINE)
    assert set(mine.reasons) == said - about_people
    assert mine.shared_by == ()
    assert seen(tagged(Pick(amber, 0.5, tuple(about_people)), SERVER_ID), Sight.MINE).reasons == (FROM_YOUR_SERVER,)
    assert seen(tagged(Pick(amber, 0.5, ("a new kind of reason about Mia",)), 1), Sight.MINE).reasons == (
        FROM_YOUR_SERVER,
    )


def test_a_link_that_is_posted_shows_tracks_alone() -> None:
    """Others see neither what its owner likes nor which picks are trials."""
    for pick in sample_picks():
        shown = seen(pick, Sight.DROP)
        assert (shown.reasons, shown.shared_by, shown.explores) == ((), (), False)


def test_links_open_what_they_were_made_for_and_nothing_else() -> None:
    """Another drop, another sight, another key, or one letter changed: nothing."""
    links = DropLinks(KEY, "https://x.example")
    path = links.path(7, Sight.MINE)
    token = path.rpartition("/")[2]
    assert re.fullmatch(LOOKS, token)
    assert links.url(7, Sight.MINE) == f"https://x.example{path}"
    assert DropLinks(KEY).url(7, Sight.MINE) is None
    assert links.read(Sight.MINE, token) == 7
    assert links.read(Sight.DROP, token) is None
    assert DropLinks(b"j" * 32).read(Sight.MINE, token) is None
    others = [
        token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :] for place, letter in enumerate(token)
    ]
    assert not any(links.read(Sight.MINE, other) is not None for other in others)
    assert links.read(Sight.MINE, token[:-1] + "é") is None


async def test_without_an_address_the_drop_comes_as_files() -> None:
    """A page with its picture inside and nothing to load, and both playlists; small enough for Discord."""
    html, m3u8, jspf_file = await drop_files(page_of(sample_picks()))
    assert [each.filename for each in (html, m3u8, jspf_file)] == [
        "tastebud-2026-W02.html",
        "tastebud-2026-W02.m3u8",
        "tastebud-2026-W02.jspf",
    ]
    found = Reader(html.data.decode())
    (picture,) = [attrs["src"] or "" for tag, attrs in found.tags if tag == "img"]
    assert picture.startswith("data:image/jpeg;base64,")
    assert all(link.startswith("https://") for link in found.links())
    (policy,) = [attrs["content"] or "" for tag, attrs in found.tags if attrs.get("http-equiv")]
    assert "default-src 'none'" in policy
    assert sum(len(each.data) for each in (html, m3u8, jspf_file)) < 1_000_000


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"port": 70_000}, "port"),
        ({"host": " "}, "host"),
        ({"public_url": "http://tastebud.example"}, "https://"),
        ({"public_url": "tastebud.example"}, "https://"),
        ({"public_url": "https://x.example/?a=b"}, "leave out"),
        ({"public_url": "https://me:pw@x.example"}, "leave out"),
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, str | int], word: str) -> None:
    """With a sentence that says what to write."""
    with pytest.raises(ValueError, match=re.escape(word)):
        WebSettings(**values)


def test_the_public_address_is_used_only_by_a_server_that_runs() -> None:
    """A slash at its end does no harm, loopback may do without https."""
    assert WebSettings(enabled=True, public_url="https://x.example/music/").base == "https://x.example/music"
    assert WebSettings(enabled=True, public_url="http://127.0.0.1:80").base == "http://127.0.0.1:80"
    assert WebSettings(public_url="https://x.example").base == ""
