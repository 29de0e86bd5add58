"""The sandbox's Spotify Web API: its state, and what its endpoints share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from catalog.clock import Clock
from sandbox.accounts import SandboxAccounts, Session
from sandbox.calls import CallLog
from sandbox.catalogue import Catalogue
from sandbox.playlists import PlaylistBook
from sandbox.replies import spotify_error

Handler = Callable[[web.Request, Session], Awaitable[web.Response]]
DAY = timedelta(days=1)


@dataclass(slots=True)
class Quota:
    """The unpublished daily quota on reads; `limit` None is none."""

    limit: int | None = None
    spent: int = 0
    since: datetime | None = None

    def spend(self, now: datetime) -> int | None:
        """Count a read; return the seconds to wait when there is none left."""
        if self.limit is None:
            return None
        if self.since is None or now - self.since >= DAY:
            self.since, self.spent = now, 0
        if self.spent >= self.limit:
            return int((self.since + DAY - now).total_seconds())
        self.spent += 1
        return None


class SandboxSpotify:
    """The Web API's state: look into `playlists`, `saved`, `calls`, set `quota.limit`.

    `null_hits` puts that many nulls at the head of search results, as the real service does at times; `old_app` is
    for one made before November 2024, which still gets audio features.
    """

    def __init__(self, catalogue: Catalogue, accounts: SandboxAccounts, clock: Clock, calls: CallLog) -> None:
        self.catalogue = catalogue
        self.accounts = accounts
        self.clock = clock
        self.calls = calls
        self.playlists = PlaylistBook(clock, catalogue.seed)
        self.quota = Quota()
        self.null_hits = 0
        self.old_app = False
        self.saved: dict[str, datetime] = {}
        self.played: list[tuple[str, datetime]] = []
        self.top_tracks: list[str] = []


def base_of(request: web.Request) -> str:
    """Return the base of the addresses in an answer: where it was asked."""
    return f"{request.url.origin()}/v1"


def window(request: web.Request, default: int, most: int) -> tuple[int, int]:
    """Return offset and limit of a request, or break off with 400."""
    limit = number(request, "limit", default)
    offset = number(request, "offset", 0)
    if not 1 <= limit <= most:
        raise spotify_error(400, "Invalid limit")
    if offset < 0:
        raise spotify_error(400, "Invalid offset")
    return offset, limit


def number(request: web.Request, name: str, default: int) -> int:
    """Return a number of the query, or break off with 400."""
    try:
        return int(request.query.get(name, default))
    except ValueError:
        raise spotify_error(400, f"Invalid {name}") from None


def need_scope(session: Session, scope: str) -> None:
    """Break off with 403 unless the account consented to that."""
    if scope not in session.scopes:
        raise spotify_error(403, "Insufficient client scope")


async def json_body(request: web.Request) -> object:
    """Return the JSON that came with a request, {} when nothing came."""
    if not await request.read():
        return {}
    try:
        return await request.json()
    except ValueError:
        raise spotify_error(400, "Error parsing JSON.") from None
