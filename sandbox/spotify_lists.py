"""The playlist endpoints of the sandbox's Web API."""

import base64
import binascii

from aiohttp import web

from sandbox.accounts import Account, Session
from sandbox.playlists import Entry, Playlist
from sandbox.replies import spotify_error
from sandbox.spotify import Handler, SandboxSpotify, base_of, json_body, need_scope, window
from sandbox.spotify_music import ID, checked_id
from sandbox.spotify_shapes import OPEN, Json, described, full_track, page, public_user

MAX_URIS = 100
MAX_IMAGE = 256 * 1024  # bytes of base64 text
MAX_TEXT = 300  # of a description; longer ones and line breaks are refused
PUBLIC, PRIVATE, READ_PRIVATE = "playlist-modify-public", "playlist-modify-private", "playlist-read-private"
IMAGE_SCOPE = "ugc-image-upload"


def endpoints(spotify: SandboxSpotify) -> list[tuple[str, str, Handler, bool]]:
    """Return method, path, handler and whether a person's token is needed."""
    lists = _Lists(spotify)
    return [
        ("GET", "/me/playlists", lists.mine, True),
        ("POST", "/me/playlists", lists.create, True),
        ("GET", "/playlists/{id}", lists.show, False),
        ("PUT", "/playlists/{id}", lists.change, True),
        ("GET", "/playlists/{id}/items", lists.items, False),
        ("POST", "/playlists/{id}/items", lists.add, True),
        ("PUT", "/playlists/{id}/items", lists.replace, True),
        ("DELETE", "/playlists/{id}/items", lists.remove, True),
        ("GET", "/playlists/{id}/images", lists.images, False),
        ("PUT", "/playlists/{id}/images", lists.upload, True),
    ]


class _Lists:
    """The handlers."""

    def __init__(self, spotify: SandboxSpotify) -> None:
        self.spotify = spotify
        self.book = spotify.playlists

    async def mine(self, request: web.Request, session: Session) -> web.Response:
        offset, limit = window(request, 20, 50)
        account, base = _person(session), base_of(request)
        private = READ_PRIVATE in session.scopes
        seen = [_playlist(base, book, counted=True) for book in self.book.of(account) if private or book.public]
        return web.json_response(page(f"{base}/users/{account.id}/playlists", seen, offset, limit))

    async def create(self, request: web.Request, session: Session) -> web.Response:
        body = await _object(request)
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise spotify_error(400, "Missing required field: name")
        public = body.get("public", True) is not False
        need_scope(session, PUBLIC if public else PRIVATE)
        made = self.book.create(
            _person(session), name, _description(body), public=public, collaborative=body.get("collaborative") is True
        )
        return web.json_response(self._full(base_of(request), made, owned=True), status=201)

    async def show(self, request: web.Request, session: Session) -> web.Response:
        book = self._visible(request, session)
        return web.json_response(self._full(base_of(request), book, owned=book.owner == session.account))

    async def change(self, request: web.Request, session: Session) -> web.Response:
        book = self._own(request, session)
        body = await _object(request)
        if "name" in body:
            if not isinstance(body["name"], str) or not body["name"].strip():
                raise spotify_error(400, "Invalid playlist name")
            book.name = body["name"]
        if "description" in body:
            book.description = _description(body)
        if isinstance(body.get("public"), bool):
            book.public = body["public"]
        book.changed()
        return web.Response()

    async def items(self, request: web.Request, session: Session) -> web.Response:
        book = self._visible(request, session)
        if book.owner != session.account:
            raise spotify_error(403, "Forbidden")
        offset, limit = window(request, 20, 50)
        return web.json_response(self._items(base_of(request), book, offset, limit))

    async def add(self, request: web.Request, session: Session) -> web.Response:
        book = self._own(request, session)
        body = await json_body(request)
        fields = body if isinstance(body, dict) else {"uris": body}  # clients send a bare array too
        track_ids = self._track_ids(_listed(request, fields.get("uris")))
        if not track_ids:
            raise spotify_error(400, "Missing required field: uris")
        position = request.query.get("position", fields.get("position"))
        snapshot = self.book.add(book, track_ids, self._position(position, book))
        return web.json_response({"snapshot_id": snapshot}, status=201)

    async def replace(self, request: web.Request, session: Session) -> web.Response:
        book = self._own(request, session)
        body = await _object(request)
        if "range_start" in body:
            snapshot = self._reorder(book, body)
        else:
            snapshot = self.book.replace(book, self._track_ids(_listed(request, body.get("uris"))))
        return web.json_response({"snapshot_id": snapshot})

    async def remove(self, request: web.Request, session: Session) -> web.Response:
        book = self._own(request, session)
        rows = (await _object(request)).get("items")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise spotify_error(400, "Missing required field: items")
        snapshot = self.book.remove(book, self._track_ids([row.get("uri") for row in rows]))
        return web.json_response({"snapshot_id": snapshot})

    async def images(self, request: web.Request, session: Session) -> web.Response:
        return web.json_response(_images(self._visible(request, session)))

    async def upload(self, request: web.Request, session: Session) -> web.Response:
        book = self._own(request, session)
        need_scope(session, IMAGE_SCOPE)
        text = await request.read()
        if len(text) > MAX_IMAGE:
            raise spotify_error(413, "Image too large")
        try:
            image = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise spotify_error(400, "Invalid base64") from None
        if not image.startswith(b"\xff\xd8\xff"):
            raise spotify_error(400, "Unable to process image")
        book.image = image
        return web.Response(status=202)

    def _visible(self, request: web.Request, session: Session) -> Playlist:
        """Return the playlist in the path; other people's private ones are as good as absent."""
        book = self.book.get(checked_id(request))
        if book is None or not (book.public or book.owner == session.account):
            raise spotify_error(404, "Resource not found")
        return book

    def _own(self, request: web.Request, session: Session) -> Playlist:
        """Return the playlist in the path, for a change of it."""
        book = self._visible(request, session)
        if book.owner != session.account:
            raise spotify_error(403, "Forbidden")
        need_scope(session, PUBLIC if book.public else PRIVATE)
        return book

    def _track_ids(self, uris: list[object]) -> list[str]:
        """Return the ids in the URIs, or break off where there are too many or one is none of ours."""
        if len(uris) > MAX_URIS:
            raise spotify_error(400, f"Too many ids requested: max {MAX_URIS}")
        ids = [_track_id(uri) for uri in uris]
        if not all(track_id in self.spotify.catalogue.by_spotify_id for track_id in ids):
            raise spotify_error(400, "Payload contains a non-existing ID")
        return ids

    def _position(self, given: object, book: Playlist) -> int | None:
        if given is None:
            return None
        if not str(given).isdigit() or int(str(given)) > len(book.entries):
            raise spotify_error(400, "Index out of bounds")
        return int(str(given))

    def _reorder(self, book: Playlist, body: Json) -> str:
        numbers = (body["range_start"], body.get("insert_before"), body.get("range_length", 1))
        start, before, length = (number if isinstance(number, int) else -1 for number in numbers)
        if min(start, before, length) < 0:
            raise spotify_error(400, "Missing required field: insert_before")
        if start + length > len(book.entries) or before > len(book.entries):
            raise spotify_error(400, "Index out of bounds")
        return self.book.move(book, start, before, length)

    def _full(self, base: str, book: Playlist, *, owned: bool) -> Json:
        """Return a playlist by itself; only its owner sees the items."""
        answer = {**_playlist(base, book, counted=False), "followers": {"href": None, "total": 0}}
        return {**answer, "items": self._items(base, book, 0, MAX_URIS)} if owned else answer

    def _items(self, base: str, book: Playlist, offset: int, limit: int) -> Json:
        answer = page(f"{base}/playlists/{book.id}/items", book.entries, offset, limit)
        answer["items"] = [self._row(base, entry) for entry in answer["items"]]
        return answer

    def _row(self, base: str, entry: Entry) -> Json:
        track = self.spotify.catalogue.by_spotify_id[entry.track_id]
        return {
            "added_at": entry.added_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "added_by": public_user(base, entry.added_by, named=False),
            "is_local": False,
            "primary_color": None,
            "item": {**full_track(base, track), "episode": False, "track": True},
            "video_thumbnail": {"url": None},
        }


