"""ListenBrainz's laboratory: neighbours, popularity, and Spotify ids without Spotify; best effort, all of it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from pydantic import TypeAdapter

from catalog.clock import Clock
from catalog.http import Door
from catalog.labs_parse import (
    Popularity,
    read_popularity,
    read_similar_artists,
    read_similar_recordings,
    read_spotify_ids,
)
from catalog.ledger import Answers
from catalog.listenbrainz import ListenBrainzSettings
from catalog.lookup import NEIGHBOURS_LAST, Lookup, spell_words
from catalog.questions import Params, Question
from catalog.reading import is_mbid
from catalog.similar import SimilarArtist, SimilarTrack

__all__ = ["Labs", "Named", "Popularity"]

T = TypeVar("T")

SERVICE = "labs"
ROWS_A_CALL = 100  # it takes 1,000 at once, and was seen to fail under load
REST = 2.0  # after a 429, which names no time

Named = tuple[str, str, str]
"""Artist, album and title; the album may be empty."""


class Labs:
    """A client of the laboratory; every attribute is a look-up: `await client.similar_artists.fetch([...])`.

    `similar_artists`, `similar_recordings`: an MBID, one a call -> up to a hundred neighbours, best first.
    `spotify_ids`: (artist, album, title), a hundred a call -> ids on Spotify, best first; gate what they lead to.
    `spotify_ids_of`: MBIDs, a hundred a call -> the same.
    `popularity`: MBIDs, a hundred a call -> how popular among its tags' recordings.
    """

    def __init__(self, settings: ListenBrainzSettings, door: Door, answers: Answers, clock: Clock) -> None:
        self._base = settings.labs_base.rstrip("/")
        self._algorithm = settings.algorithm.strip()
        self._door = door
        door.limit_rate(SERVICE, settings.labs_rate)
        ids = TypeAdapter(tuple[str, ...])
        self.similar_artists: Lookup[str, tuple[SimilarArtist, ...]] = Lookup(
            f"{SERVICE}.artists.{self._algorithm}", self._ask_artists, answers, clock,
            kept=TypeAdapter(tuple[SimilarArtist, ...]), lasts=NEIGHBOURS_LAST, valid=is_mbid,
        )  # fmt: skip
        self.similar_recordings: Lookup[str, tuple[SimilarTrack, ...]] = Lookup(
            f"{SERVICE}.recordings.{self._algorithm}", self._ask_recordings, answers, clock,
            kept=TypeAdapter(tuple[SimilarTrack, ...]), lasts=NEIGHBOURS_LAST, valid=is_mbid,
        )  # fmt: skip
        self.spotify_ids: Lookup[Named, tuple[str, ...]] = Lookup(
            f"{SERVICE}.spotify", self._ask_ids, answers, clock,
            kept=ids, size=ROWS_A_CALL, valid=_is_named, spell=spell_words,
        )  # fmt: skip
        self.spotify_ids_of: Lookup[str, tuple[str, ...]] = Lookup(
            f"{SERVICE}.spotify.mbid", self._ask_ids_of, answers, clock, kept=ids, size=ROWS_A_CALL, valid=is_mbid
        )
        self.popularity: Lookup[str, Popularity] = Lookup(
            f"{SERVICE}.popularity", self._ask_popularity, answers, clock,
            kept=TypeAdapter(Popularity), size=ROWS_A_CALL, lasts=NEIGHBOURS_LAST, valid=is_mbid,
        )  # fmt: skip

    async def _ask_artists(self, mbids: Sequence[str]) -> Mapping[str, tuple[SimilarArtist, ...]]:
        (mbid,) = mbids
        params = [("artist_mbids", mbid), ("algorithm", self._algorithm)]
        found = await self._ask("similar-artists", partial(read_similar_artists, mbid=mbid), params)
        return {mbid: found} if found else {}

    async def _ask_recordings(self, mbids: Sequence[str]) -> Mapping[str, tuple[SimilarTrack, ...]]:
        (mbid,) = mbids
        params = [("recording_mbids", mbid), ("algorithm", self._algorithm)]
        found = await self._ask("similar-recordings", partial(read_similar_recordings, mbid=mbid), params)
        return {mbid: found} if found else {}

    async def _ask_ids(self, names: Sequence[Named]) -> Mapping[Named, tuple[str, ...]]:
        fields = ("artist_name", "release_name", "track_name")
        rows = [dict(zip(fields, name, strict=True)) for name in names]
        read = partial(read_spotify_ids, fields=fields)
        found = await self._ask("spotify-id-from-metadata", read, payload=rows)
        return {name: ids for name in names if (ids := found.get(name))}

    async def _ask_ids_of(self, mbids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        rows = [{"recording_mbid": mbid} for mbid in mbids]
        read = partial(read_spotify_ids, fields=("recording_mbid",))
        found = await self._ask("spotify-id-from-mbid", read, payload=rows)
        return {mbid: ids for mbid in mbids if (ids := found.get((mbid,)))}

    async def _ask_popularity(self, mbids: Sequence[str]) -> Mapping[str, Popularity]:
        rows = [{"recording_mbid": mbid} for mbid in mbids]
        return await self._ask("bulk-tag-lookup", partial(read_popularity, asked=mbids), payload=rows)

    async def _ask(self, name: str, read: Callable[[object], T], params: Params = (), payload: object = None) -> T:
        question = Question(SERVICE, f"{self._base}/{name}/json", name, params, payload=payload, rest=REST)
        return await self._door.ask(question, lambda reply: read(reply.body))


def _is_named(key: Named) -> bool:
    artist, _, title = key
    return bool(artist.strip() and title.strip())
