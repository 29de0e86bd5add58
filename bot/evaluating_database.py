"""`tastebud evaluate --database`: judge a community by its own database, read as it is while the bot runs or not."""

from dataclasses import replace

import numpy as np
from rich.console import Console

from bot.config import Settings
from bot.evaluating import Output, show_stream
from catalog.clock import Clock
from recommender.evaluation import Plan
from recommender.evaluation_stream import Rows, Showings, Stream
from scheduler.knowledge import load_features, load_tracks
from scheduler.threads import in_thread
from storage.outcomes import Outcome
from storage.showings import DISCOVER
from storage.stamps import to_ms
from storage.stores import Storage, look_at_storage

NAME = "the community"
"""Nobody and nothing is named in figures that may be shown around."""


async def show_database(
    settings: Settings, clock: Clock, url: str | None, plan: Plan, output: Output, console: Console, errors: Console
) -> None:
    """Judge the configured database, or the one at `url`, and print what was found.

    Raises:
        StartError: there is too little to judge by, or the picture cannot be written.
        StorageError: there is no such database, or it cannot be read.
    """
    where = replace(settings.storage, url=url) if url else settings.storage
    async with look_at_storage(where, clock) as storage:
        stream = await load_stream(storage, plan)
    await in_thread(show_stream, stream, plan, output, console, errors)


async def load_stream(storage: Storage, plan: Plan) -> Stream:
    """Return the community's standing feedback, what is known of the tracks, and what was shown to whom."""
    rows = Rows.of(await storage.feedback.opinions())
    features, _ = await load_features(storage, await load_tracks(storage))
    return Stream(NAME, rows, features, plan.taste, await _showings(storage, rows))


async def _showings(storage: Storage, rows: Rows) -> Showings:
    """Return what was noted as shown, and of drops from before that was noted their picks."""
    noted = await storage.showings.columns()
    known = set(zip(noted.person_id.tolist(), noted.track_id.tolist(), noted.occasion, strict=True))
    picks = [pick for pick in await storage.outcomes.all() if (pick.owner.id, pick.track_id, pick.week) not in known]
    in_drop = np.array([occasion != DISCOVER for occasion in noted.occasion], dtype=np.bool_)
    older = _of(picks)
    whole = Showings(
        np.concatenate([noted.person_id, older.person_id]),
        np.concatenate([noted.track_id, older.track_id]),
        np.concatenate([noted.at, older.at]),
        np.concatenate([noted.score, older.score]),
        np.concatenate([noted.explores, older.explores]),
        np.concatenate([noted.propensity, older.propensity]),
        np.concatenate([in_drop, older.in_drop]),
    )
    # Of whoever opted out nothing is read, and whoever never says anything could not have answered.
    return whole.where(np.isin(whole.person_id, rows.person_id))


def _of(picks: list[Outcome]) -> Showings:
    return Showings(
        np.array([pick.owner.id for pick in picks], dtype=np.int64),
        np.array([pick.track_id for pick in picks], dtype=np.int64),
        np.array([to_ms(pick.written_at) for pick in picks], dtype=np.int64),
        np.array([pick.score for pick in picks], dtype=np.float64),
        np.array([pick.explores for pick in picks], dtype=np.bool_),
        np.full(len(picks), np.nan),
        np.ones(len(picks), dtype=np.bool_),
    )
