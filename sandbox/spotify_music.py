"""Tracks, albums, artists and search of the sandbox's Web API."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from aiohttp import web

from sandbox.accounts import Session
from sandbox.query import parse_query, search
from sandbox.records import SandboxAlbum, SandboxArtist, SandboxTrack
from sandbox.replies import spotify_error
from sandbox.spotify import Handler, SandboxSpotify, base_of, window
from sandbox.spotify_shapes import (
    Json,
    full_album,
    full_artist,
    full_track,
    page,
    simple_album,
    simple_track,
)

ID = re.compile(r"[0-9A-Za-z]{22}")
SEARCH_FIELDS = ("isrc", "artist", "track", "album", "year")
SEARCH_TYPES = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
SEARCH_REACH = 1000  # offset + limit
SEARCH_LIMIT, SEARCH_DEFAULT = 10, 5
ALBUM_LIMIT, ALBUM_DEFAULT = 10, 20  # the default is over the limit: it has to be said


def endpoints(spotify: SandboxSpotify) -> list[tuple[str, str, Handler, bool]]:
    """Return method, path, handler and whether a person's token is needed."""
    music = _Music(spotify)
    return [
        ("GET", "/tracks/{id}", music.track, False),
        ("GET", "/albums/{id}", music.album, False),
        ("GET", "/albums/{id}/tracks", music.album_tracks, False),
        ("GET", "/artists/{id}", music.artist, False),
        ("GET", "/artists/{id}/albums", music.artist_albums, False),
        ("GET", "/search", music.search, False),
    ]


class _Music:
    """The handlers."""

    def __init__(self, spotify: SandboxSpotify) -> None:
        self.spotify = spotify
        self.catalogue = spotify.catalogue

    async def track(self, request: web.Request, _: Session) -> web.Response:
        found = self.catalogue.by_spotify_id.get(checked_id(request))
        if found is None:
            raise spotify_error(404, "Resource not found")
        return web.json_response(full_track(base_of(request), found))

    async def album(self, request: web.Request, _: Session) -> web.Response:
        return web.json_response(full_album(base_of(request), self._album(request), self.catalogue))

    async def album_tracks(self, request: web.Request, _: Session) -> web.Response:
        album = self._album(request)
        offset, limit = window(request, 20, 50)
        base = base_of(request)
        tracks = [simple_track(base, track) for track in self.catalogue.tracks_on(album) if track.on_spotify]
        return web.json_response(page(f"{base}/albums/{album.spotify_id}/tracks", tracks, offset, limit))

    async def artist(self, request: web.Request, _: Session) -> web.Response:
        return web.json_response(full_artist(base_of(request), self._artist(request)))

    async def artist_albums(self, request: web.Request, _: Session) -> web.Response:
        artist = self._artist(request)
        offset, limit = window(request, ALBUM_DEFAULT, ALBUM_LIMIT)
        base = base_of(request)
        albums = [simple_album(base, album) for album in self.catalogue.albums if album.artist == artist]
        return web.json_response(page(f"{base}/artists/{artist.spotify_id}/albums", albums, offset, limit))

    async def search(self, request: web.Request, _: Session) -> web.Response:
        text, kinds = request.query.get("q", request.query.get("query", "")), request.query.get("type", "").split(",")
        if not text.strip():
            raise spotify_error(400, "No search query")
        if not set(kinds) <= set(SEARCH_TYPES):
            raise spotify_error(400, "Bad search type field" if any(kinds) else "Missing parameter type")
        offset, limit = window(request, SEARCH_DEFAULT, SEARCH_LIMIT)
        if offset + limit > SEARCH_REACH:
            raise spotify_error(400, "Invalid offset")
        found = search(self.catalogue.spotify_index, parse_query(text, SEARCH_FIELDS))
        base = base_of(request)
        extra = "&" + urlencode({"query": text, "type": ",".join(kinds)})
        answer = {
            f"{kind}s": page(f"{base}/search", self._hits(base, kind, found), offset, limit, extra) for kind in kinds
        }
        return web.json_response(answer)

    def _hits(self, base: str, kind: str, tracks: Sequence[SandboxTrack]) -> list[Json | None]:
        nulls: list[Json | None] = [None] * self.spotify.null_hits
        match kind:
            case "track":
                return [*nulls, *(full_track(base, track) for track in tracks)]
            case "album":
                return [*nulls, *(simple_album(base, album) for album in dict.fromkeys(t.album for t in tracks))]
            case "artist":
                artists = dict.fromkeys(artist for track in tracks for artist in track.artists)
                return [*nulls, *(full_artist(base, artist) for artist in artists)]
            case _:
                return nulls

    def _album(self, request: web.Request) -> SandboxAlbum:
        album = self.catalogue.album_by_spotify_id.get(checked_id(request))
        if album is None:
            raise spotify_error(404, "Resource not found")
        return album

    def _artist(self, request: web.Request) -> SandboxArtist:
        artist = self.catalogue.artist_by_spotify_id.get(checked_id(request))
        if artist is None:
            raise spotify_error(404, "Resource not found")
        return artist


def checked_id(request: web.Request) -> str:
    """Return the id in the path, or break off with 400 when it cannot be one."""
    item_id = request.match_info["id"]
    if not ID.fullmatch(item_id):
        raise spotify_error(400, "Invalid base62 id")
    return item_id
