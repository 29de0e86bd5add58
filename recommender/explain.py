"""Why a pick is on the list: short plain sentences made from facts, first of all those that moved its score most."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.models import Track
from recommender import candidates as origins
from recommender.movers import Kind, Mover

CLOSE = 0.65
"""Likeness from which two tracks are called close: unrelated tracks stand around 0, one artist's around 0.5."""

NAMES_SHOWN = 2
LEADS_SHOWN = 2
LONGEST_WORDS = 60

MOVERS_SAID = 2
"""Movers said of a pick at most: the third sentence tells where it comes from."""

# How a track was found, said to whoever likes what led to it; the most telling first.
_LEADS = {
    origins.HEARD_TRACK: "heard beside {}, which you liked",
    origins.SIMILAR_TRACK: "heard beside {} on Last.fm, which you liked",
    origins.NEIGHBOUR: "a neighbour of {} by tags and sound, which you liked",
    origins.RELATED_ARTIST: "related to {}, whom you like",
    origins.HEARD_ARTIST: "heard by those who hear {}, whom you like",
    origins.RADIO: "played beside {}, whom you like",
    origins.TOP_OF_ARTIST: "by {}, whom you like",
    origins.RECOMMENDED: "found by ReccoBeats near what you like",
}


@dataclass(frozen=True, slots=True)
class Lead:
    """How a track was found: the source, and the artist or track that it was asked about, if that may be named."""

    origin: str
    seed: Track | str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one pick and one person; names are of members of the same server only.

    movers: what moved the score most, the most first. resembles: the liked track that a mover of that kind is about.
    shared_by: who shared the track. liked_by: who else likes it. made_for: whom of several it is for.
    leads: how it was found, by way of what the person likes. explores: a wildcard. community: the person has too
    little feedback of their own, so the list is the community's. score: the probability of a like.
    """

    shared_by: Sequence[str] = ()
    liked_by: Sequence[str] = ()
    resembles: Track | None = None
    leads: Sequence[Lead] = ()
    movers: Sequence[Mover] = ()
    made_for: Sequence[str] = ()
    explores: bool = False
    community: bool = False
    score: float = 0.5


def reasons(facts: Facts, limit: int = 3) -> tuple[str, ...]:
    """Return one to `limit` short sentences in plain text, the most telling first."""
    found = [sentence for _, sentence in zip(range(limit), _sentences(facts), strict=False)]
    return tuple(found) or (f"estimated at {facts.score:.0%} for you",)


def plain(words: str, longest: int = LONGEST_WORDS) -> str:
    """Return words of unknown origin on one line: no control or direction marks, cut where they get long."""
    kept = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in words)
    short = " ".join(kept.split())
    return short if len(short) <= longest else f"{short[: longest - 1].rstrip()}…"


def _sentences(facts: Facts) -> Iterator[str]:
    if facts.explores:
        yield "a wildcard, to learn what you think of it"
    if facts.made_for:
        yield f"picked for {_joined(facts.made_for)}"
    for mover in [mover for mover in facts.movers if mover.kind is not Kind.TRACK or facts.resembles][:MOVERS_SAID]:
        yield _moved(mover, facts.resembles)
    if facts.liked_by:
        yield _likers(facts.liked_by)
    if facts.shared_by:
        yield f"shared by {_joined(facts.shared_by)}"
    yield from _found(facts)
    if facts.community:
        yield "picked from what this community likes, until you have rated more"


def _moved(mover: Mover, resembles: Track | None) -> str:
    """Return a fact that moved the score, in words."""
    liked, rated = mover.liked, mover.rated
    return {
        Kind.ARTIST: f"you liked {liked} of {rated} by this artist",
        Kind.TRACK: f"close to {_named(resembles)}, which you liked" if resembles else "",
        Kind.TAG: f"you tend to like {plain(mover.subject)} ({liked} of {rated})",
        Kind.DISLIKED: f"less like what you disliked {mover.subject}",
        Kind.NEIGHBOURS: f"{liked} of your {rated} nearest neighbours liked it",
        Kind.OTHERS: f"most who rated it liked it ({liked} of {rated})",
    }[mover.kind]


def _found(facts: Facts) -> Iterator[str]:
    """Say how the track was found, a source once; what another sentence says already is left out."""
    leads = {lead.origin: lead for lead in reversed(facts.leads) if lead.seed != facts.resembles}
    if any(mover.kind is Kind.ARTIST for mover in facts.movers[:MOVERS_SAID]):
        leads.pop(origins.TOP_OF_ARTIST, None)
    for origin in [origin for origin in _LEADS if origin in leads][:LEADS_SHOWN]:
        seed = leads[origin].seed
        yield _LEADS[origin].format(_named(seed) if isinstance(seed, Track) else plain(seed))


def _likers(names: Sequence[str]) -> str:
    count = len(names)
    return f"liked by {plain(names[0])}" if count == 1 else f"{count} people here liked it: {_joined(names)}"


def _named(track: Track) -> str:
    return f"{plain(track.title)} by {plain(track.byline)}" if track.artists else plain(track.title)


def _joined(names: Sequence[str]) -> str:
    shown = [plain(name) for name in names[:NAMES_SHOWN]]
    if len(names) > NAMES_SHOWN:
        return f"{', '.join(shown)} and {len(names) - NAMES_SHOWN} more"
    return " and ".join(shown)
