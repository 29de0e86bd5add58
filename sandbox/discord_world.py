"""The state of the Discord on loopback: simcord's backend, a clock that runs, the switches of an application."""

import asyncio
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from simcord._clock import Clock as BackendClock
from simcord.backend import Backend
from simcord.backend.models import Message

from catalog.clock import Clock, SystemClock
from sandbox.discord_faults import Faults

# Whatever came off the wire or goes onto it.
Json: TypeAlias = Any

TOKEN = "sandbox.discord.token"
# Discord says "the past few minutes"; whoever relies on more than that relies on nothing.
NONCE_WINDOW = timedelta(minutes=5)
# Enough for any test; a demo that runs for hours must not grow for ever.
REQUESTS_KEPT = 50_000
# The gateway flags of an application (approved), by the name of the privileged intent.
APPLICATION_FLAGS = {"presences": 1 << 12, "members": 1 << 14, "message_content": 1 << 18}


class WorldClock(BackendClock):
    """Run with the real clock, shifted by what the tests ask for."""

    def __init__(self, real: Clock | None = None) -> None:
        super().__init__()
        self._real = real or SystemClock()
        self._shift = timedelta(0)

    def now(self) -> datetime:
        """Return the world's instant, which snowflakes and timestamps are made of."""
        return self._real.now() + self._shift

    def advance(self, seconds: float) -> None:
        """Move the world's time forward, or back with a negative number."""
        self._shift += timedelta(seconds=seconds)

    def move_to(self, instant: datetime) -> None:
        """Let the world's time go on from that instant."""
        self._shift = instant.astimezone(UTC) - self._real.now()


@dataclass
class LoggedRequest:
    """One REST request as it came in; the status is None until it is answered."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    body: Json
    at: str
    status: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the entry for the control endpoints."""
        return asdict(self)


@dataclass
class Nonces:
    """What was sent with which nonce, for as long as Discord remembers it."""

    _sent: dict[str, tuple[datetime, int, int]] = field(default_factory=dict)
    _of_message: dict[int, str | int] = field(default_factory=dict)

    def remember(self, nonce: str | int, message_id: int, channel_id: int, now: datetime) -> None:
        """Keep the nonce of a message that has just been made."""
        self._sent[str(nonce)] = (now, channel_id, message_id)
        self._of_message[message_id] = nonce

    def repeated(self, nonce: str | int, now: datetime) -> tuple[int, int] | None:
        """Return channel and message of the same nonce in the last few minutes."""
        at, channel_id, message_id = self._sent.get(str(nonce), (None, 0, 0))
        if at is None or now - at > NONCE_WINDOW:
            return None
        return channel_id, message_id

    def of(self, message_id: int) -> str | int | None:
        """Return the nonce a message was sent with."""
        return self._of_message.get(message_id)


class World:
    """Everything that outlives a connection: servers, people, messages, the application and its faults."""

    def __init__(self, token: str = TOKEN, name: str = "Tastebud", clock: WorldClock | None = None) -> None:
        self.token = token
        self.clock = clock or WorldClock()
        self.backend = Backend(clock=self.clock)
        self.backend.bot_user.name = name
        self.approved = set(APPLICATION_FLAGS)
        self.faults = Faults()
        self.nonces = Nonces()
        self.nonce_being_sent: str | int | None = None
        self.requests: deque[LoggedRequest] = deque(maxlen=REQUESTS_KEPT)
        self.gaps: list[str] = []
        self.base_url = ""
        self.shards = 1
        self._requests_seen = 0
        self._answered = asyncio.Event()

    @property
    def bot_id(self) -> int:
        """Return the user id of the bot under test."""
        return self.backend.bot_user.id

    @property
    def gateway_url(self) -> str:
        """Return where the gateway listens."""
        return self.base_url.replace("http", "ws", 1) + "/gateway"

    @property
    def application_flags(self) -> int:
        """Return the application's public flags: which privileged intents its owner has switched on."""
        return sum(flag for name, flag in APPLICATION_FLAGS.items() if name in self.approved)

    def log_request(self, method: str, path: str, query: dict[str, str], body: Json) -> LoggedRequest:
        """Write a request down before anything is done with it."""
        self._requests_seen += 1
        entry = LoggedRequest(self._requests_seen, method, path, query, body, self.backend.now_iso())
        self.requests.append(entry)
        # simcord's own records are for its assertions and would only grow here.
        self.backend.http_requests.clear()
        self.backend.transcript.clear()
        return entry

    def answered(self) -> None:
        """Tell whoever waits that the bot has done something."""
        self._answered.set()
        self._answered = asyncio.Event()

    async def next_answer(self) -> None:
        """Wait until the bot does something."""
        await self._answered.wait()

    def message(self, message_id: int) -> Message:
        """Find a message by its id alone."""
        for channel in self.backend.messages.values():
            if message_id in channel:
                return channel[message_id]
        raise LookupError(f"There is no message {message_id}.")
