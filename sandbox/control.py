"""The doors for tests that run the sandbox as a process: JSON under /_control."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from aiohttp import web

from sandbox.accounts import SandboxAccounts
from sandbox.calls import Call, CallLog
from sandbox.catalogue import Catalogue
from sandbox.faults import FaultKind, Faults
from sandbox.playlists import Playlist
from sandbox.records import SandboxTrack
from sandbox.spotify import SandboxSpotify


class Controlled(Protocol):
    """What the controls need of the sandbox."""

    catalogue: Catalogue
    accounts: SandboxAccounts
    spotify: SandboxSpotify
    faults: Faults
    calls: CallLog

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment that points the product here."""
        ...


def add_control(router: web.UrlDispatcher, sandbox: Controlled) -> None:
    """Serve the controls of that sandbox."""
    control = _Control(sandbox)
    router.add_get("/_control/state", control.state)
    router.add_patch("/_control/state", control.change)
    router.add_get("/_control/calls", control.calls)
    router.add_delete("/_control/calls", control.forget_calls)
    router.add_get("/_control/catalogue", control.catalogue)
    router.add_get("/_control/playlists/{id}", control.playlist)
    router.add_delete("/_control/playlists/{id}", control.delete_playlist)
    router.add_get("/_control/faults", control.faults)
    router.add_post("/_control/faults", control.inject)
    router.add_delete("/_control/faults", control.clear)
    router.add_post("/_control/revoke", control.revoke)
    router.add_post("/_control/expire", control.expire)


class _Control:
    """The handlers."""

    def __init__(self, sandbox: Controlled) -> None:
        self.sandbox = sandbox
        self.book = sandbox.spotify.playlists

    async def state(self, _: web.Request) -> web.Response:
        """Answer playlists, environment and the number of calls."""
        return web.json_response(
            {
                "environment": self.sandbox.environment,
                "playlists": [_playlist(book) for book in self.book.all()],
                "calls": len(self.sandbox.calls.calls),
                "daily_quota": self.sandbox.spotify.quota.limit,
                "rotate": self.sandbox.accounts.rotate,
            }
        )

    async def change(self, request: web.Request) -> web.Response:
        """Set `daily_quota` (null: none) and `rotate` (a new refresh token at every refresh)."""
        wanted = await _object(request)
        if unknown := set(wanted) - {"daily_quota", "rotate"}:
            raise _bad(f"unknown: {', '.join(sorted(unknown))}")
        if "daily_quota" in wanted:
            self.sandbox.spotify.quota.limit = wanted["daily_quota"]
        self.sandbox.accounts.rotate = bool(wanted.get("rotate", self.sandbox.accounts.rotate))
        return await self.state(request)

    async def calls(self, request: web.Request) -> web.Response:
        """Answer the calls, narrowed by `service`, `method` and `path` (a shell pattern)."""
        query = request.query
        found = self.sandbox.calls.find(query.get("service", "*"), query.get("method", "*"), query.get("path", "*"))
        return web.json_response([_call(call) for call in found])

    async def forget_calls(self, _: web.Request) -> web.Response:
        """Empty the log."""
        self.sandbox.calls.clear()
        return web.Response(status=204)

    async def catalogue(self, request: web.Request) -> web.Response:
        """Answer the tracks, those of one `genre` if it is given."""
        genre = request.query.get("genre")
        tracks = [track for track in self.sandbox.catalogue.tracks if genre in (None, track.genre)]
        return web.json_response([_track(track) for track in tracks])

    async def playlist(self, request: web.Request) -> web.Response:
        """Answer one playlist with its track ids."""
        return web.json_response(_playlist(self._playlist(request)))

    async def delete_playlist(self, request: web.Request) -> web.Response:
        """Take a playlist away altogether."""
        self.book.delete(self._playlist(request).id)
        return web.Response(status=204)

    async def faults(self, _: web.Request) -> web.Response:
        """Answer the switches that were set."""
        return web.json_response([asdict(fault) for fault in self.sandbox.faults.active])

    async def inject(self, request: web.Request) -> web.Response:
        """Switch a fault on: the fields of `Fault` as JSON."""
        wanted = await _object(request)
        try:
            fault = self.sandbox.faults.inject(**wanted)
        except (TypeError, ValueError) as error:
            kinds = ", ".join(kind.value for kind in FaultKind)
            raise _bad(f"{error}; kinds are {kinds}") from None
        return web.json_response(asdict(fault), status=201)

    async def clear(self, _: web.Request) -> web.Response:
        """Switch all faults off."""
        self.sandbox.faults.clear()
        return web.Response(status=204)

    async def revoke(self, _: web.Request) -> web.Response:
        """Take the owner's consent back."""
        self.sandbox.accounts.revoke()
        return web.Response(status=204)

    async def expire(self, _: web.Request) -> web.Response:
        """Let every access token end now."""
        self.sandbox.accounts.expire_access()
        return web.Response(status=204)

    def _playlist(self, request: web.Request) -> Playlist:
        book = self.book.get(request.match_info["id"])
        if book is None:
            raise web.HTTPNotFound(text="no such playlist")
        return book


def _bad(text: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=text)


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise _bad("send a JSON object") from None
    if not isinstance(body, dict):
        raise _bad("send a JSON object")
    return body


def _playlist(book: Playlist) -> Mapping[str, Any]:
    return {
        "id": book.id,
        "owner": book.owner.id,
        "name": book.name,
        "description": book.description,
        "public": book.public,
        "followed": book.followed,
        "track_ids": book.track_ids,
        "history": book.history,
        "has_image": book.image is not None,
    }


def _call(call: Call) -> Mapping[str, Any]:
    return {**asdict(call), "at": call.at.isoformat()}


def _track(track: SandboxTrack) -> Mapping[str, Any]:
    return {
        "spotify_id": track.spotify_id,
        "spotify_url": track.spotify_url,
        "on_spotify": track.on_spotify,
        "deezer_id": track.deezer_id,
        "on_deezer": track.on_deezer,
        "isrc": track.isrc,
        "title": track.full_title,
        "artists": [artist.name for artist in track.artists],
        "genre": track.genre,
        "recording": track.recording,
    }
