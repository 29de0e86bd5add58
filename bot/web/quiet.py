"""What aiohttp itself answers to what is no HTTP: by default its name, its version and what it read; here nothing."""

import logging
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from bot.web.html import lost_html

log = logging.getLogger(__name__)


class QuietRunner(web.AppRunner):
    """Run an application whose protocol errors tell nothing; aiohttp has no setting for that."""

    def __init__(self, app: web.Application, headers: dict[str, str], **options: Any) -> None:
        super().__init__(app, **options)
        self._headers = headers

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        headers = self._headers

        class Quiet(_Handler):
            __slots__ = ()
            safety = headers

        class Server(web.Server):
            def __call__(self) -> RequestHandler:
                return Quiet(self, loop=self._loop, **self._kwargs)

        server.__class__ = Server
        return server


class _Handler(RequestHandler):
    __slots__ = ()
    safety: dict[str, str]

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer with the page that says nothing; who sends such things is no matter for the owner's log."""
        level = logging.DEBUG if status < web.HTTPInternalServerError.status_code else logging.ERROR
        log.log(level, "A request could not be answered: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has been begun already.")
        del message  # it repeats what was sent
        bad = web.Response(status=status, text=lost_html(), content_type="text/html", headers=self.safety)
        bad.force_close()
        return bad
