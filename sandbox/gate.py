"""The middleware before every service: it strikes with faults, turns broken-off handlers into answers and logs."""

import asyncio
import json
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalog.clock import Clock
from sandbox.calls import Call, CallLog
from sandbox.faults import Fault, FaultKind, Faults
from sandbox.replies import Stop, accounts_error, deezer_error, spotify_error

CONTROL = "control"
# The services that live under a prefix of their own name.
KNOWLEDGE = frozenset({"musicbrainz", "listenbrainz", "labs", "reccobeats", "itunes", "lastfm"})
WEB = "web"
DROPPED = 0  # the status in the log when nobody got an answer
NOT_PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status changes, "
    "it can take a few hours before requests are allowed again."
)


class Gated(Protocol):
    """What the gate needs of the sandbox."""

    clock: Clock
    faults: Faults
    calls: CallLog
    closing: asyncio.Event


def service_of(path: str) -> str:
    """Name the service that a path belongs to; what no other service has is Deezer's."""
    if path.startswith("/_control"):
        return CONTROL
    if path == "/v1" or path.startswith("/v1/"):
        return "spotify"
    if path in ("/authorize", "/api/token"):
        return "accounts"
    first = path.split("/")[1]
    return first if first in KNOWLEDGE or first == WEB else "deezer"


def make_gate(sandbox: Gated) -> Middleware:
    """Return the middleware of that sandbox."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        service = service_of(request.path)
        if service == CONTROL:
            return await _run(request, handler)
        body = await request.read()
        fault = sandbox.faults.strike(service, request.method, request.path)
        response = await _answer(sandbox, service, fault, request, handler)
        dropped = fault is not None and fault.kind in (FaultKind.DROP, FaultKind.DROP_AFTER)
        sandbox.calls.calls.append(
            Call(
                service=service,
                method=request.method,
                path=request.path,
                query=dict(request.query),
                body=_decoded(body),
                status=DROPPED if dropped else response.status,
                fault=fault.kind.value if fault else None,
                at=sandbox.clock.now(),
            )
        )
        if dropped and request.transport is not None:
            request.transport.abort()
        return response

    return gate


async def _answer(
    sandbox: Gated, service: str, fault: Fault | None, request: web.Request, handler: Handler
) -> web.StreamResponse:
    if fault is None:
        return await _run(request, handler)
    match fault.kind:
        case FaultKind.DROP:
            return web.Response(status=502)
        case FaultKind.HANG:
            await _hang(sandbox, fault.delay)
            return web.Response(status=504, text="upstream request timeout")
        case FaultKind.DROP_AFTER:
            return await _run(request, handler)
        case FaultKind.HANG_AFTER:
            response = await _run(request, handler)
            await _hang(sandbox, fault.delay)
            return response
        case _:
            return _refusal(service, fault)


async def _run(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Stop as stop:
        return stop.response


async def _hang(sandbox: Gated, seconds: float) -> None:
    """Wait real seconds, since the client's time-out is real too; the end of the sandbox ends the wait."""
    try:
        async with asyncio.timeout(seconds):
            await sandbox.closing.wait()
    except TimeoutError:
        return


def _refusal(service: str, fault: Fault) -> web.Response:
    """Make the answer of a fault that refuses the request before it has an effect."""
    match fault.kind:
        case FaultKind.INVALID_GRANT:
            return accounts_error("invalid_grant", "Refresh token revoked").response
        case FaultKind.NOT_PREMIUM:
            return web.Response(status=403, text=NOT_PREMIUM)
        case FaultKind.NOT_ALLOW_LISTED:
            return web.Response(status=403, text="User not registered in the Developer Dashboard")
        case FaultKind.MALFORMED:
            return web.Response(text='{"tracks": {"items": [', content_type="application/json")
        case FaultKind.SERVER_ERROR:
            text = "upstream connect error or disconnect/reset before headers"
            headers = {"Retry-After": str(fault.retry_after)} if service == "musicbrainz" else {}
            return web.Response(status=fault.status, text=text, headers=headers)
        case _:
            return _too_many(service, fault)


def _too_many(service: str, fault: Fault) -> web.Response:
    """Make the answer to one request too many."""
    if service == "deezer":
        return deezer_error("Exception", "Quota limit exceeded", 4).response
    if service in KNOWLEDGE:
        return _too_many_of(service, str(fault.retry_after))
    match fault.kind:
        case FaultKind.QUOTA:
            return spotify_error(429, "Too many requests", "QUOTA_EXCEEDED", fault.retry_after).response
        case FaultKind.RATE_LIMITED_TEXT:
            headers = {"Retry-After": str(fault.retry_after)}
            return web.Response(status=429, text="Too many requests", headers=headers)
        case FaultKind.RATE_LIMITED_BARE:
            return spotify_error(429, "API rate limit exceeded").response
        case _:
            return spotify_error(429, "API rate limit exceeded", retry_after=fault.retry_after).response


def _too_many_of(service: str, seconds: str) -> web.Response:
    """Make the same in the words of the knowledge services."""
    match service:
        case "musicbrainz":
            return web.json_response({"error": "Your requests are exceeding the allowable rate limit."}, status=503,
                                     headers={"Retry-After": seconds})  # fmt: skip
        case "listenbrainz":
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": seconds}
            return web.json_response({"code": 429, "error": "Rate limit exceeded"}, status=429, headers=headers)
        case "itunes":
            return web.Response(status=403)
        case "lastfm":
            return web.json_response({"error": 29, "message": "Rate Limit Exceeded"})
        case "labs":
            return web.Response(status=429, text="Too Many Requests")
        case _:
            return web.json_response({"error": "Too Many Requests"}, status=429, headers={"Retry-After": seconds})


def _decoded(body: bytes) -> object:
    """Return the body as JSON, else as text, else None."""
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
