"""Where a browser comes back to from Spotify: the page shows a word, and its person finishes on Discord."""

import re
from collections.abc import Sequence

from aiohttp import web

from bot.web.html import said_html
from bot.web.settings import CONSENT_PATH
from scheduler.consenting import Consenting

ANSWER = re.compile(r"[A-Za-z0-9_]{1,64}")  # Spotify's word for what went wrong

ONE_STEP = "One step left"
TYPE_IT = "Go back to Discord, press “Finish” below the message you came from, and type this:"
BEWARE = "Did somebody send you here? Then close this page and tell them nothing: the word links your account to them."
NOTHING = "Nothing was linked"
SAID_NO = "You said no at Spotify. To begin anew, use /link on Discord."
RUN_OUT = "This address has been used, or has run out. To begin anew, use /link on Discord."


def consent_routes(consenting: Consenting) -> Sequence[web.RouteDef]:
    """Return the one route; it answers GET alone, since a look ahead by HEAD would use the address up."""

    async def come_back(request: web.Request) -> web.Response:
        query = request.query
        names = sorted(name for name, _ in query.items())
        if names == ["code", "state"]:
            word = await consenting.arrive(query["state"], query["code"])
            return _answer(ONE_STEP, TYPE_IT, word, BEWARE) if word else _answer(NOTHING, RUN_OUT, status=400)
        if names == ["error", "state"] and ANSWER.fullmatch(query["error"]):
            known = await consenting.refuse(query["state"])
            return _answer(NOTHING, SAID_NO if known else RUN_OUT, status=200 if known else 400)
        raise web.HTTPNotFound

    return [web.get(CONSENT_PATH, come_back, allow_head=False)]


def _answer(title: str, sentence: str, word: str = "", beware: str = "", status: int = 200) -> web.Response:
    shown = f"{word[:3]} {word[3:]}" if word else ""
    text = said_html(title, sentence, shown, beware)
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})
