"""Keep the bot connected: what passes by itself is waited for, what the owner must put right ends the process."""

import asyncio
import logging
import math
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import aiohttp
import discord

from bot.account import describe_lack
from bot.app import open_services
from bot.client import TastebudBot
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from bot.gateway import cap_waits, use_server
from bot.health import BEAT_SUFFIX, Heartbeat
from bot.lock import beside_database, only_one
from bot.logs import ErrorMeter
from bot.outgoing import Outgoing
from bot.services import Services
from bot.watching_over import leading, make_watchdog
from catalog.clock import Clock
from scheduler.backing_up import Backups

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
LASTING = timedelta(minutes=5)  # a connection that held so long was a good one: start from the first wait again
CATCH_UP_SECONDS = 600.0  # overdue drops wait so long for the first catch-up, and no longer

NOT_SET = "DISCORD_TOKEN is not set: put the bot's token from the Discord developer portal into .env."
NOT_ACCEPTED = (
    "Discord does not accept DISCORD_TOKEN: copy the token anew from the developer portal (Bot, Reset Token) into .env."
)
INTENT_MISSING = (
    "Discord refuses the bot the content of messages: in the developer portal, under Bot, "
    "turn on the switch Message Content Intent, and start again."
)
CLOSED_FOR_GOOD = {4004: NOT_ACCEPTED, 4013: INTENT_MISSING, 4014: INTENT_MISSING}  # the gateway's close codes

PASSING = (OSError, TimeoutError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound)


async def run(
    settings: Settings, secrets: Secrets, clock: Clock, make_bot: Callable[[Services], TastebudBot] = TastebudBot
) -> None:
    """Run the bot and the scheduler until cancelled.

    Raises:
        StartError: what only the owner can put right: the token, an intent, another process on this database.
        StorageError: the database cannot be opened.
    """
    token = _token(secrets)
    use_server(settings.discord)
    cap_waits(LONGEST_WAIT)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody wants to hear us
    with only_one(settings.storage):
        log.info("Tastebud %s begins.", version("tastebud"))
        async with open_services(settings, clock, secrets) as services:
            connection = Connection(services, token, make_bot)
            async with leading(services.storage.leases, connection.give_up):
                _watch_over(services, secrets, connection)
                await _serve(services, secrets, connection)


def _watch_over(services: Services, secrets: Secrets, connection: "Connection") -> None:
    """Let the tick make the daily backup and look for signs of life."""
    backups = Backups(services.settings.storage, services.clock)
    errors = ErrorMeter.attached(services.clock)
    watchdog = make_watchdog(services, backups, errors, connection.bot, has_app=secrets.spotify.complete)
    services.chores.extend((backups.run, watchdog.run))


async def _serve(services: Services, secrets: Secrets, connection: "Connection") -> None:
    """Stay connected, with a heartbeat and the web server beside it."""
    beat = beside_database(services.settings.storage, BEAT_SUFFIX)
    with Heartbeat(beat, services.clock, connection.is_up):
        async with _web_server(services, beat, connection):
            telling = asyncio.create_task(_tell_account(services, secrets))
            try:
                await connection.hold()
            finally:
                telling.cancel()
                await asyncio.wait([telling])


def _web_server(services: Services, beat: Path, connection: "Connection") -> AbstractAsyncContextManager[object]:
    """Return the web server, or nothing to open where it is switched off."""
    if not services.settings.web.enabled:
        return nullcontext()
    from bot.web.consent import consent_routes
    from bot.web.server import WebServer

    extra = consent_routes(services.consenting)
    return WebServer(services.settings, services.storage, services.clock, beat, connection.is_up, extra)


