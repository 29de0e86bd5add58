"""Ask the sources what they know of tracks, their tags and numbers: bounded, resumable, each source failing alone."""

import logging
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from catalog.clock import Clock
from catalog.deezer import Deezer
from catalog.deezer_albums import DeezerAlbums
from catalog.errors import BadAnswer, CatalogError, Refused
from catalog.models import Track
from catalog.sources import Sources
from scheduler.identifying import Identities
from scheduler.measuring import Measurer
from scheduler.patience import Patience
from scheduler.tagging import DeezerTags, ITunesTags, LastFmTags
from scheduler.tagging_brainz import ListenBrainzTags, MusicBrainzTags
from scheduler.tellers import Teller, Told
from storage.misses import MISS_STANDS
from storage.stores import Storage

FAILURES = 3
"""Tracks that a source may fail at before it waits for a later pass."""

APART = 2
"""One part in so many of a pass's tracks is asked about one by one: MusicBrainz answers once a second."""

BATCH_GAP = timedelta(hours=1)
"""How long fewer tracks than are worth a call wait for others, once a source was asked."""

RETRY_REFUSED = timedelta(minutes=30)
RETRY_UNIDENTIFIED = timedelta(hours=6)
"""When a track is looked at again that may be known once Deezer has said who its artists are."""
RETRY_GROUPS = 8
"""Tracks whose batch could not be read come again in groups, so that one of them does not spoil it for all."""

log = logging.getLogger(__name__)


class Knower:
    """Go from source to source, the newest shared tracks first.

    What a source answered is kept, also that it has nothing, which stands for two weeks. What it could not be asked
    is not: the track's turn comes again, and meanwhile the other sources go on.
    """

    def __init__(self, storage: Storage, tellers: Sequence[Teller], clock: Clock) -> None:
        self._storage = storage
        self._tellers = tellers
        self._clock = clock
        self._patience = Patience()
        self._asked: dict[str, datetime] = {}
        self._said: dict[str, str] = {}

    async def run(self, limit: int) -> Counter[str]:
        """Ask every source about some tracks; count what was `told`, what is `unknown` there, what was `refused`."""
        counts: Counter[str] = Counter()
        for teller in self._tellers:
            if self._patience.is_over(teller.asking.block, self._clock.now()):
                await self._ask(teller, limit, counts)
        return counts

    async def _ask(self, teller: Teller, limit: int, counts: Counter[str]) -> None:
        tracks = await self._wanting(teller, limit)
        if not tracks or not await self._prepared(teller, tracks, counts):
            return
        answers: dict[int, Told] = {}
        block = teller.asking.block
        try:
            whole = await self._tell(teller, tracks, limit, answers, counts)
        except CatalogError as error:
            self._failed(block, error)
        else:
            self._patience.done(block)
            self._said.pop(block, None)
            if whole:
                self._asked[block] = self._clock.now()
        await self._keep(teller, answers, counts)

    async def _prepared(self, teller: Teller, tracks: Sequence[Track], counts: Counter[str]) -> bool:
        """Let the source be asked about all of them at once; tell whether it could be."""
        try:
            await teller.prepare(tracks)
        except CatalogError as error:
            counts["refused"] += 1
            self._failed(teller.asking.block, error)
            if isinstance(error, BadAnswer):
                for track in tracks:
                    await self._put_off(teller, track, RETRY_REFUSED * (1 + self._group(track)))
            return False
        return True

    async def _wanting(self, teller: Teller, limit: int) -> list[Track]:
        """Return the tracks to ask about, none while more are worth waiting for."""
        asking, now = teller.asking, self._clock.now()
        ids = await self._storage.features.wanting(
            asking.block,
            asking.version,
            max(limit, asking.together),
            now - MISS_STANDS,
            service=asking.service,
            after=asking.after,
        )
        last = self._asked.get(asking.block)
        if asking.together > 1 and len(ids) < asking.together and last is not None and now - last < BATCH_GAP:
            return []
        return list((await self._storage.tracks.get(ids)).values())

    async def _tell(
        self,
        teller: Teller,
        tracks: Sequence[Track],
        limit: int,
        answers: dict[int, Told],
        counts: Counter[str],
    ) -> bool:
        """Fill in the answers, track by track; tell whether all were asked about."""
        failures = 0
        most = max(limit // APART, 1) if teller.asking.apart else len(tracks)
        for track in tracks[:most]:
            try:
                answer = await teller.tell(track)
            except CatalogError as error:
                counts["refused"] += 1
                failures += FAILURES if isinstance(error, Refused) else 1
                if not isinstance(error, Refused):  # which would have refused any other track
                    await self._put_off(teller, track, RETRY_REFUSED)
                if failures >= FAILURES:
                    raise
                continue
            if answer is None:
                await self._put_off(teller, track, RETRY_UNIDENTIFIED)
            elif track.id is not None:
                answers[track.id] = answer
        return len(tracks) <= most

    async def _keep(self, teller: Teller, answers: Mapping[int, Told], counts: Counter[str]) -> None:
        asking = teller.asking
        if asking.source is not None:
            tags = {track_id: answer.tags for track_id, answer in answers.items()}
            await self._storage.tags.save_many(asking.source, tags)
        numbers = {track_id: answer.numbers for track_id, answer in answers.items()}
        await self._storage.features.save_many(asking.block, asking.version, numbers)
        missed = sum(each is None for each in numbers.values())
        counts["told"] += len(numbers) - missed
        counts["unknown"] += missed

    async def _put_off(self, teller: Teller, track: Track, wait: timedelta) -> None:
        """Let the others go first for a while."""
        if track.id is not None:
            await self._storage.features.refuse(track.id, teller.asking.block, self._clock.now() + wait)

    def _group(self, track: Track) -> int:
        """Return a group that the track is in this time, with other companions than the last time."""
        return random.Random(f"{track.id} {self._clock.now()}").randrange(RETRY_GROUPS)

    def _failed(self, block: str, error: CatalogError) -> None:
        """Let the source rest, and log a failure once, not with every pass."""
        wait = error.retry_after if isinstance(error, Refused) else None
        self._patience.failed(block, self._clock.now(), wait or 0.0)
        if self._said.get(block) != str(error):
            log.warning("The block %s waits for its source: %s", block, error)
        self._said[block] = str(error)


def tellers_of(sources: Sources, deezer: Deezer, albums: DeezerAlbums) -> list[Teller]:
    """Return the sources that can be asked, those whose answers others need first."""
    tellers: list[Teller] = []
    providers = [each.features for each in (sources.reccobeats, sources.spotify_features) if each is not None]
    if providers:
        tellers.append(Measurer(providers))
    identities = Identities(sources.musicbrainz) if sources.musicbrainz is not None else None
    listener = ListenBrainzTags(sources.listenbrainz, identities) if sources.listenbrainz is not None else None
    if sources.musicbrainz is not None and identities is not None:
        tellers.append(MusicBrainzTags(sources.musicbrainz, identities, lambda: listener is None or listener.closed))
    if listener is not None and (identities is not None or listener.by_name):
        tellers.append(listener)
    if deezer.enabled:
        tellers.append(DeezerTags(albums))
    if sources.lastfm is not None:
        tellers.append(LastFmTags(sources.lastfm))
    if sources.itunes is not None:
        tellers.append(ITunesTags(sources.itunes))
    return tellers
