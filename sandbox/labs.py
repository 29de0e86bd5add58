"""The sandbox's ListenBrainz laboratory: rows without order, some twice, and Spotify ids for most names."""

import random
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from aiohttp import web

from catalog.clock import Clock
from sandbox.knowledge import Knowledge
from sandbox.limits import RateLimit
from sandbox.query import tokens
from sandbox.records import SandboxTrack
from sandbox.replies import Stop

Json = dict[str, Any]
PREFIX = "/labs"
ALGORITHM = "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30"
MOST_ROWS = 1000
MOST_SIMILAR = 100
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JOINS = re.compile(r" (ft|feat)\.? ")


class SandboxLabs:
    """The laboratory's state: `algorithms` are those that it computes; set `rate.limit` to have a limit."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.rate = RateLimit(clock, timedelta(seconds=2))
        self.algorithms = {ALGORITHM}

    @cached_property
    def _by_name(self) -> dict[str, list[SandboxTrack]]:
        found: dict[str, list[SandboxTrack]] = {}
        for track in self.knowledge.catalogue.shareable:
            if self.knowledge.known[track.index].labs:
                found.setdefault(_plain(track.artist.name + track.full_title), []).append(track)
        return found

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve each query under its name, by GET and by a list of rows in a POST."""
        for name, answer in (
            ("similar-artists", self._similar_artists),
            ("similar-recordings", self._similar_recordings),
            ("spotify-id-from-metadata", self._ids_of_names),
            ("spotify-id-from-mbid", self._ids_of_mbids),
            ("bulk-tag-lookup", self._tags),
        ):
            handler = self._checked(answer)
            router.add_get(f"{PREFIX}/{name}/json", handler)
            router.add_post(f"{PREFIX}/{name}/json", handler)

    def _checked(self, answer: Callable[[list[Json]], list[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def checked(request: web.Request) -> web.Response:
            if not self.rate.admit():
                raise Stop(web.Response(status=429, text="Too Many Requests"))
            rows = await request.json() if request.method == "POST" else [dict(request.query)]
            if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
                raise _bad("Cannot lookup more than 1,000 rows at a time.")
            return web.json_response(answer(rows))

        return checked

    def _similar_artists(self, rows: list[Json]) -> list[Json]:
        found: list[Json] = []
        for mbid in self._references(rows, "artist_mbids"):
            artist = self.knowledge.artists.get(mbid)
            for other, score in self.knowledge.similar_artists(artist) if artist else []:
                names = {
                    "artist_mbid": self.knowledge.artist_mbid(other),
                    "name": other.name,
                    "comment": "",
                    "type": "Group",
                    "gender": None,
                }
                found.append({**names, "score": score, "reference_mbid": mbid})
        return found[:MOST_SIMILAR]

    def _similar_recordings(self, rows: list[Json]) -> list[Json]:
        found: list[Json] = []
        for mbid in self._references(rows, "recording_mbids"):
            track = self.knowledge.recordings.get(mbid)
            known = [
                (other, score)
                for other, score in (self.knowledge.similar_tracks(track) if track else [])
                if self.knowledge.known[other.index].musicbrainz
            ]
            found += [self._similar(other, score, mbid) for other, score in known]
        rng = random.Random(f"labs {len(found)}")
        found += found[:2]  # some rows come twice
        rng.shuffle(found)
        return found[:MOST_SIMILAR]

    def _similar(self, track: SandboxTrack, score: int, reference: str) -> Json:
        return {
            "recording_mbid": self.knowledge.recording_mbid(track), "recording_name": track.full_title,
            "artist_credit_name": track.byline, "artist_credit_mbids": None, "release_name": track.album.title,
            "release_mbid": None, "caa_id": None, "caa_release_mbid": None, "score": score, "reference_mbid": reference,
        }  # fmt: skip

    def _references(self, rows: list[Json], key: str) -> list[str]:
        found: list[str] = []
        for row in rows:
            if row.get("algorithm") not in self.algorithms:
                raise _bad(f"{row.get('algorithm')} is not a valid enumeration member")
            mbids = row.get(key) or []
            found += mbids.split(",") if isinstance(mbids, str) else mbids
        if not found or not all(MBID.fullmatch(mbid) for mbid in found):
            raise _bad(f"{key} is not a valid uuid")
        return found

    def _ids_of_names(self, rows: list[Json]) -> list[Json]:
        fields = ("artist_name", "release_name", "track_name")
        found = []
        for row in rows:
            if not all(isinstance(row.get(field), str) for field in fields):
                raise _bad("artist_name, release_name and track_name are required")
            found.append(
                {
                    **{field: row[field] for field in fields},
                    "spotify_track_ids": self._ids(row["artist_name"], row["track_name"]),
                }
            )
        return found

    def _ids_of_mbids(self, rows: list[Json]) -> list[Json]:
        found = []
        for row in rows:
            track = self.knowledge.recordings.get(str(row.get("recording_mbid")))
            names = (
                {"artist_name": track.artist.name, "release_name": track.album.title, "track_name": track.full_title}
                if track
                else {}
            )
            ids = self._ids(track.artist.name, track.full_title) if track else []
            found.append({"recording_mbid": row.get("recording_mbid"), **names, "spotify_track_ids": ids})
        return found

    def _ids(self, artist: str, title: str) -> list[str]:
        for spelling in (artist, JOINS.sub(" ", artist)):
            if tracks := self._by_name.get(_plain(spelling + title)):
                return [track.spotify_id for track in tracks]
        return []

    def _tags(self, rows: list[Json]) -> list[Json]:
        found: list[Json] = []
        for row in rows:
            mbid = str(row.get("recording_mbid"))
            track = self.knowledge.recordings.get(mbid)
            if track is None:
                continue
            base = {"recording_mbid": mbid, "percent": round(track.rank / 1_000_000, 4)}
            found += [
                {**base, "tag": tag, "tag_count": count, "source": "recording"}
                for tag, count in self.knowledge.track_tags(track).items()
            ]
            found += [
                {**base, "tag": tag, "tag_count": count, "source": "artist"}
                for tag, count in self.knowledge.artist_tags(track.artist).items()
            ]
        random.Random(f"tags {len(found)}").shuffle(found)
        return found


def _plain(text: str) -> str:
    """Return the letters and digits alone, as it compares names."""
    return "".join(tokens(text))


def _bad(message: str) -> Stop:
    return Stop(web.json_response({"error": message}, status=400))
