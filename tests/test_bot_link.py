"""Linking the account that owns the playlists: by the browser, by a pasted address, and by the environment."""

import asyncio
import io
import queue
import re
import socket
from collections.abc import Iterable
from dataclasses import replace

import aiohttp
import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.account import describe_lack
from bot.app import open_services
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from bot.link import describe_grant, link
from catalog.models import Grant
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.product import Tastebud, read_until


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(product_settings: Settings) -> Settings:
    """Return settings whose redirect address is free on this machine."""
    return replace(
        product_settings,
        spotify=replace(product_settings.spotify, redirect_uri=f"http://127.0.0.1:{free_port()}/callback"),
    )


@pytest.fixture
def secrets(product_secrets: Secrets) -> Secrets:
    """Return the app's secrets, without a refresh token."""
    return replace(product_secrets, spotify_refresh_token=None)


class Owner:
    """Somebody at the terminal: reads what it says, opens the address in a browser."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        clock: FastClock,
        typed: Iterable[str | None] = (),
        *,
        library: bool = False,
    ) -> None:
        self.screen = io.StringIO()
        console = Console(file=self.screen, width=500)
        self.linking = asyncio.create_task(
            link(settings, secrets, clock, console, browser=False, library=library, typed=typed)
        )

    async def address(self) -> str:
        """Return the consent address once it is shown."""
        async with asyncio.timeout(20):
            while not (found := re.search(r"^http\S+authorize\S+$", self.screen.getvalue(), re.MULTILINE)):
                if self.linking.done():
                    await self.linking
                await asyncio.sleep(0.01)
        return found[0]

    async def visit(self, url: str) -> tuple[int, str]:
        """Open an address, following redirects, and return what the page says."""
        async with aiohttp.ClientSession() as browser, browser.get(url) as page:
            return page.status, await page.text()

    async def refusal(self) -> str:
        """Return the sentence that linking ends with."""
        with pytest.raises(StartError) as caught:
            await asyncio.wait_for(self.linking, 20)
        return str(caught.value)


async def landing(url: str) -> str:
    """Consent in a browser on another machine and return the address that it ends at."""
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as page:
        return page.headers["Location"]


async def stored(settings: Settings, secrets: Secrets, clock: FastClock) -> Grant | None:
    """Return the account that is kept."""
    async with open_services(settings, clock, secrets) as services:
        return await services.storage.accounts.grant()


async def test_the_browser_comes_back_on_loopback(
    settings: Settings, secrets: Secrets, clock: FastClock, sandbox: Sandbox
) -> None:
    """The consent page redirects here, and the account is kept."""
    owner = Owner(settings, secrets, clock)
    status, page = await owner.visit(await owner.address())
    grant = await asyncio.wait_for(owner.linking, 20)
    assert (status, "Tastebud is linked" in page) == (200, True)
    assert grant.account_id == sandbox.accounts.owner.account_id
    kept = await stored(settings, secrets, clock)
    assert kept is not None
    assert kept.refresh_token in sandbox.accounts.refresh_tokens
    assert "2026-07-06" in describe_grant(kept)  # 182 days on


async def test_another_state_is_not_taken(settings: Settings, secrets: Secrets, clock: FastClock) -> None:
    """A foreign page cannot slip its own code in, and the right answer still counts afterwards."""
    owner = Owner(settings, secrets, clock)
    url = await owner.address()
    status, _ = await owner.visit(f"{settings.spotify.redirect_uri}?code=stolen&state=guessed")
    assert status == 400
    assert not owner.linking.done()
    await owner.visit(url)
    assert (await asyncio.wait_for(owner.linking, 20)).account_id


async def test_the_address_can_be_pasted(settings: Settings, secrets: Secrets, clock: FastClock) -> None:
    """Where the browser is on another machine, its address bar has all that is needed."""
    lines: queue.Queue[str | None] = queue.Queue()
    owner = Owner(settings, secrets, clock, iter(lines.get, None))
    lines.put("what shall I paste?\n")
    lines.put(await landing(await owner.address()) + "\n")
    assert (await asyncio.wait_for(owner.linking, 20)).account_id
    assert "does not belong to this consent" in owner.screen.getvalue()
    lines.put(None)


async def test_without_an_app_nothing_is_asked(settings: Settings, clock: FastClock) -> None:
    """The two secrets come first."""
    with pytest.raises(SettingsError, match="SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET"):
        await link(settings, Secrets(), clock, Console(file=io.StringIO()), browser=False, typed=())


async def test_a_wrong_secret_is_named(settings: Settings, secrets: Secrets, clock: FastClock) -> None:
    """Spotify consents by the client id alone; the secret is checked at the end."""
    owner = Owner(settings, replace(secrets, spotify_client_secret=SecretStr("wrong")), clock)
    await owner.visit(await owner.address())
    assert "SPOTIFY_CLIENT_SECRET" in await owner.refusal()


async def test_a_refused_consent_says_so(
    settings: Settings, secrets: Secrets, clock: FastClock, sandbox: Sandbox
) -> None:
    """Clicking Cancel is answered with what to do."""
    sandbox.accounts.logged_in = None
    owner = Owner(settings, secrets, clock)
    status, _ = await owner.visit(await owner.address())
    assert status == 400
    assert "agree" in await owner.refusal()


async def test_a_redirect_that_is_not_registered_says_so(
    settings: Settings, secrets: Secrets, clock: FastClock, sandbox: Sandbox
) -> None:
    """Spotify refuses the code when the address differs; what to register is shown before and after."""
    sandbox.faults.inject("invalid_grant", "accounts", "/api/token")
    owner = Owner(settings, secrets, clock)
    await owner.visit(await owner.address())
    assert settings.spotify.redirect_uri in await owner.refusal()
    assert f"add {settings.spotify.redirect_uri} to the app's Redirect URIs" in owner.screen.getvalue()


async def test_no_premium_says_so(settings: Settings, secrets: Secrets, clock: FastClock, sandbox: Sandbox) -> None:
    """An app whose owner has no Premium is of no use."""
    sandbox.faults.inject("not_premium", "spotify", "*", times=None)
    owner = Owner(settings, secrets, clock)
    await owner.visit(await owner.address())
    assert "Premium" in await owner.refusal()


async def test_a_taken_port_leaves_pasting(settings: Settings, secrets: Secrets, clock: FastClock) -> None:
    """Another program on the port is no end."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(settings.spotify.redirect_uri.rsplit(":", 1)[1].split("/")[0])))
        other.listen()
        owner = Owner(settings, secrets, clock)
        await owner.address()
        async with asyncio.timeout(20):
            while "is taken" not in owner.screen.getvalue():  # a screen has no event
                await asyncio.sleep(0.01)
        owner.linking.cancel()
        await asyncio.wait([owner.linking])


