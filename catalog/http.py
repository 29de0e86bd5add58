"""The one HTTP door: time-outs, rate limits, retries, size limits and mapped errors."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import aiohttp
from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from catalog import waits
from catalog.clock import Clock
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.ledger import Ledger
from catalog.redirects import follow

T = TypeVar("T")

TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5, sock_read=10)
ATTEMPTS = 3
FIRST_WAIT, LAST_WAIT = 0.5, 8.0
JSON_LIMIT = 4 * 1024 * 1024  # the largest answer we ask for, 50 tracks, has about 200 kB
AGENT = "Tastebud (self-hosted Discord bot)"


class Door:
    """Ask services over HTTP, by GET only, so that everything may be tried again.

    `None` means 404; an error of the tree means that the service could not be asked. `trusted` are the configured
    base addresses: the only ones on private networks that a short link may lead through.
    """

    def __init__(
        self, session: aiohttp.ClientSession, clock: Clock, ledger: Ledger, trusted: Sequence[str] = ()
    ) -> None:
        self._session = session
        self._clock = clock
        self._ledger = ledger
        self._trusted = tuple(trusted)
        self._limiters: dict[str, AsyncLimiter] = {}

    def limit_rate(self, service: str, per_second: float) -> None:
        """Ask that service at most so often."""
        self._limiters[service] = AsyncLimiter(per_second, 1.0)

    async def get_json(
        self,
        service: str,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """Return the answer's JSON, or None for a 404."""

        async def once() -> bytes | None:
            await waits.wait_out_pause(service, self._clock, self._ledger)
            if limiter := self._limiters.get(service):
                await limiter.acquire()
            return await self._get(service, url, JSON_LIMIT, params, headers)

        body = await self._persist(service, once)
        if body is None:
            return None
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise BadAnswer(f"{service.capitalize()} gave an answer that is not JSON.") from error
        if answer is None:  # which would read as a miss
            raise BadAnswer(f"{service.capitalize()} gave an empty answer.")
        return answer

    async def get_bytes(self, url: str, limit: int) -> bytes | None:
        """Return a file of at most that many bytes, or None for a 404."""
        return await self._persist("", lambda: self._get("The file server", url, limit))

    async def resolve_redirect(self, url: str) -> str | None:
        """Return the address of the music page that a short link leads to, or None if it leads to none."""
        return await self._persist("", lambda: follow(self._session, url, self._trusted, TIMEOUT))

    async def pause(self, service: str, seconds: float, reason: str) -> None:
        """Keep everybody from asking that service for a while."""
        await waits.pause(service, seconds, reason, self._clock, self._ledger)

    async def _persist(self, service: str, once: Callable[[], Awaitable[T]]) -> T:
        """Try again what was unreachable; a refusal is waited for once, if that is short."""
        try:
            return await self._retry(once)
        except Refused as refusal:
            if await self._note(service, refusal) > waits.SHORT_WAIT:
                raise
        try:
            return await self._retry(once)
        except Refused as refusal:
            await self._note(service, refusal)
            raise

    async def _note(self, service: str, refusal: Refused) -> float:
        """Store the pause that a refusal asks for; return it, endless for a refusal that waiting does not end."""
        if not service or refusal.status != 429 or refusal.reason == waits.PAUSED:
            return math.inf
        seconds = refusal.retry_after or waits.DEFAULT_WAIT
        await self.pause(service, seconds, refusal.reason)
        return seconds

    async def _retry(self, once: Callable[[], Awaitable[T]]) -> T:
        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(FIRST_WAIT, max=LAST_WAIT),
            retry=retry_if_exception_type((Unreachable, aiohttp.ClientError, TimeoutError, OSError)),
            reraise=True,
        )

        async def attempt() -> T:  # tenacity awaits what it sees to be a coroutine function alone
            return await once()

        try:
            return await attempts(attempt)
        except CatalogError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unreachable(f"A music service cannot be reached: {_cause(error)}.") from error

    async def _get(
        self,
        service: str,
        url: str,
        limit: int,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes | None:
        sent = {"User-Agent": AGENT, **(headers or {})}
        async with self._session.get(url, params=params, headers=sent, timeout=TIMEOUT) as answer:
            if answer.status == 404:
                return None
            self._check(service, answer)
            return await _read(answer, limit)

    def _check(self, service: str, answer: aiohttp.ClientResponse) -> None:
        name = service.capitalize()
        if answer.status >= 500:
            raise Unreachable(f"{name} is out of order (status {answer.status}).")
        if answer.status == 429:
            seconds = waits.retry_after(answer.headers.get("Retry-After"), self._clock.now())
            raise Refused(f"{name} asks us to wait {waits.in_words(seconds)}.", 429, seconds, "rate limit")
        if answer.status != 200:
            raise Refused(f"{name} refused to answer (status {answer.status}).", answer.status)


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(65_536):
        size += len(part)
        if size > limit:
            raise BadAnswer(f"An answer of {answer.host} is larger than {limit // 1024} kB.")
        parts.append(part)
    return b"".join(parts)


def _cause(error: BaseException) -> str:
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
