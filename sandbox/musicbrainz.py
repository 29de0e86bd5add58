"""The sandbox's MusicBrainz: links in batches, ISRCs and artists, for callers who say who they are."""

import random
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox import web_ids
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.records import SandboxArtist, SandboxTrack
from sandbox.replies import Stop
from sandbox.tags import GENRE_TAGS

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]
PREFIX = "/musicbrainz/ws/2"
MOST_RESOURCES = 100
INCS = {
    "url": {"recording-rels", "artist-rels", "release-rels"},
    "isrc": {"artist-credits", "artists", "tags", "genres", "url-rels", "releases"},
    "recording": {"isrcs", "artist-credits", "artists", "tags", "genres", "url-rels", "releases"},
    "artist": {"tags", "genres", "url-rels", "aliases"},
}
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
CONTACT = re.compile(r"\(.*(@|https?://).*\)")
HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
BUSY = "Your requests are exceeding the allowable rate limit."


class SandboxMusicBrainz:
    """MusicBrainz's state: set `rate.limit` to 1 to have the real limit of one request a second."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(seconds=1))

    @cached_property
    def _tracks(self) -> list[SandboxTrack]:
        known = self.knowledge.known
        return [track for track in self.knowledge.catalogue.tracks if known[track.index].musicbrainz]

    @cached_property
    def _by_isrc(self) -> dict[str, list[SandboxTrack]]:
        found: dict[str, list[SandboxTrack]] = {}
        for track in self._tracks:
            for isrc in {track.isrc or track.deezer_isrc, track.deezer_isrc}:
                found.setdefault(isrc, []).append(track)
        return found

    @cached_property
    def _by_link(self) -> dict[str, SandboxTrack]:
        linked = [track for track in self._tracks if self.knowledge.known[track.index].linked]
        return {link: track for track in linked for link in links_of(track)}

    @cached_property
    def _artists(self) -> dict[str, SandboxArtist]:
        pages = ("https://www.deezer.com/artist/{0.deezer_id}", "https://open.spotify.com/artist/{0.spotify_id}")
        return {page.format(artist): artist for artist in self.knowledge.linked_artists.values() for page in pages}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve everything under the prefix."""
        router.add_get(f"{PREFIX}/url", self._checked("url", self._urls))
        router.add_get(f"{PREFIX}/isrc/{{isrc}}", self._checked("isrc", self._isrc))
        router.add_get(f"{PREFIX}/recording/{{mbid}}", self._checked("recording", self._one_recording))
        router.add_get(f"{PREFIX}/artist/{{mbid}}", self._checked("artist", self._artist))

    def _checked(self, kind: str, handler: Handler) -> Handler:
        """Check who asks, how fast, and what is to be included."""

        async def checked(request: web.Request) -> web.Response:
            if not CONTACT.search(request.headers.get("User-Agent", "")):
                raise _error(403, "Your client is not identified: send a User-Agent with a contact.")
            if not self.rate.admit():
                raise _error(503, BUSY, {"Retry-After": "1"})
            incs = set(request.query.get("inc", "").split())
            if not incs <= INCS[kind]:
                raise _error(400, f"{min(incs - INCS[kind])} is not a valid inc parameter for the {kind} resource.")
            if request.query.get("fmt") != "json":
                raise Stop(web.Response(text='<?xml version="1.0"?><metadata/>', content_type="application/xml"))
            return await handler(request)

        return checked

    async def _urls(self, request: web.Request) -> web.Response:
        """Answer one link by itself or 404, several as a list in any order without the unknown ones."""
        asked = request.query.getall("resource", [])
        if not 1 <= len(asked) <= MOST_RESOURCES:
            raise _error(400, f"At most {MOST_RESOURCES} resource parameters may be given.")
        incs = set(request.query.get("inc", "").split())
        rows = [row for link in dict.fromkeys(asked) if (row := self._url(link, incs)) is not None]
        if len(asked) == 1:
            if not rows:
                raise _error(404, "Not Found")
            return web.json_response(rows[0])
        random.Random(f"order {len(rows)} {asked[0]}").shuffle(rows)
        return web.json_response({"url-count": len(rows), "url-offset": 0, "urls": rows})

    def _url(self, link: str, incs: set[str]) -> Json | None:
        track, artist = self._by_link.get(link), self._artists.get(link)
        if track is None and artist is None:
            return None
        relations: list[Json] = []
        if track is not None and "recording-rels" in incs:
            recording = {
                "id": self.knowledge.recording_mbid(track),
                "title": track.title,
                "length": track.duration_ms,
                "video": False,
                "disambiguation": track.version,
            }
            relations.append(_relation("streaming", "recording", recording))
        if artist is not None and "artist-rels" in incs:
            relations.append(_relation("free streaming", "artist", self._named(artist)))
        return {"id": self.knowledge.mbid(f"url {link}", 0), "resource": link, "relations": relations}

    async def _isrc(self, request: web.Request) -> web.Response:
        isrc = request.match_info["isrc"]
        if not ISRC.fullmatch(isrc):
            raise _error(400, "Invalid isrc.")
        tracks = self._by_isrc.get(isrc)
        if not tracks:
            raise _error(404, "Not Found")
        incs = set(request.query.get("inc", "").split())
        recordings = {track.recording: self._recording(track, incs) for track in tracks}
        return web.json_response({"isrc": isrc, "recordings": list(recordings.values())})

    async def _one_recording(self, request: web.Request) -> web.Response:
        mbid = request.match_info["mbid"]
        if not MBID.fullmatch(mbid):
            raise _error(400, "Invalid mbid.")
        track = self.knowledge.recordings.get(mbid)
        if track is None:
            raise _error(404, "Not Found")
        incs = set(request.query.get("inc", "").split())
        row = self._recording(track, incs)
        if "isrcs" in incs:
            row["isrcs"] = [track.isrc or track.deezer_isrc]
        return web.json_response(row)

    def _recording(self, track: SandboxTrack, incs: set[str]) -> Json:
        row: Json = {
            "id": self.knowledge.recording_mbid(track),
            "title": f"{track.title} ({track.version})" if track.version else track.title,
            "length": track.duration_ms,
            "video": None,
            "disambiguation": "",
            "first-release-date": track.album.release_date,
        }
        if "artist-credits" in incs:
            row["artist-credit"] = [
                {
                    "name": artist.name,
                    "joinphrase": " feat. " if artist != track.artists[-1] else "",
                    "artist": {**self._named(artist), **_tags(self.knowledge.artist_tags(artist), incs)},
                }
                for artist in track.artists
            ]
        if "url-rels" in incs:
            known = links_of(track) if self.knowledge.known[track.index].linked else []
            row["relations"] = [_relation("streaming", "url", {"id": "", "resource": link}) for link in known]
        return {**row, **_tags(self.knowledge.track_tags(track), incs)}

    async def _artist(self, request: web.Request) -> web.Response:
        mbid = request.match_info["mbid"]
        if not MBID.fullmatch(mbid):
            raise _error(400, "Invalid mbid.")
        artist = self.knowledge.artists.get(mbid)
        if artist is None:
            raise _error(404, "Not Found")
        incs = set(request.query.get("inc", "").split())
        return web.json_response(
            {**self._named(artist), "type": "Group", **_tags(self.knowledge.artist_tags(artist), incs)}
        )

    def _named(self, artist: SandboxArtist) -> Json:
        return {
            "id": self.knowledge.artist_mbid(artist),
            "name": artist.name,
            "sort-name": artist.name,
            "disambiguation": "",
        }


def links_of(track: SandboxTrack) -> list[str]:
    """Return the links that MusicBrainz keeps of a track."""
    return [track.spotify_url, track.deezer_url, *web_ids.pages_of(track)]


def _relation(kind: str, target: str, entity: Json) -> Json:
    key = "url" if target == "url" else target
    return {"type": kind, "target-type": target, "direction": "forward", "ended": False, key: entity}


def _tags(tags: dict[str, int], incs: set[str]) -> Json:
    """Return tags by name, as MusicBrainz sorts them, with the genres once more under their own key."""
    rows = [{"name": name, "count": count} for name, count in sorted(tags.items())]
    found: Json = {"tags": rows} if "tags" in incs else {}
    if "genres" in incs:
        found["genres"] = [{**row, "id": "", "disambiguation": ""} for row in rows if row["name"] in GENRE_TAGS]
    return found


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Stop:
    return Stop(web.json_response({"error": message, "help": HELP}, status=status, headers=headers))
