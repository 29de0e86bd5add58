"""ListenBrainz: tags of recordings and artists by MBID, in batches; with a token also MBIDs by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pydantic import TypeAdapter

from catalog.clock import Clock
from catalog.errors import Refused
from catalog.http import Door
from catalog.ledger import Answers
from catalog.listenbrainz_parse import LbArtist, LbMatch, LbRecording, read_artists, read_matches, read_recordings
from catalog.lookup import Lookup, all_words, spell_words
from catalog.questions import Params, Question, Reply
from catalog.reading import is_mbid
from catalog.spotify_settings import check_base

__all__ = ["LbArtist", "LbMatch", "LbRecording", "ListenBrainz", "ListenBrainzSettings"]

T = TypeVar("T")

SERVICE = "listenbrainz"
# It takes 1,000, and answers with some 4 kB a recording.
RECORDINGS_A_CALL = 100
ARTISTS_A_CALL = 25  # in an address
NAMES_A_CALL = 50  # webserver/views/metadata_api.py: MAX_LOOKUPS_PER_POST
NAME_LENGTH = 250  # artist and title together, there too: longer ones would spoil the whole batch
NEEDS_TOKEN = 401


@dataclass(frozen=True, slots=True)
class ListenBrainzSettings:
    """Whether and how ListenBrainz and its laboratory are asked: tags, neighbours and Spotify ids.

    enabled: whether to ask ListenBrainz for tags.
    api_base: the API, with its version.
    rate: requests a second; its own limit comes with every answer and is kept to.
    labs: whether to ask its laboratory for similar artists and tracks and for Spotify ids; best effort, all of it.
    labs_base: the origin of the laboratory's API.
    labs_rate: requests a second to the laboratory.
    algorithm: how the laboratory counts what is similar; it refuses those that it does not compute (any more).
    """

    enabled: bool = True
    api_base: str = "https://api.listenbrainz.org/1"
    rate: float = 3.0
    labs: bool = True
    labs_base: str = "https://labs.api.listenbrainz.org"
    labs_rate: float = 2.0
    algorithm: str = "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30"

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        check_base("labs_base", self.labs_base)
        if self.rate <= 0 or self.labs_rate <= 0:
            raise ValueError("rate and labs_rate must be above 0; to ask nothing, set enabled or labs to false.")
        if not self.algorithm.strip():
            raise ValueError("algorithm is empty: leave it out, or name one of the laboratory's.")


class ListenBrainz:
    """A client of the API; every attribute is a look-up: `await client.recordings.fetch([...])`.

    `recordings`: MBIDs, a hundred a call -> tags of the recording, its artists and its release group.
    `artists`: MBIDs, 25 a call -> an artist's tags.
    `names`: (artist, title), 50 a call -> MBIDs by name; None without a token, which is free but personal.
    """

    def __init__(
        self, settings: ListenBrainzSettings, door: Door, answers: Answers, clock: Clock, token: str = ""
    ) -> None:
        self._base = settings.api_base.rstrip("/")
        self._headers = {"Authorization": f"Token {token}"} if token else {}
        self._door = door
        door.limit_rate(SERVICE, settings.rate)
        self.recordings: Lookup[str, LbRecording] = Lookup(
            f"{SERVICE}.recording", self._ask_recordings, answers, clock,
            kept=TypeAdapter(LbRecording), size=RECORDINGS_A_CALL, valid=is_mbid,
        )  # fmt: skip
        self.artists: Lookup[str, LbArtist] = Lookup(
            f"{SERVICE}.artist", self._ask_artists, answers, clock,
            kept=TypeAdapter(LbArtist), size=ARTISTS_A_CALL, valid=is_mbid,
        )  # fmt: skip
        names: Lookup[tuple[str, str], LbMatch] = Lookup(
            f"{SERVICE}.name", self._ask_names, answers, clock,
            kept=TypeAdapter(LbMatch), size=NAMES_A_CALL, valid=_short_words, spell=spell_words,
        )  # fmt: skip
        self.names = names if token else None

    async def _ask_recordings(self, mbids: Sequence[str]) -> Mapping[str, LbRecording]:
        payload = {"recording_mbids": list(mbids), "inc": "artist tag release"}
        return await self._ask("recording", partial(read_recordings, asked=mbids), payload=payload)

    async def _ask_artists(self, mbids: Sequence[str]) -> Mapping[str, LbArtist]:
        params = [("artist_mbids", ",".join(mbids)), ("inc", "tag")]
        return await self._ask("artist", partial(read_artists, asked=mbids), params)

    async def _ask_names(self, names: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], LbMatch]:
        wanted = [{"artist_name": artist, "recording_name": title} for artist, title in names]
        return await self._ask("lookup", partial(read_matches, asked=names), payload={"recordings": wanted})

    async def _ask(self, kind: str, read: Callable[[object], T], params: Params = (), payload: object = None) -> T:
        # Without the slash at its end it would answer with a redirect.
        url = f"{self._base}/metadata/{kind}/"
        question = Question(SERVICE, url, kind, params, self._headers, payload, told=frozenset({NEEDS_TOKEN}))
        return await self._door.ask(question, lambda reply: read(_body(reply)))


def _body(reply: Reply) -> object:
    """Return the body; what is open to everybody was put behind tokens before."""
    if reply.status == NEEDS_TOKEN:
        sentence = "ListenBrainz answers that to its users alone: set LISTENBRAINZ_TOKEN to a (valid) token."
        raise Refused(sentence, NEEDS_TOKEN, reason="token")
    return reply.body


def _short_words(key: tuple[str, str]) -> bool:
    return all_words(key) and sum(map(len, key)) <= NAME_LENGTH
