"""What Prometheus reads: figures about the bot, none about a person. Gathered when asked, kept for a few seconds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.web.lag import LagMeter
from catalog.clock import Clock
from recommender.features import AUDIO_BLOCK, NUMBERS_BLOCK, RECCOBEATS_BLOCK
from recommender.taste import TASTE_MODEL
from storage.census import Counts
from storage.drops import DropState
from storage.opinions import Source
from storage.stores import Storage

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

KEPT = timedelta(seconds=10)
"""How long one count is shown: whoever asks in a loop does not count the database each time."""

BUDGETED = ("spotify", "get")  # the bucket that spotify.daily_budget limits
BLOCKS = (AUDIO_BLOCK, NUMBERS_BLOCK, RECCOBEATS_BLOCK)  # shown from the beginning, the others once there is one


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read at one instant: `spent` of today's budget, how long services are left alone and troubles last."""

    at: datetime
    counts: Counts
    spent: int
    pauses: Mapping[str, float]
    troubles: Mapping[str, float]


class Metrics:
    """Read the figures and write them as Prometheus wants them."""

    def __init__(
        self, storage: Storage, settings: Settings, clock: Clock, lag: LagMeter, is_connected: Callable[[], bool]
    ) -> None:
        self._storage = storage
        self._budget = settings.spotify.daily_budget
        self._clock = clock
        self._lag = lag
        self._is_connected = is_connected
        self._last: Reading | None = None

    async def text(self) -> tuple[bytes, str]:
        """Return all figures in Prometheus' text format, and its content type."""
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
        from prometheus_client.exposition import CONTENT_TYPE_LATEST

        registry = CollectorRegistry()
        registry.register(_Fixed(self._figures(await self._read())))
        ProcessCollector(registry=registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST

    async def _read(self) -> Reading:
        now = self._clock.now()
        if self._last is None or not timedelta() <= now - self._last.at < KEPT:
            await self._storage.quota.settle_if_possible()
            pauses = await self._storage.quota.pauses()
            troubles = await self._storage.troubles.all()
            self._last = Reading(
                at=now,
                counts=await self._storage.census.take(TASTE_MODEL),
                spent=await self._storage.quota.spent(*BUDGETED, now),
                pauses={service: (until - now).total_seconds() for service, until, _ in pauses},
                troubles={each.name: (now - each.since).total_seconds() for each in troubles},
            )
        return self._last

    def _figures(self, reading: Reading) -> list["Metric"]:
        counts = reading.counts
        age = (reading.at - counts.fitted_at).total_seconds() if counts.fitted_at else float("nan")
        return [
            _gauge("build_info", "The version that runs.", {(version("tastebud"),): 1}, ("version",)),
            _gauge("discord_connected", "Whether Discord talks to the bot right now.", {(): self._is_connected()}),
            _gauge("event_loop_lag_seconds", "Longest delay of the event loop in a minute.", {(): self._lag.worst}),
            _gauge("people", "Members who ever did something.", {(): counts.people}),
            _gauge("servers", "Servers the bot knows.", {(): counts.servers}),
            _gauge("shares", "Shares that stand.", {(): counts.shares}),
            _gauge("tracks", "Tracks that have a name.", {(): counts.tracks}),
            _gauge("unnamed_tracks", "Tracks whose service has not been asked yet.", {(): counts.unnamed}),
            _gauge("feedback", "Feedback that stands, by source.", _every(counts.feedback, _SOURCES), ("source",)),
            _gauge("drops", "Drops by state.", _every(counts.drops, DropState), ("state",)),
            _calls(counts.calls),
            _gauge(
                "service_budget_remaining",
                "Calls left of today's budget (UTC).",
                {BUDGETED: max(self._budget - reading.spent, 0)},
                ("service", "bucket"),
            ),
            _gauge(
                "service_pause_seconds",
                "How long a service that asked for a pause is left alone yet.",
                {(service,): seconds for service, seconds in reading.pauses.items()},
                ("service",),
            ),
            _gauge(
                "trouble_seconds",
                "How long a trouble that the owner is told of has lasted.",
                {(name.partition(" ")[0],): seconds for name, seconds in reading.troubles.items()},
                ("trouble",),
            ),
            _gauge("enrichment_backlog", "Tracks without a block yet.", _backlog(counts), ("block",)),
            _gauge("taste_model_age_seconds", "Time since everybody's taste was last fitted.", {(): age}),
        ]


_SOURCES = tuple(source.name.lower() for source in Source)


class _Fixed:
    """A collector of what has been gathered already."""

    def __init__(self, figures: Sequence["Metric"]) -> None:
        self._figures = figures

    def collect(self) -> Iterable["Metric"]:
        """Return the figures."""
        return self._figures


def _gauge(name: str, said: str, values: Mapping[tuple[str, ...], float], labels: tuple[str, ...] = ()) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"tastebud_{name}", said, labels=labels)
    for place, value in sorted(values.items()):
        family.add_metric(place, float(value))
    return family


def _calls(calls: Mapping[tuple[str, str], int]) -> "Metric":
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(
        "tastebud_service_calls", "Calls to music services, retries too.", labels=("service", "bucket")
    )
    for place, number in sorted(calls.items()):
        family.add_metric(place, number)
    return family


def _every(counted: Mapping[str, int], known: Iterable[str]) -> dict[tuple[str, ...], float]:
    """Return a count for every known name, so that a graph begins at 0."""
    return {(str(name),): counted.get(str(name), 0) for name in (*known, *counted)}


def _backlog(counts: Counts) -> dict[tuple[str, ...], float]:
    """Return how many named tracks have no row of each block: neither numbers nor a miss."""
    return {(block,): max(counts.tracks - counts.blocks.get(block, 0), 0) for block in (*BLOCKS, *counts.blocks)}
