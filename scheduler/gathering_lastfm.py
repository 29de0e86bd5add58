"""Candidates from Last.fm: what is heard beside liked tracks; by name, with a key."""

from collections.abc import AsyncGenerator, Sequence

from catalog.lastfm import LastFm, NameOfTrack
from catalog.models import Artist, Track
from recommender.candidates import SIMILAR_TRACK
from scheduler.gathering import ASK_AGAIN, Answer
from scheduler.liking import Likes
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed, SeedKind


class LastFmTracks:
    """Similar tracks, which come with a name and a length."""

    name = SIMILAR_TRACK
    kind = SeedKind.TRACK
    again = ASK_AGAIN

    def __init__(self, lastfm: LastFm, settings: ScheduleSettings) -> None:
        self._lastfm = lastfm
        self._settings = settings

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether the track has a name to ask for."""
        return bool(likes.tracks[seed.id].title and likes.tracks[seed.id].artists)

    async def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield what is heard beside track after track."""
        for seed in seeds[: self._settings.gather_artists]:
            track = likes.tracks[seed.id]
            key: NameOfTrack = (track.artists[0].name, track.title)
            near = (await self._lastfm.similar_tracks.fetch([key]))[key] or ()
            yield Answer(
                seed,
                [
                    Track(each.title, (Artist(each.artist),), duration_ms=each.duration_ms)
                    for each in near[: self._settings.gather_near]
                ],
            )
