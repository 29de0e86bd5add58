"""Apple's iTunes: what an Apple Music link is, by id; a search where the owner wants it. Needs no key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from catalog.clock import Clock
from catalog.errors import Refused
from catalog.http import Door
from catalog.ledger import Answers
from catalog.lookup import Lookup
from catalog.matching import plain_title
from catalog.models import Artist, Service, Track, TrackRef
from catalog.questions import Params, Question, Reply
from catalog.reading import Row, must, row_of, rows_of, whole, words, year_of
from catalog.spotify_settings import check_base

SERVICE = "itunes"
IDS_A_CALL = 50
SEARCH_LIMIT = 10
ALBUM_LIMIT = 200
# It answers 403 to who asks too much, and says neither why nor for how long.
BLOCKED, BLOCK_LASTS = 403, 600.0


@dataclass(frozen=True, slots=True)
class ITunesSettings:
    """Whether and how Apple's iTunes is asked: what Apple Music links lead to.

    enabled: whether Apple Music links are looked up; nothing else is asked unless search is on.
    search: whether to search there too; Apple wants its answers used to promote its store, so it is off.
    api_base: the origin of the iTunes API.
    country: the store to look in when a link names none, as two letters.
    rate: requests a second; Apple was seen to refuse those who ask faster than every 0.75 seconds.
    """

    enabled: bool = True
    search: bool = False
    api_base: str = "https://itunes.apple.com"
    country: str = "us"
    rate: float = 1.33

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0; to ask iTunes nothing, set enabled to false.")
        if not is_country(self.country):
            raise ValueError(f"country is {self.country!r}: write two letters, such as us.")


@dataclass(frozen=True, slots=True)
class ITunesTrack:
    """A track as Apple knows it, without its ISRC; `genre` is coarse."""

    track: Track
    genre: str | None = None


class ITunes:
    """A client of the lookup and search; Apple does not want its answers kept, so only misses are remembered.

    `tracks`: Apple's track ids, fifty a call -> title, artist, duration, in the store of the settings.
    """

    def __init__(self, settings: ITunesSettings, door: Door, answers: Answers, clock: Clock) -> None:
        self._settings = settings
        self._base = settings.api_base.rstrip("/")
        self._door = door
        self._answers = answers
        self._clock = clock
        door.limit_rate(SERVICE, settings.rate)
        self.tracks = self.tracks_in(settings.country)

    def tracks_in(self, country: str) -> Lookup[str, ITunesTrack]:
        """Return the look-up in the store of one country: a link names its own, and what is sold differs."""
        store = country.lower() if is_country(country) else self._settings.country
        ask = partial(self._ask_tracks, store)
        return Lookup(f"{SERVICE}.{store}", ask, self._answers, self._clock, size=IDS_A_CALL, valid=str.isdecimal)

    async def search(self, title: str, artist: str) -> list[ITunesTrack]:
        """Return what is found for a title and an artist, best first; gate it before use."""
        if not self._settings.search:
            raise Refused("Searching iTunes is switched off in the settings.", BLOCKED, reason="disabled")
        term = " ".join(f"{artist} {plain_title(title)}".split())
        params = [("term", term), ("entity", "song"), ("limit", str(SEARCH_LIMIT)), ("country", self._settings.country)]
        return list((await self._get("search", params)).values())

    async def album(self, album_id: str, country: str = "") -> list[ITunesTrack]:
        """Return the tracks of an album in their order, none where there is no such album."""
        store = country.lower() if is_country(country) else self._settings.country
        params = [("id", album_id), ("entity", "song"), ("country", store), ("limit", str(ALBUM_LIMIT))]
        return list((await self._get("lookup", params)).values())

    async def _ask_tracks(self, country: str, ids: Sequence[str]) -> Mapping[str, ITunesTrack]:
        return await self._get("lookup", [("id", ",".join(ids)), ("country", country)])

    async def _get(self, path: str, params: Params) -> dict[str, ITunesTrack]:
        url = f"{self._base}/{path}"
        question = Question(SERVICE, url, path, params, too_many=frozenset({BLOCKED, 429}), rest=BLOCK_LASTS)
        return await self._door.ask(question, _read)


def is_country(text: str) -> bool:
    """Tell whether a text is a country's two letters."""
    return len(text) == 2 and text.isascii() and text.isalpha()


def _read(reply: Reply) -> dict[str, ITunesTrack]:
    """Return the songs of an answer by their ids; what is no song (albums, videos) is left out."""
    rows = rows_of(must(row_of(reply.body).get("results"), list, "iTunes"))
    found = ((str(row.get("trackId")), _track(row)) for row in rows if row.get("kind") == "song")
    return {track_id: track for track_id, track in found if track is not None}


def _track(row: Row) -> ITunesTrack | None:
    title, artist, track_id = words(row.get("trackName")), words(row.get("artistName")), whole(row.get("trackId"))
    if not title or not artist or not track_id:
        return None
    track = Track(
        title,
        (Artist(artist),),
        (TrackRef(Service.APPLE, str(track_id)),),
        duration_ms=whole(row.get("trackTimeMillis")) or None,
        album=words(row.get("collectionName")) or None,
        year=year_of(row.get("releaseDate")),
        explicit={"explicit": True, "notExplicit": False}.get(words(row.get("trackExplicitness"))),
    )
    return ITunesTrack(track, words(row.get("primaryGenreName")) or None)
