"""What happened in a server in a week, a month or a year: counted, and what was loved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from recommender.dataset import Bools, Ints
from recommender.standing import Standing
from scheduler.knowledge import Knowledge
from scheduler.picking import Picker
from scheduler.portraits import named
from scheduler.portraits_server import RatedTrack, votes_on_shares
from scheduler.threads import in_thread
from storage.server_reads import SharedTracks, Words
from storage.stamps import to_ms
from storage.stores import Storage

TRACKS, ARTISTS, TAGS = 3, 5, 8
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Period(StrEnum):
    """How long a time is looked back on."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """A week, month or year (UTC) with its name, its parts' names, and which part an instant falls into."""

    period: Period
    start: datetime
    end: datetime
    name: str
    parts: tuple[str, ...]

    @classmethod
    def around(cls, period: Period, instant: datetime) -> "Span":
        """Return the period that holds the instant."""
        day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if period is Period.WEEK:
            start = day - timedelta(days=day.weekday())
            return cls(period, start, start + timedelta(days=7), _week_name(start), DAYS)
        if period is Period.MONTH:
            start = day.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1)
            return cls(period, start, end, f"{start:%B %Y}", tuple(map(str, range(1, (end - start).days + 1))))
        start = day.replace(month=1, day=1)
        return cls(period, start, start.replace(year=start.year + 1), f"{start.year}", MONTHS)

    def before(self) -> "Span":
        """Return the period before this one."""
        return Span.around(self.period, self.start - timedelta(days=1))

    def part_of(self, at_ms: int) -> int:
        """Return in which part of it an instant lies."""
        instant = datetime.fromtimestamp(at_ms / 1000, UTC)
        return instant.month - 1 if self.period is Period.YEAR else (instant - self.start).days

    def holds(self, at: Ints) -> Bools:
        """Tell (n,) which instants lie in it."""
        inside: Bools = (at >= to_ms(self.start)) & (at < to_ms(self.end))
        return inside


@dataclass(frozen=True, slots=True)
class Look:
    """What happened in a span: counted, its parts in order of time, and what was loved; `before` counts the one before.

    `liked` is the share of reactions that are likes, None without any; artists and tags come with how many likes.
    """

    span: Span
    shares: int
    reactions: int
    people: int
    liked: float | None
    parts: tuple[int, ...]
    tracks: tuple[RatedTrack, ...]
    artists: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, float], ...]
    before: int


class Recaps:
    """Look back on what happened in servers."""

    def __init__(self, storage: Storage, picker: Picker) -> None:
        self._storage = storage
        self._picker = picker

    async def of(self, server_id: int, period: Period, now: datetime, discord_id: int | None = None) -> Look | None:
        """Return the running period, or the one before while nothing has happened yet; None where nothing has in both.

        With a Discord id, of that member's own doings there alone.
        """
        span = Span.around(period, now)
        return await self.back_on(server_id, span, discord_id) or await self.back_on(
            server_id, span.before(), discord_id
        )

    async def back_on(self, server_id: int, span: Span, discord_id: int | None = None) -> Look | None:
        """Return what happened in that span, or None where nothing did."""
        words, shared = await self._storage.here.words(server_id), await self._storage.here.shared(server_id)
        only: int | None = None
        if discord_id is not None:
            person = await self._storage.people.by_discord_id(discord_id)
            if person is None or person.opted_out:
                return None
            only = person.id
        counted = await in_thread(_counted, words, shared, server_id, span, only)
        if not counted.shares and not counted.reactions:
            return None
        async with self._picker.knowledge(list(counted.fans)) as knowledge:
            return await in_thread(_look, counted, span, knowledge)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted before anything is named; `fans` and `foes` count people by track."""

    shares: int
    reactions: int
    people: int
    liked: float | None
    parts: tuple[int, ...]
    fans: Mapping[int, int]
    foes: Mapping[int, int]
    before: int


def _counted(words: Words, shared: SharedTracks, server_id: int, span: Span, only: int | None) -> _Counted:
    reacted = votes_on_shares(words, server_id)
    if only is not None:
        reacted &= words.person_id == only
    mine = np.ones(len(shared), dtype=bool) if only is None else shared.person_id == only
    earlier = span.before()
    posts = {int(share): int(at) for share, at in zip(shared.share_id[mine], shared.at[mine], strict=True)}
    when = np.array(list(posts.values()), dtype=np.int64)
    sent, given = when[span.holds(when)], reacted & span.holds(words.at)
    parts = Counter(span.part_of(at) for at in [*sent.tolist(), *words.at[given].tolist()])
    standing = Standing.of(words, server_id).between(to_ms(span.start), to_ms(span.end))
    # Of one person: what they themselves love. Of all: what most of them do.
    counting = standing if only is None else standing.only({only})
    sharers = shared.person_id[mine & span.holds(shared.at)]
    return _Counted(
        shares=len(sent),
        reactions=int(given.sum()),
        people=len(np.union1d(words.person_id[given], sharers)),
        liked=float((words.value[given] > 0).mean()) if given.any() else None,
        parts=tuple(parts[place] for place in range(len(span.parts))),
        fans=Counter(counting.track[counting.liked].tolist()),
        foes=Counter(counting.track[~counting.liked].tolist()),
        before=int(earlier.holds(when).sum()),
    )


def _look(counted: _Counted, span: Span, knowledge: Knowledge) -> Look:
    from recommender.portrait import tags_together

    fans, foes = counted.fans, counted.foes
    order = sorted(fans, key=lambda track: (foes.get(track, 0) - fans[track], -fans[track], -track))
    known = named(knowledge.tracks, order)
    artists: Counter[str] = Counter()
    for track_id in known:
        artists.update({artist.name: fans[track_id] for artist in knowledge.tracks[track_id].artists[:1]})
    return Look(
        span=span,
        shares=counted.shares,
        reactions=counted.reactions,
        people=counted.people,
        liked=counted.liked,
        parts=counted.parts,
        tracks=tuple(RatedTrack(knowledge.tracks[each], fans[each], foes.get(each, 0)) for each in known[:TRACKS]),
        artists=tuple(artists.most_common(ARTISTS)),
        tags=tuple(tags_together(fans, knowledge.tagged.terms, knowledge.tagged.space, TAGS)),
        before=counted.before,
    )


def _week_name(start: datetime) -> str:
    end = start + timedelta(days=6)
    first = f"{start.day}" if start.month == end.month else f"{start.day} {start:%B}"
    return f"{first} to {end.day} {end:%B %Y}"
