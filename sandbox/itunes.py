"""The sandbox's iTunes: look-ups by id and a search, as JSON that calls itself JavaScript."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.query import Indexed, parse_query, search
from sandbox.records import SandboxAlbum, SandboxTrack
from sandbox.replies import Stop

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]
PREFIX = "/itunes"
FIRST_TRACK, FIRST_ALBUM = 1_440_000_000, 1_430_000_000
DEFAULT_LIMIT, MOST = 50, 200


class SandboxITunes:
    """Apple's state: set `rate.limit` to 20 to be refused above 20 calls a minute."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(minutes=1))

    @cached_property
    def _by_id(self) -> dict[int, SandboxTrack]:
        known = self.knowledge.known
        return {track_id(track): track for track in self.knowledge.catalogue.tracks if known[track.index].itunes}

    @cached_property
    def _albums(self) -> dict[int, SandboxAlbum]:
        return {album_id(album): album for album in self.knowledge.catalogue.albums}

    @cached_property
    def _index(self) -> tuple[Indexed, ...]:
        return tuple(Indexed.of(track, None) for track in self._by_id.values())

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve both endpoints."""
        router.add_get(f"{PREFIX}/lookup", self._limited(self._lookup))
        router.add_get(f"{PREFIX}/search", self._limited(self._search))

    def url(self, track: SandboxTrack) -> str:
        """Return the link that people paste: an album's page with the track's id."""
        return f"https://music.apple.com/us/album/{album_id(track.album)}?i={track_id(track)}"

    def _limited(self, handler: Handler) -> Handler:
        async def limited(request: web.Request) -> web.Response:
            if not self.rate.admit():
                raise Stop(web.Response(status=403, text=""))
            return await handler(request)

        return limited

    async def _lookup(self, request: web.Request) -> web.Response:
        """Answer what is there of the ids; an album with its songs where those are asked for."""
        rows: list[Json] = []
        for text in request.query.get("id", "").split(","):
            number = int(text) if text.isdecimal() else -1
            if (track := self._by_id.get(number)) is not None:
                rows.append(self._song(track))
            elif (album := self._albums.get(number)) is not None:
                rows.append(_collection(album))
                if request.query.get("entity") == "song":
                    tracks = self.knowledge.catalogue.tracks_on(album)
                    rows += [self._song(track) for track in tracks if track_id(track) in self._by_id]
        return _answer(rows)

    async def _search(self, request: web.Request) -> web.Response:
        limit = request.query.get("limit", str(DEFAULT_LIMIT))
        query = parse_query(request.query.get("term", ""), ())
        found = [] if query.is_empty else search(self._index, query)
        return _answer([self._song(track) for track in found[: min(int(limit), MOST)]])

    def _song(self, track: SandboxTrack) -> Json:
        title = f"{track.title} ({track.version})" if track.version else track.title
        genre = self.knowledge.catalogue.genres[track.genre].deezer_genre[1]
        return {
            "wrapperType": "track", "kind": "song", "artistId": track.artist.deezer_id,
            "collectionId": album_id(track.album), "trackId": track_id(track),
            "artistName": " & ".join(artist.name for artist in track.artists),
            "collectionName": track.album.title, "trackName": title, "trackTimeMillis": track.duration_ms,
            "releaseDate": f"{track.album.release_date}T12:00:00Z",
            "trackExplicitness": "explicit" if track.explicit else "notExplicit",
            "primaryGenreName": genre, "trackViewUrl": self.url(track), "country": "USA",
        }  # fmt: skip


def track_id(track: SandboxTrack) -> int:
    """Return a track's id at Apple."""
    return FIRST_TRACK + track.index


def album_id(album: SandboxAlbum) -> int:
    """Return an album's id at Apple."""
    return FIRST_ALBUM + album.deezer_id % 9_999_991


def _collection(album: SandboxAlbum) -> Json:
    return {
        "wrapperType": "collection", "collectionType": "Album", "collectionId": album_id(album),
        "collectionName": album.title, "artistName": album.artist.name, "trackCount": album.total_tracks,
    }  # fmt: skip


def _answer(rows: list[Json]) -> web.Response:
    text = json.dumps({"resultCount": len(rows), "results": rows})
    return web.Response(text=f"\n\n\n{text}", content_type="text/javascript")
