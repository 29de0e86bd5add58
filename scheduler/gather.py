"""Gather candidates that nobody has shared yet, from every source that can be asked."""

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.errors import CatalogError, Refused
from catalog.sources import Sources
from scheduler.gathering import Answer, CandidateSource, in_turns
from scheduler.gathering_deezer import TopTracks, deezer_sources
from scheduler.gathering_labs import HeardArtists, HeardTracks
from scheduler.gathering_lastfm import LastFmTracks
from scheduler.gathering_reccobeats import Recommended
from scheduler.liking import Likes, load_likes
from scheduler.patience import Patience
from scheduler.placing import Placer
from scheduler.settings import ScheduleSettings
from storage.proposals import Seed
from storage.stores import Storage

GATHER_AGAIN = timedelta(hours=1)
"""When a source that could not be asked, or that there was nothing to ask about, is looked at again."""

SEED_RESTS = timedelta(days=3)
"""How long a seed waits at whose turn its source failed: it may be the one that the source chokes on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GatherReport:
    """What one search did: seeds asked about, tracks that are new, and which sources could not be asked."""

    asked: int = 0
    saved: int = 0
    refused: tuple[str, ...] = ()


class Gatherer:
    """Ask each source about what people like, bounded by the settings, and keep what it proposes and why.

    Every source has a clock of its own: one that fails or has nothing to be asked about delays no other. Whatever a
    stop leaves unasked, the next search asks.
    """

    def __init__(
        self,
        storage: Storage,
        deezer: Deezer,
        clock: Clock,
        settings: ScheduleSettings,
        sources: Sources | None = None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._settings = settings
        self._tops = TopTracks(deezer, settings.gather_tracks)
        sources = sources or Sources()
        self._placer = Placer(storage, sources)
        self._sources = _candidate_sources(self._placer, deezer, self._tops, clock, settings, sources)
        self._not_before: dict[str, datetime] = {}
        self._patience = Patience()

    async def is_due(self, now: datetime) -> bool:
        """Tell whether any source was last asked long enough ago."""
        return bool(await self._due(now))

    async def run(self) -> GatherReport:
        """Ask every source that is due, and say what was found.

        Seeds are taken in turns over people, so that every taste is served; those liked most come first. What one
        source leaves of the new tracks that a search may bring is for the others.
        """
        due = await self._due(self._clock.now())
        if not due:
            return GatherReport()
        likes = await load_likes(self._storage, self._clock.now() - timedelta(days=self._settings.active_days))
        here = set(await self._storage.tracks.all_ids())
        known = set(here)
        asked, refused = 0, []
        self._tops.forget()
        for place, source in enumerate(due):
            room = (self._settings.gather_limit - (len(known) - len(here))) // (len(due) - place)
            counted, failed = await self._ask(source, likes, known, room)
            asked += counted
            refused += [source.name] if failed else []
            if failed or not counted:
                self._not_before[source.name] = self._clock.now() + GATHER_AGAIN
        new = await self._storage.tracks.get(sorted(known - here))
        await self._placer.foresee(list(new.values()))
        return GatherReport(asked, len(new), tuple(refused))

    async def _due(self, now: datetime) -> list[CandidateSource]:
        hours = self._settings.gather_hours
        if hours == 0:
            return []
        due = []
        for source in self._sources:
            waits = self._not_before.get(source.name)
            if waits is None or now >= waits:
                last = await self._storage.proposals.last_asked(source.name)
                due += [source] if last is None or now - last >= timedelta(hours=hours) else []
        return due

    async def _ask(self, source: CandidateSource, likes: Likes, known: set[int], room: int) -> tuple[int, bool]:
        """Ask one source, adding new tracks to those known; return how many seeds it answered, and if it failed."""
        seeds = await self._seeds(source, likes)
        end = len(known) + room
        answered: list[Answer] = []
        failed = False
        try:
            async with aclosing(source.propose(seeds, likes)) as answers:
                async for answer in answers:
                    answered.append(answer)
                    known.update(await self._keep(source, answer))
                    if len(known) >= end:
                        break
        except CatalogError as error:
            failed = True
            self._failed(source, error, seeds[len(answered) :])
        fruitless: dict[Seed, list[int]] = {answer.seed: [] for answer in answered if not answer.tracks}
        await self._storage.proposals.record(source.name, fruitless)
        return len(answered), failed

    async def _seeds(self, source: CandidateSource, likes: Likes) -> list[Seed]:
        """Return what the source may be asked about now: not lately asked about, nor waiting after a failure."""
        now = self._clock.now()
        lately = {
            seed for seed, at in (await self._storage.proposals.asked(source.name)).items() if now - at < source.again
        }
        lists = {
            person: [seed for seed in theirs if source.knows(seed, likes)]
            for person, theirs in likes.seeds(source.kind).items()
        }
        asked = dict.fromkeys(lately)
        return [seed for seed in in_turns(lists, asked) if self._patience.is_over((source.name, seed), now)]

    async def _keep(self, source: CandidateSource, answer: Answer) -> list[int]:
        """Save what was proposed with where it came from; return the tracks' ids."""
        if not answer.tracks:
            return []
        known = await self._storage.proposals.known(answer.tracks)
        new = [track for track, track_id in zip(answer.tracks, known, strict=True) if track_id is None]
        ids = [track_id for track_id in known if track_id is not None]
        ids += await self._storage.tracks.ensure(new) if new else []
        await self._storage.proposals.record(source.name, {answer.seed: ids})
        return ids

    def _failed(self, source: CandidateSource, error: CatalogError, left: Sequence[Seed]) -> None:
        if isinstance(error, Refused) and error.reason == "disabled":
            return
        log.warning("Candidates of the source %r are looked for later: %s", source.name, error)
        if left:
            self._patience.failed((source.name, left[0]), self._clock.now(), SEED_RESTS.total_seconds())


def _candidate_sources(
    placer: Placer, deezer: Deezer, tops: TopTracks, clock: Clock, settings: ScheduleSettings, sources: Sources
) -> list[CandidateSource]:
    """Return every source that can be asked, those first that bring complete tracks."""
    found: list[CandidateSource] = []
    if sources.reccobeats is not None:
        found.append(Recommended(sources.reccobeats, clock, settings))
    found += deezer_sources(deezer, tops, settings)
    if sources.labs is not None and sources.musicbrainz is not None:
        found.append(HeardArtists(sources.labs, sources.musicbrainz, tops, settings))
    if sources.labs is not None:
        found.append(HeardTracks(sources.labs, sources.musicbrainz, sources.listenbrainz, placer, settings))
    if sources.lastfm is not None:
        found.append(LastFmTracks(sources.lastfm, settings))
    return found
