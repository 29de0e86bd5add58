"""Spotify's tokens: kept by us, refreshed one at a time, never asked for in the middle of a call."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from catalog.clock import Clock
from catalog.errors import BadAnswer, GrantLost, NotLinked
from catalog.ledger import Ledger
from catalog.models import Grant
from catalog.spotify_accounts import SpotifyAccounts, TokenAnswer
from catalog.spotify_session import SCOPES
from catalog.spotify_settings import SpotifySecrets, SpotifySettings

__all__ = ["CONSENT_LASTS", "SpotifySecrets", "TokenStore", "Tokens", "consent_ends"]

log = logging.getLogger(__name__)

# A token that ends sooner may end on the way.
EARLY = timedelta(seconds=60)
# Refresh tokens end six months after consent, and refreshing does not move that
# (developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens).
CONSENT_LASTS = timedelta(days=182)

NO_ACCOUNT = "No Spotify account is linked: run `tastebud link`."


class TokenStore(Protocol):
    """Keep the grant of the bot-owned account, encrypted."""

    async def grant(self) -> Grant | None:
        """Return what is kept, or None."""
        ...

    async def save(self, grant: Grant) -> None:
        """Keep this grant in place of any other."""
        ...

    async def discard(self) -> None:
        """Forget the grant."""
        ...


class Tokens:
    """Hand out access tokens that are valid now.

    The store is asked each time, so a consent given by another process (`tastebud link`) counts at once.
    """

    def __init__(
        self,
        settings: SpotifySettings,
        secrets: SpotifySecrets | None,
        store: TokenStore,
        clock: Clock,
        ledger: Ledger | None = None,
        accounts: SpotifyAccounts | None = None,
    ) -> None:
        self._secrets = secrets or SpotifySecrets()
        self._accounts = accounts or SpotifyAccounts(settings, self._secrets, clock, ledger)
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._app: TokenAnswer | None = None
        self._spent: str | None = None  # a refresh token from the environment that Spotify has refused

    async def linked(self) -> bool:
        """Tell whether there is an account, or a refresh token to begin with."""
        return self._to_adopt() is not None or await self._store.grant() is not None

    async def access_token(self) -> str:
        """Return the account's token, refreshed if need be; raise NotLinked or GrantLost without one."""
        async with self._lock:
            return await self._account_token()

    async def app_token(self) -> str:
        """Return a token of the app alone: enough for tracks and search."""
        async with self._lock:
            return await self._token_of_app()

    async def read_token(self) -> str:
        """Return the account's token where there is one, else the app's."""
        async with self._lock:
            try:
                return await self._account_token()
            except NotLinked:
                return await self._token_of_app()

    async def renew(self, stale: str) -> None:
        """Replace a token that Spotify calls expired before its time, unless somebody has done so."""
        async with self._lock:
            if self._app is not None and stale == self._app.access_token:
                self._app = None
            else:
                await self._account_token(stale)

    def consent_url(self, state: str, more: Sequence[str] = ()) -> str:
        """Return the address at which the owner of the account consents, to more scopes if so wanted."""
        return self._accounts.consent_url(state, more)

    async def redeem(self, code: str) -> Grant:
        """Turn the code that a consent came back with into a grant, and keep it."""
        async with self._lock:
            return await self._keep_new(await self._accounts.redeem(code))

    async def adopt(self, refresh_token: str) -> Grant:
        """Begin with a refresh token from elsewhere; its consent is counted from now, the day being unknown."""
        async with self._lock:
            return await self._adopt(refresh_token)

    def close(self) -> None:
        """Close the connections."""
        self._accounts.close()

    async def _account_token(self, stale: str | None = None) -> str:
        grant = await self._store.grant()
        if grant is None:
            grant = await self._adopt_from_environment()
        elif grant.access_token in (None, stale) or not self._lives(grant.expires_at):
            grant = await self._refresh(grant)
        if grant.access_token is None:
            raise BadAnswer("Spotify gave no access token.")
        return grant.access_token

    async def _adopt_from_environment(self) -> Grant:
        token = self._to_adopt()
        if token is None:
            raise NotLinked(NO_ACCOUNT)
        return await self._adopt(token)

    async def _adopt(self, refresh_token: str) -> Grant:
        try:
            answer = await self._accounts.refresh(refresh_token)
        except GrantLost:
            self._spent = refresh_token
            raise
        return await self._keep_new(answer, refresh_token)

    async def _refresh(self, grant: Grant) -> Grant:
        try:
            answer = await self._accounts.refresh(grant.refresh_token)
        except GrantLost as error:
            log.warning("%s", error)
            self._spent = self._secrets.refresh_token  # it is as old as the consent that has just ended
            await self._store.discard()
            raise
        fresh = replace(
            grant,
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or grant.refresh_token,
            expires_at=answer.expires_at,
        )
        await self._store.save(fresh)
        return fresh

    async def _keep_new(self, answer: TokenAnswer, refresh_token: str | None = None) -> Grant:
        """Keep a grant before anything else is asked: a code, and a rotated token, work only once."""
        kept = answer.refresh_token or refresh_token
        if kept is None:
            raise BadAnswer("Spotify's accounts service gave no refresh token.")
        grant = Grant(
            account_id="",
            refresh_token=kept,
            scopes=answer.scopes or SCOPES,
            consented_at=self._clock.now(),
            access_token=answer.access_token,
            expires_at=answer.expires_at,
        )
        await self._store.save(grant)
        grant = replace(grant, account_id=await self._accounts.account_id(answer.access_token))
        await self._store.save(grant)
        return grant

    async def _token_of_app(self) -> str:
        if self._app is None or not self._lives(self._app.expires_at):
            self._app = await self._accounts.app()
        return self._app.access_token

    def _lives(self, until: datetime | None) -> bool:
        return until is not None and self._clock.now() + EARLY < until

    def _to_adopt(self) -> str | None:
        token = self._secrets.refresh_token
        return token if token and token != self._spent else None


def consent_ends(grant: Grant) -> datetime:
    """Return when the grant's refresh token ends, whatever is done with it."""
    return grant.consented_at + CONSENT_LASTS
