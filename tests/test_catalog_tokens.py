"""Spotify's tokens, against the sandbox's accounts service and against canned answers."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from catalog.errors import BadAnswer, GrantLost, NotLinked, Refused, Unreachable
from catalog.spotify import SpotifySecrets, SpotifySettings
from catalog.tokens import CONSENT_LASTS, Tokens, consent_ends
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.server import Sandbox
from tests.fixtures.catalog import Canned, CannedServer, MakeSpotify, MemoryGrants

TOKEN = "/api/token"


@pytest.fixture
def tokens(make_spotify: MakeSpotify, sandbox: Sandbox) -> Tokens:
    """Return the tokens of an app that has no refresh token yet."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    return make_spotify(sandbox.spotify_api_base, sandbox.accounts_base + "/", secrets)._tokens


@pytest.fixture
def canned_tokens(make_spotify: MakeSpotify, canned: CannedServer) -> Tokens:
    """Return the tokens of an app whose accounts service gives canned answers."""
    canned.put("/v1/me", {"account_id": "acc"})
    return make_spotify(f"{canned.origin}/v1/", canned.origin)._tokens


async def test_consent_ends_in_a_kept_grant(
    tokens: Tokens, sandbox: Sandbox, grants: MemoryGrants, clock: FastClock, http: aiohttp.ClientSession
) -> None:
    """The owner consents in a browser, the code comes back on the redirect, and the account is linked."""
    url = tokens.consent_url("state-1")
    assert url.startswith(sandbox.accounts_base + "/authorize?")
    async with http.get(url, allow_redirects=False) as answer:
        back = urlsplit(answer.headers["Location"])
    fields = parse_qs(back.query)
    assert fields["state"] == ["state-1"]
    grant = await tokens.redeem(fields["code"][0])
    assert grants.kept == grant
    assert grant.account_id
    assert "playlist-modify-public" in grant.scopes
    assert consent_ends(grant) == clock.now() + CONSENT_LASTS
    assert await tokens.access_token() == grant.access_token


async def test_an_unknown_code_gives_nothing(tokens: Tokens, grants: MemoryGrants) -> None:
    """A code that Spotify does not know, or no more, is a lost grant, in words."""
    with pytest.raises(GrantLost, match="tastebud link"):
        await tokens.redeem("no such code")
    assert grants.kept is None


async def test_a_refresh_token_from_the_environment_is_adopted_once(
    make_spotify: MakeSpotify, sandbox: Sandbox, grants: MemoryGrants
) -> None:
    """At first use it becomes the grant; from then on the grant is what counts."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    assert await tokens.linked()
    await asyncio.gather(*(tokens.access_token() for _ in range(5)))
    assert grants.kept is not None
    assert grants.kept.account_id
    assert sandbox.calls.count("accounts") == 1


async def test_without_account_reads_use_the_app(tokens: Tokens) -> None:
    """Tracks and search need no account; playlists do, and say what to do."""
    assert not await tokens.linked()
    assert await tokens.read_token() == await tokens.app_token()
    with pytest.raises(NotLinked, match="tastebud link"):
        await tokens.access_token()


@pytest.mark.parametrize("secrets", [None, SpotifySecrets(), SpotifySecrets("id", "")])
async def test_without_an_app_it_says_what_to_set(
    secrets: SpotifySecrets | None, grants: MemoryGrants, clock: FastClock
) -> None:
    """A missing client id is a sentence, not a failed call."""
    tokens = Tokens(SpotifySettings(), secrets, grants, clock)
    with pytest.raises(NotLinked, match="SPOTIFY_CLIENT_ID"):
        await tokens.app_token()
    with pytest.raises(NotLinked, match="SPOTIFY_CLIENT_ID"):
        tokens.consent_url("state")
    with pytest.raises(NotLinked):
        await tokens.read_token()
    tokens.close()


async def test_a_wrong_secret_is_named(make_spotify: MakeSpotify, sandbox: Sandbox) -> None:
    """A mistyped secret is told from a lost grant."""
    secrets = SpotifySecrets(sandbox.client_id, "wrong", sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    with pytest.raises(NotLinked, match="SPOTIFY_CLIENT_SECRET") as raised:
        await tokens.access_token()
    assert not isinstance(raised.value, GrantLost)


async def test_tokens_are_refreshed_before_they_end_and_only_once(
    make_spotify: MakeSpotify, sandbox: Sandbox, clock: FastClock
) -> None:
    """Ten callers of an expired token make one refresh."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    first = await tokens.access_token()
    assert await tokens.access_token() == first
    clock.advance(timedelta(minutes=59, seconds=30))
    found = await asyncio.gather(*(tokens.access_token() for _ in range(10)))
    assert len(set(found)) == 1
    assert found[0] != first
    assert sandbox.calls.count("accounts") == 2


