"""The routes: ours where simcord's answer differs from Discord's, simcord's own for the rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import simcord.http.routes  # noqa: F401 - importing it registers simcord's routes
from simcord.backend import errors, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Message
from simcord.http._helpers import message_response
from simcord.http.router import RequestContext, dispatch

from sandbox.discord_wire import application, finished, finished_command
from sandbox.discord_world import Json, World

MAX_PAGE = 100
DEFAULT_HISTORY_PAGE, DEFAULT_REACTION_PAGE = 50, 25
LONGEST_NONCE = 25
MOST_EMOJI = 20
UNKNOWN_EMOJI, TOO_MANY_EMOJI, THREAD_ARCHIVED, USERS_OF_BURSTS = 10014, 30010, 50083, "1"


@dataclass
class Call:
    """One request as the routes see it; the path is still percent-encoded."""

    method: str
    path: str
    query: dict[str, str]
    body: Any = None
    files: list[Any] = field(default_factory=list)
    reason: str | None = None
    args: dict[str, str] = field(default_factory=dict)

    def context(self, world: World) -> RequestContext:
        """Return what simcord's helpers want to know."""
        return RequestContext(
            world.backend,
            self.args,
            json=self.body,
            params=dict(self.query),
            files=self.files,
            reason=self.reason,
            method=self.method,
            path=self.path,
            message_content_access="message_content" in world.approved,
        )

    def page(self, default: int) -> int:
        """Return the `limit` of a listing, checked."""
        limit = int(self.query.get("limit", default))
        if not 1 <= limit <= MAX_PAGE:
            raise errors.invalid_form_body(f"limit: int value should be between 1 and {MAX_PAGE}.")
        return limit


Handler = Callable[[World, Call], Any]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def answer(world: World, call: Call) -> Json:
    """Carry a request out and return the answer's JSON, or None for 204."""
    for method, pattern, handler in _ROUTES:
        match = pattern.fullmatch(call.path)
        if method == call.method and match is not None:
            call.args = match.groupdict()
            return finished(handler(world, call))
    return finished(simcord_answer(world, call))


def simcord_answer(world: World, call: Call) -> Json:
    """Let simcord carry it out."""
    return dispatch(
        world.backend,
        call.method,
        call.path,
        json=call.body,
        params=dict(call.query),
        files=call.files,
        reason=call.reason,
        message_content_access="message_content" in world.approved,
    )


def _route(method: str, template: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        _ROUTES.append((method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template)), handler))
        return handler

    return register


@_route("GET", "/gateway")
def _gateway(world: World, call: Call) -> Json:  # noqa: ARG001 - every route is given the call
    return {"url": world.gateway_url}


@_route("GET", "/gateway/bot")
def _gateway_bot(world: World, call: Call) -> Json:  # noqa: ARG001 - every route is given the call
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 16}
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": limit}


@_route("GET", "/applications/@me")
@_route("GET", "/oauth2/applications/@me")
def _application(world: World, call: Call) -> Json:
    call.path = "/oauth2/applications/@me"
    return application(world, simcord_answer(world, call))


@_route("PUT", r"/applications/{application}/(guilds/\d+/)?commands")
def _register_commands(world: World, call: Call) -> Json:
    try:
        commands = simcord_answer(world, call)
    except ValueError as wrong:
        raise errors.invalid_form_body(str(wrong)) from wrong
    return [finished_command(world, command) for command in commands]


@_route("POST", "/interactions/{interaction}/{token}/callback")
def _callback(world: World, call: Call) -> Json:
    reply = simcord_answer(world, call)
    return reply if call.query.get("with_response", "").lower() in ("1", "true") else None


@_route("GET", "/channels/{channel}/messages")
def _history(world: World, call: Call) -> Json:
    """Page through a channel: newest first within a page; `after` gives the oldest of those that follow."""
    context = call.context(world)
    channel_id, limit = int(call.args["channel"]), call.page(DEFAULT_HISTORY_PAGE)
    context.require_channel_permissions(channel_id)
    if not channel_accessible(world.backend, channel_id, world.bot_id, history=True):
        return []
    seen = sorted((m for m in world.backend.messages[channel_id].values() if not m.is_ephemeral), key=lambda m: m.id)
    page = _page_of(seen, call.query, limit)
    return [_message(world, context, message) for message in reversed(page)]


def _page_of(ascending: list[Message], query: dict[str, str], limit: int) -> list[Message]:
    if "around" in query:
        pivot = int(query["around"])
        older = [message for message in ascending if message.id < pivot]
        rest = [message for message in ascending if message.id >= pivot]
        half = limit // 2
        return (older[-half:] if half else []) + rest[: limit - min(half, len(older))]
    if "before" in query:
        return [message for message in ascending if message.id < int(query["before"])][-limit:]
    if "after" in query:
        return [message for message in ascending if message.id > int(query["after"])][:limit]
    return ascending[-limit:]


