"""The open web: only music sites, only public machines, only so much, whatever a link leads to."""

import gzip
from datetime import timedelta

import pytest

from catalog.errors import BadAnswer, Refused, Unreachable
from catalog.links import Link, LinkKind, find_links
from catalog.models import Service
from catalog.web import JSON_LIMIT, MOST_HOPS, PAGE_LIMIT, Web
from sandbox.clock import FastClock
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger

TRACK = "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
PAGE = "https://tidal.com/track/1"
ENDPOINT = "https://www.youtube.com/oembed"


def short(code: str = "abcdef") -> Link:
    """Return a short link."""
    return find_links(f"https://spotify.link/{code}")[0]


# --- pages


async def test_a_page_comes_back_and_is_counted(
    open_web: Web, canned: CannedServer, ledger: MemoryLedger, clock: FastClock
) -> None:
    """It is asked with an honest name, and stands in the ledger."""
    canned.put("/web/tidal.com/track/1", Canned("<html>é</html>", headers={"Content-Type": "text/html"}))
    assert await open_web.page("tidal", PAGE) == "<html>é</html>"
    (asked,) = canned.asked
    assert "Tastebud" in asked.headers["User-Agent"]
    assert await ledger.spent("tidal", "page", clock.now()) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_not_there_is_a_miss(open_web: Web, canned: CannedServer, status: int) -> None:
    """It is not asked again."""
    canned.put("/web/tidal.com/track/1", Canned(status=status))
    assert await open_web.page("tidal", PAGE) is None
    assert len(canned.asked) == 1


async def test_of_a_large_page_the_beginning_is_read(open_web: Web, canned: CannedServer) -> None:
    """However much a page has, no more is taken than its limit."""
    canned.put("/web/tidal.com/track/1", Canned("x" * (3 * PAGE_LIMIT), headers={"Content-Type": "text/html"}))
    assert len(await open_web.page("tidal", PAGE) or "") == PAGE_LIMIT


async def test_what_unpacks_to_much_is_cut_off_too(open_web: Web, canned: CannedServer) -> None:
    """A few kilobytes that become megabytes are read as far as any page."""
    packed = gzip.compress(b"x" * 20_000_000)
    canned.put("/web/tidal.com/track/1", Canned(packed, headers={"Content-Encoding": "gzip"}))
    assert len(await open_web.page("tidal", PAGE) or "") == PAGE_LIMIT


