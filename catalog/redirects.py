"""Follow short links, without being led astray: every hop is checked before it is asked."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import aiohttp
from yarl import URL

from catalog.errors import Refused, Unreachable
from catalog.links import SHORT_HOSTS, LinkKind, find_links

MOST_HOPS = 5
PAGE_LIMIT = 256 * 1024  # the page behind a short link names its target near the top
REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def follow(
    session: aiohttp.ClientSession, url: str, trusted: Sequence[str], limits: aiohttp.ClientTimeout
) -> str | None:
    """Return the address of the music page that a short link leads to, or None where it leads to none.

    Only the known shorteners are asked, over https and on public addresses, and the origins in `trusted`; the
    page at the end is recognised by its address and not asked.
    """
    here = _parsed(url)
    for _ in range(MOST_HOPS + 1):
        if here is None or not await _may_ask(here, trusted):
            return None
        target = await _next(session, here, limits)
        if target is None or (found := _music(target)):
            return target and found
        here = _parsed(target)
    return None


async def _next(session: aiohttp.ClientSession, url: URL, limits: aiohttp.ClientTimeout) -> str | None:
    """Return where one address leads: by its redirect, or by the music page that its page names."""
    async with session.get(url, allow_redirects=False, timeout=limits) as answer:
        if answer.status in REDIRECTS:
            return _joined(url, answer.headers.get("Location", ""))
        if answer.status >= 500:
            raise Unreachable(f"{url.host} is out of order (status {answer.status}).")
        if answer.status in (401, 403, 429):
            raise Refused(f"{url.host} refused to follow a short link (status {answer.status}).", answer.status)
        page = await _beginning(answer) if answer.status == 200 else b""
    return _music(page.decode("utf-8", "replace").replace("\\/", "/"))


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    page = b""
    async for part in answer.content.iter_chunked(65_536):
        page += part
        if len(page) >= PAGE_LIMIT:
            break
    return page


def _music(text: str) -> str | None:
    return next((link.url for link in find_links(text) if link.kind is not LinkKind.SHORT), None)


async def _may_ask(url: URL, trusted: Sequence[str]) -> bool:
    if any(_origin(url) == _origin(_parsed(base)) for base in trusted):
        return True
    if url.scheme != "https" or url.host not in SHORT_HOSTS or url.explicit_port not in (None, 443) or url.user:
        return False
    return await _is_public(url.host)


async def _is_public(host: str) -> bool:
    """Tell whether all addresses of a host are on the open internet; raises OSError where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)


def _origin(url: URL | None) -> tuple[str, str | None, int | None] | None:
    return (url.scheme, url.host, url.port) if url else None


def _parsed(url: str) -> URL | None:
    try:
        parsed = URL(url)
    except ValueError:
        return None
    return parsed if parsed.scheme in ("http", "https") and parsed.host else None


def _joined(base: URL, location: str) -> str | None:
    try:
        return str(base.join(URL(location))) if location else None
    except ValueError:
        return None
