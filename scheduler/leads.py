"""By way of which of a person's own likes a track was found: nobody is told what led others to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from catalog.models import Track
from recommender.candidates import TOP_OF_ARTIST
from recommender.explain import Lead
from scheduler.knowledge import Knowledge
from storage.proposals import Proposal, Seed, SeedKind

LIKES = 0.5
"""Opinions above this are likes (a standing share alone counts as one)."""


@dataclass(frozen=True, slots=True)
class Fondness:
    """What one person likes: `tracks`, the artists of these by id, and who they are (None: nobody in particular)."""

    person_id: int | None
    tracks: Sequence[Track]
    by_id: Mapping[int, Track]
    artists: Mapping[int, str]

    @classmethod
    def of(cls, knowledge: Knowledge, person_id: int | None, opinions: Mapping[int, float]) -> Self:
        """Return what the person likes, of the tracks that are known."""
        liked = [track for track in knowledge.known(opinions) if track.id is not None and opinions[track.id] > LIKES]
        by_id = {track.id: track for track in liked if track.id is not None}
        artists = {artist.id: artist.name for track in liked for artist in track.artists if artist.id is not None}
        return cls(person_id, liked, by_id, artists)

    def seed(self, seed: Seed) -> Track | str | None:
        """Return the seed as it may be named to the person, None where it is no like of theirs."""
        if seed.kind is SeedKind.ARTIST:
            return self.artists.get(seed.id)
        if seed.kind is SeedKind.TRACK:
            return self.by_id.get(seed.id)
        return "" if seed.id == self.person_id else None


def leads_of(track: Track, proposals: Sequence[Proposal], fondness: Fondness) -> tuple[Lead, ...]:
    """Return how the track was found by way of what the person likes."""
    own = {artist.name for artist in track.artists}
    named = ((proposal.source, fondness.seed(proposal.seed)) for proposal in proposals)
    return tuple(
        Lead(source, seed)
        for source, seed in named
        # An artist is always near to themselves: that says nothing.
        if seed is not None and (seed not in own or source == TOP_OF_ARTIST)
    )
