"""Spotify's accounts service: what turns consents and refresh tokens into access tokens."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from spotipy.oauth2 import SpotifyOAuth

from catalog.clock import Clock
from catalog.errors import BadAnswer, NotLinked
from catalog.ledger import Ledger
from catalog.models import Service
from catalog.spotify_errors import RAISED, mapped
from catalog.spotify_parse import read_account_id
from catalog.spotify_session import make_app_only, make_client, make_consent, make_session
from catalog.spotify_settings import SpotifySecrets, SpotifySettings

T = TypeVar("T")

DEFAULT_LIFE = 3600
TOKENS, OWN = "token", "own"  # buckets of the ledger
NO_APP = "No Spotify app is set up: put SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET into .env."


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the accounts service gives: often no new refresh token."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()


class SpotifyAccounts:
    """Ask the accounts service in the name of the app, in threads; keep nothing."""

    def __init__(
        self, settings: SpotifySettings, secrets: SpotifySecrets, clock: Clock, ledger: Ledger | None = None
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._ledger = ledger
        self._session = make_session()

    def consent_url(self, state: str, more: Sequence[str] = ()) -> str:
        """Return the address at which the owner of an account consents, to more than playlists if so wanted."""
        return str(self._flow(more).get_authorize_url(state=state))

    async def redeem(self, code: str) -> TokenAnswer:
        """Exchange the code that a consent came back with."""

        def exchange() -> object:
            flow = self._flow()
            flow.get_access_token(code, as_dict=False, check_cache=False)
            return flow.cache_handler.get_cached_token()

        return await self._token(exchange)

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        """Exchange a refresh token; raise GrantLost when its consent has ended."""
        return await self._token(lambda: self._flow().refresh_access_token(refresh_token))

    async def app(self) -> TokenAnswer:
        """Ask for a token that belongs to no account."""

        def exchange() -> object:
            flow = make_app_only(self._settings, self._secrets, self._session)
            flow.get_access_token(as_dict=False, check_cache=False)
            return flow.cache_handler.get_cached_token()

        return await self._token(exchange)

    async def account_id(self, access_token: str) -> str:
        """Return the id of the account that a token belongs to."""

        def ask() -> object:
            client = make_client(self._settings, self._session)
            client.set_auth(access_token)
            return client.me()

        return read_account_id(await self._ask(ask, OWN))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _flow(self, more: Sequence[str] = ()) -> SpotifyOAuth:
        self._need_app()
        return make_consent(self._settings, self._secrets, self._session, more)

    def _need_app(self) -> None:
        if not self._secrets.complete:
            raise NotLinked(NO_APP)

    async def _token(self, exchange: Callable[[], object]) -> TokenAnswer:
        self._need_app()
        return self._read(await self._ask(exchange, TOKENS))

    async def _ask(self, call: Callable[[], T], bucket: str) -> T:
        if self._ledger is not None:
            await self._ledger.spend(Service.SPOTIFY, bucket)
        try:
            return await asyncio.to_thread(call)
        except RAISED as error:
            raise mapped(error, self._clock.now()) from error

    def _read(self, answer: object) -> TokenAnswer:
        body = answer if isinstance(answer, dict) else {}
        access_token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(access_token, str) or not access_token:
            raise BadAnswer("Spotify's accounts service gave an answer without a token.")
        life = seconds if isinstance(seconds, int | float) and seconds > 0 else DEFAULT_LIFE
        return TokenAnswer(
            access_token,
            self._clock.now() + timedelta(seconds=life),
            str(body["refresh_token"]) if body.get("refresh_token") else None,
            tuple(str(body.get("scope") or "").split()),
        )
