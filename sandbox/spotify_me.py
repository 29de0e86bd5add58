"""The account's own endpoints of the sandbox's Web API: who am I, library, listening."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from sandbox.accounts import Session
from sandbox.replies import spotify_error
from sandbox.spotify import Handler, SandboxSpotify, base_of, need_scope, number, window
from sandbox.spotify_shapes import Json, full_album, full_artist, full_track, page, public_user, simple_album

MAX_LIBRARY_URIS = 40
LIBRARY_KINDS = ("track", "album", "artist", "playlist", "episode", "show", "audiobook", "user")


def endpoints(spotify: SandboxSpotify) -> list[tuple[str, str, Handler, bool]]:
    """Return method, path, handler and whether a person's token is needed."""
    me = _Me(spotify)
    return [
        ("GET", "/me", me.who, True),
        ("GET", "/me/", me.who, True),
        ("PUT", "/me/library", me.save, True),
        ("DELETE", "/me/library", me.leave, True),
        ("GET", "/me/library/contains", me.contains, True),
        ("GET", "/me/tracks", me.saved_tracks, True),
        ("GET", "/me/albums", me.saved_albums, True),
        ("GET", "/me/top/{kind:tracks|artists}", me.top, True),
        ("GET", "/me/player/recently-played", me.recent, True),
    ]


class _Me:
    """The handlers."""

    def __init__(self, spotify: SandboxSpotify) -> None:
        self.spotify = spotify
        self.catalogue = spotify.catalogue

    async def who(self, request: web.Request, session: Session) -> web.Response:
        if session.account is None:
            raise spotify_error(401, "Valid user authentication required")
        user = public_user(base_of(request), session.account)
        return web.json_response({**user, "account_id": session.account.account_id})

    async def save(self, request: web.Request, session: Session) -> web.Response:
        for kind, uri in _uris(request):
            self._need_library_scope(session, kind)
            if kind == "playlist":
                self._follow(uri, session, followed=True)
            else:
                self.spotify.saved[uri] = self.spotify.clock.now()
        return web.Response()

    async def leave(self, request: web.Request, session: Session) -> web.Response:
        for kind, uri in _uris(request):
            self._need_library_scope(session, kind)
            if kind == "playlist":
                self._follow(uri, session, followed=False)
            else:
                self.spotify.saved.pop(uri, None)
        return web.Response()

    async def contains(self, request: web.Request, session: Session) -> web.Response:
        return web.json_response([self._has(kind, uri, session) for kind, uri in _uris(request)])

    async def saved_tracks(self, request: web.Request, session: Session) -> web.Response:
        need_scope(session, "user-library-read")
        base, known = base_of(request), self.catalogue.by_spotify_id

        def shown(key: str) -> Json | None:
            return full_track(base, known[key]) if key in known else None

        return self._saved(request, "track", "tracks", shown)

    async def saved_albums(self, request: web.Request, session: Session) -> web.Response:
        need_scope(session, "user-library-read")
        base, known = base_of(request), self.catalogue.album_by_spotify_id

        def shown(key: str) -> Json | None:
            return full_album(base, known[key], self.catalogue) if key in known else None

        return self._saved(request, "album", "albums", shown)

    async def top(self, request: web.Request, session: Session) -> web.Response:
        need_scope(session, "user-top-read")
        offset, limit = window(request, 20, 50)
        base, kind = base_of(request), request.match_info["kind"]
        tracks = [self.catalogue.by_spotify_id[track_id] for track_id in self.spotify.top_tracks]
        shown = [full_track(base, track) for track in tracks]
        if kind == "artists":
            shown = [full_artist(base, artist) for artist in dict.fromkeys(track.artist for track in tracks)]
        return web.json_response(page(f"{base}/me/top/{kind}", shown, offset, limit))

    async def recent(self, request: web.Request, session: Session) -> web.Response:
        need_scope(session, "user-read-recently-played")
        _, limit = window(request, 20, 50)
        href = f"{base_of(request)}/me/player/recently-played"
        before = number(request, "before", 2**62)
        played = sorted((_millis(at), track_id) for track_id, at in self.spotify.played)
        older = [row for row in reversed(played) if row[0] < before]
        shown = older[:limit]
        cursors = {"after": str(shown[0][0]), "before": str(shown[-1][0])} if shown else None
        more = f"{href}?before={shown[-1][0]}&limit={limit}" if len(older) > limit else None
        rows = [self._played(base_of(request), *row) for row in shown]
        return web.json_response({"items": rows, "next": more, "cursors": cursors, "limit": limit, "href": href})

    def _played(self, base: str, at: int, track_id: str) -> Json:
        track = self.catalogue.by_spotify_id[track_id]
        album = simple_album(base, track.album)
        moment = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
        return {
            "track": full_track(base, track),
            "played_at": moment.replace("+00:00", "Z"),
            "context": {key: album[key] for key in ("type", "external_urls", "href", "uri")},
        }

    def _saved(self, request: web.Request, kind: str, path: str, shown: Callable[[str], Json | None]) -> web.Response:
        offset, limit = window(request, 20, 50)
        rows = []
        for uri, at in sorted(self.spotify.saved.items(), key=lambda row: row[1], reverse=True):
            item = shown(uri.rpartition(":")[2]) if uri.startswith(f"spotify:{kind}:") else None
            if item is not None:
                rows.append({"added_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), kind: item})
        return web.json_response(page(f"{base_of(request)}/me/{path}", rows, offset, limit))

    def _need_library_scope(self, session: Session, kind: str) -> None:
        scopes = {"playlist": "playlist-modify-public", "artist": "user-follow-modify", "user": "user-follow-modify"}
        need_scope(session, scopes.get(kind, "user-library-modify"))

    def _follow(self, uri: str, session: Session, *, followed: bool) -> None:
        """Leave or take up a playlist: an owner who deletes one only leaves it."""
        book = self.spotify.playlists.get(uri.rpartition(":")[2])
        if book is None:
            raise spotify_error(404, "Resource not found")
        if book.owner == session.account:
            book.followed = followed

    def _has(self, kind: str, uri: str, session: Session) -> bool:
        if kind != "playlist":
            return uri in self.spotify.saved
        book = self.spotify.playlists.get(uri.rpartition(":")[2])
        return book is not None and book.owner == session.account and book.followed


def _millis(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _uris(request: web.Request) -> list[tuple[str, str]]:
    """Return kind and URI of everything in the query; a body does not count."""
    uris = [uri for uri in request.query.get("uris", "").split(",") if uri]
    if not uris:
        raise spotify_error(400, "Missing required field: uris")
    if len(uris) > MAX_LIBRARY_URIS:
        raise spotify_error(400, f"Too many uris requested: max {MAX_LIBRARY_URIS}")
    found = []
    for uri in uris:
        parts = uri.split(":")
        if len(parts) != 3 or parts[0] != "spotify" or parts[1] not in LIBRARY_KINDS:
            raise spotify_error(400, f"Invalid uri: {uri}")
        found.append((parts[1], uri))
    return found
