"""The web server: a handful of paths that only read, each as little as its visitor may know."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from aiohttp import web

from bot.config import Settings
from bot.errors import StartError
from bot.health import read_beat
from bot.pictures.draw import draw
from bot.web.drop_page import DropPage, load_page
from bot.web.files import JSPF, M3U, TYPES, jspf, m3u
from bot.web.html import drop_html, lost_html
from bot.web.lag import LagMeter
from bot.web.links import LOOKS, PURPOSE, DropLinks, Sight
from bot.web.metrics import Metrics
from bot.web.quiet import QuietRunner
from bot.web.style import POLICY
from catalog.clock import Clock
from storage.errors import StorageError
from storage.stores import Storage

log = logging.getLogger(__name__)

SAFETY = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), interest-cohort=(), microphone=()",
    "Cache-Control": "private, no-cache",
    "Server": "tastebud",
}
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""What a reverse proxy adds: whoever comes through one is somebody from outside."""

LARGEST_BODY = 1_024  # bytes: nothing here takes a body
COVERS_KEPT = 32  # some 2 MB
STOP_SECONDS = 3.0
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#5cc0f7"/>'
    '<circle cx="16" cy="16" r="9" fill="#14151b"/><circle cx="16" cy="16" r="4" fill="#ffa64d"/></svg>'
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def drop_links(storage: Storage, base: str = "") -> DropLinks:
    """Return what makes links to drops under a public address, for whoever posts them."""
    return DropLinks(storage.vault.derive(PURPOSE), base)


class WebServer:
    """Serve pages for as long as the context is open; `extra` are routes of others, such as an OAuth callback."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        clock: Clock,
        beat: Path,
        is_connected: Callable[[], bool],
        extra: Sequence[web.RouteDef] = (),
    ) -> None:
        self._settings = settings.web
        self._storage = storage
        self._clock = clock
        self._beat = beat
        self._is_connected = is_connected
        self._lag = LagMeter()
        self._metrics = Metrics(storage, settings, clock, self._lag, is_connected)
        self._links = drop_links(storage)
        self._covers: OrderedDict[str, bytes] = OrderedDict()
        self._extra = extra
        self._running = ExitStack()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen; raise StartError where the address cannot be had."""
        self._runner = QuietRunner(self._app(), SAFETY, access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        host, port = self._settings.host, self._settings.port
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise StartError(
                f"The web server cannot listen on {host}, port {port} ({error.strerror or error}): "
                "choose another web.port or web.host, or set web.enabled to false."
            ) from error
        self._running.enter_context(self._lag)
        log.info("Pages are served on %s, port %d.", host, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self._running.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        assert self._runner is not None  # noqa: S101 - only asked while it listens
        return int(self._runner.addresses[0][1])

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_guarded], client_max_size=LARGEST_BODY)
        app.on_response_prepare.append(_make_safe)
        drop = f"/{{sight:{'|'.join(Sight)}}}/{{token:{LOOKS}}}"
        app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/metrics", self._show_metrics),
                web.get("/icon.svg", _icon),
                web.get(drop, self._show_drop),
                web.get(f"{drop}/cover.jpg", self._show_cover),
                web.get(f"{drop}/playlist.{{ending:{M3U}|{JSPF}}}", self._hand_over),
                *self._extra,
            ]
        )
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        """Say 200 while the heartbeat is fresh, else 503; a bot that waits for Discord is alive."""
        beat = read_beat(self._beat)
        alive = beat is not None and beat.is_fresh(self._clock.now())
        body = {"status": "ok" if alive else "stale", "discord": self._is_connected()}
        return web.json_response(body, status=200 if alive else 503)

    async def _show_metrics(self, request: web.Request) -> web.Response:
        if not self._settings.metrics or any(name in request.headers for name in FORWARDED):
            raise web.HTTPNotFound
        body, content_type = await self._metrics.text()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _show_drop(self, request: web.Request) -> web.Response:
        page = await self._page(request)
        return _html(drop_html(page, cover=f"{request.path}/cover.jpg", base=request.path))

    async def _show_cover(self, request: web.Request) -> web.Response:
        page = await self._page(request)
        cover = self._covers.get(page.seed + page.name)
        if cover is None:
            cover = self._covers[page.seed + page.name] = (await draw(page.cover)).data
            while len(self._covers) > COVERS_KEPT:
                self._covers.popitem(last=False)
        return web.Response(body=cover, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    async def _hand_over(self, request: web.Request) -> web.Response:
        page, ending = await self._page(request), request.match_info["ending"]
        body = m3u(page) if ending == M3U else jspf(page)
        headers = {
            "Content-Type": f"{TYPES[ending]}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="tastebud-{page.week}.{ending}"',
        }
        return web.Response(body=body, headers=headers)

    async def _page(self, request: web.Request) -> DropPage:
        """Return the page that a link leads to; whatever is wrong with it looks the same from outside."""
        sight = Sight(request.match_info["sight"])
        drop_id = self._links.read(sight, request.match_info["token"])
        drop = await self._storage.drops.by_id(drop_id) if drop_id is not None else None
        page = await load_page(self._storage, drop, sight) if drop else None
        if page is None:
            raise web.HTTPNotFound
        return page


async def _icon(_: web.Request) -> web.Response:
    return web.Response(text=ICON, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever is not there or fails with a page that says nothing, and tell the log what failed."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:  # a redirection is an answer
            raise
        return _html(lost_html(), 404)
    except StorageError as error:
        log.warning("A page could not be shown: %s", error)
    except Exception:
        # One page's failure must not tell its visitor anything.
        log.exception("A page could not be shown.")
    return _html(lost_html(), 500)


async def _make_safe(_: web.BaseRequest, response: web.StreamResponse) -> None:
    for name, value in SAFETY.items():
        if name not in response.headers or name == "Server":
            response.headers[name] = value
