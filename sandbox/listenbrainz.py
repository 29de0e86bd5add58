"""The sandbox's ListenBrainz: metadata by MBID for everybody, by name for those with a token."""

import random
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.query import tokens
from sandbox.records import SandboxArtist, SandboxTrack
from sandbox.replies import Stop
from sandbox.tags import GENRE_TAGS

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]
PREFIX = "/listenbrainz/1"
TOKEN = "sandbox-listenbrainz-token"
MOST_MBIDS, MOST_NAMES, MOST_LETTERS = 1000, 50, 250
INCS = {"artist", "tag", "release"}
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SandboxListenBrainz:
    """ListenBrainz's state: set `rate.limit` to have its limit, `locked` to put all metadata behind the token."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(seconds=10))
        self.locked = False
        self.token = TOKEN

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve everything under the prefix; paths end in a slash."""
        router.add_get(f"{PREFIX}/metadata/recording/", self._limited(self._recordings))
        router.add_post(f"{PREFIX}/metadata/recording/", self._limited(self._recordings))
        router.add_get(f"{PREFIX}/metadata/artist/", self._limited(self._artists))
        router.add_post(f"{PREFIX}/metadata/lookup/", self._limited(self._lookup))

    def _limited(self, handler: Handler) -> Handler:
        """Tell of the window with every answer; a 429 names no Retry-After."""

        async def limited(request: web.Request) -> web.Response:
            if self.rate.admit():
                try:
                    response = await handler(request)
                except Stop as stop:
                    response = stop.response
            else:
                response = _error(
                    429, "You have exceeded your rate limit. See the X-RateLimit-* response headers."
                ).response
            response.headers["X-RateLimit-Limit"] = str(self.rate.limit or 1_000)
            response.headers["X-RateLimit-Remaining"] = str(self.rate.remaining)
            response.headers["X-RateLimit-Reset-In"] = str(self.rate.resets_in)
            return response

        return limited

    async def _recordings(self, request: web.Request) -> web.Response:
        """Answer an object by MBID, without those it does not know."""
        self._authorise(request, needed=self.locked)
        asked = await request.json() if request.method == "POST" else dict(request.query)
        mbids = asked.get("recording_mbids") or []
        wanted = mbids.split(",") if isinstance(mbids, str) else mbids
        _check(wanted, "recording_mbid")
        incs = _incs(str(asked.get("inc") or ""))
        found = {mbid: track for mbid in wanted if (track := self.knowledge.recordings.get(mbid)) is not None}
        return web.json_response({mbid: self._recording(track, incs) for mbid, track in sorted(found.items())})

    def _recording(self, track: SandboxTrack, incs: set[str]) -> Json:
        row: Json = {"recording": {"rels": [], "length": track.duration_ms, "name": track.title}}
        if "artist" in incs:
            row["artist"] = {
                "artist_credit_id": track.index,
                "name": track.byline,
                "artists": [self._artist(each) for each in track.artists],
            }
        if "tag" in incs:
            row["tag"] = {
                "recording": _tags(self.knowledge.track_tags(track)),
                "artist": [tag for artist in track.artists for tag in self._artist_tags(artist)],
                "release_group": _tags(dict(list(self.knowledge.artist_tags(track.album.artist).items())[:2])),
            }
        if "release" in incs:
            row["release"] = {
                "name": track.album.title,
                "year": track.year,
                "album_artist_name": track.album.artist.name,
            }
        return row

    async def _artists(self, request: web.Request) -> web.Response:
        """Answer a list in no order, without those it does not know."""
        self._authorise(request, needed=self.locked)
        mbids = request.query.get("artist_mbids", "").split(",")
        _check(mbids, "artist mbid")
        incs = _incs(request.query.get("inc", ""))
        found = [artist for mbid in mbids if (artist := self.knowledge.artists.get(mbid)) is not None]
        rows = [
            {**self._artist(each), **({"tag": {"artist": self._artist_tags(each)}} if "tag" in incs else {})}
            for each in found
        ]
        random.Random(",".join(mbids)).shuffle(rows)
        return web.json_response(rows)

    async def _lookup(self, request: web.Request) -> web.Response:
        """Answer a row a name, in their order; those that it takes for nothing have no MBID."""
        self._authorise(request, needed=True)
        names = (await request.json()).get("recordings") or []
        if not 1 <= len(names) <= MOST_NAMES:
            raise _error(400, f"Number of recordings in request body exceeds maximum permitted. ({MOST_NAMES})")
        rows = []
        for index, name in enumerate(names):
            artist, title = name.get("artist_name"), name.get("recording_name")
            if not artist or not title or len(artist) + len(title) > MOST_LETTERS:
                raise _error(400, f"Recording {index} artist_name is invalid or not present")
            row = {"artist_name_arg": artist, "recording_name_arg": title, "index": index}
            rows.append({**row, **self._match(artist, title)})
        return web.json_response(rows)

    def _match(self, artist: str, title: str) -> Json:
        for mbid, track in self.knowledge.recordings.items():
            if tokens(track.full_title) == tokens(title) and set(tokens(track.artist.name)) <= set(tokens(artist)):
                return {
                    "recording_mbid": mbid,
                    "recording_name": track.title,
                    "artist_credit_name": track.byline,
                    "artist_mbids": [self.knowledge.artist_mbid(each) for each in track.artists],
                    "release_name": track.album.title,
                }
        return {}

    def _artist(self, artist: SandboxArtist) -> Json:
        mbid = self.knowledge.artist_mbid(artist)
        links = {"free streaming": f"https://www.deezer.com/artist/{artist.deezer_id}"}
        return {
            "artist_mbid": mbid,
            "mbid": mbid,
            "name": artist.name,
            "type": "Group",
            "begin_year": 1990,
            "rels": links,
            "join_phrase": "",
        }

    def _artist_tags(self, artist: SandboxArtist) -> list[Json]:
        mbid = self.knowledge.artist_mbid(artist)
        return [{**tag, "artist_mbid": mbid} for tag in _tags(self.knowledge.artist_tags(artist))]

    def _authorise(self, request: web.Request, *, needed: bool) -> None:
        said = request.headers.get("Authorization")
        if (needed or said is not None) and said != f"Token {self.token}":
            raise _error(401, "Invalid authorization token." if said else "You need to provide an Authorization token.")


def _check(mbids: list[str], name: str) -> None:
    if len(mbids) > MOST_MBIDS or not mbids:
        raise _error(400, f"Maximum number of {name}s that can be fetched at once is {MOST_MBIDS}")
    for mbid in mbids:
        if not MBID.fullmatch(mbid):
            raise _error(400, f"{name} {mbid} is not valid.")


def _incs(text: str) -> set[str]:
    if unknown := set(text.split()) - INCS:
        raise _error(400, f"invalid inc argument '{min(unknown)}'. Must be one of artist, tag, release.")
    return set(text.split())


def _tags(tags: dict[str, int]) -> list[Json]:
    """Return tags; those that are genres say so by an id."""
    rows: list[Json] = [{"tag": name, "count": count} for name, count in tags.items()]
    return [{**row, "genre_mbid": "0" * 8} if row["tag"] in GENRE_TAGS else row for row in rows]


def _error(status: int, message: str) -> Stop:
    return Stop(web.json_response({"code": status, "error": message}, status=status))
