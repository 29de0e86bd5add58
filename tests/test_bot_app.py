"""The process as a whole: what opens and closes, what it waits for, what ends it and with which words."""

import asyncio
import re
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.app import open_services
from bot.client import TastebudBot
from bot.config import DiscordSettings, Secrets, Settings
from bot.errors import StartError
from bot.gateway import gateway_address, use_server
from bot.lock import AlreadyRunning, only_one
from bot.logs import HIDDEN, Redact
from bot.running import Connection
from bot.services import Services
from sandbox.clock import FastClock
from sandbox.discord_client import DiscordSandbox
from sandbox.server import Sandbox
from storage.database import StorageSettings
from tests.fixtures.product import Product, Tastebud, read_until

STOP_WITHIN = 10.0


def environment(discord_sandbox: DiscordSandbox, sandbox: Sandbox) -> dict[str, str]:
    """Return the environment that leads a process to both sandboxes."""
    return {**discord_sandbox.environment, **sandbox.environment}


class Scripted:
    """A bot that ends as a script says: each start raises the next error, or returns."""

    def __init__(self, ends: list[Exception | None]) -> None:
        self.ends = ends
        self.caught_up = asyncio.Event()
        self.latency = 0.1

    def is_ready(self) -> bool:
        return True

    async def weekly_sweep(self) -> int:
        return 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def start(self, token: str) -> None:
        assert token
        self.caught_up.set()
        await asyncio.sleep(0)
        if end := self.ends.pop(0):
            raise end


class Relay:
    """Pass connections on to a port of this machine, and count them."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.count = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def connected(self, count: int) -> None:
        """Wait until so many connections were made."""
        async with asyncio.timeout(30):
            while self.count < count:  # two lines are enough for a counter
                await asyncio.sleep(0.02)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(pump(reader, forth), pump(back, writer))


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy bytes until one side ends."""
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()


def script(ends: Sequence[Exception | None]) -> Any:
    """Return a maker of bots that together play the script, ending with a refused token."""
    rest = [*ends, discord.LoginFailure("Improper token has been passed.")]
    return lambda _: cast("TastebudBot", Scripted(rest))


def http_error(status: int) -> discord.HTTPException:
    """Return what discord.py raises on a status."""
    answer = cast("aiohttp.ClientResponse", type("Answer", (), {"status": status, "reason": "no"})())
    return discord.DiscordServerError(answer, "no") if status >= 500 else discord.HTTPException(answer, "no")


async def hold(services: Services, ends: Sequence[Exception | None]) -> str:
    """Hold a scripted connection and return the sentence that it ends with."""
    with pytest.raises(StartError) as caught:
        await Connection(services, "token", script(ends)).hold()
    await services.jobs.stop()
    return str(caught.value)


async def test_everything_opens_and_asks_nobody(product: Product) -> None:
    """Opening needs no service: an unreachable one is met when it is needed."""
    assert await product.services.storage.shares.count() == 0
    assert product.sandbox.calls.count() == 0


async def test_what_was_stored_is_there_when_opened_again(
    product_settings: Settings, product_secrets: Secrets, clock: FastClock
) -> None:
    """Closing closes the database cleanly, and a second opening finds it."""
    async with open_services(product_settings, clock, product_secrets) as services:
        await services.storage.servers.ensure(1, "Room")
        session = services.door._session
    assert session.closed
    async with open_services(product_settings, clock, product_secrets) as services:
        assert [server.id for server in await services.storage.servers.all()] == [1]


async def test_a_failed_opening_closes_what_was_open(tmp_path: Path, clock: FastClock) -> None:
    """A wrong key ends opening with a sentence and leaves nothing open."""
    settings = Settings(storage=StorageSettings(url=f"sqlite+aiosqlite:///{tmp_path}/x.db", key_file="unused"))
    with pytest.raises(Exception, match="key"):
        async with open_services(settings, clock, Secrets(tastebud_key=SecretStr("no key"))):
            raise AssertionError("It opened.")


async def test_what_passes_by_itself_is_waited_for(services: Services, clock: FastClock) -> None:
    """A dropped network, a failing Discord, an event that cannot be parsed: the next connection is made."""
    ends = [
        aiohttp.ClientConnectionError("dropped"),
        http_error(502),
        TimeoutError(),
        KeyError("an event without a field"),
        discord.GatewayNotFound(),
        discord.ConnectionClosed(cast("Any", None), shard_id=None, code=4000),
        None,
        http_error(429),
    ]
    await hold(services, ends)
    assert clock.slept > 8  # each time a little longer


