"""MusicBrainz: which recording and which artist a link or an ISRC is, and how people tagged them. Needs no key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from catalog.clock import Clock
from catalog.errors import BadAnswer
from catalog.http import Door
from catalog.ledger import Answers
from catalog.lookup import Lookup
from catalog.matching import normalise_isrc
from catalog.musicbrainz_parse import (
    MbArtist,
    MbRecording,
    UrlTargets,
    read_artist,
    read_isrc,
    read_one_recording,
    read_urls,
)
from catalog.questions import Params, Question, Reply
from catalog.reading import is_mbid
from catalog.spotify_settings import check_base

__all__ = ["MbArtist", "MbRecording", "MusicBrainz", "MusicBrainzSettings", "UrlTargets"]

T = TypeVar("T")

SERVICE = "musicbrainz"
# The most resources of one /url (lib/MusicBrainz/Server/WebService: MAX_RESOURCE_PARAMS) ...
URLS_A_CALL = 100
# ... and the most characters of them: servers take addresses of up to 8 kB.
URLS_ROOM = 6_000
MALFORMED = 400


@dataclass(frozen=True, slots=True)
class MusicBrainzSettings:
    """Whether and how MusicBrainz is asked: who a track is, and its tags.

    enabled: whether to ask MusicBrainz at all; without it tags come from ListenBrainz, Last.fm and Deezer's albums.
    api_base: the web service, with its version.
    contact: a mail address or web page of yours, which musicbrainz.org wants to know of whoever asks it; without
      one musicbrainz.org is not asked.
    rate: requests a second; musicbrainz.org refuses more than 1.
    """

    enabled: bool = True
    api_base: str = "https://musicbrainz.org/ws/2"
    contact: str = ""
    rate: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0; to ask MusicBrainz nothing, set enabled to false.")
        if any(sign in self.contact for sign in "\r\n()"):
            raise ValueError("contact must be a mail address or the address of a page, such as you@example.org.")

    @property
    def nameless(self) -> bool:
        """Tell whether it cannot be asked for want of a contact; the rule is musicbrainz.org's, not a mirror's."""
        host = urlsplit(self.api_base).hostname or ""
        return not self.contact.strip() and (host == "musicbrainz.org" or host.endswith(".musicbrainz.org"))

    @property
    def agent(self) -> str:
        """Return how we introduce ourselves."""
        return f"Tastebud/{_version()} ( {self.contact.strip() or 'self-hosted Discord bot'} )"


class MusicBrainz:
    """A client of MusicBrainz; every attribute is a look-up: `await client.isrcs.fetch([...])`.

    `urls`: links of any service, a hundred a call -> the recordings and artists that they lead to.
    `isrcs`: ISRCs, one a call -> the recordings that carry them, with tags, their artists' tags and their links.
    `recordings`: MBIDs, one a call -> a recording with its ISRCs, artists and links.
    `artists`: MBIDs, one a call -> an artist's tags.
    """

    def __init__(self, settings: MusicBrainzSettings, door: Door, answers: Answers, clock: Clock) -> None:
        self._base = settings.api_base.rstrip("/")
        self._headers = {"User-Agent": settings.agent, "Accept": "application/json"}
        self._door = door
        door.limit_rate(SERVICE, settings.rate)
        self.urls: Lookup[str, UrlTargets] = Lookup(
            f"{SERVICE}.url", self._ask_urls, answers, clock,
            kept=TypeAdapter(UrlTargets), size=URLS_A_CALL, room=URLS_ROOM,
        )  # fmt: skip
        self.isrcs: Lookup[str, tuple[MbRecording, ...]] = Lookup(
            f"{SERVICE}.isrc", self._ask_isrc, answers, clock,
            kept=TypeAdapter(tuple[MbRecording, ...]), valid=_is_isrc,
        )  # fmt: skip
        self.recordings: Lookup[str, MbRecording] = Lookup(
            f"{SERVICE}.recording", self._ask_recording, answers, clock, kept=TypeAdapter(MbRecording), valid=is_mbid
        )
        self.artists: Lookup[str, MbArtist] = Lookup(
            f"{SERVICE}.artist", self._ask_artist, answers, clock, kept=TypeAdapter(MbArtist), valid=is_mbid
        )

    async def _ask_urls(self, urls: Sequence[str]) -> Mapping[str, UrlTargets]:
        params = [("resource", url) for url in urls]
        return await self._get("url", [*params, ("inc", "recording-rels artist-rels")], partial(read_urls, asked=urls))

    async def _ask_isrc(self, isrcs: Sequence[str]) -> Mapping[str, tuple[MbRecording, ...]]:
        (isrc,) = isrcs
        params = [("inc", "artist-credits tags genres url-rels")]
        found = await self._get(f"isrc/{normalise_isrc(isrc)}", params, read_isrc)
        return {isrc: found} if found else {}

    async def _ask_recording(self, mbids: Sequence[str]) -> Mapping[str, MbRecording]:
        (mbid,) = mbids
        params = [("inc", "isrcs artist-credits tags genres url-rels")]
        found = await self._get(f"recording/{mbid}", params, read_one_recording)
        return {mbid: found} if found else {}

    async def _ask_artist(self, mbids: Sequence[str]) -> Mapping[str, MbArtist]:
        (mbid,) = mbids
        found = await self._get(f"artist/{mbid}", [("inc", "tags genres")], read_artist)
        return {mbid: found} if found else {}

    async def _get(self, path: str, params: Sequence[tuple[str, str]], read: Callable[[object], T]) -> T:
        """Return what `read` makes of an answer, which is None where there is nothing of that name."""
        asked: Params = [*params, ("fmt", "json")]
        bucket = path.partition("/")[0]
        question = Question(SERVICE, f"{self._base}/{path}", bucket, asked, self._headers, told=frozenset({MALFORMED}))
        return await self._door.ask(question, lambda reply: read(_body(reply)))


def _body(reply: Reply) -> object:
    """Return the body; a name that MusicBrainz finds malformed is one that it does not have."""
    if reply.status == MALFORMED:
        return None
    if reply.body is not None and not isinstance(reply.body, Mapping):
        raise BadAnswer("MusicBrainz gave an answer that cannot be read.")
    return reply.body


def _version() -> str:
    try:
        return version("tastebud")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0"


def _is_isrc(text: str) -> bool:
    return normalise_isrc(text) is not None
