"""The table of the Web API's endpoints, with the checks that come before each of them."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox import measured, spotify_lists, spotify_me, spotify_music
from sandbox.accounts import Session
from sandbox.replies import spotify_error
from sandbox.spotify import Handler, SandboxSpotify

COUNTED = re.compile(r"/v1/(tracks|albums|artists|search)\b")  # reads that the daily quota counts

# What a new app no longer has: 403, but 404 for recommendations (SP/tutorials/february-2026-migration-guide).
REMOVED = re.compile(
    r"/v1/(tracks|albums|artists|shows|episodes|chapters|audiobooks)/?$"
    r"|/v1/artists/[^/]+/(top-tracks|related-artists)$"
    r"|/v1/(audio-features|audio-analysis|browse|markets|users)(/|$)"
    r"|/v1/playlists/[^/]+/(tracks|followers)(/|$)"
    r"|/v1/me/(tracks|albums|episodes|shows|audiobooks|following)(/|$)"
)


def add_spotify(router: web.UrlDispatcher, spotify: SandboxSpotify) -> None:
    """Serve every endpoint that a new app has, and the refusals of those it has no more."""
    for method, path, handler, user in (
        *spotify_music.endpoints(spotify),
        *spotify_lists.endpoints(spotify),
        *spotify_me.endpoints(spotify),
        *measured.endpoints(spotify),
    ):
        router.add_route(method, f"/v1{path}", _checked(spotify, handler, user=user))
    router.add_route("*", "/v1/{rest:.*}", _checked(spotify, _absent, user=False))


def _checked(
    spotify: SandboxSpotify, handler: Handler, *, user: bool
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Check token and quota first; `user` asks for the token of a person."""

    async def checked(request: web.Request) -> web.Response:
        session = spotify.accounts.session(request.headers.get("Authorization"))
        if user and session.account is None:
            raise spotify_error(401, "Valid user authentication required")
        if request.method == "GET" and COUNTED.match(request.path):
            wait = spotify.quota.spend(spotify.clock.now())
            if wait is not None:
                raise spotify_error(429, "Too many requests", "QUOTA_EXCEEDED", wait)
        return await handler(request, session)

    return checked


async def _absent(request: web.Request, _: Session) -> web.Response:
    if REMOVED.match(request.path):
        raise spotify_error(403, "Forbidden")
    raise spotify_error(404, "Resource not found")
