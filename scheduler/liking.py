"""What people like and dislike, in the order in which sources of candidates are asked about it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np

from catalog.models import Artist, Track
from scheduler.threads import in_thread
from storage.opinions import OpinionRows, Source
from storage.proposals import Seed, SeedKind
from storage.stamps import to_ms
from storage.stores import Storage

SAID = (Source.REACTION, Source.RATING, Source.BUTTON)
"""Feedback that somebody gave on purpose; a seed should rather come from that."""

SHARED, BROUGHT = 0.5, 0.25
"""What a share, and a like from elsewhere, are worth beside it."""


@dataclass(frozen=True, slots=True)
class Likes:
    """What people like, by person: tracks and artists with the most liked first, the newest of those first.

    `tracks` holds the tracks that anybody has an opinion of, `artists` those that they credit first.
    """

    tracks: Mapping[int, Track]
    artists: Mapping[int, Artist]
    liked: Mapping[int, Sequence[int]]
    disliked: Mapping[int, Sequence[int]]
    favourites: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, rows: OpinionRows, tracks: Mapping[int, Track], since_ms: int) -> Self:
        """Work it out from all standing feedback; who has said nothing since then is left out."""
        said = _opinions(rows, since_ms)
        firsts = {id_: track.artists[0] for id_, track in tracks.items() if track.artists}
        liked = {person: _ordered(words, 1, tracks) for person, words in said.items()}
        disliked = {person: _ordered(words, -1, tracks) for person, words in said.items()}
        favourites = {person: _favourites(words, liked[person], firsts) for person, words in said.items()}
        artists = {artist.id: artist for artist in firsts.values() if artist.id is not None}
        return cls(tracks, artists, liked, disliked, favourites)

    def seeds(self, kind: SeedKind) -> dict[int, list[Seed]]:
        """Return each person's seeds of that kind, the best first."""
        if kind is SeedKind.PERSON:
            return {person: [Seed(kind, person)] for person, liked in self.liked.items() if liked}
        lists = self.favourites if kind is SeedKind.ARTIST else self.liked
        return {person: [Seed(kind, each) for each in theirs] for person, theirs in lists.items()}


async def load_likes(storage: Storage, since: datetime) -> Likes:
    """Return what those people like who have said something since then."""
    rows = await storage.feedback.opinions()
    tracks = await storage.tracks.get(sorted(set(rows.track_id.tolist())))
    return await in_thread(Likes.of, rows, tracks, to_ms(since))


def _opinions(rows: OpinionRows, since_ms: int) -> dict[int, dict[int, tuple[float, int]]]:
    """Return by person and track how much it is liked (below 0: disliked) and when that was said last.

    The newest word said on purpose counts, else the newest of the others.
    """
    explicit = np.isin(rows.source, SAID)
    worth = np.where(explicit, 1.0, np.where(rows.source == Source.SHARE, SHARED, BROUGHT))
    strength = rows.value * rows.weight * worth
    order = np.lexsort((rows.at, explicit))
    columns = (rows.person_id, rows.track_id, strength, rows.at)
    found: dict[int, dict[int, tuple[float, int]]] = {}
    for person, track, liking, at in zip(*(column[order].tolist() for column in columns), strict=True):
        found.setdefault(person, {})[track] = (liking, at)
    return {person: words for person, words in found.items() if max(at for _, at in words.values()) >= since_ms}


def _ordered(words: Mapping[int, tuple[float, int]], sign: int, tracks: Collection[int]) -> list[int]:
    mine = [track for track, (liking, _) in words.items() if sign * liking > 0 and track in tracks]
    return sorted(mine, key=lambda track: (-abs(words[track][0]), -words[track][1], track))


def _favourites(
    words: Mapping[int, tuple[float, int]], liked: Iterable[int], firsts: Mapping[int, Artist]
) -> list[int]:
    """Return the artists whom the person likes more than not, in the order of how much."""
    liking: dict[int, float] = {}
    for track, (strength, _) in words.items():
        artist = firsts.get(track)
        if artist is not None and artist.id is not None:
            liking[artist.id] = liking.get(artist.id, 0.0) + strength
    credited = (firsts[track].id for track in liked if track in firsts)
    newest = [artist for artist in dict.fromkeys(credited) if artist is not None and liking[artist] > 0]
    return sorted(newest, key=lambda artist: -liking[artist])
