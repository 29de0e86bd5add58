"""Look at the pages that people's links lead to, without being led astray.

Only known music sites are asked, over https, on public addresses, every hop of a redirect anew; and the addresses
that were checked are those that are connected to, so that a name cannot mean another machine a moment later.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential
from yarl import URL

from catalog import waits
from catalog.addresses import PublicOnly, Trust
from catalog.clock import Clock
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.ledger import Ledger
from catalog.lines import Pace
from catalog.links import Link, LinkKind, best_link, find_links, is_music_host
from catalog.spotify_settings import check_base

T = TypeVar("T")

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5, sock_read=10)
PAGE_LIMIT = 400 * 1024  # what a page says of itself stands near its top
JSON_LIMIT = 64 * 1024  # an oEmbed answer has 1 kB
MOST_HOPS = 5
PATIENCE = 20.0  # seconds for all hops of one link together
ATTEMPTS = 2
FIRST_WAIT, LAST_WAIT = 0.5, 2.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({400, 404, 410})  # YouTube's oEmbed answers 400 for an id that cannot be
AGENT = "Mozilla/5.0 (compatible; Tastebud; self-hosted Discord bot)"


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    """How links of all services are looked at.

    extra_hosts: hosts (with or without :port) that may be asked although they are no music site, on private networks
      and without https too; for sandboxes and tests.
    web_base: an address that stands in for all music sites when pages, oEmbed and short links are read (the site's
      host becomes the first part of the path); empty means the sites themselves.
    rate: requests a second to any one site.
    """

    extra_hosts: tuple[str, ...] = ()
    web_base: str = ""
    rate: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if self.web_base:
            check_base("web_base", self.web_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0.")
        if bad := [host for host in self.extra_hosts if "/" in host or not host.strip()]:
            raise ValueError(f"extra_hosts has {bad[0]!r}: write a host such as 127.0.0.1 or localhost:8080.")


class Web:
    """The open web as far as music sites go: `async with Web(clock, ledger, settings) as web`.

    `None` means that there is no such page; an error of the tree means that the site could not be asked. `trusted`
    are the configured base addresses, which may be on a private network like the extra hosts.
    """

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        settings: CatalogSettings | None = None,
        trusted: Sequence[str] = (),
        names: AbstractResolver | None = None,
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._settings = settings or CatalogSettings()
        self._base = URL(self._settings.web_base.rstrip("/")) if self._settings.web_base else None
        self._trust = Trust(self._settings.extra_hosts, (*trusted, self._settings.web_base))
        self._names = names
        self._session: aiohttp.ClientSession | None = None
        self._paces: dict[str, Pace] = {}

    async def __aenter__(self) -> Self:
        # A page is asked once: there is nothing to keep a connection or an address for.
        names = PublicOnly(self._trust, self._names)
        connector = aiohttp.TCPConnector(resolver=names, use_dns_cache=False, force_close=True, limit_per_host=4)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": AGENT, "Accept-Language": "en"},
            timeout=TIMEOUT,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def page(self, service: str, url: str) -> str | None:
        """Return the beginning of a page, or None where there is no such page or it is no text."""
        answer = await self._persist(service, "page", lambda: self._arrive(URL(url), PAGE_LIMIT))
        return answer.decode("utf-8", "replace") if answer is not None else None

    async def oembed(self, service: str, endpoint: str, url: str) -> Mapping[str, object] | None:
        """Return what a site's oEmbed endpoint says of a link of its own, or None where there is no such thing."""
        address = URL(endpoint).with_query(url=url, format="json")
        answer = await self._persist(service, "oembed", lambda: self._arrive(address, JSON_LIMIT))
        if answer is None:
            return None
        try:
            body = json.loads(answer)
        except ValueError as error:
            raise BadAnswer(f"{waits.spoken(service)} gave an answer that is not JSON.") from error
        if not isinstance(body, Mapping):
            raise BadAnswer(f"{waits.spoken(service)} gave an answer that cannot be read.")
        return body

    async def follow(self, link: Link) -> Link | None:
        """Return the link to music that a short link leads to, or None where it leads to none.

        The page at its end is recognised by its address and not asked.
        """
        return await self._persist(URL(link.url).host or "", "link", lambda: self._chase(URL(link.url)))

    async def _chase(self, here: URL) -> Link | None:
        for _ in range(MOST_HOPS + 1):
            if not self._may_ask(here):
                return None
            target, body = await self._hop(here, PAGE_LIMIT)
            if target is None:
                return best_link((body or b"").decode("utf-8", "replace").replace("\\/", "/"))
            found = next(iter(find_links(str(target))), None)
            if found is not None and found.kind is not LinkKind.SHORT:
                return found
            here = target
        return None

    async def _arrive(self, here: URL, limit: int) -> bytes | None:
        """Return what stands at the end of an address's redirects."""
        for _ in range(MOST_HOPS + 1):
            if not self._may_ask(here):
                return None
            target, body = await self._hop(here, limit)
            if target is None:
                return body
            here = target
        return None

    async def _hop(self, url: URL, limit: int) -> tuple[URL | None, bytes | None]:
        """Ask one address: return where it leads, or what it says."""
        if self._session is None:
            raise RuntimeError("the web is opened by `async with`")
        async with self._session.get(self._placed(url), allow_redirects=False) as answer:
            if answer.status in REDIRECTS:
                return _joined(url, answer.headers.get("Location", "")), None
            self._check(url, answer)
            if answer.status in GONE or not _is_text(answer):
                return None, None
            return None, await _beginning(answer, limit)

    def _pace(self, service: str) -> Pace:
        rate = self._settings.rate
        return self._paces.setdefault(service, Pace(rate))

    def _check(self, url: URL, answer: aiohttp.ClientResponse) -> None:
        if answer.status >= 500:
            raise Unreachable(f"{url.host} is out of order (status {answer.status}).")
        if answer.status == 429:
            seconds = waits.retry_after(answer.headers.get("Retry-After"), self._clock.now())
            raise Refused(f"{url.host} asks us to wait {waits.in_words(seconds)}.", 429, seconds, "rate limit")
        if answer.status != 200 and answer.status not in GONE:
            raise Refused(f"{url.host} refused to answer (status {answer.status}).", answer.status)

    def _may_ask(self, url: URL) -> bool:
        if self._trust.trusts(url):
            return True
        if url.scheme != "https" or url.explicit_port not in (None, 443) or url.user or url.password:
            return False
        return is_music_host(url.host or "")

    def _placed(self, url: URL) -> URL:
        """Return where a site's address is asked: there, or at the server that stands in for all sites."""
        if self._base is None or self._trust.trusts(url):
            return url
        return URL(f"{self._base}/{url.host}{url.raw_path_qs}", encoded=True)

    async def _persist(self, service: str, bucket: str, once: Callable[[], Awaitable[T]]) -> T:
        """Ask at the site's pace, and once more what was unreachable; keep the pause that a refusal asks for."""
        await waits.wait_out_pause(service, self._clock, self._ledger)
        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(FIRST_WAIT, max=LAST_WAIT),
            retry=retry_if_exception_type((Unreachable, aiohttp.ClientError, TimeoutError, OSError)),
            reraise=True,
        )

        async def attempt() -> T:
            await self._pace(service).turn()
            await self._ledger.spend(service, bucket)
            async with asyncio.timeout(PATIENCE):
                return await once()

        try:
            return await attempts(attempt)
        except Refused as refusal:
            if refusal.retry_after is not None:
                await waits.pause(service, refusal.retry_after, refusal.reason, self._clock, self._ledger)
            raise
        except CatalogError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unreachable(f"{waits.spoken(service)} cannot be reached: {type(error).__name__}.") from error


def _is_text(answer: aiohttp.ClientResponse) -> bool:
    return not answer.content_type.startswith(("audio/", "video/", "image/", "font/"))


async def _beginning(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return at most that many bytes of an answer; the rest is not read."""
    page = b""
    async for part in answer.content.iter_chunked(16_384):
        page += part
        if len(page) >= limit:
            break
    return page[:limit]


def _joined(base: URL, location: str) -> URL:
    """Return where a redirect leads; an address that is none leads to what nobody may ask."""
    try:
        return base.join(URL(location)) if location else URL()
    except ValueError:
        return URL()
