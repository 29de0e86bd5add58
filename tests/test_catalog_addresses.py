"""Only public machines are connected to, by whatever name, redirect or spelling a link leads to them."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from catalog.addresses import PublicOnly, Trust, is_public
from catalog.errors import Refused
from catalog.links import Link, find_links
from catalog.web import CatalogSettings, Web
from sandbox.clock import FastClock
from tests.fixtures.catalog import NO_LIMIT, Canned, CannedServer, MemoryLedger

TRACK = "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
PAGE = "https://tidal.com/track/1"
ENDPOINT = "https://www.youtube.com/oembed"


class Names(AbstractResolver):
    """A resolver that gives the next of its answers, of one address or several, at each question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in answer.split()
        ]

    async def close(self) -> None:
        return None


def short(code: str = "abcdef") -> Link:
    """Return a short link."""
    return find_links(f"https://spotify.link/{code}")[0]


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


async def test_a_redirect_to_a_name_that_leads_into_our_own_network_is_not_followed(
    clock: FastClock, ledger: MemoryLedger, canned: CannedServer
) -> None:
    """Each hop is a connection of its own, to addresses that were checked."""
    canned.put("/go", Canned(status=302, headers={"Location": "https://tidal.com/track/1"}))
    settings = CatalogSettings(extra_hosts=("127.0.0.1",), rate=NO_LIMIT)
    for address in ("192.168.1.1", "::ffff:10.0.0.1", "64:ff9b::a00:1"):
        names = Names(address)
        async with Web(clock, ledger, settings, names=names) as web:
            with pytest.raises(Refused, match="private address"):
                await web.page("tidal", f"{canned.origin}/go")
        assert names.asked == ["tidal.com"]


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """What was checked is what is connected to: the name is asked once a connection, and each answer is checked."""
    names = Names("93.184.216.34", "127.0.0.1")
    public = PublicOnly(Trust(), names)
    assert [found["host"] for found in await public.resolve("tidal.com", 443)] == ["93.184.216.34"]
    with pytest.raises(Refused):
        await public.resolve("tidal.com", 443)
    assert len(names.asked) == 2


async def test_one_private_address_among_public_ones_is_enough() -> None:
    """Which of them would be connected to is not ours to say."""
    for answer in ("93.184.216.34 10.0.0.1", "::1 2606:4700::1111"):
        with pytest.raises(Refused):
            await PublicOnly(Trust(), Names(answer)).resolve("tidal.com", 443)


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
