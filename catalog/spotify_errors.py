"""Everything that spotipy and requests raise, mapped to the error tree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from spotipy.exceptions import SpotifyBaseException, SpotifyException, SpotifyOauthError

from catalog import waits
from catalog.errors import BadAnswer, CatalogError, GrantLost, NotLinked, PremiumNeeded, Refused, Unreachable
from catalog.spotify_session import TooLarge

# spotipy raises AttributeError on a body such as {"error": "a string"}, and others on bodies that are not objects.
RAISED = (SpotifyBaseException, requests.RequestException, AttributeError, LookupError, TypeError, ValueError)

LINK_AGAIN = "Spotify has ended the consent that it gave: run `tastebud link` once more."
NO_PREMIUM = "Spotify answers this app only while its owner has Premium; renew it, and give it a few hours."
NOT_LISTED = "This Spotify account is not on the app's list: add it in the Spotify dashboard under User Management."
NOT_OURS = "Spotify does not allow that for this account (status {status}: {message})."
WRONG_APP = "Spotify does not know this app: check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET."


def mapped(error: Exception, now: datetime) -> CatalogError:
    """Return the error of our tree for whatever a call through spotipy raised."""
    if isinstance(error, SpotifyOauthError):
        return _from_accounts(error, now)
    if isinstance(error, SpotifyException):
        return from_status(error.http_status, _last_line(error.msg), error.headers, now, error.reason)
    response = _response_behind(error)
    if response is not None and response.status_code >= 400:
        return from_status(response.status_code, response.text[:200], response.headers, now)
    if isinstance(error, TooLarge):
        return BadAnswer("Spotify's answer is too large.")
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return BadAnswer("Spotify gave an answer that is not JSON.")
    if isinstance(error, requests.Timeout):
        return Unreachable("Spotify gave no answer in time.")
    if isinstance(error, requests.RequestException):
        return Unreachable("Spotify cannot be reached.")
    return BadAnswer("Spotify gave an answer that cannot be read.")


def from_status(
    status: int, message: str, headers: Mapping[str, Any], now: datetime, reason: str | None = None
) -> CatalogError:
    """Return the error that a status and its text stand for."""
    if status == 429:
        seconds = waits.retry_after(headers.get("Retry-After"), now)
        sentence = f"Spotify asks us to wait {waits.in_words(seconds)}."
        return Refused(sentence, status, seconds, reason or "rate limit")
    if status >= 500:
        return Unreachable(f"Spotify is out of order (status {status}).")
    if status == 403 and "premium" in message.lower():
        return PremiumNeeded(NO_PREMIUM, status, reason=message)
    if status == 403 and "not registered" in message.lower():
        return Refused(NOT_LISTED, status, reason=message)
    return Refused(NOT_OURS.format(status=status, message=message or "no reason given"), status, reason=message)


def _from_accounts(error: SpotifyOauthError, now: datetime) -> CatalogError:
    if error.error == "invalid_grant":
        return GrantLost(LINK_AGAIN)
    if error.error in ("invalid_client", "unauthorized_client"):
        return NotLinked(WRONG_APP)
    response = _response_behind(error)
    if response is None:
        return BadAnswer("Spotify's accounts service gave an answer that cannot be read.")
    return from_status(response.status_code, str(error.error or ""), response.headers, now)


def _response_behind(error: BaseException) -> requests.Response | None:
    """Return the answer that led to an error; spotipy loses it, Python keeps it as the error's context."""
    seen: BaseException | None = error
    while seen is not None:
        response = getattr(seen, "response", None)
        if isinstance(response, requests.Response):
            return response
        seen = seen.__context__
    return None


def _last_line(message: str) -> str:
    """Return the service's own words; spotipy puts the address before them."""
    text = str(message).rsplit("\n", 1)[-1].strip()
    return "" if text == "None" else text[:200]
