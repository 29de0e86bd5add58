"""How much there is of everything, for the owner's instruments: figures alone, nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from storage.database import Database
from storage.opinions import Source
from storage.schema import blocks, feedback, models, people, servers, shares, spending, tracks
from storage.schema_drops import drops
from storage.stamps import maybe_from_ms


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted at one instant.

    `tracks` are those whose name is known, `unnamed` the others; `feedback` by source, `drops` by state, `calls` ever
    made by (service, bucket), `blocks` how many tracks have a row of each block (a miss is one too), `fitted_at` when
    that model was last saved.
    """

    people: int
    servers: int
    tracks: int
    unnamed: int
    shares: int
    feedback: dict[str, int]
    drops: dict[str, int]
    calls: dict[tuple[str, str], int]
    blocks: dict[str, int]
    fitted_at: datetime | None


class Census:
    """Count what is kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def take(self, model: str) -> Counts:
        """Count everything, and look when that model was last saved."""
        async with self._db.read() as conn:
            kept = (people, servers, shares, tracks)
            sums = [int(await conn.scalar(select(func.count()).select_from(table)) or 0) for table in kept]
            unnamed = await conn.scalar(select(func.count()).select_from(tracks).where(tracks.c.title == ""))
            sources = (await conn.execute(_by(feedback.c.source))).all()
            states = (await conn.execute(_by(drops.c.state))).all()
            described = (await conn.execute(_by(blocks.c.block))).all()
            spent = (
                await conn.execute(
                    select(spending.c.service, spending.c.bucket, func.sum(spending.c.calls)).group_by(
                        spending.c.service, spending.c.bucket
                    )
                )
            ).all()
            fitted = await conn.scalar(select(models.c.at).where(models.c.name == model))
        return Counts(
            people=sums[0],
            servers=sums[1],
            shares=sums[2],
            tracks=sums[3] - int(unnamed or 0),
            unnamed=int(unnamed or 0),
            feedback={Source(source).name.lower(): int(count) for source, count in sources},
            drops={str(state): int(count) for state, count in states},
            calls={(service, bucket): int(calls) for service, bucket, calls in spent},
            blocks={str(block): int(count) for block, count in described},
            fitted_at=maybe_from_ms(fitted),
        )


def _by(column: ColumnElement[Any]) -> Select[Any]:
    return select(column, func.count()).group_by(column)
