"""Where the web server listens and what it shows."""

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LAST_PORT = 65_535
CONSENT_PATH = "/spotify/callback"
"""Where members come back to from Spotify; it is registered in the app under the public address."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The web server: pages of drops, health and metrics.

    enabled: whether the web server runs at all.
    host: the address it listens on; 127.0.0.1 is this machine alone, which is right behind a reverse proxy.
    port: the port it listens on (0: any that is free).
    public_url: the address under which members reach it, with https://; without one, pages come as attachments.
    metrics: whether /metrics answers who asks directly, as Prometheus does; through a proxy it never does.
    """

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    metrics: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if not 0 <= self.port <= LAST_PORT:
            raise ValueError(f"port is {self.port}: write a number from 0 to {LAST_PORT}, such as 8080.")
        if not self.host.strip():
            raise ValueError("host is empty: write 127.0.0.1 for this machine alone, or 0.0.0.0 for all.")
        if self.public_url:
            _check_public(self.public_url)

    @property
    def base(self) -> str:
        """Return the public address without a slash at its end, empty where there is none."""
        return self.public_url.rstrip("/") if self.enabled else ""


def _check_public(url: str) -> None:
    parts = urlsplit(url)
    private = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not private):
        raise ValueError(f"public_url is {url!r}: write an address that begins with https://, or leave it empty.")
    if parts.query or parts.fragment or parts.username:
        raise ValueError(f"public_url is {url!r}: leave out everything from ? or # on, and names before @.")
