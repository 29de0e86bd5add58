"""One loopback server: a Spotify (`/v1`), its accounts, the knowledge services, a Deezer (the rest), `/_control`."""

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
from sandbox.itunes import SandboxITunes
from sandbox.knowledge import knowledge_of
from sandbox.labs import SandboxLabs
from sandbox.lastfm import SandboxLastFm
from sandbox.listenbrainz import SandboxListenBrainz
from sandbox.musicbrainz import SandboxMusicBrainz
from sandbox.reccobeats import SandboxReccoBeats
from sandbox.spotify import SandboxSpotify
from sandbox.spotify_routes import add_spotify
from sandbox.web import PREFIX as WEB
from sandbox.web import SandboxWeb

HOST = "127.0.0.1"
UNPACED = "1000"  # requests a second: loopback needs no pacing
CONTACT = "sandbox@example.invalid"
SHUTDOWN_SECONDS = 0.5  # requests that hang must not hold the end up


class Sandbox:
    """The music services on loopback: `async with Sandbox(clock=clock) as sandbox`.

    Look into `spotify` (playlists, accounts), `deezer`, `musicbrainz` and the other knowledge services, `knowledge`
    (what these know), `web` (pages of music sites), `calls` (every request made) and switch `faults` on. All bases
    are on one port, which is chosen freely when 0 is given.
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
        self.knowledge = knowledge_of(self.catalogue)
        self.musicbrainz = SandboxMusicBrainz(self.knowledge, self.clock)
        self.listenbrainz = SandboxListenBrainz(self.knowledge, self.clock)
        self.labs = SandboxLabs(self.knowledge, self.clock)
        self.reccobeats = SandboxReccoBeats(self.knowledge, self.clock)
        self.itunes = SandboxITunes(self.knowledge, self.clock)
        self.lastfm = SandboxLastFm(self.knowledge, self.clock)
        self.web = SandboxWeb(self.catalogue)
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
    def web_base(self) -> str:
        """Return where pages, oEmbed and short links of music sites stand."""
        return self.origin + WEB

    @property
    def knowledge_bases(self) -> dict[str, str]:
        """Return the base of each knowledge service, by its name."""
        paths = {
            "musicbrainz": "/musicbrainz/ws/2",
            "listenbrainz": "/listenbrainz/1",
            "labs": "/labs",
            "reccobeats": "/reccobeats/v1",
            "itunes": "/itunes",
            "lastfm": "/lastfm/2.0",
        }
        return {name: self.origin + path for name, path in paths.items()}

    @property
    def knowledge_environment(self) -> dict[str, str]:
        """Return the environment that points the knowledge services' clients here, without a pace."""
        bases = self.knowledge_bases
        labs = {"TASTEBUD_LISTENBRAINZ__LABS_BASE": bases.pop("labs"), "TASTEBUD_LISTENBRAINZ__LABS_RATE": UNPACED}
        addresses = {f"TASTEBUD_{name}__API_BASE".upper(): base for name, base in bases.items()}
        rates = {f"TASTEBUD_{name}__RATE".upper(): UNPACED for name in bases}
        keys = {"LASTFM_API_KEY": self.lastfm.key, "LISTENBRAINZ_TOKEN": self.listenbrainz.token}
        return {**addresses, **rates, **labs, "TASTEBUD_MUSICBRAINZ__CONTACT": CONTACT, **keys}

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
            "TASTEBUD_CATALOG__WEB_BASE": self.web_base,
            "TASTEBUD_CATALOG__RATE": UNPACED,
            **self.knowledge_environment,
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
        for service in (self.musicbrainz, self.listenbrainz, self.labs, self.reccobeats, self.itunes, self.lastfm):
            service.add_routes(app.router)
        self.web.add_routes(app.router)
        self.deezer.add_routes(app.router)  # last: it answers whatever is left
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
