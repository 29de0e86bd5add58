"""Linking one's own Spotify account where our web server receives the consent: real HTTP on loopback, real Discord."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from multidict import CIMultiDictProxy

from bot.config import Settings
from bot.web.consent import consent_routes
from bot.web.html import lost_html
from bot.web.server import SAFETY, WebServer
from bot.web.settings import CONSENT_PATH, WebSettings
from catalog.spotify_settings import SpotifySettings
from sandbox.server import Sandbox
from tests.account_helpers import address_in, ask_to_link, finish, landing, link_member, text_of, visit
from tests.fixtures.bot import Room
from tests.fixtures.web import look
from tests.test_bot_link import free_port

WORD = re.compile(r'class="word">([0-9A-Z]{3} [0-9A-Z]{3})<')
A_STATE = "A" * 43


@pytest.fixture
def product_settings(product_settings: Settings) -> Settings:
    """Return settings with a public address, which is this machine's."""
    port = free_port()
    return replace(product_settings, web=WebSettings(enabled=True, port=port, public_url=f"http://127.0.0.1:{port}/"))


@pytest_asyncio.fixture
async def served(room: Room, tmp_path: Path) -> AsyncIterator[str]:
    """Serve our pages, and return where."""
    services = room.services
    routes = consent_routes(services.consenting)
    async with WebServer(services.settings, services.storage, services.clock, tmp_path / "beat", lambda: True, routes):
        yield services.settings.web.base


def word_in(page: str) -> str:
    """Return the word that a page shows."""
    found = WORD.search(page)
    assert found is not None, page
    return found[1]


async def test_a_member_links_by_the_word_on_our_page(room: Room, sandbox: Sandbox, served: str) -> None:
    """Spotify sends the browser to us; what it shows is typed on Discord, and nothing was linked before."""
    ana = room.member("ana")
    asked = await ask_to_link(room, ana)
    assert "six signs" in text_of(asked)
    landed = await landing(sandbox, address_in(asked))
    assert landed.startswith(served + CONSENT_PATH + "?")
    status, page, headers = await visit(landed)
    assert status == 200
    assert_safe(headers)
    assert headers["Cache-Control"] == "no-store"
    assert sandbox.calls.count("accounts", "POST") == 0
    (done,) = await finish(ana, asked, word_in(page).lower())
    assert "Your Spotify account is linked" in text_of(done)
    (account,) = await room.services.storage.member_accounts.all()
    assert account.discord_id == ana.id


def assert_safe(headers: CIMultiDictProxy[str]) -> None:
    """Check what every page of ours says to the browser."""
    for name, value in SAFETY.items():
        assert name == "Cache-Control" or headers[name] == value
    assert "script" not in headers["Content-Security-Policy"]


@pytest.mark.usefixtures("served")
async def test_an_address_sent_to_somebody_else_links_nothing_of_theirs(room: Room, sandbox: Sandbox) -> None:
    """Mia sends Ana her own address: Ana consents, the page warns her, and without its word Mia gets nothing."""
    mia, ana = room.member("mia"), room.member("ana")
    asked, own = await ask_to_link(room, mia), await ask_to_link(room, ana)
    status, page, _ = await visit(await landing(sandbox, address_in(asked)))
    assert status == 200
    assert "Did somebody send you here?" in page
    (guessed,) = await finish(mia, asked, "222 222")
    assert "run out" in text_of(guessed)
    (typed_by_another,) = await finish(ana, own, word_in(page))
    assert "run out" in text_of(typed_by_another)
    assert await room.services.storage.member_accounts.all() == []


@pytest.mark.usefixtures("served")
async def test_an_address_is_good_once(room: Room, sandbox: Sandbox) -> None:
    """A second visit shows no word, and the first visitor's word still counts."""
    ana = room.member("ana")
    asked = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(asked))
    assert (await visit(landed, "HEAD"))[0] == 404  # a look ahead does not use it up
    _, first, _ = await visit(landed)
    status, second, _ = await visit(landed)
    assert (status, WORD.search(second)) == (400, None)
    assert "is linked" in text_of((await finish(ana, asked, word_in(first)))[0])


@pytest.mark.usefixtures("served")
async def test_the_whole_address_may_be_pasted_too(room: Room) -> None:
    """Should our page be out of reach, what stands in the address bar does as well."""
    ana = room.member("ana")
    assert "is linked" in text_of((await link_member(room, ana))[0])


@pytest.mark.usefixtures("served")
async def test_no_is_said_on_the_page(room: Room, sandbox: Sandbox) -> None:
    """And the consent is over."""
    ana = room.member("ana")
    landed = await landing(sandbox, address_in(await ask_to_link(room, ana)), None)
    status, page, _ = await visit(landed)
    assert (status, "You said no" in page) == (200, True)
    status, page, _ = await visit(landed)
    assert (status, "has been used, or has run out" in page) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?code=x",
        f"?state={A_STATE}",
        f"?code=x&state={A_STATE}&next=https://evil.example",
        f"?code=x&code=y&state={A_STATE}",
        f"?error=%3Cscript%3E&state={A_STATE}",
        "?code[]=x&state[]=y",
    ],
)
async def test_what_is_no_consent_gets_the_page_that_says_nothing(room: Room, served: str, query: str) -> None:
    """Whatever else is asked of the address; nobody is sent anywhere."""
    assert room
    status, page, headers = await visit(served + CONSENT_PATH + query)
    assert (status, page) == (404, lost_html())
    assert "Location" not in headers


@pytest.mark.parametrize("state", [A_STATE, "x", "<script>alert(1)</script>", "%00", "é" * 43])
async def test_an_unknown_state_tells_nothing_and_echoes_nothing(room: Room, served: str, state: str) -> None:
    """Unknown, used up and run out look the same, and nothing that came is on the page."""
    assert room
    status, page, headers = await visit(f"{served}{CONSENT_PATH}?code=attacker-code&state={state}")
    assert status == 400
    assert_safe(headers)
    assert "attacker-code" not in page
    assert "alert" not in page


@pytest.mark.usefixtures("served")
async def test_as_a_phone_shows_it(chromium: str, room: Room, sandbox: Sandbox, tmp_path: Path) -> None:
    """Headless Chromium: the word is there, nothing is refused, no script ran."""
    ana = room.member("ana")
    landed = await landing(sandbox, address_in(await ask_to_link(room, ana)))
    dom = await look(chromium, landed, tmp_path, "--dump-dom", size=(412, 915))
    assert WORD.search(dom)
    assert "One step left" in dom
    assert not [word for word in ("Content Security Policy", "Refused to", "CONSOLE") if word in dom]


def test_the_consent_address_is_ours_where_there_is_a_public_one() -> None:
    """Else it is the redirect address of this machine, which is pasted."""
    base = "https://taste.example/bot"
    assert Settings(web=WebSettings(enabled=True, public_url=base + "/")).consent_address == base + CONSENT_PATH
    assert Settings(web=WebSettings(public_url=base)).consent_address == SpotifySettings().redirect_uri
