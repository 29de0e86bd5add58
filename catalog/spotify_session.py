"""spotipy on a session of our own: it never sleeps on Retry-After, never repeats a POST, never asks for tokens."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import spotipy
from requests.adapters import HTTPAdapter
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth, SpotifyPKCE
from urllib3.util import Retry

from catalog.spotify_settings import SpotifySecrets, SpotifySettings

CONNECT_TIMEOUT = 5.0
RETRIES = 2
BACKOFF = 0.2  # seconds, doubled at each retry
ANSWER_LIMIT = 8 * 1024 * 1024  # 50 playlists or items have about 200 kB

SCOPES = ("playlist-modify-private", "playlist-modify-public", "playlist-read-private", "ugc-image-upload")
MEMBER_SCOPES = ("playlist-modify-public",)  # all that a list in a member's own account needs
LIBRARY_SCOPES = ("user-library-read", "user-top-read")  # asked for only by who wants to import from the account

# spotipy writes headers, tokens among them, to its log, and every error a second time: we map and log those.
logging.getLogger("spotipy").setLevel(logging.CRITICAL)


class TooLarge(requests.RequestException):
    """An answer is larger than anything we ask for."""


class BoundedSession(requests.Session):
    """A session that stops reading an answer which does not end."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and read its answer, up to the limit."""
        kwargs["stream"] = True
        response = super().send(request, **kwargs)
        body = b""
        for part in response.iter_content(65_536):
            body += part
            if len(body) > ANSWER_LIMIT:
                response.close()
                raise TooLarge("too large", request=request, response=response)
        response._content = body  # what reading it whole would have left there
        return response


@dataclass(frozen=True, slots=True)
class Proof:
    """What binds one member's consent together: the verifier that only we know, where it comes back, what it allows."""

    verifier: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...] = MEMBER_SCOPES


class Client(spotipy.Spotify):  # type: ignore[misc]  # spotipy has no types
    """spotipy's client with the calls that it spells in another way than the Web API's reference."""

    def me(self) -> object:
        """Ask for the account; spotipy adds a slash that is not in the reference."""
        return self._get("me")

    def features_of(self, ids: list[str]) -> object:
        """Ask for audio features; spotipy's own method warns that new apps do not get them."""
        return self._get("audio-features", ids=",".join(ids))

    def playlist_add_items(self, playlist_id: str, items: list[str], position: int | None = None) -> object:
        """Append items; spotipy sends a bare list where the reference asks for an object."""
        uris = [self._get_uri("track", item) for item in items]
        payload: dict[str, Any] = {"uris": uris} if position is None else {"uris": uris, "position": position}
        return self._post(f"playlists/{playlist_id}/items", payload=payload)


class _Consent(SpotifyOAuth):  # type: ignore[misc]
    """spotipy's consent flow, leaving the answer as it came: expiry by our clock, scopes as granted."""

    def _add_custom_values_to_token_info(self, token_info: dict[str, Any]) -> dict[str, Any]:
        return token_info


class _PublicConsent(SpotifyPKCE):  # type: ignore[misc]
    """spotipy's consent flow without the app's secret, leaving the answer as it came."""

    def _add_custom_values_to_token_info(self, token_info: dict[str, Any]) -> dict[str, Any]:
        return token_info


class _AppOnly(SpotifyClientCredentials):  # type: ignore[misc]
    """spotipy's flow without an account, leaving the answer as it came."""

    def _add_custom_values_to_token_info(self, token_info: dict[str, Any]) -> dict[str, Any]:
        return token_info


def make_session() -> requests.Session:
    """Return a session that repeats reads and replacements on a 5xx, never a POST, and leaves a 429 to us."""
    retry = Retry(
        total=RETRIES,
        read=1,  # each silence lasts for the whole time-out
        allowed_methods=frozenset({"GET", "PUT", "DELETE"}),
        status_forcelist=(500, 502, 504),
        backoff_factor=BACKOFF,
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    session = BoundedSession()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def make_client(settings: SpotifySettings, session: requests.Session) -> Client:
    """Return a client of the Web API; give it a token with `set_auth` before each call."""
    client = Client(requests_session=session, requests_timeout=(CONNECT_TIMEOUT, settings.timeout))
    client.prefix = settings.api_prefix
    return client


def make_consent(
    settings: SpotifySettings, secrets: SpotifySecrets, session: requests.Session, more: Sequence[str] = ()
) -> SpotifyOAuth:
    """Return the flow of an account's consent, at the configured accounts service, with no cache but memory."""
    flow = _Consent(
        client_id=secrets.client_id,
        client_secret=secrets.client_secret,
        redirect_uri=settings.redirect_uri,
        scope=[*SCOPES, *more],
        requests_session=session,
        requests_timeout=(CONNECT_TIMEOUT, settings.timeout),
        cache_handler=MemoryCacheHandler(),
        open_browser=False,
    )
    flow.OAUTH_TOKEN_URL = f"{settings.accounts_origin}/api/token"
    flow.OAUTH_AUTHORIZE_URL = f"{settings.accounts_origin}/authorize"
    return flow


def make_public_consent(
    settings: SpotifySettings,
    secrets: SpotifySecrets,
    session: requests.Session,
    proof: Proof,
) -> SpotifyPKCE:
    """Return the flow by which a member consents, with proof by a key of this one consent (PKCE, RFC 7636)."""
    flow = _PublicConsent(
        client_id=secrets.client_id,
        redirect_uri=proof.redirect_uri,
        scope=list(proof.scopes),
        requests_session=session,
        requests_timeout=(CONNECT_TIMEOUT, settings.timeout),
        cache_handler=MemoryCacheHandler(),
        open_browser=False,
    )
    flow.OAUTH_TOKEN_URL = f"{settings.accounts_origin}/api/token"
    flow.OAUTH_AUTHORIZE_URL = f"{settings.accounts_origin}/authorize"
    flow.code_verifier = proof.verifier
    flow.code_challenge = flow._get_code_challenge()
    return flow


def make_app_only(
    settings: SpotifySettings, secrets: SpotifySecrets, session: requests.Session
) -> SpotifyClientCredentials:
    """Return the flow that needs no account, enough for tracks and search."""
    flow = _AppOnly(
        client_id=secrets.client_id,
        client_secret=secrets.client_secret,
        requests_session=session,
        requests_timeout=(CONNECT_TIMEOUT, settings.timeout),
        cache_handler=MemoryCacheHandler(),
    )
    flow.OAUTH_TOKEN_URL = f"{settings.accounts_origin}/api/token"
    return flow