def _playlist(base: str, book: Playlist, *, counted: bool) -> Json:
    answer: Json = {
        "collaborative": book.collaborative,
        "description": described(book.description),
        "external_urls": {"spotify": f"{OPEN}/playlist/{book.id}"},
        "href": f"{base}/playlists/{book.id}",
        "id": book.id,
        "images": _images(book),
        "name": book.name,
        "owner": public_user(base, book.owner),
        "primary_color": None,
        "public": book.public,
        "snapshot_id": book.snapshot_id,
        "type": "playlist",
        "uri": f"spotify:playlist:{book.id}",
    }
    if counted:
        answer["items"] = {"href": f"{base}/playlists/{book.id}/items", "total": len(book.entries)}
    return answer


def _images(book: Playlist) -> list[Json]:
    if book.image is None:
        return []
    return [{"height": None, "width": None, "url": f"https://image-cdn.invalid/{book.id}-{book.revision}"}]


def _person(session: Session) -> Account:
    if session.account is None:
        raise spotify_error(401, "Valid user authentication required")
    return session.account


def _description(body: Json) -> str:
    text = body.get("description") or ""
    if not isinstance(text, str) or len(text) > MAX_TEXT or "\n" in text:
        raise spotify_error(400, "Invalid playlist description")
    return text


def _listed(request: web.Request, uris: object) -> list[object]:
    """Return the URIs of a body, else those in the query."""
    if uris is None:
        given = request.query.get("uris")
        if given is None:
            raise spotify_error(400, "Missing required field: uris")
        return [uri for uri in given.split(",") if uri]
    if not isinstance(uris, list):
        raise spotify_error(400, "Invalid field: uris")
    return uris


def _track_id(uri: object) -> str:
    kind, _, track_id = str(uri).rpartition(":")
    if kind != "spotify:track" or not ID.fullmatch(track_id):
        raise spotify_error(400, f"Invalid track uri: {uri}")
    return track_id


async def _object(request: web.Request) -> Json:
    body = await json_body(request)
    if not isinstance(body, dict):
        raise spotify_error(400, "Error parsing JSON.")
    return body
