"""What became of picks: liked, disliked or ignored, by what their owner said of them after the drop was written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_

from storage.database import Database
from storage.opinions import Source, reduce_opinion
from storage.owners import Owner
from storage.schema import feedback, memberships, people
from storage.schema_drops import drops, picks
from storage.stamps import from_ms, to_ms
from storage.upsert import chunks

VOTES = (Source.SHARE, Source.REACTION, Source.RATING, Source.BUTTON)
"""What counts as a word on a pick: sharing it too, but not that it came along in an import."""

_OWNERS_AT_ONCE = 5_000


class Verdict(StrEnum):
    """What an owner thinks of a pick."""

    LIKED = "liked"
    DISLIKED = "disliked"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One pick of a written drop and what became of it; `explores` marks a wildcard."""

    drop_id: int
    week: str
    owner: Owner
    position: int
    track_id: int
    score: float
    explores: bool
    written_at: datetime
    verdict: Verdict


class Outcomes:
    """Read what became of picks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, owners: Sequence[Owner], since: datetime | None = None) -> list[Outcome]:
        """Return the picks of these owners' drops written since then, the newest drop first, in their order.

        A person's own words decide; a server's pick is liked or disliked by most of its members who said something.
        Words from before the drop was written do not count.
        """
        found: list[Outcome] = []
        for kind in ("person", "server"):
            ids = [owner.id for owner in owners if owner.kind == kind]
            for chunk in chunks(ids, _OWNERS_AT_ONCE):
                found += await self._of(kind, drops.c.owner_id.in_(chunk), since)
        return found

    async def all(self, since: datetime | None = None) -> list[Outcome]:
        """Return the picks of everybody's drops written since then; of servers' drops none."""
        return await self._of("person", drops.c.owner_id.is_not(None), since)

    async def _of(self, kind: str, whose: ColumnElement[bool], since: datetime | None) -> list[Outcome]:
        written: tuple[ColumnElement[bool], ...] = (drops.c.owner_kind == kind, whose, drops.c.written_at.is_not(None))
        if since is not None:
            written = (*written, drops.c.written_at >= to_ms(since))
        rows_query = (
            select(picks.c.position, picks.c.track_id, picks.c.score, picks.c.explores, drops)
            .join(drops, drops.c.id == picks.c.drop_id)
            .where(*written)
            .order_by(drops.c.written_at.desc(), drops.c.id, picks.c.position)
        )
        async with self._db.read() as conn:
            rows = (await conn.execute(rows_query)).all()
            words = (await conn.execute(_words(kind, written))).all() if rows else []
        verdicts = _verdicts(words)
        return [
            Outcome(
                drop_id=row.id,
                week=row.week,
                owner=Owner(row.owner_kind, row.owner_id),
                position=row.position,
                track_id=row.track_id,
                score=row.score,
                explores=row.explores,
                written_at=from_ms(row.written_at),
                verdict=verdicts.get((row.id, row.track_id), Verdict.IGNORED),
            )
            for row in rows
        ]


def _words(kind: str, written: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Return the query for what was said of the picks after their drops were written."""
    said = (
        select(
            drops.c.id,
            picks.c.track_id,
            feedback.c.person_id,
            feedback.c.source,
            feedback.c.value,
            feedback.c.at,
        )
        .select_from(drops.join(picks, picks.c.drop_id == drops.c.id))
        .join(feedback, (feedback.c.track_id == picks.c.track_id) & (feedback.c.at >= drops.c.written_at))
        .where(*written, feedback.c.source.in_(VOTES))
    )
    if kind == "person":
        return said.where(feedback.c.person_id == drops.c.owner_id)
    here = tuple_(feedback.c.person_id, drops.c.owner_id).in_(select(memberships.c.person_id, memberships.c.server_id))
    return said.join(people, people.c.id == feedback.c.person_id).where(people.c.opted_out.is_(False), here)


def _verdicts(rows: Sequence[Row[Any]]) -> dict[tuple[int, int], Verdict]:
    """Return (drop, track) -> verdict: everybody's words come to one opinion each, and those are added up."""
    said: dict[tuple[int, int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for row in rows:
        said[row.id, row.track_id, row.person_id].append((row.source, row.value, row.at))
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for (drop_id, track_id, _), words in said.items():
        sums[drop_id, track_id] += reduce_opinion(words) or 0.0
    return {key: Verdict.LIKED if worth > 0 else Verdict.DISLIKED for key, worth in sums.items() if worth != 0}
