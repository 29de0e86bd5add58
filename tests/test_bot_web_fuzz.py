"""Whatever is asked of the web server: never an error of ours, nothing told, the same guard on every answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from string import ascii_letters, digits

import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.web.consent import consent_routes
from bot.web.links import Sight
from bot.web.server import SAFETY, WebServer, drop_links
from bot.web.settings import CONSENT_PATH, WebSettings
from catalog.spotify_settings import SpotifySecrets, SpotifySettings
from sandbox.clock import FastClock
from scheduler.accounts import OwnAccounts
from scheduler.consenting import Consenting
from storage.stores import Storage
from tests.fixtures.web import sample_picks, write_drop

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
NEVER = (b"Traceback", b"aiohttp", b"sqlalchemy", b"/work", b"Paper Lanterns", b"Ana Luc")
SAFE = ascii_letters + digits + "-._~!$&'()*+,;=:@%/?"
REASONABLE = {200, 400, 404, 405}

token = st.text(ascii_letters + digits + "-_", min_size=30, max_size=34)
odd = st.text(SAFE, max_size=60)
known = st.sampled_from(
    ["/", "/healthz", "/icon.svg", "/metrics", "/mine/", "/drop/", CONSENT_PATH, "/playlist.m3u8", "/cover.jpg", "/.."]
)
paths = st.one_of(
    odd.map(lambda text: "/" + text),
    st.tuples(known, odd).map("".join),
    st.tuples(st.sampled_from(list(Sight)), token, st.sampled_from(["", "/cover.jpg", "/playlist.m3u8", "/x"])).map(
        lambda parts: f"/{parts[0]}/{parts[1]}{parts[2]}"
    ),
    st.tuples(odd, odd).map(lambda parts: f"{CONSENT_PATH}?code={parts[0]}&state={parts[1]}"),
    st.text(ascii_letters + digits + "-_", min_size=43, max_size=43).map(
        lambda state: f"{CONSENT_PATH}?code=x&state={state}"
    ),
)
names = st.sampled_from(
    ["Accept", "Cookie", "Forwarded", "If-None-Match", "Range", "Referer", "X-Forwarded-For", "X-Odd"]
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=80)
headers = st.dictionaries(names, values, max_size=4)


class Asker:
    """A web server that runs, and raw requests to it: no client that would tidy them up."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self.loop = loop

    async def ask(self, method: str, path: str, more: dict[str, str], body: bytes = b"") -> bytes:
        """Return all that the server answers."""
        lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        raw = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            return await asyncio.wait_for(reader.read(), 30)
        finally:
            writer.close()


@pytest_asyncio.fixture
async def asker(storage: Storage, clock: FastClock, tmp_path: Path) -> AsyncIterator[Asker]:
    """Serve pages and consents of a database with a drop in it."""
    await write_drop(storage, clock, sample_picks())
    own = OwnAccounts(storage, SpotifySettings(), SpotifySecrets("id", "secret"), clock, storage.quota)
    routes = consent_routes(Consenting(storage, own, "http://127.0.0.1/x"))
    web = WebSettings(enabled=True, port=0, metrics=False)
    async with WebServer(Settings(web=web), storage, clock, tmp_path / "beat", lambda: True, routes) as server:
        yield Asker(server.port, asyncio.get_running_loop())
    own.close()


def check(answer: bytes, path: str) -> None:
    """Check an answer: a status we mean, all the headers, nothing told."""
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    assert found is not None, answer[:200]
    status = int(found[1])
    assert status in REASONABLE or (status == 503 and "healthz" in path), (status, path)
    assert not [word for word in NEVER if word in body], path
    assert b"set-cookie" not in head.lower()
    assert b"location:" not in head.lower()
    if b"text/html" in head:
        assert f"Content-Security-Policy: {SAFETY['Content-Security-Policy']}".encode() in head


@given(st.sampled_from(METHODS), paths, headers, st.binary(max_size=200))
@example("GET", CONSENT_PATH + "?code=%00&state=%ff", {}, b"")
@example("GET", "/mine/%2e%2e%2fetc%2fpasswd", {"Range": "bytes=0-"}, b"")
@example("GET", "//evil.example/%2f..", {"X-Forwarded-For": "1"}, b"")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_request_breaks_the_server_or_learns_a_thing(
    asker: Asker, method: str, path: str, more: dict[str, str], body: bytes
) -> None:
    """Random methods, paths, headers and bodies."""
    check(await asker.ask(method, path, more, body), path)


@given(st.binary(min_size=1, max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_no_http_at_all_is_refused(asker: Asker, raw: bytes) -> None:
    """Bytes of any kind; the server goes on serving."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asker.port)
    writer.write(raw + b"\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    assert not [word for word in NEVER[:4] if word in answer and word not in raw]
    assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert b"Nothing here" in await asker.ask("GET", "/", {})


async def test_a_forged_token_opens_nothing(asker: Asker, storage: Storage) -> None:
    """Every single changed sign of a good link leads nowhere."""
    good = drop_links(storage).path(1, Sight.MINE)
    assert b"Paper Lanterns" in await asker.ask("GET", good, {})
    for place in range(len("/mine/"), len(good)):
        sign = "A" if good[place] != "A" else "B"
        check(await asker.ask("GET", good[:place] + sign + good[place + 1 :], {}), good)
