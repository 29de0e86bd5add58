"""`tastebud link`: the owner of the playlists' account consents in a browser, or by a pasted address."""

import asyncio
import secrets as randomness
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from rich.console import Console

from bot.account import missing_secrets
from bot.app import open_services
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from catalog.clock import Clock
from catalog.errors import CatalogError, GrantLost
from catalog.models import Grant
from catalog.spotify_session import LIBRARY_SCOPES
from catalog.spotify_settings import LOOPBACK
from catalog.tokens import Tokens, consent_ends

PATIENCE_SECONDS = 900.0  # to log in, and to add the redirect address to the app first
DONE_PAGE = "<!doctype html><title>Tastebud</title><h1>Tastebud is linked</h1><p>You can close this page."
FAILED_PAGE = "<!doctype html><title>Tastebud</title><h1>That did not work</h1><p>The terminal says what to do."

Say = Callable[[str], None]


class Answers:
    """Wait for the first good answer to a consent, on loopback or pasted."""

    def __init__(self, state: str, say: Say) -> None:
        self._state = state
        self._say = say
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self) -> str:
        """Return the code that Spotify gave, or raise StartError with what went wrong."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._code
        except TimeoutError as error:
            raise StartError("Nobody consented within 15 minutes: run `tastebud link` again.") from error

    def take(self, address: str) -> bool:
        """Look at the address that the consent came back to; tell whether it was a good one."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        if query.get("state") != self._state:
            self._say("That address does not belong to this consent: open the address above and paste what it ends in.")
            return False
        if self._code.done():
            return True
        if "code" in query:
            self._code.set_result(query["code"])
            return True
        self._code.set_exception(StartError(_refusal(query.get("error", "no reason given"))))
        return False

    async def handle(self, request: web.Request) -> web.Response:
        """Answer the browser that Spotify sent back."""
        good = self.take(str(request.rel_url))
        page, status = (DONE_PAGE, 200) if good else (FAILED_PAGE, 400)
        return web.Response(text=page, status=status, content_type="text/html")


async def link(
    settings: Settings,
    secrets: Secrets,
    clock: Clock,
    console: Console,
    *,
    browser: bool,
    library: bool = False,
    typed: Iterable[str | None] = sys.stdin,
) -> Grant:
    """Link the account that will own the playlists, and return its grant; `typed` are lines that people paste.

    With `library` it consents to reading its saved and top tracks too.

    Raises:
        StartError: with what to do, when it did not work.
    """
    if missing := missing_secrets(secrets.spotify):
        raise SettingsError(f"{' and '.join(missing)} must be set first: copy them from your Spotify app into .env.")
    async with open_services(settings, clock, secrets) as services:
        state = randomness.token_urlsafe(24)
        answers = Answers(state, console.print)
        redirect_uri = settings.spotify.redirect_uri
        async with _listening(answers, redirect_uri, console):  # before the browser can be there
            _explain(
                services.tokens.consent_url(state, LIBRARY_SCOPES if library else ()),
                redirect_uri,
                console,
                browser=browser,
            )
            _read_pasted(answers, typed)
            code = await answers.code()
        return await _redeem(services.tokens, code, redirect_uri)


@asynccontextmanager
async def _listening(answers: Answers, redirect_uri: str, console: Console) -> AsyncIterator[None]:
    runner = await _listen(answers, redirect_uri, console)
    try:
        yield
    finally:
        if runner:
            await runner.cleanup()


async def _listen(answers: Answers, redirect_uri: str, console: Console) -> web.AppRunner | None:
    """Serve the redirect address where it is one of this machine; otherwise it is pasted."""
    address = urlsplit(redirect_uri)
    if address.scheme != "http" or address.hostname not in LOOPBACK:
        return None
    app = web.Application()
    app.router.add_get(address.path or "/", answers.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, address.hostname, address.port or 80).start()
    except OSError:
        await runner.cleanup()
        console.print(f"Port {address.port or 80} is taken, so paste the address that the browser ends at.")
        return None
    return runner


def _read_pasted(answers: Answers, typed: Iterable[str | None]) -> None:
    """Take lines in a thread that ends with the process: nothing can wake a read that waits for a person."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has closed: linked by the browser meanwhile
            for line in typed:
                if line and line.strip():
                    loop.call_soon_threadsafe(answers.take, line)

    threading.Thread(target=read, daemon=True).start()


def _explain(url: str, redirect_uri: str, console: Console, *, browser: bool) -> None:
    opened = browser and webbrowser.open(url)
    console.print("Log in with the Spotify account that shall own the playlists, and agree.")
    console.print("Your browser opens this address:" if opened else "Open this address in a browser:")
    console.print(url, soft_wrap=True, markup=False, highlight=False)
    console.print(
        "Where the browser is on another machine, it ends at a page that does not load: paste that page's address here."
    )
    console.print(
        f"If Spotify says 'Invalid redirect URI', add {redirect_uri} to the app's Redirect URIs in the Spotify "
        "dashboard, save, and open the address again.",
        highlight=False,
    )


async def _redeem(tokens: Tokens, code: str, redirect_uri: str) -> Grant:
    try:
        return await tokens.redeem(code)
    except GrantLost as error:
        raise StartError(
            f"Spotify does not take its own answer: check that {redirect_uri} is registered in the app exactly so, "
            "and run `tastebud link` again."
        ) from error
    except CatalogError as error:  # a wrong secret, no Premium, no network: the error's own sentence says what to do
        raise StartError(str(error)) from error


def _refusal(reason: str) -> str:
    if reason == "access_denied":
        return "The consent was refused in the browser: run `tastebud link` again and agree."
    return f"Spotify answered {reason!r} in place of a consent: run `tastebud link` again."


def describe_grant(grant: Grant) -> str:
    """Return what the owner is told at the end."""
    until = consent_ends(grant).date().isoformat()
    return f"Linked: the account {grant.account_id} owns the playlists. The consent ends on {until}; link again before."
