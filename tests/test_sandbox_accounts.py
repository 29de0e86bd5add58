"""The accounts service: consent, tokens, and how they end."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.clock import FastClock
from sandbox.server import Sandbox
from tests.fixtures.services import Answer, Caller

REDIRECT = "http://127.0.0.1:8888/callback"
SCOPE = "playlist-modify-public playlist-read-private"


async def consent(accounts: Caller, sandbox: Sandbox, **changes: str) -> Answer:
    """Open the consent page; changes replace or add query parameters."""
    query = {
        "client_id": sandbox.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": SCOPE,
        "state": "s 1",
        **changes,
    }
    return await accounts("GET", "/authorize", params=query)


def sent_back(answer: Answer) -> dict[str, str]:
    """Return the query of the redirect."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


async def token(accounts: Caller, sandbox: Sandbox, *, basic: bool = True, **form: str) -> Answer:
    """POST to the token endpoint as the app."""
    login = base64.b64encode(f"{sandbox.client_id}:{sandbox.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"} if basic else {}
    return await accounts("POST", "/api/token", data=form, headers=headers)


async def refresh(accounts: Caller, sandbox: Sandbox, **changes: str) -> Answer:
    """Refresh with the owner's token."""
    form = {"grant_type": "refresh_token", "refresh_token": sandbox.refresh_token, **changes}
    return await token(accounts, sandbox, **form)


async def test_code_becomes_tokens_once(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """Consent redirects with code and state; the code gives tokens with the scopes, and only once."""
    back = sent_back(await consent(spotify_accounts, sandbox))
    assert back["state"] == "s 1"
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT}
    first = await token(spotify_accounts, sandbox, **form)
    assert first.status == 200
    assert first.body["token_type"] == "Bearer"
    assert first.body["expires_in"] == 3600
    assert first.body["scope"] == SCOPE
    assert first.body["refresh_token"] != sandbox.refresh_token
    again = await token(spotify_accounts, sandbox, **form)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


async def test_pkce_needs_the_right_verifier(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """With a challenge the app's secret is not needed, but the verifier is."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
    for verifier, status in (("other", 400), ("verifier", 200)):
        back = sent_back(
            await consent(spotify_accounts, sandbox, code_challenge=challenge, code_challenge_method="S256")
        )
        form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT}
        answer = await token(
            spotify_accounts, sandbox, basic=False, client_id=sandbox.client_id, code_verifier=verifier, **form
        )
        assert answer.status == status
    renewed = {"client_id": sandbox.client_id, "refresh_token": answer.body["refresh_token"]}
    assert (await token(spotify_accounts, sandbox, basic=False, grant_type="refresh_token", **renewed)).status == 200


@pytest.mark.parametrize(
    ("redirect", "status"),
    [
        (REDIRECT, 302),
        ("http://[::1]:9/cb", 302),
        ("https://bot.example/cb", 302),
        ("http://localhost:8888/cb", 400),
        ("http://192.168.0.2/cb", 400),
        ("ftp://127.0.0.1/", 400),
    ],
)
async def test_redirect_must_be_https_or_loopback(
    spotify_accounts: Caller, sandbox: Sandbox, redirect: str, status: int
) -> None:
    """Spotify refuses `localhost` and plain http elsewhere."""
    assert (await consent(spotify_accounts, sandbox, redirect_uri=redirect)).status == status


async def test_refused_consent_comes_back_as_error(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """Whoever says no is sent back with error=access_denied."""
    sandbox.accounts.logged_in = None
    assert sent_back(await consent(spotify_accounts, sandbox)) == {"state": "s 1", "error": "access_denied"}


async def test_redirect_must_be_the_same_at_redemption(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """A code is bound to its redirect, and it grows old in ten minutes."""
    back = sent_back(await consent(spotify_accounts, sandbox))
    form = {"grant_type": "authorization_code", "code": back["code"]}
    answer = await token(spotify_accounts, sandbox, redirect_uri="https://elsewhere.example", **form)
    assert answer.body["error"] == "invalid_grant"


async def test_refresh_keeps_the_old_refresh_token(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """A refresh answers no new refresh token unless rotation is switched on; then the old one dies."""
    assert "refresh_token" not in (await refresh(spotify_accounts, sandbox)).body
    sandbox.accounts.rotate = True
    fresh = (await refresh(spotify_accounts, sandbox)).body["refresh_token"]
    assert (await refresh(spotify_accounts, sandbox)).body["error"] == "invalid_grant"
    assert (await refresh(spotify_accounts, sandbox, refresh_token=fresh)).status == 200


async def test_refresh_token_dies_six_months_after_consent(
    spotify_accounts: Caller, sandbox: Sandbox, clock: FastClock
) -> None:
    """Refreshing, rotating too, does not extend the six months."""
    clock.advance(timedelta(days=175))
    sandbox.accounts.rotate = True
    rotated = (await refresh(spotify_accounts, sandbox)).body["refresh_token"]
    clock.advance(timedelta(days=10))
    answer = await refresh(spotify_accounts, sandbox, refresh_token=rotated)
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")


async def test_revoked_consent_is_an_invalid_grant(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """Consent taken back at Spotify shows at the next refresh."""
    sandbox.accounts.revoke()
    answer = await refresh(spotify_accounts, sandbox)
    assert answer.body == {"error": "invalid_grant", "error_description": "Refresh token revoked"}


@pytest.mark.parametrize("form", [{"client_id": "nobody"}, {"client_secret": "wrong"}, {"client_secret": ""}])
async def test_wrong_client_is_invalid(spotify_accounts: Caller, sandbox: Sandbox, form: dict[str, Any]) -> None:
    """A wrong id or secret in the body is invalid_client."""
    login = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, **form}
    answer = await token(spotify_accounts, sandbox, basic=False, grant_type="client_credentials", **login)
    assert (answer.status, answer.body["error"]) == (400, "invalid_client")


async def test_app_token_reads_music_but_is_nobody(spotify_accounts: Caller, sandbox: Sandbox) -> None:
    """Client credentials are enough for tracks, not for an account's own things."""
    answer = await token(spotify_accounts, sandbox, grant_type="client_credentials")
    assert "refresh_token" not in answer.body
    api = Caller(spotify_accounts.session, sandbox.spotify_api_base, answer.body["access_token"])
    track = sandbox.catalogue.shareable[0]
    assert (await api.get(f"/tracks/{track.spotify_id}")).status == 200
    assert (await api.get("/me")).status == 401
    assert (await api("POST", "/me/playlists", json={"name": "x"})).status == 401


async def test_access_token_expires_after_an_hour(spotify_api: Caller, clock: FastClock) -> None:
    """3600 seconds on, by the sandbox's clock, the token is refused as expired."""
    clock.advance(timedelta(seconds=3599))
    assert (await spotify_api.get("/me")).status == 200
    clock.advance(timedelta(seconds=1))
    answer = await spotify_api.get("/me")
    assert (answer.status, answer.body["error"]["message"]) == (401, "The access token expired")


async def test_no_token_and_a_false_one_are_refused(spotify_api: Caller) -> None:
    """Without a token, or with one that nobody issued, the answer is 401."""
    spotify_api.token = None
    assert (await spotify_api.get("/me")).body["error"]["message"] == "No token provided"
    spotify_api.token = "made-up"
    assert (await spotify_api.get("/me")).status == 401
