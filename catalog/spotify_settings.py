"""The settings and secrets of Spotify; apart from the client because its tokens read them too."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class SpotifySettings:
    """Where Spotify is and how much we ask of it.

    api_base: the Web API, with its version.
    accounts_base: the origin of the accounts service (consent and tokens).
    redirect_uri: where consent comes back to, as registered in the Spotify app: https, or http on 127.0.0.1.
    daily_budget: most single-track look-ups a UTC day; Spotify was seen to refuse after about 600.
    members_max: how many members may link their own account; a new app allows five users, each added by hand
      under User Management in its dashboard. 0 switches linking off.
    timeout: seconds to wait for an answer.
    covers: whether each list gets a cover of its own, drawn by us, anew each week.
    audio_features: whether an old app's audio features are read; a new app gets none. Spotify's Developer Policy
      (III.14) forbids learning from its content, and it may close the app of whoever does: this is at your risk.
    """

    api_base: str = "https://api.spotify.com/v1"
    accounts_base: str = "https://accounts.spotify.com"
    redirect_uri: str = "http://127.0.0.1:8888/callback"
    daily_budget: int = 400
    members_max: int = 5
    timeout: float = 15.0
    covers: bool = True
    audio_features: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        check_base("accounts_base", self.accounts_base)
        redirect = urlsplit(self.redirect_uri)
        if redirect.scheme != "https" and not (redirect.scheme == "http" and redirect.hostname in LOOPBACK):
            raise ValueError(
                f"redirect_uri is {self.redirect_uri!r}: Spotify takes https, or http on 127.0.0.1, not localhost."
            )
        if self.daily_budget < 0 or self.members_max < 0 or self.timeout <= 0:
            raise ValueError("daily_budget and members_max cannot be below 0, and timeout must be above 0.")

    @property
    def api_prefix(self) -> str:
        """Return the Web API's address, ending in a slash."""
        return self.api_base.rstrip("/") + "/"

    @property
    def accounts_origin(self) -> str:
        """Return the accounts service's address without a slash at its end."""
        return self.accounts_base.rstrip("/")


@dataclass(frozen=True, slots=True)
class SpotifySecrets:
    """The app's id and secret, and perhaps a refresh token to begin with; `repr` shows none of them."""

    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    refresh_token: str | None = field(default=None, repr=False)

    @property
    def complete(self) -> bool:
        """Tell whether there is an app to ask in the name of."""
        return bool(self.client_id and self.client_secret)


def check_base(name: str, url: str) -> None:
    """Refuse a base address that is not one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{name} is {url!r}: write an address that begins with http:// or https://.")
