"""Gather tracks related to what people like, as candidates nobody has shared yet."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.errors import CatalogError
from catalog.models import Artist
from scheduler.settings import ScheduleSettings
from storage.opinions import OpinionRows
from storage.stores import Storage

ASK_AGAIN = timedelta(days=30)
"""Age at which an artist's relations are looked at again: they change with the seasons, not the days."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GatherReport:
    """What one search did: liked artists asked about, tracks saved, and whether Deezer refused."""

    artists: int = 0
    saved: int = 0
    refused: bool = False


class Gatherer:
    """Walk from liked artists to related ones and save their top tracks."""

    def __init__(self, storage: Storage, deezer: Deezer, clock: Clock, settings: ScheduleSettings) -> None:
        self._storage = storage
        self._deezer = deezer
        self._clock = clock
        self._settings = settings

    async def is_due(self, now: datetime) -> bool:
        """Tell whether the last search is long enough ago."""
        hours = self._settings.gather_hours
        if hours == 0:
            return False
        last = await self._storage.related.last_asked()
        return last is None or now - last >= timedelta(hours=hours)

    async def run(self) -> GatherReport:
        """Search once, bounded by the settings, and say what was found.

        Artists are taken in turns over people, so that every taste is served; the ones liked most come first.
        """
        artists = await self._liked()
        asked = saved = 0
        for artist in artists[: self._settings.gather_artists]:
            try:
                track_ids = await self._related_tracks(artist)
            except CatalogError as error:
                log.warning("Related tracks are looked for later: %s", error)
                return GatherReport(asked, saved, refused=True)
            if artist.id is not None:
                await self._storage.related.record(artist.id, track_ids)
            asked += 1
            saved += len(track_ids)
        return GatherReport(asked, saved)

    async def _related_tracks(self, artist: Artist) -> list[int]:
        """Save the top tracks of the artist and of those related, and return their ids, each once."""
        if artist.deezer_id is None:
            return []
        near = [artist, *await self._deezer.related(artist.deezer_id, self._settings.gather_related)]
        hits = [
            hit.track
            for one in near
            if one.deezer_id
            for hit in await self._deezer.top(one.deezer_id, self._settings.gather_tracks)
        ]
        return await self._storage.tracks.ensure(hits)

    async def _liked(self) -> list[Artist]:
        """Return liked artists known to Deezer and not asked about lately, in turns over people."""
        rows: OpinionRows = await self._storage.feedback.opinions()
        asked = await self._storage.related.asked(self._clock.now() - ASK_AGAIN)
        tracks = await self._storage.tracks.get(sorted(set(rows.track_id.tolist())))
        artists: dict[int, Artist] = {}
        for track in tracks.values():
            for artist in track.artists[:1]:
                if artist.id is not None and artist.deezer_id is not None:
                    artists[artist.id] = artist
        credited = {id_: track.artists[0].id for id_, track in tracks.items() if track.artists}
        favourites = _favourites(rows, credited, artists)
        served = {person: sum(1 for artist in theirs if artist in asked) for person, theirs in favourites.items()}
        order = sorted(favourites, key=lambda person: (served[person], person))
        turns = _in_turns([[artist for artist in favourites[person] if artist not in asked] for person in order])
        return [artists[artist_id] for artist_id in dict.fromkeys(turns)]


def _favourites(
    rows: OpinionRows, credited: Mapping[int, int | None], artists: Mapping[int, Artist]
) -> dict[int, list[int]]:
    """Return each person's liked artists, the one they liked most first."""
    liking: dict[int, dict[int, float]] = {}
    columns = (rows.person_id.tolist(), rows.track_id.tolist(), rows.value.tolist(), rows.weight.tolist())
    for person, track, value, weight in zip(*columns, strict=True):
        artist = credited.get(track)
        if artist is not None and artist in artists:
            theirs = liking.setdefault(person, {})
            theirs[artist] = theirs.get(artist, 0.0) + value * weight
    return {
        person: sorted(
            (artist for artist in theirs if theirs[artist] > 0), key=lambda artist: (-theirs[artist], artist)
        )
        for person, theirs in liking.items()
    }


def _in_turns(lists: Sequence[Sequence[int]]) -> Iterator[int]:
    for turn in zip_longest(*lists):
        yield from (one for one in turn if one is not None)
