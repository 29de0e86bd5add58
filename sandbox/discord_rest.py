"""The REST side: reads requests as Discord does, meets the faults that are set, answers from the world."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from simcord.backend import errors
from simcord.backend.errors import BackendError
from simcord.http.router import RouteNotImplemented, UnsupportedField

from sandbox.discord_faults import Fault
from sandbox.discord_routes import Call, answer
from sandbox.discord_world import Json, LoggedRequest, World

log = logging.getLogger(__name__)

API_PATH = "/api/v10"
# Discord knows the caller of these by the token in the path.
WITHOUT_TOKEN = re.compile(r"/gateway|/interactions/\d+/[^/]+/callback|/webhooks/\d+/[^/]+(/.*)?")
INVALID_JSON = 50109


@dataclass
class Upload:
    """A file of a multipart body, in the shape simcord's routes read."""

    filename: str
    fp: io.BytesIO
    description: str | None = None


@dataclass
class Body:
    """A request's body, whichever way it was wrapped."""

    data: Any = None
    files: list[Upload] = field(default_factory=list)


def json_response(data: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with exactly `application/json`: discord.py takes anything with a charset for plain text."""
    text = json.dumps(data, ensure_ascii=False).encode()
    return web.Response(body=text, status=status, content_type="application/json", headers=headers)


class Rest:
    """Serve /api/v10 of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or do to it what a fault says."""
        path = request.rel_url.raw_path.removeprefix(API_PATH)
        try:
            body = await _read_body(request)
        except ValueError:
            error = BackendError(400, INVALID_JSON, "The request body contains invalid JSON.")
            return json_response(error.to_json(), error.status)
        entry = self._world.log_request(request.method, unquote(path), dict(request.query), body.data)
        if not WITHOUT_TOKEN.fullmatch(path) and request.headers.get("Authorization") != f"Bot {self._world.token}":
            entry.status = 401
            return json_response({"message": "401: Unauthorized", "code": 0}, 401)
        call = Call(request.method, path, dict(request.query), body.data, list(body.files), _reason(request))
        return await self._answer(request, call, entry)

    async def _answer(self, request: web.Request, call: Call, entry: LoggedRequest) -> web.StreamResponse:
        fault = self._world.faults.take(call.method, unquote(call.path))
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is None:
            response = self._carry_out(call)
        else:
            if fault.after:
                self._carry_out(call)
            response = await _go_wrong(request, fault)
        entry.status = response.status
        return response

    def _carry_out(self, call: Call) -> web.Response:
        try:
            data = answer(self._world, call)
        except (RouteNotImplemented, UnsupportedField) as gap:
            # A gap of ours, not of the bot: say so loudly, on stderr and in the state.
            self._world.gaps.append(gap.message)
            log.warning("%s", gap.message)
            return json_response({"message": gap.message, "code": 0}, 501)
        except BackendError as refusal:
            return json_response(refusal.to_json(), refusal.status)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            log.exception("%s %s has a body that cannot be read", call.method, call.path)
            error = errors.invalid_form_body(str(wrong))
            return json_response(error.to_json(), error.status)
        self._world.answered()
        return web.Response(status=204) if data is None else json_response(data)


async def _go_wrong(request: web.Request, fault: Fault) -> web.Response:
    if fault.action == "hold":
        await fault.cleared.wait()
    if fault.action in ("hold", "drop"):
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)
    return json_response(fault.body(), fault.status, fault.headers())


def _reason(request: web.Request) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    return None if reason is None else unquote(reason)


async def _read_body(request: web.Request) -> Body:
    if request.content_type.startswith("multipart/"):
        return await _read_parts(request)
    text = await request.text()
    return Body(json.loads(text) if text else None)


async def _read_parts(request: web.Request) -> Body:
    """Read a multipart body: the JSON in `payload_json`, else one part a field, and the files beside it."""
    body, fields = Body(), {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            body.data = json.loads(await part.text())
        elif part.filename is not None:
            body.files.append(Upload(part.filename, io.BytesIO(bytes(await part.read(decode=True)))))
        else:
            fields[part.name] = await part.text()
    if body.data is None and fields:
        body.data = fields
    if isinstance(body.data, dict):
        _describe(body)
    return body


def _describe(body: Body) -> None:
    attachments = body.data.get("attachments") or (body.data.get("data") or {}).get("attachments") or []
    for index, attachment in enumerate(attachments[: len(body.files)]):
        body.files[index].description = attachment.get("description")
