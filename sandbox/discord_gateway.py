"""The gateway: HELLO, IDENTIFY, READY, RESUME, heartbeats and dispatch over real websockets."""

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web
from simcord.backend import serializers

from sandbox.discord_chunks import member_chunks
from sandbox.discord_events import intents_of, refused_intents
from sandbox.discord_sessions import (
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_SESSION,
    PRESENCE,
    RECONNECT,
    REQUEST_MEMBERS,
    RESUME,
    VOICE_STATE,
    Connection,
    Session,
)
from sandbox.discord_streams import stream_for
from sandbox.discord_world import World

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 41.25
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, INVALID_SHARD, INVALID_VERSION, DISALLOWED_INTENTS = 4005, 4010, 4012, 4014
# A client that says goodbye in one of these ways will not come back to its session.
GOODBYES = (1000, 1001)


class Gateway:
    """All connections and sessions, and the switches that break them."""

    def __init__(self, world: World, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self.world = world
        self.heartbeat_seconds = heartbeat_seconds
        self.open = True
        self.acknowledges = True
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.counts = {"connected": 0, "identified": 0, "resumed": 0, "refused_resumes": 0, "heartbeats": 0}
        self._tasks: set[asyncio.Task[None]] = set()
        world.backend.subscribers.append(self.publish)

    def publish(self, event: str, payload: Mapping[str, Any]) -> None:
        """Offer an event of the world to every session and let the sockets send it."""
        for session in list(self.sessions.values()):
            session.offer(event, payload)
            if session.connection is not None:
                task = asyncio.ensure_future(session.connection.flush())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side ends it."""
        if not self.open:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        if request.query.get("v", "10") != "10":
            await socket.close(code=INVALID_VERSION)
            return socket
        connection = Connection(socket, request, stream_for(request.query.get("compress")))
        self.connections.add(connection)
        self.counts["connected"] += 1
        try:
            await connection.send(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000), "_trace": []})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._received(connection, message.data)
        finally:
            self.connections.discard(connection)
            self._left(connection)
        return socket

    def _left(self, connection: Connection) -> None:
        session = connection.session
        if session is None:
            return
        session.detach()
        if connection.socket.close_code in GOODBYES:
            self.sessions.pop(session.id, None)

    async def _received(self, connection: Connection, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            await connection.socket.close(code=DECODE_ERROR)
            return
        if op == HEARTBEAT:
            self.counts["heartbeats"] += 1
            if self.acknowledges:
                await connection.send(HEARTBEAT_ACK)
        elif op == IDENTIFY:
            await self._identify(connection, data)
        elif op == RESUME:
            await self._resume(connection, data)
        elif connection.session is None:
            await connection.socket.close(code=NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            for chunk in member_chunks(self.world, data):
                connection.session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
            await connection.flush()
        elif op not in (PRESENCE, VOICE_STATE):
            await connection.socket.close(code=UNKNOWN_OPCODE)

    def _refusal(self, connection: Connection, data: Mapping[str, Any]) -> int | None:
        if connection.session is not None:
            return ALREADY_AUTHENTICATED
        if str(data.get("token", "")).removeprefix("Bot ") != self.world.token:
            return AUTHENTICATION_FAILED
        shard_id, shards = data.get("shard") or (0, 1)
        if not 0 <= shard_id < shards:
            return INVALID_SHARD
        if refused_intents(self.world, intents_of(int(data.get("intents", 0)))):
            return DISALLOWED_INTENTS
        return None

    async def _identify(self, connection: Connection, data: Mapping[str, Any]) -> None:
        refusal = self._refusal(connection, data)
        if refusal is not None:
            await connection.socket.close(code=refusal)
            return
        shard_id, shards = data.get("shard") or (0, 1)
        session = Session(self.world, secrets.token_hex(16), intents_of(int(data["intents"])), (shard_id, shards))
        self.sessions[session.id] = session
        self.counts["identified"] += 1
        session.attach(connection)
        self._welcome(session)
        await connection.flush()

    def _welcome(self, session: Session) -> None:
        """Send READY with all servers unavailable, then each of them, as Discord does."""
        backend = self.world.backend
        shard_id, shards = session.shard
        guilds = [guild for guild in backend.guilds.values() if (guild.id >> 22) % shards == shard_id]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": {**serializers.user_payload(backend.bot_user), "verified": True, "mfa_enabled": False},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "private_channels": [],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.world.gateway_url,
                "shard": [shard_id, shards],
                "application": {"id": str(backend.application_id), "flags": self.world.application_flags},
            },
        )
        for guild in guilds:
            session.offer("GUILD_CREATE", serializers.guild_create_payload(backend, guild))

    async def _resume(self, connection: Connection, data: Mapping[str, Any]) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self.world.token:
            await connection.socket.close(code=AUTHENTICATION_FAILED)
            return
        session = self.sessions.get(str(data.get("session_id")))
        sequence = int(data.get("seq") or 0)
        if session is None or not session.can_resume(sequence):
            self.counts["refused_resumes"] += 1
            await connection.send(INVALID_SESSION, False)
            return
        self.counts["resumed"] += 1
        session.attach(connection)
        session.replay(sequence)
        await connection.flush()

    async def drop(self, shard: int | None = None, code: int | None = None) -> int:
        """Cut connections (with a close code, say so first); the sessions stay and can be resumed."""
        chosen = [c for c in self.connections if shard is None or (c.session and c.session.shard[0] == shard)]
        for connection in chosen:
            if code is None:
                connection.abort()
            else:
                await connection.socket.close(code=code)
        return len(chosen)

    async def lose(self) -> int:
        """Forget every session and cut the connections: the next RESUME is refused, nothing is replayed."""
        for connection in self.connections:
            connection.session = None
        self.sessions.clear()
        return await self.drop()

    async def ask_to_reconnect(self) -> None:
        """Send op 7: the bot is to connect anew and resume."""
        for connection in list(self.connections):
            await connection.send(RECONNECT)

    async def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 to every connection; not resumable also forgets the sessions."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            if not resumable:
                connection.session = None
            await connection.send(INVALID_SESSION, resumable)

    async def close(self) -> None:
        """End all connections; a bot may take it for a restart of Discord and come back."""
        await self.drop(code=1012)