async def test_the_app_token_is_kept_until_it_ends(tokens: Tokens, sandbox: Sandbox, clock: FastClock) -> None:
    """The app's own token is asked for once an hour."""
    first = await tokens.app_token()
    assert await tokens.app_token() == first
    clock.advance(timedelta(hours=1))
    assert await tokens.app_token() != first
    assert sandbox.calls.count("accounts") == 2


async def test_a_rotated_refresh_token_replaces_the_old_one(
    canned_tokens: Tokens, canned: CannedServer, grants: MemoryGrants, clock: FastClock
) -> None:
    """Spotify gives a new refresh token at times; most answers have none, and the old one stays."""
    canned.put(
        TOKEN,
        {"access_token": "a1", "expires_in": 3600, "refresh_token": "rotated"},
        {"access_token": "a2", "expires_in": 3600},
        {"access_token": "a3", "expires_in": 3600, "refresh_token": "again"},
    )
    assert await canned_tokens.access_token() == "a1"
    assert grants.kept is not None
    assert grants.kept.refresh_token == "rotated"
    consented = grants.kept.consented_at
    clock.advance(timedelta(hours=2))
    assert await canned_tokens.access_token() == "a2"
    assert grants.kept.refresh_token == "rotated"
    assert grants.kept.consented_at == consented
    assert "refresh_token=rotated" in canned.asked[-1].body
    clock.advance(timedelta(hours=2))
    assert await canned_tokens.access_token() == "a3"
    assert grants.kept.refresh_token == "again"


async def test_a_grant_is_kept_even_if_the_account_cannot_be_asked(
    canned_tokens: Tokens, canned: CannedServer, grants: MemoryGrants
) -> None:
    """A code works only once, so what it gave is saved before anything else can fail."""
    canned.put(TOKEN, {"access_token": "a1", "expires_in": 3600, "refresh_token": "r1"})
    canned.put("/v1/me", Canned("Active premium subscription required", 403))
    with pytest.raises(Refused):
        await canned_tokens.redeem("code")
    assert grants.kept is not None
    assert grants.kept.refresh_token == "r1"
    assert await canned_tokens.access_token() == "a1"


async def test_a_lost_grant_is_discarded_and_never_tried_again(
    make_spotify: MakeSpotify, sandbox: Sandbox, grants: MemoryGrants, clock: FastClock
) -> None:
    """After invalid_grant the owner is asked to link again; reads go on with the app's token."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    await tokens.access_token()
    clock.advance(timedelta(hours=2))
    sandbox.faults.inject(FaultKind.INVALID_GRANT, "accounts")
    with pytest.raises(GrantLost, match="tastebud link"):
        await tokens.access_token()
    assert grants.kept is None
    calls = sandbox.calls.count("accounts")
    for _ in range(3):
        with pytest.raises(NotLinked):
            await tokens.access_token()
    assert sandbox.calls.count("accounts") == calls
    assert not await tokens.linked()
    assert await tokens.read_token() == await tokens.app_token()


async def test_a_dead_refresh_token_of_the_environment_is_tried_once(
    make_spotify: MakeSpotify, sandbox: Sandbox
) -> None:
    """It stays in the environment, and is not sent again and again."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, "dead")
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    with pytest.raises(GrantLost):
        await tokens.access_token()
    with pytest.raises(NotLinked, match="tastebud link"):
        await tokens.access_token()
    assert sandbox.calls.count("accounts") == 1
    assert not await tokens.linked()


