"""Spotify's accounts service: consent, tokens and their ends."""

import base64
import binascii
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from catalog.clock import Clock
from sandbox.replies import Stop, accounts_error, spotify_error

ACCESS_SECONDS = 3600
CODE_LIFE = timedelta(minutes=10)
REFRESH_MONTHS = 6  # since consent; refreshing does not extend it (SP/tutorials/refreshing-tokens)
OWNER_SCOPES = ("playlist-modify-private", "playlist-modify-public", "playlist-read-private", "ugc-image-upload")


@dataclass(frozen=True, slots=True)
class Account:
    """A Spotify user."""

    id: str
    account_id: str
    name: str


@dataclass(slots=True)
class RefreshToken:
    """One consent, good for six months unless revoked; `pkce` ones are refreshed without the app's secret."""

    token: str
    account: Account
    scopes: tuple[str, ...]
    consented_at: datetime
    revoked: bool = False
    pkce: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks, by their access token; `account` is None for the app itself (client credentials)."""

    account: Account | None
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Code:
    account: Account
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


@dataclass(slots=True)
class SandboxAccounts:
    """The state of the accounts service; `logged_in` is who consents at /authorize, None refuses."""

    clock: Clock
    seed: int
    rotate: bool = False
    client_id: str = field(init=False)
    client_secret: str = field(init=False)
    owner: Account = field(init=False)
    logged_in: Account | None = field(init=False)
    owner_refresh_token: str = field(init=False)
    refresh_tokens: dict[str, RefreshToken] = field(init=False, default_factory=dict)
    sessions: dict[str, Session] = field(init=False, default_factory=dict)
    _codes: dict[str, _Code] = field(init=False, default_factory=dict)
    _rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = random.Random(f"accounts {self.seed}")
        self.client_id, self.client_secret = self._random(32), self._random(32)
        self.owner = Account("tastebudowner", self._random(10), "Tastebud Playlists")
        self.logged_in = self.owner
        self.owner_refresh_token = self.consent(self.owner, OWNER_SCOPES).token

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve /authorize and /api/token."""
        router.add_get("/authorize", self._authorize)
        router.add_post("/api/token", self._token)

    def consent(self, account: Account, scopes: tuple[str, ...]) -> RefreshToken:
        """Give a refresh token as if the account had consented now."""
        token = RefreshToken("AQ" + self._random(60), account, tuple(sorted(scopes)), self.clock.now())
        self.refresh_tokens[token.token] = token
        return token

    def revoke(self, account: Account | None = None) -> None:
        """Take back every consent of the account (the owner if none is given), as its settings page does."""
        for token in self.refresh_tokens.values():
            token.revoked = token.revoked or token.account == (account or self.owner)

    def expire_access(self) -> None:
        """Let every access token end now."""
        now = self.clock.now()
        self.sessions = {
            token: Session(session.account, session.scopes, now) for token, session in self.sessions.items()
        }

    def issue(self, account: Account | None, scopes: tuple[str, ...]) -> str:
        """Give an access token without a consent, for tests that need none."""
        token = "BQ" + self._random(80)
        expires_at = self.clock.now() + timedelta(seconds=ACCESS_SECONDS)
        self.sessions[token] = Session(account, scopes, expires_at)
        return token

    def session(self, authorization: str | None) -> Session:
        """Return the session of an Authorization header, or break off with the Web API's 401."""
        if not authorization:
            raise spotify_error(401, "No token provided")
        kind, _, token = authorization.partition(" ")
        if kind != "Bearer" or not token:
            raise spotify_error(400, "Only valid bearer authentication supported")
        session = self.sessions.get(token)
        if session is None:
            raise spotify_error(401, "Invalid access token")
        if session.expires_at <= self.clock.now():
            raise spotify_error(401, "The access token expired")
        return session

    async def _authorize(self, request: web.Request) -> web.Response:
        """Redirect at once with a code and the state; what people see is left out."""
        query = request.query
        if query.get("client_id") != self.client_id:
            raise Stop(web.Response(status=400, text="INVALID_CLIENT: Invalid client"))
        redirect = query.get("redirect_uri", "")
        if not is_allowed_redirect(redirect):
            raise Stop(web.Response(status=400, text="INVALID_CLIENT: Insecure redirect URI"))
        answer = {"state": query["state"]} if "state" in query else {}
        if query.get("response_type") != "code":
            answer["error"] = "unsupported_response_type"
        elif self.logged_in is None:
            answer["error"] = "access_denied"
        else:
            answer["code"] = self._new_code(self.logged_in, query)
        raise Stop(web.Response(status=302, headers={"Location": str(URL(redirect).update_query(answer))}))

    def _new_code(self, account: Account, query: Mapping[str, str]) -> str:
        code = "AQ" + self._random(60)
        self._codes[code] = _Code(
            account,
            tuple(sorted(set(query.get("scope", "").split()))),
            query["redirect_uri"],
            query.get("code_challenge"),
            self.clock.now() + CODE_LIFE,
        )
        return code

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self._check_client(request.headers.get("Authorization"), form)
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(form)
            case "refresh_token":
                return self._refresh(form)
            case "client_credentials":
                return self._grant(None, ())
            case _:
                raise accounts_error("unsupported_grant_type", "grant_type parameter is missing or unknown")

    def _check_client(self, authorization: str | None, form: Mapping[str, str]) -> None:
        """Let the app in by Basic header or body; with PKCE its id is enough."""
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization is not None:
            client, secret = _basic(authorization)
        consent = self.refresh_tokens.get(form.get("refresh_token", ""))
        public = consent.pkce if consent else bool(form.get("code_verifier"))
        if client != self.client_id:
            raise accounts_error("invalid_client", "Invalid client")
        if secret != self.client_secret and (secret or not public):
            raise accounts_error("invalid_client", "Invalid client secret")

    def _redeem(self, form: Mapping[str, str]) -> web.Response:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None:
            raise accounts_error("invalid_grant", "Invalid authorization code")
        if code.expires_at <= self.clock.now():
            raise accounts_error("invalid_grant", "Authorization code expired")
        if form.get("redirect_uri") != code.redirect_uri:
            raise accounts_error("invalid_grant", "Invalid redirect URI")
        if code.challenge is not None and _challenge(form.get("code_verifier", "")) != code.challenge:
            raise accounts_error("invalid_grant", "code_verifier was incorrect")
        consent = self.consent(code.account, code.scopes)
        consent.pkce = code.challenge is not None
        return self._grant(code.account, code.scopes, consent.token)

    def _refresh(self, form: Mapping[str, str]) -> web.Response:
        consent = self.refresh_tokens.get(form.get("refresh_token", ""))
        if consent is None:
            raise accounts_error("invalid_grant", "Invalid refresh token")
        if consent.revoked:
            raise accounts_error("invalid_grant", "Refresh token revoked")
        if months_later(consent.consented_at, REFRESH_MONTHS) <= self.clock.now():
            raise accounts_error("invalid_grant", "Refresh token expired")
        turns = self.rotate or consent.pkce  # without a secret every refresh gives a new token and ends the old one
        return self._grant(consent.account, consent.scopes, self._rotated(consent) if turns else None)

    def _rotated(self, consent: RefreshToken) -> str:
        fresh = self.consent(consent.account, consent.scopes)
        fresh.consented_at, fresh.pkce = consent.consented_at, consent.pkce
        consent.revoked = True
        return fresh.token

    def _grant(self, account: Account | None, scopes: tuple[str, ...], refresh: str | None = None) -> web.Response:
        answer = {
            "access_token": self.issue(account, scopes),
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
        }
        if account is not None:
            answer["scope"] = " ".join(scopes)
        if refresh is not None:
            answer["refresh_token"] = refresh
        return web.json_response(answer)

    def _random(self, length: int) -> str:
        return f"{self._rng.getrandbits(4 * length):0{length}x}"


def is_allowed_redirect(uri: str) -> bool:
    """Tell whether Spotify takes the redirect: https, or http on a loopback address (`localhost` is none)."""
    parts = urlsplit(uri)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def months_later(instant: datetime, months: int) -> datetime:
    """Return the same day that many months later; the last days of a month count as its 28th."""
    years, month = divmod(instant.month - 1 + months, 12)
    return instant.replace(year=instant.year + years, month=month + 1, day=min(instant.day, 28))


def _basic(authorization: str) -> tuple[str, str]:
    try:
        client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
