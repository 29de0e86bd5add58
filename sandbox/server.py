"""One loopback server with a Spotify (`/v1`), its accounts service, a Deezer (at the root) and `/_control`."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

from catalog.clock import Clock, SystemClock
from sandbox.accounts import SandboxAccounts
from sandbox.calls import CallLog
from sandbox.catalogue import Catalogue, make_catalogue
from sandbox.control import add_control
from sandbox.deezer import SandboxDeezer
from sandbox.faults import Faults
from sandbox.gate import make_gate
from sandbox.generate import DEFAULT_SEED
from sandbox.spotify import SandboxSpotify
from sandbox.spotify_routes import add_spotify

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 0.5  # requests that hang must not hold the end up


class Sandbox:
    """The music services on loopback: `async with Sandbox(clock=clock) as sandbox`.

    Look into `spotify` (playlists, accounts), `deezer`, `calls` (every request made) and switch `faults` on.
    All three bases are origins of one port. The port is chosen freely when 0 is given.
    """

    def __init__(
        self, *, clock: Clock | None = None, seed: int = DEFAULT_SEED, port: int = 0, catalogue: Catalogue | None = None
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.seed = seed
        self.port = port
        self.catalogue = catalogue or make_catalogue(seed)
        self.faults = Faults(seed)
        self.calls = CallLog()
        self.accounts = SandboxAccounts(self.clock, seed)
        self.spotify = SandboxSpotify(self.catalogue, self.accounts, self.clock, self.calls)
        self.deezer = SandboxDeezer(self.catalogue, self.clock, self.calls, seed)
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        """Return `http://127.0.0.1:port`."""
        return f"http://{HOST}:{self.port}"

    @property
    def spotify_api_base(self) -> str:
        """Return the base of the Web API, with `/v1`."""
        return f"{self.origin}/v1"

    @property
    def accounts_base(self) -> str:
        """Return the origin of the accounts service."""
        return self.origin

    @property
    def deezer_base(self) -> str:
        """Return Deezer's origin."""
        return self.origin

    @property
    def client_id(self) -> str:
        """Return the id of the one app that the accounts service knows."""
        return self.accounts.client_id

    @property
    def client_secret(self) -> str:
        """Return that app's secret."""
        return self.accounts.client_secret

    @property
    def refresh_token(self) -> str:
        """Return a refresh token of the owner's account, consented to when the sandbox was made."""
        return self.accounts.owner_refresh_token

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment that points `tastebud run` here."""
        return {
            "TASTEBUD_SPOTIFY__API_BASE": self.spotify_api_base,
            "TASTEBUD_SPOTIFY__ACCOUNTS_BASE": self.accounts_base,
            "TASTEBUD_DEEZER__API_BASE": self.deezer_base,
            "SPOTIFY_CLIENT_ID": self.client_id,
            "SPOTIFY_CLIENT_SECRET": self.client_secret,
            "SPOTIFY_REFRESH_TOKEN": self.refresh_token,
        }

    async def start(self) -> None:
        """Listen; after a stop again on the same port, with everything as it was."""
        app = web.Application(middlewares=[make_gate(self)])
        self.accounts.add_routes(app.router)
        add_spotify(app.router, self.spotify)
        add_control(app.router, self)
        self.deezer.add_routes(app.router)
        self.closing.clear()
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_SECONDS, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening, as a service that is down; the state stays."""
        self.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except OSError:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