def _message(world: World, context: RequestContext, message: Message) -> dict[str, Any]:
    payload = message_response(context, message, for_user=world.bot_id)
    return {**payload, "nonce": world.nonces.of(message.id)}


@_route("POST", "/channels/{channel}/messages")
def _send(world: World, call: Call) -> Json:
    """Send as the bot; a nonce that is enforced and was used returns the message it was used for."""
    body = call.body if isinstance(call.body, dict) else {}
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > LONGEST_NONCE:
        raise errors.invalid_form_body(f"nonce: Must be {LONGEST_NONCE} or fewer in length.")
    if nonce is not None and body.get("enforce_nonce"):
        known = world.nonces.repeated(nonce, world.clock.now())
        if known is not None and known[1] in world.backend.messages.get(known[0], {}):
            return _message(world, call.context(world), world.backend.get_message(*known))
    _check_send(call.context(world), int(call.args["channel"]), body, call.files)
    world.nonce_being_sent = nonce
    try:
        payload: dict[str, Any] = simcord_answer(world, call)
    finally:
        world.nonce_being_sent = None
    if nonce is not None:
        world.nonces.remember(nonce, int(payload["id"]), int(payload["channel_id"]), world.clock.now())
    return {**payload, "nonce": nonce}


def _check_send(context: RequestContext, channel_id: int, body: dict[str, Any], files: list[Any]) -> None:
    channel = context.backend.get_channel(channel_id)
    if channel.guild_id is None:
        return
    wanted = [("embed_links", body.get("embeds")), ("attach_files", files)]
    context.require_channel_permissions(channel_id, *[name for name, present in wanted if present])
    if channel.thread_metadata is not None and not channel.thread_metadata.locked:
        # A message brings an archived thread back.
        _unarchive(context, channel)


def _unarchive(context: RequestContext, thread: Channel) -> None:
    if thread.thread_metadata is not None and thread.thread_metadata.archived:
        context.backend.edit_channel(thread.id, {}, thread_metadata={"archived": False})


@_route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def _react(world: World, call: Call) -> Json:
    message = call.context(world).require_message(
        int(call.args["channel"]), int(call.args["message"]), "read_message_history"
    )
    emoji = unquote(call.args["emoji"])
    if emoji.isascii() and ":" not in emoji:
        raise BackendError(400, UNKNOWN_EMOJI, "Unknown Emoji")
    if message.reaction_for(emoji) is None and len(message.reactions) >= MOST_EMOJI:
        raise BackendError(403, TOO_MANY_EMOJI, f"Maximum number of reactions reached ({MOST_EMOJI})")
    thread = world.backend.get_channel(message.channel_id).thread_metadata
    if thread is not None and thread.archived:
        raise BackendError(400, THREAD_ARCHIVED, "Thread is archived")
    return simcord_answer(world, call)


@_route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def _reaction_users(world: World, call: Call) -> Json:
    """Page through the people behind an emoji, by ascending user id."""
    limit = call.page(DEFAULT_REACTION_PAGE)
    message = call.context(world).require_message(
        int(call.args["channel"]), int(call.args["message"]), "read_message_history"
    )
    reaction = message.reaction_for(unquote(call.args["emoji"]))
    if reaction is None or call.query.get("type") == USERS_OF_BURSTS:
        return []
    after = int(call.query.get("after", 0))
    following = sorted(user_id for user_id in reaction.user_ids if user_id > after)
    return [dict(serializers.user_payload(world.backend.get_user(user_id))) for user_id in following[:limit]]


@_route("GET", r"/guilds/{guild}/threads/active")
def _active_threads(world: World, call: Call) -> Json:
    return {**simcord_answer(world, call), "has_more": False}


@_route("GET", "/channels/{channel}/threads/archived/public")
def _archived_threads(world: World, call: Call) -> Json:
    """Page through archived threads, the latest archived first."""
    parent = call.context(world).require_channel_permissions(int(call.args["channel"]), "read_message_history")
    before, limit = call.query.get("before"), call.page(DEFAULT_HISTORY_PAGE)
    threads = sorted(world.backend.archived_threads(parent.id, private=False), key=_archived_at, reverse=True)
    if before is not None:
        threads = [thread for thread in threads if _archived_at(thread) < before]
    return serializers.thread_list_payload(world.backend, threads[:limit], has_more=len(threads) > limit)


def _archived_at(thread: Channel) -> str:
    return thread.thread_metadata.archive_timestamp if thread.thread_metadata is not None else ""
