"""The open web: only music sites, only public machines, only so much, whatever a link leads to."""

import socket
from datetime import timedelta

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from catalog.addresses import PublicOnly, Trust, is_public
from catalog.errors import BadAnswer, Refused, Unreachable
from catalog.links import Link, LinkKind, find_links
from catalog.models import Service
from catalog.web import JSON_LIMIT, MOST_HOPS, PAGE_LIMIT, CatalogSettings, Web
from sandbox.clock import FastClock
from tests.fixtures.catalog import NO_LIMIT, Canned, CannedServer, MemoryLedger

TRACK = "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
PAGE = "https://tidal.com/track/1"
ENDPOINT = "https://www.youtube.com/oembed"


class Names(AbstractResolver):
    """A resolver that gives the next of its answers at each question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        found = ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        return [found]

    async def close(self) -> None:
        return None


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


# --- addresses


async def test_a_name_that_leads_into_our_own_network_is_not_asked(
    clock: FastClock, ledger: MemoryLedger, canned: CannedServer
) -> None:
    """A music site whose name means this machine, or the cloud's own address, is refused before a connection."""
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1"):
        names = Names(address)
        async with Web(clock, ledger, CatalogSettings(rate=NO_LIMIT), names=names) as web:
            with pytest.raises(Refused, match="private address"):
                await web.page("tidal", PAGE)
            with pytest.raises(Refused, match="private address"):
                await web.follow(short())
        assert names.asked == ["tidal.com", "spotify.link"]
    assert canned.asked == []


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """What was checked is what is connected to: the name is asked once a connection, and each answer is checked."""
    names = Names("93.184.216.34", "127.0.0.1")
    public = PublicOnly(Trust(), names)
    assert [found["host"] for found in await public.resolve("tidal.com", 443)] == ["93.184.216.34"]
    with pytest.raises(Refused):
        await public.resolve("tidal.com", 443)
    assert len(names.asked) == 2


async def test_the_owners_exceptions_may_be_asked(clock: FastClock, ledger: MemoryLedger, canned: CannedServer) -> None:
    """An extra host or a configured base is reached on a private network and without https; nothing else is."""
    target = f"{canned.origin}/page"
    canned.put("/page", Canned("<html>here</html>"))
    port = URL(canned.origin).port
    for extra, bases in ((("127.0.0.1",), ()), ((f"127.0.0.1:{port}",), ()), ((), (f"{canned.origin}/v1/",))):
        async with Web(clock, ledger, CatalogSettings(extra_hosts=extra), bases) as web:
            assert await web.page("sandbox", target) == "<html>here</html>"
    for extra in ((), ("localhost",), (f"127.0.0.1:{(port or 0) + 1}",)):
        async with Web(clock, ledger, CatalogSettings(extra_hosts=extra)) as web:
            assert await web.page("sandbox", target) is None
    assert canned.count("/page") == 3


async def test_an_extra_host_is_reached_by_its_name(
    clock: FastClock, ledger: MemoryLedger, canned: CannedServer
) -> None:
    """Its name may lead to a private address."""
    canned.put("/page", Canned("<html>here</html>"))
    port = URL(canned.origin).port
    settings = CatalogSettings(extra_hosts=("sandbox.test",))
    async with Web(clock, ledger, settings, names=Names("127.0.0.1")) as web:
        assert await web.page("sandbox", f"http://sandbox.test:{port}/page") == "<html>here</html>"


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "2001:0:1::1",
        "fc00::1",
        "fe80::1%eth0",
        "ff02::1",
        "not an address",
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    """In every spelling, also those that carry an old address in a new one."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses_are_known(address: str) -> None:
    """The open internet, of both kinds."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("field", "value"),
    [("web_base", "tidal.com"), ("rate", 0.0), ("extra_hosts", ("http://x/",)), ("extra_hosts", (" ",))],
)
def test_settings_that_cannot_work_are_refused(field: str, value: object) -> None:
    """The sentence says what to write."""
    with pytest.raises(ValueError, match=r"web_base|rate|extra_hosts"):
        CatalogSettings(**{field: value})  # type: ignore[arg-type]
