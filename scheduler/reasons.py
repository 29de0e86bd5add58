"""Turn chosen tracks into picks: facts about who shared and liked them, said in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from catalog.models import Pick, Track
from recommender.explain import Facts, reasons
from scheduler.choosing import Chosen
from scheduler.privacy import tagged
from storage.stores import Storage


class Named(Protocol):
    """Somebody with a name, such as a sharer or a liker."""

    @property
    def discord_id(self) -> int:
        """Return their id on Discord."""
        ...

    @property
    def name(self) -> str:
        """Return their name."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom picks are for and where they are read.

    Names are given only when there is one server; `reader` (a Discord id) is not told about themselves, and is
    None for a list of several. `community` marks lists for people with too little feedback of their own; `members`
    are the people, by id, whom a list of several is for.
    """

    server_ids: Sequence[int]
    reader: int | None
    community: bool = False
    members: Mapping[int, Named] = field(default_factory=dict)

    @property
    def named_in(self) -> int | None:
        """Return the one server whose people may be named, or None."""
        return self.server_ids[0] if len(self.server_ids) == 1 else None

    def names(self, people: Iterable[Named]) -> dict[int, str]:
        """Return the names that may be given, by Discord id, each person once."""
        if self.named_in is None:
            return {}
        return {person.discord_id: person.name for person in people if person.discord_id != self.reader}


async def make_picks(
    storage: Storage,
    chosen: Sequence[Chosen],
    tracks: Mapping[int, Track],
    pool: Mapping[int, Sequence[Named]],
    audience: Audience,
) -> list[Pick]:
    """Return the chosen tracks as picks with reasons; those that name people carry their server."""
    likers: Mapping[int, Sequence[Named]] = {}
    if audience.named_in is not None:
        likers = await storage.feedback.likers([one.track_id for one in chosen], audience.server_ids)
    picks = []
    for one in chosen:
        shared_by = audience.names(pool.get(one.track_id, ()))
        liked_by = audience.names(likers.get(one.track_id, ()))
        picks.append(_pick(one, tracks[one.track_id], shared_by, liked_by, audience))
    return picks


def _pick(
    one: Chosen, track: Track, shared_by: Mapping[int, str], liked_by: Mapping[int, str], audience: Audience
) -> Pick:
    made_for = [audience.members[person_id] for person_id in one.made_for if person_id in audience.members]
    named_for = audience.names(made_for)
    facts = Facts(
        shared_by=tuple(shared_by.values()),
        liked_by=tuple(name for discord_id, name in liked_by.items() if discord_id not in shared_by),
        resembles=one.resembles if audience.reader is not None else None,
        leads=one.leads if audience.reader is not None else (),
        movers=one.movers if audience.reader is not None else (),
        made_for=tuple(named_for.values()),
        explores=one.ranked.explores and audience.reader is not None,
        community=audience.community,
        score=one.ranked.score,
    )
    pick = Pick(
        track=track,
        score=one.ranked.score,
        reasons=reasons(facts),
        origins=one.ranked.candidate.origins,
        explores=one.ranked.explores,
        shared_by=tuple(shared_by),
        std=one.ranked.std,
        propensity=one.ranked.propensity,
        slot=one.ranked.slot,
        made_for=tuple(person.discord_id for person in made_for),
    )
    named = audience.named_in
    return tagged(pick, named) if named is not None and (shared_by or liked_by or named_for) else pick
