"""The switches that make the services fail."""

import asyncio

import aiohttp
import pytest

from sandbox.faults import DAY_SECONDS, FaultKind, Faults
from sandbox.server import Sandbox
from tests.fixtures.services import Caller


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [
        (FaultKind.RATE_LIMITED, 429, "5"),
        (FaultKind.RATE_LIMITED_BARE, 429, None),
        (FaultKind.RATE_LIMITED_TEXT, 429, "5"),
        (FaultKind.QUOTA, 429, str(DAY_SECONDS)),
        (FaultKind.SERVER_ERROR, 503, None),
        (FaultKind.NOT_PREMIUM, 403, None),
        (FaultKind.NOT_ALLOW_LISTED, 403, None),
    ],
)
async def test_spotify_refuses_once_and_recovers(
    spotify_api: Caller, sandbox: Sandbox, kind: FaultKind, status: int, retry_after: str | None
) -> None:
    """Each refusal comes in Spotify's wording, strikes as often as asked, and leaves a trace in the log."""
    fault = sandbox.faults.inject(kind, "spotify")
    answer = await spotify_api.get("/me")
    assert (answer.status, answer.headers.get("Retry-After")) == (status, retry_after)
    assert (await spotify_api.get("/me")).status == 200
    assert fault.struck == 1
    assert [call.fault for call in sandbox.calls.calls] == [kind.value, None]


async def test_wordings_are_spotifys(spotify_api: Caller, sandbox: Sandbox) -> None:
    """Quota names its reason; the text forms are no JSON; a malformed answer says it is."""
    for kind in (FaultKind.QUOTA, FaultKind.RATE_LIMITED_TEXT, FaultKind.NOT_PREMIUM):
        sandbox.faults.inject(kind)
    assert (await spotify_api.get("/me")).body["error"]["reason"] == "QUOTA_EXCEEDED"
    assert (await spotify_api.get("/me")).body == "Too many requests"
    assert (await spotify_api.get("/me")).body.startswith("Active premium subscription required")
    sandbox.faults.inject(FaultKind.MALFORMED)
    with pytest.raises(ValueError, match="Expecting value"):
        await spotify_api.get("/me")


async def test_deezer_refuses_with_status_200(deezer_api: Caller, sandbox: Sandbox) -> None:
    """Deezer's rate limit is code 4 in a fine answer."""
    sandbox.faults.inject(FaultKind.RATE_LIMITED, "deezer")
    answer = await deezer_api.get("/track/1")
    assert (answer.status, answer.body["error"]["code"]) == (200, 4)
    assert (await deezer_api.get("/track/1")).body["error"]["code"] == 800


async def test_token_endpoint_can_refuse_the_grant(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """invalid_grant strikes the accounts service alone."""
    sandbox.faults.inject(FaultKind.INVALID_GRANT, "accounts")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": sandbox.refresh_token,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }
    answer = await spotify_accounts("POST", "/api/token", data=form)
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
    assert (await spotify_accounts("POST", "/api/token", data=form)).status == 200


@pytest.mark.parametrize(("kind", "created"), [(FaultKind.DROP, 0), (FaultKind.DROP_AFTER, 1)])
async def test_dropped_connection_leaves_the_caller_unsure(
    spotify_api: Caller, sandbox: Sandbox, kind: FaultKind, created: int
) -> None:
    """The caller sees the same broken connection whether the playlist was made or not."""
    sandbox.faults.inject(kind, path="/v1/me/playlists", method="POST")
    with pytest.raises(aiohttp.ClientConnectionError):
        await spotify_api("POST", "/me/playlists", json={"name": "once"})
    assert len(sandbox.spotify.playlists.all()) == created
    assert sandbox.calls.calls[-1].status == 0


@pytest.mark.parametrize(("kind", "created"), [(FaultKind.HANG, 0), (FaultKind.HANG_AFTER, 1)])
async def test_hanging_request_runs_into_the_callers_timeout(
    spotify_api: Caller, sandbox: Sandbox, kind: FaultKind, created: int
) -> None:
    """A hanging request has its effect or not, and does not hold up the end of the sandbox."""
    sandbox.faults.inject(kind, method="POST")
    with pytest.raises(asyncio.TimeoutError):
        await spotify_api("POST", "/me/playlists", json={"name": "once"}, timeout=aiohttp.ClientTimeout(total=0.2))
    assert len(sandbox.spotify.playlists.all()) == created


async def test_short_hang_answers_late(spotify_api: Caller, sandbox: Sandbox) -> None:
    """A delay shorter than the caller's patience ends in 504, or in the real answer after the effect."""
    sandbox.faults.inject(FaultKind.HANG, delay=0.01)
    sandbox.faults.inject(FaultKind.HANG_AFTER, delay=0.01)
    assert [(await spotify_api.get("/me")).status for _ in range(2)] == [504, 200]


async def test_faults_choose_their_requests(spotify_api: Caller, sandbox: Sandbox) -> None:
    """Service, method, path, skipped requests and number of strikes narrow a fault down."""
    sandbox.faults.inject(FaultKind.SERVER_ERROR, "spotify", "/v1/me/play*", "GET", skip=1, times=2, status=500)
    paths = ["/me", "/me/playlists", "/me/playlists", "/me", "/me/playlists", "/me/playlists"]
    assert [(await spotify_api.get(path)).status for path in paths] == [200, 200, 500, 200, 500, 200]
    assert sandbox.calls.count(method="GET", path="/v1/me/*") == 4


def test_probability_is_seeded() -> None:
    """A fault with a probability strikes about that often, the same requests for the same seed."""

    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.inject("server_error", probability=0.3, times=None)
        return [faults.strike("spotify", "GET", "/v1/me") is not None for _ in range(500)]

    assert struck(1) == struck(1) != struck(2)
    assert 100 < sum(struck(1)) < 200


def test_cleared_faults_strike_no_more() -> None:
    """Clearing switches everything off."""
    faults = Faults()
    faults.inject(FaultKind.DROP, times=None)
    faults.clear()
    assert faults.strike("deezer", "GET", "/track/1") is None
    assert not faults.active


async def test_stopped_services_come_back_as_they_were(spotify_api: Caller, sandbox: Sandbox) -> None:
    """While the sandbox is stopped connections are refused; started again it has the same port and state."""
    await spotify_api("POST", "/me/playlists", json={"name": "kept"})
    await sandbox.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await spotify_api.get("/me")
    await sandbox.start()
    assert [row["name"] for row in (await spotify_api.get("/me/playlists")).body["items"]] == ["kept"]