async def test_consent_ends_six_months_after_it_was_given(
    make_spotify: MakeSpotify, sandbox: Sandbox, clock: FastClock
) -> None:
    """Refreshing does not move the end."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    for _ in range(6):
        await tokens.access_token()
        clock.advance(timedelta(days=30))
    clock.advance(timedelta(days=10))
    with pytest.raises(GrantLost):
        await tokens.access_token()


async def test_a_consent_of_another_process_counts_at_once(
    tokens: Tokens, make_spotify: MakeSpotify, sandbox: Sandbox
) -> None:
    """`tastebud link` beside a running bot needs no restart."""
    with pytest.raises(NotLinked):
        await tokens.access_token()
    other = make_spotify(
        sandbox.spotify_api_base, sandbox.accounts_base, SpotifySecrets(sandbox.client_id, sandbox.client_secret)
    )._tokens
    grant = await other.adopt(sandbox.refresh_token)
    assert await tokens.access_token() == grant.access_token


async def test_renewing_a_token_that_was_renewed_already_asks_nothing(
    make_spotify: MakeSpotify, sandbox: Sandbox
) -> None:
    """Two calls that failed with the same stale token refresh it once."""
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret, sandbox.refresh_token)
    tokens = make_spotify(sandbox.spotify_api_base, sandbox.accounts_base, secrets)._tokens
    stale = await tokens.access_token()
    await asyncio.gather(tokens.renew(stale), tokens.renew(stale))
    assert await tokens.access_token() != stale
    assert sandbox.calls.count("accounts") == 2


ODD = [
    (Canned({"error": "server_error"}, 503), Unreachable),
    (Canned("Too many requests", 429, {"Retry-After": "9"}), Refused),
    (Canned({"error": "invalid_request"}, 400), Refused),
    (Canned(["odd"], 400), Refused),
    (Canned("<html>"), BadAnswer),
    (Canned([]), BadAnswer),
    (Canned(7), BadAnswer),
    (Canned({}), BadAnswer),
    (Canned({"access_token": ""}), BadAnswer),
    (Canned(drop=True), Unreachable),
]


@pytest.mark.parametrize(("answer", "expected"), ODD)
async def test_odd_answers_of_the_accounts_service_lose_nothing(
    canned_tokens: Tokens, canned: CannedServer, answer: Canned, expected: type[Exception]
) -> None:
    """Whatever it answers is an error of the tree, and the next good answer counts."""
    canned.put(TOKEN, answer, {"access_token": "good", "expires_in": 3600})
    with pytest.raises(expected) as raised:
        await canned_tokens.access_token()
    assert not isinstance(raised.value, NotLinked)
    assert await canned_tokens.access_token() == "good"
    assert await canned_tokens.linked()


@pytest.mark.parametrize("answer", [Canned("<html>"), Canned([]), Canned({"token_type": "Bearer"})])
async def test_odd_answers_to_the_app_are_bad_answers(
    canned_tokens: Tokens, canned: CannedServer, answer: Canned
) -> None:
    """The flow without an account maps them as well."""
    canned.put(TOKEN, answer)
    with pytest.raises(BadAnswer):
        await canned_tokens.app_token()


def test_secrets_are_not_shown() -> None:
    """Neither secret nor token stands in a traceback's repr."""
    assert "hush" not in repr(SpotifySecrets("hush", "hush", "hush"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("api_base", "api.spotify.com"),
        ("accounts_base", "ftp://x"),
        ("redirect_uri", "http://localhost:8888/callback"),
        ("timeout", 0.0),
        ("daily_budget", -1),
    ],
)
def test_settings_that_cannot_work_are_refused(setting: str, value: object) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        SpotifySettings(**{setting: value})  # type: ignore[arg-type]
