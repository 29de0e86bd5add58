"""The sandbox's Deezer: look-ups, gated search, related artists, and previews whose addresses expire."""

import asyncio
import hashlib
import hmac
import random
import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web
from yarl import URL

from catalog.clock import Clock
from sandbox.audio import Previews
from sandbox.calls import CallLog
from sandbox.catalogue import Catalogue
from sandbox.deezer_shapes import (
    Json,
    contributors,
    full_album,
    full_artist,
    full_track,
    picture,
    short_track,
)
from sandbox.query import parse_query, search
from sandbox.records import SandboxArtist, SandboxTrack
from sandbox.replies import Stop, deezer_error, no_data

Row = TypeVar("Row")
Handler = Callable[[web.Request], Awaitable[web.Response]]
PREVIEW_SECONDS = 900  # exp minus the moment of the answer, in recorded ones
WINDOW = timedelta(seconds=5)  # of the rate limit
RATE_LIMIT = 50  # requests a window and address, at the real service
SEARCH_FIELDS = ("artist", "track", "album", "dur_min", "dur_max")
PAGE, MOST = 25, 100
RADIO_SIZE = 25
EXPIRY = re.compile(r"exp=(\d+)~")


class SandboxDeezer:
    """Deezer's state: set `rate_limit` to 50 to have the real limit of requests in 5 seconds."""

    def __init__(self, catalogue: Catalogue, clock: Clock, calls: CallLog, seed: int) -> None:
        self.catalogue = catalogue
        self.clock = clock
        self.calls = calls
        self.rate_limit: int | None = None
        self.previews = Previews()
        self._secret = f"deezer {seed}".encode()
        self._recent: deque[datetime] = deque()
        listed = [track for track in catalogue.tracks if track.on_deezer]
        self._by_isrc: dict[str, SandboxTrack] = {}
        for track in listed:
            self._by_isrc.setdefault(track.deezer_isrc, track)  # the code that Spotify has may be a re-issue's
        self._by_picture = {self._file(track): track for track in listed}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve everything at the root."""
        for path, handler in (
            ("/track/isrc:{isrc}", self._track_by_isrc),
            ("/track/{id}", self._track),
            ("/search", self._search),
            ("/search/track", self._search),
            ("/artist/{id}", self._artist),
            ("/artist/{id}/related", self._related),
            ("/artist/{id}/top", self._top),
            ("/artist/{id}/radio", self._radio),
            ("/album/{id}", self._album),
            ("/album/{id}/tracks", self._album_tracks),
        ):
            router.add_get(path, self._limited(handler))
        router.add_get("/preview/{file}", self._preview)
        router.add_route("*", "/{rest:.*}", self._unknown)

    def preview_url(self, origin: str, track: SandboxTrack) -> str:
        """Sign the address of a preview, good for 900 seconds from now; empty where the track has none."""
        if not track.has_preview:
            return ""
        file = self._file(track)
        expires = int(self.clock.now().timestamp()) + PREVIEW_SECONDS
        policy = f"exp={expires}~acl=/preview/{file}*~data=user_id=0,application_id=42"
        return f"{origin}/preview/{file}?hdnea={policy}~hmac={self._sign(policy)}"

    def _file(self, track: SandboxTrack) -> str:
        return f"{picture(f'preview {track.deezer_id}')}.mp3"

    def _sign(self, policy: str) -> str:
        return hmac.new(self._secret, policy.encode(), hashlib.sha256).hexdigest()

    def _limited(self, handler: Handler) -> Handler:
        async def limited(request: web.Request) -> web.Response:
            now = self.clock.now()
            while self._recent and now - self._recent[0] >= WINDOW:
                self._recent.popleft()
            if self.rate_limit is not None and len(self._recent) >= self.rate_limit:
                raise deezer_error("Exception", "Quota limit exceeded", 4)
            self._recent.append(now)
            return await handler(request)

        return limited

    async def _track(self, request: web.Request) -> web.Response:
        track = self.catalogue.by_deezer_id.get(_number(request.match_info["id"]))
        return self._whole(request, track)

    async def _track_by_isrc(self, request: web.Request) -> web.Response:
        return self._whole(request, self._by_isrc.get(request.match_info["isrc"].upper()))

    def _whole(self, request: web.Request, track: SandboxTrack | None) -> web.Response:
        if track is None:
            raise no_data()
        origin = _origin(request)
        return web.json_response(full_track(origin, track, self.preview_url(origin, track)))

    async def _search(self, request: web.Request) -> web.Response:
        text = request.query.get("q")
        if text is None:
            raise deezer_error("MissingParameterException", "Missing parameters: q", 501)
        query = parse_query(text, SEARCH_FIELDS)
        bounds = {name: query.fields.pop(name) for name in ("dur_min", "dur_max") if name in query.fields}
        if query.is_empty or not all(len(bound) == 1 and bound[0].isdigit() for bound in bounds.values()):
            raise deezer_error("InvalidQueryException", "Invalid query", 600)
        shortest = int(bounds["dur_min"][0]) if "dur_min" in bounds else 0
        longest = int(bounds["dur_max"][0]) if "dur_max" in bounds else 10**6
        found = [
            track
            for track in search(self.catalogue.deezer_index, query)
            if shortest <= track.duration_ms / 1000 <= longest
        ]
        return self._tracks(request, found)

    async def _artist(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(_origin(request), self._asked(request)))

    async def _related(self, request: web.Request) -> web.Response:
        origin = _origin(request)
        return _page(request, self.catalogue.related(self._asked(request)), lambda artist: self._shown(origin, artist))

    async def _top(self, request: web.Request) -> web.Response:
        return self._tracks(request, self._by_rank(self._asked(request)), default=5, credited=True)

    async def _radio(self, request: web.Request) -> web.Response:
        """Answer a mix of the artist and those like it, the same mix for one day."""
        artist = self._asked(request)
        rng = random.Random(f"radio {artist.deezer_id} {self.clock.now().date()}")
        circle = (artist, *self.catalogue.related(artist))
        pool = list(dict.fromkeys(track for one in circle for track in self._by_rank(one)[:5]))
        mixed = rng.sample(pool, min(RADIO_SIZE, len(pool)))
        origin = _origin(request)
        shown = [short_track(origin, track, self.preview_url(origin, track)) for track in mixed]
        return web.json_response({"data": shown})

    async def _album(self, request: web.Request) -> web.Response:
        album = self.catalogue.album_by_deezer_id.get(_number(request.match_info["id"]))
        if album is None:
            raise no_data()
        origin = _origin(request)
        tracks = [track for track in self.catalogue.tracks_on(album) if track.on_deezer]
        shown = [short_track(origin, track, self.preview_url(origin, track)) for track in tracks]
        genre = self.catalogue.genres[album.genre].deezer_genre
        duration = sum(track.duration_ms for track in tracks) // 1000
        return web.json_response(full_album(origin, album, genre, shown, duration))

    async def _album_tracks(self, request: web.Request) -> web.Response:
        album = self.catalogue.album_by_deezer_id.get(_number(request.match_info["id"]))
        if album is None:
            raise no_data()
        return self._tracks(request, [track for track in self.catalogue.tracks_on(album) if track.on_deezer])

    async def _preview(self, request: web.Request) -> web.Response:
        """Answer the audio while the address is good."""
        policy, _, signature = request.query.get("hdnea", "").rpartition("~hmac=")
        expires = EXPIRY.search(policy)
        file = request.match_info["file"]
        signed = hmac.compare_digest(signature, self._sign(policy)) and f"acl=/preview/{file}*" in policy
        if not signed or expires is None or int(expires[1]) <= self.clock.now().timestamp():
            raise Stop(web.Response(status=403, text="Access Denied"))
        track = self._by_picture.get(file)
        if track is None or not track.has_preview:
            raise Stop(web.Response(status=404))
        audio = await asyncio.to_thread(self.previews.of, track)
        kind = "audio/mpeg" if self.previews.codec == "MP3" else f"audio/{self.previews.codec.lower()}"
        return web.Response(body=audio, content_type=kind)

    async def _unknown(self, request: web.Request) -> web.Response:
        raise deezer_error("InvalidQueryException", f"Unknown path components : {request.path}", 600)

    def _asked(self, request: web.Request) -> SandboxArtist:
        artist = self.catalogue.artist_by_deezer_id.get(_number(request.match_info["id"]))
        if artist is None:
            raise no_data()
        return artist

    def _shown(self, origin: str, artist: SandboxArtist) -> Json:
        albums = {track.album.deezer_id for track in self.catalogue.tracks_of(artist)}
        return full_artist(origin, artist, len(albums))

    def _by_rank(self, artist: SandboxArtist) -> list[SandboxTrack]:
        own = [track for track in self.catalogue.tracks_of(artist) if track.on_deezer]
        return sorted(own, key=lambda track: -track.rank)

    def _tracks(
        self, request: web.Request, tracks: Sequence[SandboxTrack], default: int = PAGE, *, credited: bool = False
    ) -> web.Response:
        origin = _origin(request)

        def shown(track: SandboxTrack) -> Json:
            short = short_track(origin, track, self.preview_url(origin, track))
            return {**short, "contributors": contributors(origin, track)} if credited else short

        return _page(request, tracks, shown, default)


def _page(request: web.Request, rows: Sequence[Row], shown: Callable[[Row], Json], default: int = PAGE) -> web.Response:
    """Answer one page with the total and, where there is more, the address of the next."""
    limit = min(max(_number(request.query.get("limit", default)), 0), MOST) or default
    index = max(_number(request.query.get("index", 0)), 0)
    answer: Json = {"data": [shown(row) for row in rows[index : index + limit]], "total": len(rows)}
    if index + limit < len(rows):
        answer["next"] = str(URL(str(request.url)).update_query(index=index + limit))
    return web.json_response(answer)


def _number(text: str | int) -> int:
    """Return the number in a path or query, -1 where there is none."""
    return int(text) if str(text).isdecimal() else -1


def _origin(request: web.Request) -> str:
    return str(request.url.origin())