async def test_nobody_is_waited_for_for_ever(
    settings: Settings, secrets: Secrets, clock: FastClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forgotten terminal ends by itself."""
    monkeypatch.setattr("bot.link.PATIENCE_SECONDS", 0.05)
    assert "run `tastebud link` again" in await Owner(settings, secrets, clock).refusal()


async def test_link_as_an_owner_runs_it(tastebud: Tastebud, sandbox: Sandbox) -> None:
    """The command, a wrong line and then the right address typed into it, the account in the database."""
    process = await tastebud.start(
        "link",
        "--no-browser",
        TASTEBUD_SPOTIFY__API_BASE=sandbox.spotify_api_base + "/",
        TASTEBUD_SPOTIFY__ACCOUNTS_BASE=sandbox.accounts_base + "/",
        TASTEBUD_SPOTIFY__REDIRECT_URI="https://music.example.org/callback",  # not of this machine: it is pasted
        SPOTIFY_CLIENT_ID=sandbox.client_id,
        SPOTIFY_CLIENT_SECRET=sandbox.client_secret,
    )
    shown = await read_until(process.stdout, "/authorize")
    landed = await landing(shown.split()[-1])
    assert process.stdin is not None
    process.stdin.write(f"https://music.example.org/callback?code=x&state=y\n{landed}\n".encode())
    await process.stdin.drain()
    out = await read_until(process.stdout, "Linked:")
    ended = await tastebud.end(process)
    assert ended.code == 0, ended.err
    assert "does not belong to this consent" in out
    assert sandbox.accounts.owner.account_id in out
    assert not any(token in out + ended.err for token in sandbox.accounts.refresh_tokens)


async def test_the_environments_token_is_taken_over(
    product_settings: Settings, product_secrets: Secrets, clock: FastClock, sandbox: Sandbox
) -> None:
    """SPOTIFY_REFRESH_TOKEN becomes the stored account with the first tick, and only once."""
    async with open_services(product_settings, clock, product_secrets) as services:
        await services.adoption()
        await services.adoption()
        grant = await services.storage.accounts.grant()
    assert grant is not None
    assert grant.account_id == sandbox.accounts.owner.account_id
    assert len(sandbox.calls.find(path="/api/token")) == 1


async def test_a_token_is_taken_over_once_spotify_is_back(
    product_settings: Settings,
    product_secrets: Secrets,
    clock: FastClock,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A Spotify that is away at start is asked again at each tick, and complained of once."""
    fault = sandbox.faults.inject("server_error", "accounts", "/api/token", times=None)
    async with open_services(product_settings, clock, product_secrets) as services:
        for _ in range(3):
            await services.adoption()
        assert await services.storage.accounts.grant() is None
        assert fault.struck >= 3
        sandbox.faults.clear()
        await services.adoption()
        assert await services.storage.accounts.grant() is not None
    assert caplog.text.count("could not be taken over") == 1


async def test_a_dead_token_is_not_tried_again(
    product_settings: Settings, product_secrets: Secrets, clock: FastClock, sandbox: Sandbox
) -> None:
    """invalid_grant does not pass: the owner links again."""
    sandbox.accounts.revoke()
    async with open_services(product_settings, clock, product_secrets) as services:
        for _ in range(3):
            await services.adoption()
        lack = await describe_lack(services.tokens, product_secrets.spotify)
    assert len(sandbox.calls.find(path="/api/token")) == 1
    assert lack is not None
    assert "tastebud link" in lack


async def test_what_is_missing_is_said(product_settings: Settings, clock: FastClock) -> None:
    """Without an app, and without an account, the sentence differs."""
    bare, half = Secrets(), Secrets(spotify_client_id=SecretStr("x"))
    async with open_services(product_settings, clock, bare) as services:
        assert await describe_lack(services.tokens, half.spotify) is not None
        assert "SPOTIFY_CLIENT_SECRET is not set" in (await describe_lack(services.tokens, half.spotify) or "")
        assert "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are" in (
            await describe_lack(services.tokens, bare.spotify) or ""
        )