async def test_a_site_that_keeps_us_waiting_is_left(
    open_web: Web, canned: CannedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All hops of a link together have so much time, however little each takes of it."""
    monkeypatch.setattr("catalog.web.PATIENCE", 0.2)
    canned.put("/web/tidal.com/track/1", Canned("late", delay=30.0))
    with pytest.raises(Unreachable, match="TimeoutError"):
        await open_web.page("tidal", PAGE)
    for hop in range(MOST_HOPS):
        canned.put(f"/web/spotify.link/hop{hop}", Canned(status=302, headers={"Location": f"hop{hop + 1}"}, delay=0.15))
    with pytest.raises(Unreachable, match="TimeoutError"):
        await open_web.follow(short("hop0"))


async def test_what_is_no_text_is_no_page(open_web: Web, canned: CannedServer) -> None:
    """Audio and pictures are left alone."""
    canned.put("/web/tidal.com/track/1", Canned(b"\x00" * 100, headers={"Content-Type": "audio/mpeg"}))
    assert await open_web.page("tidal", PAGE) is None


async def test_a_site_that_is_down_is_tried_once_more(open_web: Web, canned: CannedServer) -> None:
    """A slip passes, an outage is an error."""
    canned.put("/web/tidal.com/track/1", Canned(status=502), Canned("<html></html>"))
    assert await open_web.page("tidal", PAGE) == "<html></html>"
    canned.put("/web/tidal.com/track/1", Canned(status=503))
    with pytest.raises(Unreachable):
        await open_web.page("tidal", PAGE)
    canned.put("/web/tidal.com/track/1", Canned(drop=True))
    with pytest.raises(Unreachable):
        await open_web.page("tidal", PAGE)


async def test_a_site_that_wants_to_be_left_alone_is(open_web: Web, canned: CannedServer, ledger: MemoryLedger) -> None:
    """Its pause is kept, and nothing is asked until it is over."""
    canned.put("/web/tidal.com/track/1", Canned(status=429, headers={"Retry-After": "120"}))
    for _ in range(2):
        with pytest.raises(Refused):
            await open_web.page("tidal", PAGE)
    assert len(canned.asked) == 1
    assert ledger.pause_of("tidal") == timedelta(seconds=120)


async def test_oembed_is_read(open_web: Web, canned: CannedServer) -> None:
    """The link goes along as a parameter; 400 and 404 are misses."""
    canned.put("/web/www.youtube.com/oembed", {"title": "T"}, Canned(status=400), Canned(status=404))
    said = await open_web.oembed("youtube", ENDPOINT, "https://www.youtube.com/watch?v=1&x=ü")
    assert said == {"title": "T"}
    assert canned.asked[0].query == {"url": "https://www.youtube.com/watch?v=1&x=ü", "format": "json"}
    assert await open_web.oembed("youtube", ENDPOINT, "x") is None
    assert await open_web.oembed("youtube", ENDPOINT, "x") is None


@pytest.mark.parametrize("body", ["<html>", "[1]", "{" + " " * JSON_LIMIT + "}"])
async def test_oembed_that_cannot_be_read_is_an_error(open_web: Web, canned: CannedServer, body: str) -> None:
    """An answer that makes no sense is no miss."""
    canned.put("/web/www.youtube.com/oembed", Canned(body))
    with pytest.raises(BadAnswer):
        await open_web.oembed("youtube", ENDPOINT, "x")


async def test_a_video_that_may_not_be_shown_is_refused(open_web: Web, canned: CannedServer) -> None:
    """401 and 403 are no misses."""
    canned.put("/web/www.youtube.com/oembed", Canned(status=401))
    with pytest.raises(Refused):
        await open_web.oembed("youtube", ENDPOINT, "x")


# --- short links


async def test_a_short_link_is_followed_to_its_track(open_web: Web, canned: CannedServer) -> None:
    """Redirects are followed, and the page at the end is recognised without being asked."""
    canned.put("/web/spotify.link/abcdef", Canned(status=307, headers={"Location": "/other"}))
    canned.put("/web/spotify.link/other", Canned(status=302, headers={"Location": f"{TRACK}?si=1&nd=1"}))
    found = await open_web.follow(short())
    assert found is not None
    assert found.url == TRACK
    assert [asked.path for asked in canned.asked] == ["/web/spotify.link/abcdef", "/web/spotify.link/other"]


async def test_a_short_link_whose_page_names_the_track_is_read(open_web: Web, canned: CannedServer) -> None:
    """Some shorteners answer with a page for a browser instead of a redirect."""
    script = f'<script>location = "{TRACK}?si=1".replace()</script>'.replace("/", "\\/")
    canned.put("/web/spotify.link/abcdef", Canned(script, headers={"Content-Type": "text/html"}))
    found = await open_web.follow(short())
    assert found is not None
    assert found.url == TRACK


async def test_of_a_page_that_names_many_services_the_best_is_taken(open_web: Web, canned: CannedServer) -> None:
    """A link to Spotify says more than one to a video, wherever it stands; an album page leads to the album."""
    links = [
        "https://youtu.be/FGBhQbmPwH8",
        "https://www.deezer.com/track/1",
        TRACK,
        "https://open.spotify.com/artist/",
    ]
    canned.put("/web/song.link/title", Canned(" ".join(links), headers={"Content-Type": "text/html"}))
    found = await open_web.follow(find_links("https://song.link/title")[0])
    assert found is not None
    assert found.url == TRACK
    canned.put("/web/album.link/title", Canned("https://www.deezer.com/album/1 " + TRACK.replace("track", "playlist")))
    found = await open_web.follow(find_links("https://album.link/title")[0])
    assert found is not None
    assert (found.service, found.kind) == (Service.DEEZER, LinkKind.ALBUM)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "http://10.0.0.1/admin",
        "https://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "http://localhost:9/",
        "file:///etc/passwd",
        "http://spotify.link/abcdef",
        "https://user@spotify.link/abcdef",
        "https://spotify.link:8443/abcdef",
        "//evil.example/x",
        "",
        "http://[",
    ],
)
async def test_a_link_is_not_led_astray(open_web: Web, canned: CannedServer, target: str) -> None:
    """Only music sites over https are ever asked, whatever a redirect says."""
    canned.put("/web/spotify.link/abcdef", Canned(status=302, headers={"Location": target}))
    canned.put("/web/tidal.com/track/1", Canned(status=302, headers={"Location": target}))
    assert await open_web.follow(short()) is None
    assert await open_web.page("tidal", PAGE) is None
    assert len(canned.asked) == 2


async def test_a_loop_of_redirects_ends(open_web: Web, canned: CannedServer) -> None:
    """Five redirects are enough."""
    canned.put("/web/spotify.link/abcdef", Canned(status=302, headers={"Location": "/abcdef"}))
    assert await open_web.follow(short()) is None
    assert len(canned.asked) == MOST_HOPS + 1


async def test_a_shortener_that_is_gone_is_a_miss_and_one_that_is_down_is_not(
    open_web: Web, canned: CannedServer
) -> None:
    """Only an answer may be remembered as a miss."""
    assert await open_web.follow(short()) is None
    canned.put("/web/spotify.link/abcdef", Canned(status=503))
    with pytest.raises(Unreachable):
        await open_web.follow(short())