async def test_waits_grow_and_are_capped(services: Services, clock: FastClock) -> None:
    """After an hour without Discord it is still asked every minute."""
    await hold(services, [TimeoutError()] * 100)
    assert 45 * 60 < clock.slept < 100 * 60  # 100 waits of 30 to 60 s


@pytest.mark.parametrize(
    ("end", "word"),
    [
        (discord.LoginFailure("x"), "DISCORD_TOKEN"),
        (discord.PrivilegedIntentsRequired(None), "Message Content Intent"),
        (discord.ConnectionClosed(cast("Any", None), shard_id=None, code=4004), "DISCORD_TOKEN"),
        (discord.ConnectionClosed(cast("Any", None), shard_id=None, code=4014), "Message Content Intent"),
    ],
)
async def test_what_the_owner_must_put_right_ends_it(services: Services, end: Exception, word: str) -> None:
    """Waiting does not mend a token or an intent."""
    assert word in await hold(services, [end])


async def test_the_scheduler_begins_after_the_first_catch_up(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """Feedback given while the bot was away counts in an overdue drop; a new connection starts no second scheduler."""
    begun: list[int] = []
    monkeypatch.setattr(type(product.services.jobs), "start", lambda _: begun.append(1))
    await hold(product.services, [None, None])
    assert begun == [1]


async def test_a_second_process_on_a_database_is_refused(storage_settings: StorageSettings) -> None:
    """Two would announce everything twice; the lock goes with its process."""
    with only_one(storage_settings), pytest.raises(AlreadyRunning, match="stop it first"), only_one(storage_settings):
        raise AssertionError("It was let in.")
    with only_one(storage_settings):
        pass


@pytest.mark.parametrize("end", ["", "/"])
async def test_the_server_of_the_settings_is_used(end: str) -> None:
    """With and without a slash at the end, and Discord's own again afterwards."""
    settings = DiscordSettings(
        api_base=f"http://127.0.0.1:9/api/v10{end}", gateway_url=f"ws://127.0.0.1:9/gateway{end}"
    )
    use_server(settings)
    try:
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:9/api/v10/users/@me"
        assert str(gateway_address(settings)) == "ws://127.0.0.1:9/gateway"
    finally:
        use_server(DiscordSettings())
    assert Route("GET", "/x").url == "https://discord.com/api/v10/x"
    assert DiscordWebSocket.from_client.__qualname__.startswith("DiscordWebSocket")


def test_no_secret_reaches_the_log() -> None:
    """Known secrets, bearer headers and anything shaped like a bot token are hidden, in tracebacks too."""
    clean = Redact([SecretStr("hush-hush")]).clean
    token = "MTA4ODY5NzM1MTk4NzY1NDMy" + ".Gx3abc." + "Z" * 38
    assert clean(f"a hush-hush b {token} c") == f"a {HIDDEN} b {HIDDEN} c"
    assert "BQabc" not in clean("Authorization: Bearer BQabcdef")
    assert "AQxyz" not in clean("refresh_token=AQxyz&grant_type=refresh_token")
    assert clean("An ordinary line about track 3n3Ppam7vgaVa1iaRUc9Lp.").startswith("An ordinary line about track 3n3")


async def test_logs_are_one_line_an_event(tastebud: Tastebud) -> None:
    """Without a token there is one sentence and nothing else."""
    ended = await tastebud.run()
    assert ended.code == 2
    assert ended.err.startswith("tastebud: DISCORD_TOKEN is not set")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("token", ["wrong-token", "white space"])
async def test_a_wrong_token_ends_the_process(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox, token: str
) -> None:
    """One sentence, exit code 1, and the token in none of the lines."""
    ended = await tastebud.run("run", **environment(discord_sandbox, sandbox) | {"DISCORD_TOKEN": token})
    assert ended.code == 1
    assert "Discord does not accept DISCORD_TOKEN" in ended.err
    assert token not in ended.err
    assert "Traceback" not in ended.err


async def test_a_missing_intent_names_the_switch(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox
) -> None:
    """Discord closes the gateway with 4014; the owner reads which switch to turn."""
    await discord_sandbox.application(intents=[])
    ended = await tastebud.run("run", **environment(discord_sandbox, sandbox))
    assert ended.code == 1
    assert "Message Content Intent" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_process_in_time(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox, number: signal.Signals
) -> None:
    """The bot leaves Discord, the database is closed, the heartbeat is taken away, the exit code is 0."""
    process = await tastebud.start("run", **environment(discord_sandbox, sandbox))
    await discord_sandbox.bot_connected()
    assert (await tastebud.run("health")).code == 0
    async with asyncio.timeout(STOP_WITHIN):
        ended = await tastebud.end(process, number)
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert not (tastebud.folder / "data" / "tastebud.heartbeat").exists()
    assert (await tastebud.run("health")).code == 1


async def test_unreachable_services_do_not_keep_it_from_running(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox
) -> None:
    """With Spotify and Deezer away it connects, says so, and keeps running."""
    nowhere = "http://127.0.0.1:9"
    process = await tastebud.start(
        "run",
        **discord_sandbox.environment,
        TASTEBUD_SPOTIFY__API_BASE=f"{nowhere}/v1",
        TASTEBUD_SPOTIFY__ACCOUNTS_BASE=nowhere,
        TASTEBUD_DEEZER__API_BASE=nowhere,
        SPOTIFY_CLIENT_ID="x",
        SPOTIFY_CLIENT_SECRET="y",
        SPOTIFY_REFRESH_TOKEN="z",
    )
    said = await read_until(process.stderr, "could not be taken over")
    await discord_sandbox.bot_connected()
    ended = await tastebud.end(process, signal.SIGTERM)
    assert ended.code == 0
    assert "Spotify" in said


async def test_without_spotify_it_runs_and_says_what_is_missing(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox
) -> None:
    """Listening and learning need no Spotify app; the log says what the owner misses."""
    process = await tastebud.start("run", **discord_sandbox.environment)
    said = await read_until(process.stderr, "SPOTIFY_CLIENT_ID")
    await discord_sandbox.bot_connected()
    assert (await tastebud.end(process, signal.SIGTERM)).code == 0
    assert "no playlists are written" in said


async def test_an_unreachable_discord_is_waited_for(tastebud: Tastebud) -> None:
    """The process stays, says what it cannot reach, and can be stopped."""
    process = await tastebud.start("run", DISCORD_TOKEN="x", TASTEBUD_DISCORD__API_BASE="http://127.0.0.1:9/api/v10")
    said = await read_until(process.stderr, "made anew")
    assert "Discord cannot be reached" in said
    assert "Traceback" not in said
    assert (await tastebud.end(process, signal.SIGTERM)).code == 0


async def test_it_comes_back_after_discord_did(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox
) -> None:
    """A failing login ends discord.py's start; the process makes a new one."""
    await discord_sandbox.fault("GET", "/users/@me", action="answer", status=403, times=2)
    process = await tastebud.start("run", **environment(discord_sandbox, sandbox))
    await discord_sandbox.bot_connected(within=30)
    ended = await tastebud.end(process, signal.SIGTERM)
    assert ended.code == 0
    assert ended.err.count("made anew") >= 1


async def test_a_resumed_session_uses_our_gateway(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox
) -> None:
    """First and resumed connections go to the gateway of the settings, here a relay that Discord knows nothing of."""
    gateway = urlsplit(discord_sandbox.gateway_url)
    async with Relay(gateway.port or 0) as relay:
        ours = f"ws://127.0.0.1:{relay.port}{gateway.path}/"
        said = environment(discord_sandbox, sandbox) | {"TASTEBUD_DISCORD__GATEWAY_URL": ours}
        process = await tastebud.start("run", **said)
        await relay.connected(1)
        await discord_sandbox.bot_connected()
        await discord_sandbox.drop_connections()
        await relay.connected(2)
        await discord_sandbox.bot_connected()
        assert [session["resumes"] for session in (await discord_sandbox.state())["sessions"]] == [1]
        assert (await tastebud.end(process, signal.SIGTERM)).code == 0


async def test_one_database_has_one_process(
    tastebud: Tastebud, discord_sandbox: DiscordSandbox, sandbox: Sandbox
) -> None:
    """A second `tastebud run` ends in a sentence; after a kill -9 the next one starts at once."""
    first = await tastebud.start("run", **environment(discord_sandbox, sandbox))
    await discord_sandbox.bot_connected()
    second = await tastebud.run("run", **environment(discord_sandbox, sandbox))
    assert second.code == 1
    assert "Another Tastebud runs on this database" in second.err
    await tastebud.end(first, signal.SIGKILL)
    third = await tastebud.start("run", **environment(discord_sandbox, sandbox))
    await read_until(third.stderr, "begins")
    assert (await tastebud.end(third, signal.SIGTERM)).code == 0


async def test_a_newer_database_is_refused(tastebud: Tastebud) -> None:
    """A database of a later version is left alone, with a sentence."""
    assert (await tastebud.run("quota")).code == 0
    newer = await tastebud.run("quota")  # opened once more before it is made newer
    assert newer.code == 0
    import sqlite3

    with sqlite3.connect(tastebud.folder / "data" / "tastebud.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    ended = await tastebud.run("run", DISCORD_TOKEN="x")
    assert ended.code == 1
    assert re.search("newer", ended.err)
    assert "Traceback" not in ended.err
