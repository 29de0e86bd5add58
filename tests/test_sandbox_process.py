"""`python -m sandbox` as a process, and its controls."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from sandbox.server import Sandbox
from tests.fixtures.services import Caller

ROOT = Path(__file__).parents[1]


async def started(port: int) -> asyncio.subprocess.Process:
    """Start the sandbox as a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def printed_environment(process: asyncio.subprocess.Process) -> dict[str, str]:
    """Read what the process prints until it serves."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    async for line in process.stdout:
        text = line.decode().strip()
        if text.startswith("serving on"):
            return found
        name, equals, value = text.partition("=")
        if equals:
            found[name] = value
    raise AssertionError("the sandbox ended before it served")


@pytest_asyncio.fixture
async def process() -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the sandbox, and end it whatever happens."""
    running = await started(0)
    yield running
    if running.returncode is None:
        running.kill()
    await running.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_process_serves_and_ends_cleanly(
    process: asyncio.subprocess.Process, web: aiohttp.ClientSession, number: signal.Signals
) -> None:
    """It prints an environment that works, and ends with 0 on either signal."""
    environment = await printed_environment(process)
    accounts = Caller(web, environment["TASTEBUD_SPOTIFY__ACCOUNTS_BASE"])
    form = {
        "grant_type": "refresh_token",
        "refresh_token": environment["SPOTIFY_REFRESH_TOKEN"],
        "client_id": environment["SPOTIFY_CLIENT_ID"],
        "client_secret": environment["SPOTIFY_CLIENT_SECRET"],
    }
    token = (await accounts("POST", "/api/token", data=form)).body["access_token"]
    assert (await Caller(web, environment["TASTEBUD_SPOTIFY__API_BASE"], token).get("/me")).status == 200
    deezer = Caller(web, environment["TASTEBUD_DEEZER__API_BASE"])
    assert (await deezer.get("/search", q="the")).body["total"] > 0
    process.send_signal(number)
    assert await process.wait() == 0


async def test_taken_port_is_one_sentence(sandbox: Sandbox) -> None:
    """A port that is in use ends the process with a sentence, not a traceback."""
    process = await started(sandbox.port)
    output, _ = await process.communicate()
    assert process.returncode == 1
    assert b"cannot be used" in output
    assert b"Traceback" not in output


async def test_controls_reach_faults_and_state(deezer_api: Caller, sandbox: Sandbox, spotify_api: Caller) -> None:
    """Over /_control a test sets and clears faults, reads the log, and looks at playlists."""
    control = deezer_api
    made = await control("POST", "/_control/faults", json={"kind": "server_error", "service": "spotify"})
    assert (made.status, made.body["times"]) == (201, 1)
    assert (await spotify_api.get("/me")).status == 503
    assert (await control.get("/_control/faults")).body[0]["struck"] == 1
    assert (await control("DELETE", "/_control/faults")).status == 204
    await spotify_api("POST", "/me/playlists", json={"name": "Mine"})
    state = (await control.get("/_control/state")).body
    assert state["playlists"][0]["name"] == "Mine"
    assert state["environment"] == sandbox.environment
    calls = (await control.get("/_control/calls", method="POST")).body
    assert [(call["path"], call["status"], call["body"]) for call in calls] == [
        ("/v1/me/playlists", 201, {"name": "Mine"})
    ]
    path = f"/_control/playlists/{state['playlists'][0]['id']}"
    assert (await control.get(path)).body["track_ids"] == []
    assert [(await control("DELETE", path)).status for _ in range(2)] == [204, 404]
    assert (await control("DELETE", "/_control/calls")).status == 204
    assert not sandbox.calls.calls


async def test_controls_end_tokens_and_set_the_quota(deezer_api: Caller, sandbox: Sandbox, spotify_api: Caller) -> None:
    """Tokens expire and consents are revoked on demand; quota and rotation are settable."""
    changed = await deezer_api("PATCH", "/_control/state", json={"daily_quota": 0, "rotate": True})
    assert (changed.body["daily_quota"], changed.body["rotate"]) == (0, True)
    assert (await spotify_api.get("/search", q="x", type="track")).status == 429
    assert (await deezer_api("POST", "/_control/expire")).status == 204
    assert (await spotify_api.get("/me")).status == 401
    assert (await deezer_api("POST", "/_control/revoke")).status == 204
    assert sandbox.accounts.refresh_tokens[sandbox.refresh_token].revoked
    tracks = (await deezer_api.get("/_control/catalogue", genre="bogfolk")).body
    assert {track["genre"] for track in tracks} == {"bogfolk"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_control/faults", {"kind": "nonsense"}),
        ("POST", "/_control/faults", {"kind": "drop", "wrong": 1}),
        ("POST", "/_control/faults", []),
        ("PATCH", "/_control/state", {"daily_qouta": 1}),
    ],
)
async def test_controls_refuse_what_they_do_not_know(deezer_api: Caller, method: str, path: str, body: object) -> None:
    """A misspelt control is named, not ignored."""
    assert (await deezer_api(method, path, json=body)).status == 400
