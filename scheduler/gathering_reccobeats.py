"""Candidates from ReccoBeats: near what a person likes, away from what they dislike."""

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

import numpy as np

from catalog.clock import Clock
from catalog.models import Track
from catalog.reccobeats import MOST_SEEDS, ReccoBeats
from recommender.candidates import RECOMMENDED
from recommender.ranking import rng_for
from scheduler.gathering import Answer
from scheduler.liking import Likes
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed, SeedKind

DRAW_AGAIN = timedelta(days=7)
"""Age at which a person's taste is drawn from again: every week's list shall find something new."""

DRAWN_FROM = 60
"""Likes, and dislikes, that seeds are drawn from: the strongest and newest."""


class Recommended:
    """Several draws a person: five of their likes as seeds, up to five dislikes as negative ones."""

    name = RECOMMENDED
    kind = SeedKind.PERSON
    again = DRAW_AGAIN

    def __init__(self, reccobeats: ReccoBeats, clock: Clock, settings: ScheduleSettings) -> None:
        self._reccobeats = reccobeats
        self._clock = clock
        self._settings = settings

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether the person likes a track whose Spotify id is known."""
        return any(likes.tracks[track].spotify_id for track in likes.liked.get(seed.id, ()))

    async def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield what the draws of person after person bring."""
        for seed in seeds[: self._settings.gather_artists]:
            found: dict[str | None, Track] = {}
            for draw in range(self._settings.gather_draws):
                rng = rng_for(0, seed.id, f"{self._clock.now():%Y-%m-%d} {draw}")
                liked = _draw(likes.liked.get(seed.id, ()), likes, rng)
                disliked = _draw(likes.disliked.get(seed.id, ()), likes, rng)
                near = await self._reccobeats.recommend(liked, disliked, self._settings.gather_near)
                found.update({track.spotify_id: track for track in near})
            yield Answer(seed, list(found.values()))


def _draw(track_ids: Sequence[int], likes: Likes, rng: np.random.Generator) -> list[str]:
    """Draw Spotify ids of a few of these tracks, of different artists as far as there are."""
    known = [likes.tracks[each] for each in track_ids[:DRAWN_FROM]]
    mixed = [known[place] for place in rng.permutation(len(known)) if known[place].spotify_id]
    firsts = {track.byline: track for track in reversed(mixed)}
    ordered = [*firsts.values(), *(track for track in mixed if track not in firsts.values())]
    return [track.spotify_id for track in ordered[:MOST_SEEDS] if track.spotify_id]
