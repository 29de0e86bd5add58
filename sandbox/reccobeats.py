"""The sandbox's ReccoBeats: features and tracks by Spotify id in any order without the misses, recommendations."""

import math
import random
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.measured import measure
from sandbox.records import SandboxTrack
from sandbox.replies import Stop

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]
PREFIX = "/reccobeats/v1"
MOST_IDS, MOST_SEEDS, MOST_SIZE = 40, 5, 100
RETRY_AFTER = "3"
FORM = re.compile(r"[0-9A-Za-z]{22}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNRELATED = 0.8  # how far apart two artists are whom nobody hears together
SCALES = {"loudness": 30.0, "tempo": 120.0, "key": 12.0}


class SandboxReccoBeats:
    """ReccoBeats's state: set `rate.limit` to have a limit."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(seconds=1))

    @cached_property
    def _tracks(self) -> dict[str, SandboxTrack]:
        known = self.knowledge.known
        return {
            track.spotify_id: track for track in self.knowledge.catalogue.shareable if known[track.index].reccobeats
        }

    @cached_property
    def _features(self) -> dict[str, Json]:
        return {spotify_id: measure(track) for spotify_id, track in self._tracks.items()}

    @cached_property
    def _own_ids(self) -> dict[str, str]:
        return {self._own_id(track): spotify_id for spotify_id, track in self._tracks.items()}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve everything under the prefix."""
        router.add_get(f"{PREFIX}/audio-features", self._limited(self._audio_features))
        router.add_get(f"{PREFIX}/track", self._limited(self._track))
        router.add_get(f"{PREFIX}/track/recommendation", self._limited(self._recommendation))

    def _limited(self, handler: Handler) -> Handler:
        async def limited(request: web.Request) -> web.Response:
            if not self.rate.admit():
                raise Stop(
                    web.json_response({"error": "Too Many Requests"}, status=429, headers={"Retry-After": RETRY_AFTER})
                )
            return await handler(request)

        return limited

    async def _audio_features(self, request: web.Request) -> web.Response:
        found = self._found(_ids(request, "ids", MOST_IDS))
        return _content(
            [{**self._head(track), "isrc": track.isrc, **self._features[track.spotify_id]} for track in found]
        )

    async def _track(self, request: web.Request) -> web.Response:
        return _content([self._shown(track) for track in self._found(_ids(request, "ids", MOST_IDS))])

    async def _recommendation(self, request: web.Request) -> web.Response:
        """Answer what lies near the seeds, far from the negative ones and near the targets."""
        size = request.query.get("size", "")
        if not size.isdecimal() or not 1 <= int(size) <= MOST_SIZE:
            raise _error(4001, "size must be between 1 and 100")
        seeds = self._found(_ids(request, "seeds", MOST_SEEDS))
        away = self._found(_ids(request, "negativeSeeds", MOST_SEEDS)) if "negativeSeeds" in request.query else []
        if not seeds:
            raise Stop(web.json_response({"status": 4040, "errors": [{"message": "seed not found"}]}, status=404))
        targets = _targets(request)
        weight = float(request.query.get("featureWeight", 1))
        rng = random.Random(f"draw {sorted(request.query.items())}")

        def distance(track: SandboxTrack) -> float:
            near = min(self._distance(track, seed) for seed in seeds)
            far = min((self._distance(track, seed) for seed in away), default=1.0)
            aimed = _gap(self._features[track.spotify_id], targets)
            return near - 0.5 * min(far, 1.0) + weight * aimed + rng.gauss(0, 0.05)

        given = {track.recording for track in (*seeds, *away)}
        pool = [track for track in self._tracks.values() if track.recording not in given]
        return _content([self._shown(track) for track in sorted(pool, key=distance)[: int(size)]])

    def _distance(self, one: SandboxTrack, other: SandboxTrack) -> float:
        """Return how unlike two tracks are, by their sound and by what other people heard beside them."""
        apart = 0.0 if set(one.artist.genres) & set(other.artist.genres) else UNRELATED
        return apart + _gap(self._features[one.spotify_id], self._features[other.spotify_id])

    def _found(self, ids: Iterable[str]) -> list[SandboxTrack]:
        """Return the tracks that it has, in an order of its own."""
        known = (self._tracks.get(self._own_ids.get(each, each)) for each in dict.fromkeys(ids))
        found = [track for track in known if track is not None]
        return sorted(found, key=self._own_id)

    def _own_id(self, track: SandboxTrack) -> str:
        return self.knowledge.mbid("reccobeats", track.index)

    def _head(self, track: SandboxTrack) -> Json:
        return {"id": self._own_id(track), "href": track.spotify_url}

    def _shown(self, track: SandboxTrack) -> Json:
        artists = [
            {
                "id": self.knowledge.mbid("reccobeats artist", each.deezer_id),
                "name": each.name,
                "href": f"https://open.spotify.com/artist/{each.spotify_id}",
            }
            for each in track.artists
        ]
        return {
            **self._head(track), "trackTitle": track.full_title, "artists": artists, "durationMs": track.duration_ms,
            "isrc": track.isrc, "ean": None, "upc": None, "availableCountries": "DE,FR,GB,US",
            "popularity": track.rank // 10_000,
        }  # fmt: skip


def _ids(request: web.Request, name: str, most: int) -> list[str]:
    """Return ids given once with commas or several times."""
    ids = [each for text in request.query.getall(name, []) for each in text.split(",") if each]
    if not 1 <= len(ids) <= most:
        raise _error(4004 if name == "ids" else 4002, f"size must be between 1 and {most}")
    if not all(FORM.fullmatch(each) for each in ids):
        raise _error(4003, "Invalid id")
    return ids


def _targets(request: web.Request) -> dict[str, float]:
    names = (
        "acousticness",
        "danceability",
        "energy",
        "instrumentalness",
        "liveness",
        "loudness",
        "speechiness",
        "tempo",
        "valence",
    )
    return {name: float(request.query[name]) for name in names if name in request.query}


def _gap(one: Json, other: Json) -> float:
    """Return the distance of two sets of features in those that the second has."""
    gaps = [
        (float(one[name]) - float(value)) / SCALES.get(name, 1.0) for name, value in other.items() if name != "mode"
    ]
    return math.sqrt(sum(gap * gap for gap in gaps) / len(gaps)) if gaps else 0.0


def _content(rows: list[Json]) -> web.Response:
    return web.json_response({"content": rows})


def _error(code: int, message: str) -> Stop:
    return Stop(web.json_response({"status": code, "errors": [{"message": message}]}, status=400))
