"""Last.fm: the richest tags there are, and what is heard beside what; by name, with a free key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from catalog.clock import Clock
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.http import Door
from catalog.lastfm_parse import read_similar_artists, read_similar_tracks, read_top_tags
from catalog.ledger import Answers
from catalog.lookup import NEIGHBOURS_LAST, Lookup, all_words, spell_words
from catalog.questions import Question, Reply
from catalog.reading import row_of, whole
from catalog.similar import SimilarArtist, SimilarTrack
from catalog.spotify_settings import check_base
from catalog.tags import Tag

T = TypeVar("T")

SERVICE = "lastfm"
SIMILAR_LIMIT = 100
RATE_LIMIT_REST = 60.0
# Codes of its errors (last.fm/api/errorcodes), which come with any status, 200 too.
NOT_FOUND = 6
BUSY = frozenset({8, 11, 16})
TOO_FAST = 29
NOT_ALLOWED = frozenset({4, 9, 10, 13, 14, 15, 17, 18, 26, 27})
ANY_ERROR = frozenset({400, 401, 403, 404, 429, 500, 502, 503})

NameOfTrack = tuple[str, str]
"""Artist and title."""
NameOfArtist = tuple[str]
K = TypeVar("K", NameOfTrack, NameOfArtist)


@dataclass(frozen=True, slots=True)
class LastFmSettings:
    """How Last.fm is asked, once LASTFM_API_KEY is set: tags and similar tracks.

    enabled: whether to ask Last.fm; without a key it is not asked anyway.
    api_base: the address of its API.
    rate: requests a second; it names no limit, and suspends the keys of those who ask too fast.
    """

    enabled: bool = True
    api_base: str = "https://ws.audioscrobbler.com/2.0"
    rate: float = 4.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0; to ask Last.fm nothing, set enabled to false.")


class LastFm:
    """A client of Last.fm; every attribute is a look-up by name, one a call: `await client.track_tags.fetch([...])`.

    `track_tags`, `similar_tracks`: (artist, title). `artist_tags`, `similar_artists`: (artist,).
    """

    def __init__(self, settings: LastFmSettings, door: Door, answers: Answers, clock: Clock, key: str) -> None:
        self._url = settings.api_base.rstrip("/") + "/"
        self._key = key
        self._door = door
        door.limit_rate(SERVICE, settings.rate)
        tags = TypeAdapter(tuple[Tag, ...])
        self.track_tags: Lookup[NameOfTrack, tuple[Tag, ...]] = Lookup(
            f"{SERVICE}.track", self._ask_track_tags, answers, clock, kept=tags, valid=all_words, spell=spell_words
        )
        self.artist_tags: Lookup[NameOfArtist, tuple[Tag, ...]] = Lookup(
            f"{SERVICE}.artist", self._ask_artist_tags, answers, clock, kept=tags, valid=all_words, spell=spell_words
        )
        self.similar_tracks: Lookup[NameOfTrack, tuple[SimilarTrack, ...]] = Lookup(
            f"{SERVICE}.tracks", self._ask_similar_tracks, answers, clock,
            kept=TypeAdapter(tuple[SimilarTrack, ...]), lasts=NEIGHBOURS_LAST, valid=all_words, spell=spell_words,
        )  # fmt: skip
        self.similar_artists: Lookup[NameOfArtist, tuple[SimilarArtist, ...]] = Lookup(
            f"{SERVICE}.artists", self._ask_similar_artists, answers, clock,
            kept=TypeAdapter(tuple[SimilarArtist, ...]), lasts=NEIGHBOURS_LAST, valid=all_words, spell=spell_words,
        )  # fmt: skip

    async def _ask_track_tags(self, keys: Sequence[NameOfTrack]) -> Mapping[NameOfTrack, tuple[Tag, ...]]:
        return await self._one("track.getTopTags", keys, read_top_tags)

    async def _ask_artist_tags(self, keys: Sequence[NameOfArtist]) -> Mapping[NameOfArtist, tuple[Tag, ...]]:
        return await self._one("artist.getTopTags", keys, read_top_tags)

    async def _ask_similar_tracks(self, keys: Sequence[NameOfTrack]) -> Mapping[NameOfTrack, tuple[SimilarTrack, ...]]:
        return await self._one("track.getSimilar", keys, read_similar_tracks)

    async def _ask_similar_artists(
        self, keys: Sequence[NameOfArtist]
    ) -> Mapping[NameOfArtist, tuple[SimilarArtist, ...]]:
        return await self._one("artist.getSimilar", keys, read_similar_artists)

    async def _one(self, method: str, keys: Sequence[K], read: Callable[[object], T | None]) -> dict[K, T]:
        """Ask of one name; an empty answer is how Last.fm says that it has no data."""
        (key,) = keys
        params = [("method", method), ("format", "json"), ("autocorrect", "1"), ("api_key", self._key)]
        params += zip(("artist", "track"), key, strict=False)  # an artist's name has no title beside it
        if method.endswith("getSimilar"):
            params.append(("limit", str(SIMILAR_LIMIT)))
        question = Question(SERVICE, self._url, method, params, told=ANY_ERROR)
        found = await self._door.ask(question, lambda reply: read(_body(reply)))
        return {key: found} if found else {}


def _body(reply: Reply) -> object:
    """Return the body, None for what Last.fm does not have; its errors stand in the body, whatever the status."""
    if reply.status == 404 and reply.body is None:
        raise BadAnswer("Last.fm is not at that address: look at lastfm.api_base.")
    code = whole(row_of(reply.body).get("error"))
    if code is None:
        return reply.body
    if code == NOT_FOUND:
        return None
    raise _mapped(code)


def _mapped(code: int) -> CatalogError:
    if code == TOO_FAST:
        return Refused("Last.fm asks us to wait a little.", 200, RATE_LIMIT_REST, "rate limit")
    if code in BUSY:
        return Unreachable(f"Last.fm is out of order (code {code}).")
    if code in NOT_ALLOWED:
        return Refused(f"Last.fm refused to answer (code {code}): look at LASTFM_API_KEY.", 200, reason=str(code))
    return BadAnswer(f"Last.fm could not make sense of a question (code {code}).")
