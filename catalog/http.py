"""The one HTTP door: time-outs, rate limits, retries, breakers, size limits and mapped errors."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import TypeVar

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from catalog import waits
from catalog.clock import Clock
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.ledger import Ledger
from catalog.lines import RESET_IN, Line, SourcesSettings
from catalog.questions import Params, Question, Reply, body_of

T = TypeVar("T")

TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5, sock_read=10)
ATTEMPTS = 3
# A service that says when it wants to be asked again means it: MusicBrainz was seen to put off one try in five.
ATTEMPTS_IF_TOLD = 5
FIRST_WAIT, LAST_WAIT = 0.5, 8.0
JSON_LIMIT = 4 * 1024 * 1024  # the largest answer we ask for, 100 recordings with their tags, has about 500 kB
AGENT = "Tastebud (self-hosted Discord bot)"
NOT_FOUND, TOO_MANY = 404, 429


class Door:
    """Ask services over HTTP, by calls that change nothing there, so that everything may be tried again.

    `None` means 404; an error of the tree means that the service could not be asked. Every call is counted in the
    ledger. It asks the services that the owner configured; what strangers' links name is `catalog.web`'s to ask.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        ledger: Ledger,
        settings: SourcesSettings | None = None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._ledger = ledger
        self._settings = settings or SourcesSettings()
        self._lines: dict[str, Line] = {}

    def limit_rate(self, service: str, per_second: float) -> None:
        """Ask that service at most so often."""
        self._line(service).pace(per_second)

    async def ask(self, question: Question, read: Callable[[Reply], T]) -> T:
        """Return what `read` makes of the answer.

        `read` may raise: Unreachable is tried again, a Refused that names a time is waited for, and both count
        as failures of the service, like those that the door sees itself. In a row they open its breaker.
        """
        line = self._line(question.service)
        line.breaker.check()
        try:
            answer = await self._persist(question.service, partial(self._once, line, question, read))
        except CatalogError as error:
            line.breaker.failed(error)
            raise
        line.breaker.passed()
        return answer

    async def get_json(
        self,
        service: str,
        url: str,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        bucket: str = "get",
    ) -> object:
        """Return the answer's JSON, or None for a 404."""
        return await self.ask(Question(service, url, bucket, params, headers or {}), body_of)

    async def get_bytes(self, url: str, limit: int, counted: tuple[str, str] | None = None) -> bytes | None:
        """Return a file of at most that many bytes, or None for a 404; `counted` is its line in the ledger."""

        async def once() -> bytes | None:
            if counted is not None:
                await self._ledger.spend(*counted)
            return await self._file(url, limit)

        return await self._persist("", once)

    async def pause(self, service: str, seconds: float, reason: str) -> None:
        """Keep everybody from asking that service for a while."""
        await waits.pause(service, seconds, reason, self._clock, self._ledger)

    def _line(self, service: str) -> Line:
        return self._lines.setdefault(service, Line(service, self._clock, self._settings))

    async def _once(self, line: Line, question: Question, read: Callable[[Reply], T]) -> T:
        await waits.wait_out_pause(question.service, self._clock, self._ledger)
        await line.turn()
        await self._ledger.spend(question.service, question.bucket)
        reply = await self._send(question)
        line.heard(reply.headers)
        return read(reply)

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
        if not service or refusal.reason == waits.PAUSED:
            return math.inf
        if refusal.retry_after is None:
            return math.inf
        await self.pause(service, refusal.retry_after, refusal.reason)
        return refusal.retry_after

    async def _retry(self, once: Callable[[], Awaitable[T]]) -> T:
        attempts = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=_enough,
            wait=_patience,
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

    async def _send(self, question: Question) -> Reply:
        sent = {"User-Agent": AGENT, **question.headers}
        method = "GET" if question.payload is None else "POST"
        async with self._session.request(
            method, question.url, params=question.params, json=question.payload, headers=sent, timeout=TIMEOUT
        ) as answer:
            if answer.status in question.told and (body := _json(await _read(answer, JSON_LIMIT))) is not None:
                return Reply(answer.status, answer.headers, body)
            if answer.status == NOT_FOUND:
                return Reply(NOT_FOUND, answer.headers, None)
            self._check(waits.spoken(question.service), answer, question.too_many, question.rest)
            body = _json(await _read(answer, JSON_LIMIT))
            if body is None:  # `null` would read as a miss
                raise BadAnswer(f"{waits.spoken(question.service)} gave an answer that cannot be read.")
            return Reply(answer.status, answer.headers, body)

    async def _file(self, url: str, limit: int) -> bytes | None:
        async with self._session.get(url, headers={"User-Agent": AGENT}, timeout=TIMEOUT) as answer:
            if answer.status == NOT_FOUND:
                return None
            self._check("The file server", answer)
            return await _read(answer, limit)

    def _check(
        self,
        name: str,
        answer: aiohttp.ClientResponse,
        too_many: Collection[int] = (TOO_MANY,),
        rest: float = waits.DEFAULT_WAIT,
    ) -> None:
        """Raise what a status other than 200 means."""
        told = answer.headers.get("Retry-After") or answer.headers.get(RESET_IN)
        seconds = waits.retry_after(told, self._clock.now()) if told else None
        if answer.status in too_many:
            wait = rest if seconds is None else seconds
            raise Refused(f"{name} asks us to wait {waits.in_words(wait)}.", answer.status, wait, "rate limit")
        if answer.status >= 500:
            sentence = f"{name} is out of order (status {answer.status})."
            if seconds is not None and seconds > waits.SHORT_WAIT:
                raise Refused(sentence, answer.status, seconds, "busy")
            raise Unreachable(sentence, seconds)
        if answer.status != 200:
            raise Refused(f"{name} refused to answer (status {answer.status}).", answer.status)


_backoff = wait_exponential(FIRST_WAIT, max=LAST_WAIT)


def _patience(state: RetryCallState) -> float:
    """Return the seconds before the next try: longer each time, and as long as the service asks for."""
    return max(_backoff(state), _asked_for(state) or 0.0)


def _enough(state: RetryCallState) -> bool:
    """Tell whether to give up."""
    return state.attempt_number >= (ATTEMPTS if _asked_for(state) is None else ATTEMPTS_IF_TOLD)


def _asked_for(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.retry_after if isinstance(error, Unreachable) else None


def _json(body: bytes) -> object:
    """Return what a body says in JSON, None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


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
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL):
        return type(error).__name__  # their texts hold the address, and an address may hold a key
    return str(error) or type(error).__name__
