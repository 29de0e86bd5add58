"""How often picks are liked: of one drop, and beside the drops before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean

from storage.drops import Drop
from storage.outcomes import Outcome, Verdict
from storage.owners import Owner
from storage.stores import Storage

MEAN_OF = 3
"""Drops in the mean: enough to see a trend, few enough to follow it."""


LOOK_BACK = timedelta(weeks=2 * MEAN_OF)
"""How old the drops may be that are looked at beside a new one: some weeks are missed."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What became of one drop's picks; wildcards are counted apart, since they are there to learn from."""

    week: str
    liked: int = 0
    disliked: int = 0
    picks: int = 0
    wild_liked: int = 0
    wild_disliked: int = 0
    wildcards: int = 0

    @property
    def votes(self) -> int:
        """Return how many picks and wildcards were voted on."""
        return self.liked + self.disliked + self.wild_liked + self.wild_disliked

    @property
    def ignored(self) -> int:
        """Return how many picks and wildcards nothing was said of."""
        return self.picks + self.wildcards - self.votes


@dataclass(frozen=True, slots=True)
class HitRate:
    """An owner's newest drops, the newest first, and the mean of liked picks over the first few of them."""

    weeks: tuple[Hits, ...] = field(default=())

    @property
    def last(self) -> Hits | None:
        """Return the newest drop."""
        return self.weeks[0] if self.weeks else None

    @property
    def mean(self) -> float:
        """Return how many picks of a drop were liked on average."""
        return fmean(hits.liked for hits in self.weeks[:MEAN_OF]) if self.weeks else 0.0

    @property
    def has_votes(self) -> bool:
        """Tell whether anything was said of the drops that the mean is made of."""
        return any(hits.votes for hits in self.weeks[:MEAN_OF])


def hits_of(outcomes: Sequence[Outcome]) -> Hits:
    """Return what became of one drop's picks, counted."""

    def count(verdict: Verdict, explores: bool) -> int:
        return sum(one.verdict is verdict and one.explores is explores for one in outcomes)

    wildcards = sum(one.explores for one in outcomes)
    return Hits(
        week=outcomes[0].week if outcomes else "",
        liked=count(Verdict.LIKED, False),
        disliked=count(Verdict.DISLIKED, False),
        picks=len(outcomes) - wildcards,
        wild_liked=count(Verdict.LIKED, True),
        wild_disliked=count(Verdict.DISLIKED, True),
        wildcards=wildcards,
    )


async def hit_rates(storage: Storage, owners: Sequence[Owner], since: datetime | None = None) -> dict[Owner, HitRate]:
    """Return the hit rates of these owners' drops written since then; who has none is left out."""
    drops: dict[Owner, dict[str, list[Outcome]]] = {}
    for one in await storage.outcomes.of(owners, since):
        drops.setdefault(one.owner, {}).setdefault(one.week, []).append(one)
    return {
        owner: HitRate(tuple(hits_of(weeks[week]) for week in sorted(weeks, reverse=True)))
        for owner, weeks in drops.items()
    }


async def before(storage: Storage, drops: Sequence[Drop]) -> dict[int, HitRate]:
    """Return for each drop, by id, the hit rate of its owner's drops before it; only where something was said."""
    since = min((drop.due_at for drop in drops), default=None)
    owners = list(dict.fromkeys(drop.owner for drop in drops))
    rates = await hit_rates(storage, owners, since and since - LOOK_BACK)
    found: dict[int, HitRate] = {}
    for drop in drops:
        rate = rates.get(drop.owner, HitRate())
        earlier = HitRate(tuple(hits for hits in rate.weeks if hits.week < drop.week))
        if earlier.has_votes:
            found[drop.id] = earlier
    return found
