"""The genres of Deezer's albums, each album asked for once, whichever of its tracks is asked about."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.ledger import Answers
from catalog.lookup import Lookup

ALBUM_KIND = "deezer.album"
GENRES_KIND = "deezer.genres"


class DeezerAlbums:
    """Know which album a track is on and what its genres are.

    `albums`: Deezer's track ids, one a call -> the album's id. `genres`: album ids, one a call -> its genres.
    """

    def __init__(self, deezer: Deezer, answers: Answers, clock: Clock) -> None:
        self._deezer = deezer
        self._answers = answers
        text, texts = TypeAdapter(str), TypeAdapter(tuple[str, ...])
        self._text = text
        self.albums: Lookup[str, str] = Lookup(ALBUM_KIND, self._ask_album, answers, clock, kept=text)
        self.genres: Lookup[str, tuple[str, ...]] = Lookup(GENRES_KIND, self._ask_genres, answers, clock, kept=texts)

    async def note(self, albums: Mapping[str, str]) -> None:
        """Keep which albums tracks are on, as others were told who asked for the tracks, to spare a call each."""
        texts = {track_id: self._text.dump_json(album_id).decode() for track_id, album_id in albums.items()}
        await self._answers.remember(ALBUM_KIND, texts)

    async def of_track(self, track_id: str) -> tuple[str, ...]:
        """Return the genres of the album that a track is on, none where Deezer names none."""
        album_id = (await self.albums.fetch([track_id]))[track_id]
        return () if album_id is None else (await self.genres.fetch([album_id]))[album_id] or ()

    async def _ask_album(self, track_ids: Sequence[str]) -> dict[str, str]:
        (track_id,) = track_ids
        found = await self._deezer.track(track_id)
        return {track_id: found.album_id} if found is not None and found.album_id else {}

    async def _ask_genres(self, album_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        (album_id,) = album_ids
        found = await self._deezer.genres(album_id)
        return {album_id: found} if found else {}
