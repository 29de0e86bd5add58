"""Keep what is known and learned up to date: the community's model, and one person's on demand."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from catalog.clock import Clock
from recommender.dataset import Dataset, Floats, Ints, OpinionColumns, build_dataset
from recommender.taste import TASTE_MODEL, TasteModel, TasteSettings
from scheduler.knowledge import Knowledge, load_features, load_tracks, model_version
from scheduler.tagged import TAG_SPACE
from scheduler.threads import in_thread
from storage.feedback import FeedbackRow
from storage.stores import Storage

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.tags import TagSpace

FITTED_AT_ONCE = 3_000
"""Rows of feedback up to which everybody is refitted within the second that a member waits."""

NEWEST_FEEDBACK = 2_000
"""Rows of one person's feedback that a refit on demand learns from: more change little and cost time."""

FEATURES_FRESH = timedelta(seconds=30)
"""Age after which blocks computed since are loaded on demand."""

_MS = timedelta(milliseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Columns:
    """One person's rows as the columns that the dataset is built from."""

    person_id: Ints
    track_id: Ints
    source: Ints
    value: Ints
    weight: Floats
    at: Ints

    @classmethod
    def of(cls, rows: Sequence[FeedbackRow]) -> "_Columns":
        """Return the rows turned into columns."""
        return cls(
            np.array([row.person_id for row in rows], dtype=np.int64),
            np.array([row.track_id for row in rows], dtype=np.int64),
            np.array([int(row.source) for row in rows], dtype=np.int64),
            np.array([row.value for row in rows], dtype=np.int64),
            np.array([row.weight for row in rows], dtype=np.float64),
            np.array([(row.at - _EPOCH) // _MS for row in rows], dtype=np.int64),
        )


class Learner:
    """Hold one snapshot of knowledge, and replace it by a newer one.

    Fitting takes a while in a large community: meanwhile the last snapshot serves.
    """

    def __init__(self, storage: Storage, clock: Clock, taste: TasteSettings, refit_minutes: int) -> None:
        self._storage = storage
        self._clock = clock
        self._taste = taste
        self._old = timedelta(minutes=refit_minutes)
        self._fitting = asyncio.Lock()
        self._knowledge: Knowledge | None = None
        self._fitted_at: datetime | None = None
        self._features_at: datetime | None = None
        self._rows_learned = 0

    async def refit(self) -> None:
        """Load everything in one go, fit everybody and keep the model as a row."""
        async with self._fitting:
            await self._refit()

    async def forget(self) -> None:
        """Drop the stored models and fit anew: somebody they learned from was forgotten."""
        async with self._fitting:
            await self._storage.models.forget((TASTE_MODEL, TAG_SPACE))
            await self._refit()

    async def keep_fresh(self) -> bool:
        """Refit when the models are old and feedback has changed; tell whether that was so."""
        async with self._fitting:
            stale = await self._is_stale()
            if stale:
                await self._refit()
            return stale

    async def last(self) -> Knowledge:
        """Return the last snapshot: after a start, the stored model's; before any, a first fit's."""
        knowledge = self._knowledge
        if knowledge is None:
            async with self._fitting:
                knowledge = await self._first()
        knowledge.corrections = await self._storage.corrections.all()
        return knowledge

    async def current(self) -> Knowledge:
        """Return a snapshot fresh enough to answer a member.

        A small community is refitted at once when that is due, a large one by the tick, since it takes longer
        than a member waits.
        """
        knowledge = await self.last()
        at_once = self._rows_learned <= FITTED_AT_ONCE and not self._fitting.locked()
        if at_once and await self.keep_fresh():
            return await self.last()
        now = self._clock.now()
        if self._features_at is None or now - self._features_at >= FEATURES_FRESH:
            await self._reload(knowledge)
        return knowledge

    async def learn_tracks(self, knowledge: Knowledge, track_ids: Iterable[int]) -> None:
        """Load tracks that came after the snapshot, with their blocks."""
        if missing := knowledge.unknown(track_ids):
            knowledge.tracks.update(await self._storage.tracks.get(missing))
            await self._reload(knowledge)

    async def learn_person(self, knowledge: Knowledge, person_id: int) -> dict[int, float]:
        """Refit one person with their newest feedback and return their opinions (0 or 1) by track."""
        rows = await self._storage.feedback.of_person(person_id, NEWEST_FEEDBACK)
        await self.learn_tracks(knowledge, [row.track_id for row in rows])
        dataset = await in_thread(self._dataset, _Columns.of(rows))
        await in_thread(knowledge.model.refit_person, person_id, dataset, knowledge.features)
        return dataset.opinions_of(person_id)

    async def _is_stale(self) -> bool:
        if self._fitted_at is None:
            return True
        if self._clock.now() - self._fitted_at < self._old:
            return False
        return await self._storage.feedback.count() != self._rows_learned

    async def _first(self) -> Knowledge:
        """Return what another caller has loaded meanwhile, else the stored model's, else a fit's."""
        self._knowledge = self._knowledge or await self._restored() or await self._refit()
        return self._knowledge

    async def _refit(self) -> Knowledge:
        knowledge = await self._load(TasteModel(self._taste))
        dataset = knowledge.dataset
        await in_thread(knowledge.model.fit, dataset, knowledge.features)
        taste, space = await in_thread(knowledge.model.to_bytes), await in_thread(knowledge.tagged.space.to_bytes)
        await self._storage.models.save_all(model_version(), {TASTE_MODEL: taste, TAG_SPACE: space})
        log.info("Fitted %d people on %d opinions.", len(dataset.people), len(dataset))
        self._knowledge, self._fitted_at = knowledge, self._clock.now()
        return knowledge

    async def _restored(self) -> Knowledge | None:
        """Return a snapshot with the stored model, which the next refit replaces, or None without one."""
        from recommender.tags import TagSpace  # heavy: not at start-up

        blob, topics = [await self._storage.models.load(name, model_version()) for name in (TASTE_MODEL, TAG_SPACE)]
        if blob is None or topics is None:
            return None
        try:
            model = await in_thread(TasteModel.from_bytes, blob, self._taste)
            space = await in_thread(TagSpace.from_bytes, topics)
        except ValueError as error:
            log.warning("The stored taste models cannot be read and are fitted anew: %s", error)
            return None
        return await self._load(model, space)

    async def _load(self, model: TasteModel, space: "TagSpace | None" = None) -> Knowledge:
        """Return a snapshot, with tags placed as the model learned them, or in a space fitted anew."""
        self._rows_learned, self._features_at = await self._storage.feedback.count(), self._clock.now()
        dataset = await in_thread(self._dataset, await self._storage.feedback.opinions())
        tracks = await load_tracks(self._storage)
        features, tagged = await load_features(self._storage, tracks, space)
        proposals = await self._storage.proposals.by_track()
        return Knowledge(tracks, features, dataset, model, tagged, proposals)

    async def _reload(self, knowledge: Knowledge) -> None:
        known = set(await self._storage.tracks.all_ids())
        knowledge.tracks.update(await self._storage.tracks.get(knowledge.unknown(known)))
        knowledge.proposals = await self._storage.proposals.by_track()
        before = knowledge.tagged
        loaded = await load_features(self._storage, knowledge.tracks, before.space, before)
        knowledge.features, knowledge.tagged = loaded
        self._features_at = self._clock.now()

    def _dataset(self, rows: OpinionColumns) -> Dataset:
        now_ms = (self._clock.now() - _EPOCH) // _MS
        return build_dataset(
            rows,
            now_ms,
            share_weight=self._taste.share_weight,
            import_weight=self._taste.import_weight,
            half_life_days=self._taste.half_life_days,
        )
