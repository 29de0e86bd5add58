"""Gateway sessions: they outlive their connection for a while, so that a bot can resume where it was."""

import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import discord
from aiohttp import web

from sandbox.discord_events import shape, shard_of
from sandbox.discord_streams import Stream
from sandbox.discord_world import Json, World

# Discord names no figures: a session is given up after a few minutes or when too much has piled up.
RESUME_SECONDS = 180.0
EVENTS_KEPT = 20_000

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11


class Connection:
    """One open socket; frames leave in the order they were put."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, stream: Stream) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._request = request
        self._stream = stream
        self._waiting: deque[dict[str, Any]] = deque()
        self._sending = False

    async def send(self, op: int, data: Json = None) -> None:
        """Send a frame that is no event."""
        self.put({"op": op, "d": data, "s": None, "t": None})
        await self.flush()

    def put(self, frame: dict[str, Any]) -> None:
        """Queue a frame behind those that wait."""
        self._waiting.append(frame)

    async def flush(self) -> None:
        """Send what has queued up, unless somebody is at it."""
        if self._sending:
            return
        self._sending = True
        try:
            while self._waiting and not self.socket.closed:
                piece = self._stream.encode(json.dumps(self._waiting.popleft()))
                if isinstance(piece, bytes):
                    await self.socket.send_bytes(piece)
                else:
                    await self.socket.send_str(piece)
        except ConnectionError:
            # The other side is gone; the session keeps the events for its RESUME.
            self._waiting.clear()
        finally:
            self._sending = False

    def abort(self) -> None:
        """Cut the line without a close frame, as a broken network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


class Session:
    """One identified shard of the bot: numbers its events and keeps them for a RESUME."""

    def __init__(self, world: World, session_id: str, intents: discord.Intents, shard: tuple[int, int]) -> None:
        self.id = session_id
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.connection: Connection | None = None
        self.resumes = 0
        self._world = world
        self._left_at: float | None = None
        self._kept: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)

    def offer(self, event: str, payload: Mapping[str, Any]) -> None:
        """Dispatch an event of the world if this session is meant and entitled to it."""
        if shard_of(event, payload, self.shard[1]) != self.shard[0]:
            return
        data = shape(self._world, self.intents, event, payload)
        if data is not None:
            self.dispatch(event, data)

    def dispatch(self, event: str, data: Mapping[str, Any]) -> None:
        """Give an event its number, keep it and queue it for the connection, if there is one."""
        self.sequence += 1
        frame = {"op": DISPATCH, "t": event, "s": self.sequence, "d": data}
        self._kept.append(frame)
        if self.connection is not None:
            self.connection.put(frame)

    def attach(self, connection: Connection) -> None:
        """Take over a connection; an older one is cut."""
        if self.connection is not None:
            self.connection.session = None
            self.connection.abort()
        self.connection = connection
        connection.session = self
        self._left_at = None

    def detach(self) -> None:
        """Go on without a connection: events pile up for the RESUME."""
        self.connection = None
        self._left_at = time.monotonic()

    def can_resume(self, sequence: int) -> bool:
        """Tell whether everything after that event is still here."""
        late = self._left_at is not None and time.monotonic() - self._left_at > RESUME_SECONDS
        oldest = self._kept[0]["s"] if self._kept else self.sequence + 1
        return not late and sequence <= self.sequence and sequence >= oldest - 1

    def replay(self, sequence: int) -> None:
        """Queue everything after that event once more, then RESUMED."""
        if self.connection is None:
            return
        for frame in self._kept:
            if frame["s"] > sequence:
                self.connection.put(frame)
        self.resumes += 1
        self.dispatch("RESUMED", {"_trace": ["sandbox"]})
