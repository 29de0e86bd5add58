"""The sandbox's Last.fm: tags and neighbours by name, with errors in the body and numbers as text."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.query import tokens
from sandbox.records import SandboxArtist, SandboxTrack
from sandbox.replies import Stop

Json = dict[str, Any]
_Name = tuple[tuple[str, ...], tuple[str, ...]]
PATH = "/lastfm/2.0/"
KEY = "sandbox-lastfm-key"
# Error codes of its documentation.
NO_METHOD, NOT_FOUND, INVALID_KEY, TOO_FAST = 3, 6, 10, 29


class SandboxLastFm:
    """Last.fm's state: set `rate.limit` to have a limit, change `key` to have the key suspended."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(seconds=1))
        self.key = KEY

    @cached_property
    def _tracks(self) -> dict[_Name, SandboxTrack]:
        known = self.knowledge.known
        listed = [track for track in self.knowledge.catalogue.tracks if known[track.index].lastfm]
        return {(tokens(track.artist.name), tokens(track.full_title)): track for track in reversed(listed)}

    @cached_property
    def _artists(self) -> dict[tuple[str, ...], SandboxArtist]:
        return {tokens(artist.name): artist for artist in self.knowledge.catalogue.artists}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the one address that it has."""
        router.add_get(PATH, self._ask)
        router.add_post(PATH, self._ask)

    async def _ask(self, request: web.Request) -> web.Response:
        query = {**request.query, **await request.post()} if request.method == "POST" else dict(request.query)
        if query.get("api_key") != self.key:
            raise _error(INVALID_KEY, "Invalid API key - You must be granted a valid key by last.fm", 403)
        if not self.rate.admit():
            raise _error(TOO_FAST, "Rate Limit Exceeded - Your IP has made too many requests in a short period", 429)
        methods: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "track.gettoptags": self._track_tags,
            "artist.gettoptags": self._artist_tags,
            "track.getsimilar": self._similar_tracks,
            "artist.getsimilar": self._similar_artists,
        }
        method = methods.get(str(query.get("method", "")).lower())
        if method is None:
            raise _error(NO_METHOD, "Invalid Method - No method with that name in this package", 400)
        return web.json_response(await method(query))

    async def _track_tags(self, query: Json) -> Json:
        track = self._track(query)
        if track is None:
            raise _error(NOT_FOUND, "Track not found")
        return _top_tags(self.knowledge.track_tags(track), {"artist": track.artist.name, "track": track.full_title})

    async def _artist_tags(self, query: Json) -> Json:
        artist = self._artist(query)
        if artist is None:
            raise _error(NOT_FOUND, "The artist you supplied could not be found")
        return _top_tags(self.knowledge.artist_tags(artist), {"artist": artist.name})

    async def _similar_tracks(self, query: Json) -> Json:
        """Answer an empty list, not an error, for what nobody heard beside anything."""
        track = self._track(query)
        if track is None:
            raise _error(NOT_FOUND, "Track not found")
        found = [pair for pair in self.knowledge.similar_tracks(track) if self.knowledge.known[pair[0].index].lastfm]
        best = max((score for _, score in found), default=1)
        rows = [
            {
                "name": other.full_title,
                "mbid": self.knowledge.recording_mbid(other) if self.knowledge.known[other.index].musicbrainz else "",
                "match": round(score / best, 6),
                "duration": other.duration_ms // 1000,
                "playcount": other.rank,
                "artist": {"name": other.artist.name, "mbid": self.knowledge.artist_mbid(other.artist)},
            }
            for other, score in found[: int(query.get("limit", 100))]
        ]
        return {"similartracks": {"track": _lone(rows), "@attr": {"artist": track.artist.name}}}

    async def _similar_artists(self, query: Json) -> Json:
        artist = self._artist(query)
        found = self.knowledge.similar_artists(artist) if artist else []
        best = max((score for _, score in found), default=1)
        rows = [
            {"name": other.name, "mbid": self.knowledge.artist_mbid(other), "match": str(round(score / best, 6))}
            for other, score in found[: int(query.get("limit", 100))]
        ]
        return {"similarartists": {"artist": _lone(rows), "@attr": {"artist": query.get("artist", "")}}}

    def _track(self, query: Json) -> SandboxTrack | None:
        return self._tracks.get((tokens(query.get("artist", "")), tokens(query.get("track", ""))))

    def _artist(self, query: Json) -> SandboxArtist | None:
        return self._artists.get(tokens(query.get("artist", "")))


def _top_tags(tags: dict[str, int], attributes: Json) -> Json:
    """Return tags with counts up to 100, the best first; no tags are an empty list."""
    best = max(tags.values(), default=1)
    ordered = sorted(tags.items(), key=lambda pair: -pair[1])
    rows = [
        {"name": name, "count": round(100 * count / best), "url": f"https://www.last.fm/tag/{name}"}
        for name, count in ordered
    ]
    return {"toptags": {"tag": _lone(rows), "@attr": attributes}}


def _lone(rows: list[Json]) -> list[Json] | Json:
    """Return a list of one as the one: a list made from XML."""
    return rows[0] if len(rows) == 1 else rows


def _error(code: int, message: str, status: int = 200) -> Stop:
    return Stop(web.json_response({"error": code, "message": message, "links": []}, status=status))
