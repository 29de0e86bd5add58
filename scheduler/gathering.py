"""What a source of candidates is: asked about seeds, it proposes tracks."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from catalog.models import Track
from scheduler.liking import Likes
from storage.proposals import Seed, SeedKind

ASK_AGAIN = timedelta(days=30)
"""Age at which neighbours are asked for again: they change with the seasons, not the days."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source proposes for one seed, best first; the tracks are not saved, and may have a name alone."""

    seed: Seed
    tracks: Sequence[Track] = ()


class CandidateSource(Protocol):
    """One place where candidates come from. It fails alone: what it raises stops no other source."""

    @property
    def name(self) -> str:
        """Return the origin that its proposals are kept under."""
        ...

    @property
    def kind(self) -> SeedKind:
        """Return what it is asked about."""
        ...

    @property
    def again(self) -> timedelta:
        """Return the age at which it is asked about the same seed again."""
        ...

    def knows(self, seed: Seed, likes: Likes) -> bool:
        """Tell whether it can be asked about a seed: a track without a link, say, leads nowhere."""
        ...

    def propose(self, seeds: Sequence[Seed], likes: Likes) -> AsyncGenerator[Answer, None]:
        """Yield an answer for seed after seed, in their order, as far as one search goes.

        Raises an error of the catalogue's tree where it could not ask; what was yielded before stands.
        """
        ...


def in_turns(lists: Mapping[int, Sequence[Seed]], asked: Mapping[Seed, object]) -> list[Seed]:
    """Return people's seeds in turns, each once, without those asked about; who was served least comes first."""
    served = {person: sum(seed in asked for seed in theirs) for person, theirs in lists.items()}
    order = sorted(lists, key=lambda person: (served[person], person))
    left = [[seed for seed in lists[person] if seed not in asked] for person in order]
    longest = max(map(len, left), default=0)
    turns = (theirs[turn] for turn in range(longest) for theirs in left if turn < len(theirs))
    return list(dict.fromkeys(turns))