class Connection:
    """The connection to Discord, made anew with a fresh bot whenever one has ended."""

    def __init__(self, services: Services, token: str, make_bot: Callable[[Services], TastebudBot]) -> None:
        self._services = services
        self._token = token
        self._make_bot = make_bot
        self._bot: TastebudBot | None = None
        self._scheduling = False
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outgoing = Outgoing(services.storage, services.clock)
        services.chores.append(self._sweep)

    def is_up(self) -> bool:
        """Tell whether Discord talks to us right now."""
        return bool(self._bot and self._bot.is_ready() and not math.isnan(self._bot.latency))

    def bot(self) -> TastebudBot | None:
        """Return the bot that is connected, or was last."""
        return self._bot

    def give_up(self, error: Exception) -> None:
        """End `hold` with a sentence: another process has taken over."""
        if not self._ended.done():
            self._ended.set_exception(StartError(str(error)))

    async def hold(self) -> None:
        """Stay connected for ever; raise StartError for what does not pass by itself."""
        holding = asyncio.create_task(self._hold(), name="connection")
        try:
            done, _ = await asyncio.wait([holding, self._ended], return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            holding.cancel()
            self._ended.cancel()
            await asyncio.wait([holding])

    async def _hold(self) -> None:
        timer = asyncio.get_running_loop().call_later(CATCH_UP_SECONDS, self._begin_scheduling)
        clock, wait = self._services.clock, FIRST_WAIT
        try:
            while True:
                began = clock.now()
                await self._connect_once()
                if clock.now() - began > LASTING:
                    wait = FIRST_WAIT
                log.info("The connection to Discord is made anew in about %.0f s.", wait)
                await clock.sleep(wait * random.uniform(0.5, 1.0))
                wait = min(wait * 2, LONGEST_WAIT)
        finally:
            timer.cancel()

    async def _connect_once(self) -> None:
        """Connect and serve until the connection ends.

        discord.py mends what it can; an event that it cannot parse, or a failing login, ends `start`. The broad
        handler is what keeps one such event from ending the process.
        """
        self._bot = bot = self._make_bot(self._services)
        waiting = asyncio.create_task(self._await_catch_up(bot))
        try:
            async with bot:
                await bot.start(self._token)
        except PASSING as error:
            _raise_if_final(error)
            log.warning("Discord cannot be reached: %s", _in_words(error))
        except discord.DiscordException as error:
            _raise_if_final(error)
            log.warning("The connection to Discord ended: %s", _in_words(error))
        except Exception:
            log.exception("The connection to Discord ended by an error of its own.")
        finally:
            waiting.cancel()
            await asyncio.wait([waiting])

    async def _await_catch_up(self, bot: TastebudBot) -> None:
        await bot.caught_up.wait()
        self._begin_scheduling()

    async def _sweep(self) -> None:
        if self._bot and self.is_up():
            await self._bot.offering.drop_overdue()
            await self._bot.importing.show_progress()
            await self._bot.weekly_sweep()
            await self._outgoing.run(self._bot)

    def _begin_scheduling(self) -> None:
        if not self._scheduling:
            self._scheduling = True
            self._services.jobs.start()


def _token(secrets: Secrets) -> str:
    """Return the bot's token, or say what is wrong with it."""
    if secrets.discord_token is None:
        raise SettingsError(NOT_SET)
    token = secrets.discord_token.get_secret_value()
    if not token.isascii() or any(letter.isspace() for letter in token):
        raise StartError(NOT_ACCEPTED)  # no header can carry it, so Discord need not be asked
    return token


def _raise_if_final(error: Exception) -> None:
    """Raise StartError for an error that the owner must put right."""
    if isinstance(error, discord.LoginFailure):
        raise StartError(NOT_ACCEPTED) from error
    if isinstance(error, discord.PrivilegedIntentsRequired):
        raise StartError(INTENT_MISSING) from error
    if isinstance(error, discord.ConnectionClosed) and error.code in CLOSED_FOR_GOOD:
        raise StartError(CLOSED_FOR_GOOD[error.code]) from error


def _in_words(error: Exception) -> str:
    return str(error) or type(error).__name__


async def _tell_account(services: Services, secrets: Secrets) -> None:
    """Take over the Spotify account where there is one to take over, and say what is missing."""
    await services.adoption()
    if sentence := await describe_lack(services.tokens, secrets.spotify):
        log.warning(sentence)
