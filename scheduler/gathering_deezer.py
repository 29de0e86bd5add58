"""Candidates from Deezer: top tracks of liked artists, of those related to them, and their radio."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from catalog.deezer import Deezer
from catalog.matching import normalise_name
from catalog.models import Track
from recommender.candidates import RADIO, RELATED_ARTIST, TOP_OF_ARTIST
from scheduler.gathering import ASK_AGAIN, Answer
from scheduler.liking import Likes
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed, SeedKind


class TopTracks:
    """What artists are most heard for, asked once in a search: liked artists have related ones in common."""

    def __init__(self, deezer: Deezer, count: int) -> None:
        self._deezer = deezer
        self._count = count
        self._of: dict[str, list[Track]] = {}

    def forget(self) -> None:
        """Begin a new search."""
        self._of.clear()

    async def of(self, deezer_id: str) -> list[Track]:
        """Return the top tracks of an artist."""
        if deezer_id not in self._of:
            self._of[deezer_id] = [hit.track for hit in await self._deezer.top(deezer_id, self._count)]
        return self._of[deezer_id]

    async def by_name(self, name: str) -> list[Track]:
        """Return the first tracks found of an artist who is known by name alone; namesakes' come with them."""
        wanted = normalise_name(name)
        if wanted not in self._of:
            hits = await self._deezer.hits("", name, strict=False)
            mine = [hit.track for hit in hits if hit.track.artists]
            own = [track for track in mine if normalise_name(track.artists[0].name) == wanted]
            self._of[wanted] = own[: self._count]
        return self._of[wanted]


Near = Callable[[str], Awaitable[list[Track]]]


class DeezerSource:
    """One of the things that Deezer answers for an artist."""

    kind = SeedKind.ARTIST
    again = ASK_AGAIN

    def __init__(self, name: str, near: Near, most: int) -> None:
        self.name = name
        self._near = near
        self._most = most

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether Deezer's id of the artist is known."""
        return likes.artists[seed.id].deezer_id is not None

    async def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield the tracks of artist after artist."""
        for seed in seeds[: self._most]:
            yield Answer(seed, await self._near(likes.artists[seed.id].deezer_id or ""))


def deezer_sources(deezer: Deezer, tops: TopTracks, settings: ScheduleSettings) -> list[DeezerSource]:
    """Return the artist's own top tracks, those of related artists, and the artist's radio."""

    async def related(deezer_id: str) -> list[Track]:
        near = await deezer.related(deezer_id, settings.gather_related)
        return [track for artist in near if artist.deezer_id for track in await tops.of(artist.deezer_id)]

    async def radio(deezer_id: str) -> list[Track]:
        return [hit.track for hit in (await deezer.radio(deezer_id))[: settings.gather_near]]

    ways: dict[str, Near] = {RELATED_ARTIST: related, TOP_OF_ARTIST: tops.of, RADIO: radio}
    return [DeezerSource(name, near, settings.gather_artists) for name, near in ways.items()]
