"""Deezer: numbers, previews and related artists. Needs no key; what it gives may be learnt from."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.deezer_parse import DeezerTrack, read_artists, read_genres, read_release, read_track, read_tracks
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.http import Door
from catalog.matching import confirms, gate, normalise_isrc, plain_title
from catalog.models import Artist, Release, Service, Track
from catalog.questions import Params, Question, Reply
from catalog.spotify_settings import check_base

__all__ = ["Deezer", "DeezerSettings", "DeezerTrack"]

PREVIEW_LIMIT = 4 * 1024 * 1024  # 30 seconds at 128 kbit/s are 0.5 MB; as WAV 2.6 MB
SEARCH_LIMIT = 10
# Its window is 5 seconds, and three quick retries were seen to fail.
QUOTA_PAUSE = 10.0

# Errors come with status 200, as a code in the body (developers.deezer.com/api/errors).
QUOTA, NOT_ALLOWED, WRONG_TOKEN, BUSY, NO_DATA = 4, 200, 300, 700, 800


@dataclass(frozen=True, slots=True)
class DeezerSettings:
    """Whether and how Deezer is asked.

    enabled: whether to ask Deezer at all; without it there are no audio features and no related artists.
    api_base: the origin of Deezer's API.
    rate: requests a second; Deezer refuses more than 50 in 5 seconds.
    """

    enabled: bool = True
    api_base: str = "https://api.deezer.com"
    rate: float = 8.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        check_base("api_base", self.api_base)
        if self.rate <= 0:
            raise ValueError("rate must be above 0; to ask Deezer nothing, set enabled to false.")


class Deezer:
    """A client of Deezer's public API: None is a miss, an error of the tree means it could not be asked."""

    def __init__(self, settings: DeezerSettings, door: Door) -> None:
        self._settings = settings
        self._base = settings.api_base.rstrip("/")
        self._door = door
        door.limit_rate(Service.DEEZER, settings.rate)

    @property
    def enabled(self) -> bool:
        """Tell whether it is asked at all."""
        return self._settings.enabled

    async def track(self, track_id: str) -> DeezerTrack | None:
        """Return the track of that Deezer id."""
        return await self._track(f"track/{track_id}")

    async def by_isrc(self, isrc: str) -> DeezerTrack | None:
        """Return the track that carries an ISRC; re-issues are often not indexed."""
        bare = normalise_isrc(isrc)
        return await self._track(f"track/isrc:{bare}") if bare else None

    async def search(self, track: Track) -> DeezerTrack | None:
        """Return the first hit that is the wanted track: title, artist and duration agree."""
        if not track.title or not track.artists:
            return None
        for strict in (True, False):
            hits = await self.hits(track.title, track.artists[0].name, strict=strict)
            if found := next((hit for hit in hits if gate(track, hit.track)), None):
                return found
        return None

    async def hits(self, title: str, artist: str, *, strict: bool) -> list[DeezerTrack]:
        """Return what is found for a title and an artist, best first: gate it before use.

        A strict search looks for each in its own field, another for both anywhere. Hits come without ISRC.
        """
        name, who = _quotable(plain_title(title)), _quotable(artist)
        query = f'artist:"{who}" track:"{name}"' if strict else f"{who} {name}"
        return read_tracks(await self._list("search", {"q": query, "limit": SEARCH_LIMIT}))

    async def on_album(self, title: str, artist: str) -> list[DeezerTrack]:
        """Return tracks of albums that are called so and credited so: compare the album's title before use."""
        query = f'artist:"{_quotable(artist)}" album:"{_quotable(plain_title(title))}"'
        return read_tracks(await self._list("search", {"q": query, "limit": SEARCH_LIMIT}))

    async def release(self, album_id: str) -> Release | None:
        """Return an album with its tracks, which come without ISRC."""
        body = await self._get(f"album/{album_id}")
        return None if body is None else read_release(body)

    async def genres(self, album_id: str) -> tuple[str, ...]:
        """Return the coarse genres of an album, none where it has none or is not there."""
        body = await self._get(f"album/{album_id}")
        return () if body is None else read_genres(body)

    async def match(self, track: Track) -> DeezerTrack | None:
        """Return Deezer's own of a track, complete: by its ref, by ISRC, else by a gated search."""
        if ref := track.ref(Service.DEEZER):
            return await self.track(ref.id)
        found = await self.by_isrc(track.isrc) if track.isrc else None
        if found is not None and confirms(track, found.track):
            return found
        hit = await self.search(track)
        if hit is None or (ref := hit.track.ref(Service.DEEZER)) is None:
            return None
        return await self.track(ref.id) or hit  # search hits lack ISRC, tempo and gain

    async def related(self, artist_id: str, limit: int = 25) -> list[Artist]:
        """Return artists that Deezer's listeners hear beside this one, nearest first."""
        return read_artists(await self._list(f"artist/{artist_id}/related", {"limit": limit}))[:limit]

    async def top(self, artist_id: str, limit: int = 50) -> list[DeezerTrack]:
        """Return an artist's most heard tracks; they come without ISRC."""
        return read_tracks(await self._list(f"artist/{artist_id}/top", {"limit": limit}))[:limit]

    async def radio(self, artist_id: str) -> list[DeezerTrack]:
        """Return tracks of this artist and of near ones, as Deezer would play them."""
        return read_tracks(await self._list(f"artist/{artist_id}/radio"))

    async def preview(self, track_id: str) -> bytes | None:
        """Return the preview's audio, or None where there is none; its address ends soon, so it is asked anew."""
        found = await self.track(track_id)
        return None if found is None or found.preview_url is None else await self.audio(found.preview_url)

    async def audio(self, preview_url: str) -> bytes | None:
        """Return what lies at the address of a preview that was told just now, None for nothing."""
        return await self._door.get_bytes(preview_url, PREVIEW_LIMIT, (Service.DEEZER, "preview"))

    async def _track(self, path: str) -> DeezerTrack | None:
        body = await self._get(path)
        if body is None:
            return None
        found = read_track(body)
        if found is None:
            raise BadAnswer("Deezer gave a track that cannot be read.")
        return found

    async def _list(self, path: str, params: Params = ()) -> object:
        body = await self._get(path, params)
        return {"data": []} if body is None else body

    async def _get(self, path: str, params: Params = ()) -> object | None:
        """Return an answer, None for no data; the end of the quota is waited for once."""
        if not self._settings.enabled:
            raise Refused("Deezer is switched off in the settings.", 403, reason="disabled")
        bucket = path.partition("/")[0]
        return await self._door.ask(Question(Service.DEEZER, f"{self._base}/{path}", bucket, params), _answer)


def _answer(reply: Reply) -> object | None:
    """Return the body, None for no data; errors hide in it whatever the status."""
    code = _error_code(reply.body)
    if code is None:
        return reply.body
    if code == NO_DATA:
        return None
    raise _mapped(code)


def _mapped(code: int | None) -> CatalogError:
    if code == QUOTA:
        return Refused("Deezer asks us to wait a little.", 200, QUOTA_PAUSE, "quota")
    if code == BUSY:
        return Unreachable("Deezer is busy.")
    if code in (NOT_ALLOWED, WRONG_TOKEN):
        return Refused(f"Deezer refused to answer (code {code}).", 200, reason=str(code))
    return BadAnswer(f"Deezer could not make sense of a question (code {code}).")


def _error_code(body: object) -> int | None:
    error = body.get("error") if isinstance(body, Mapping) else None
    if not error:
        return None
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) else -1


def _quotable(text: str) -> str:
    """Return text that may stand between the quotes of a search."""
    return " ".join(text.replace('"', " ").split())
