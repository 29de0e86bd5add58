"""Choose picks for people and servers: data loaded here, science in a worker thread."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from catalog.clock import Clock
from catalog.models import Pick
from recommender.ranking import RankingSettings
from recommender.taste import TasteSettings
from scheduler.choosing import Wish, choose_for_person, choose_for_server
from scheduler.knowledge import Knowledge
from scheduler.learning import Learner
from scheduler.privacy import all_visible_in
from scheduler.reasons import Audience, make_picks
from scheduler.settings import ScheduleSettings
from scheduler.threads import in_thread
from storage.drops import Owner
from storage.people import Person
from storage.stores import Storage

MEMBERS_MIXED = 200
"""Members whose scores make a server's list: more change the mean little and cost time."""

SHOWN_BEFORE = 60
"""Picks that `discover` remembers having shown to a person, so that asking again shows others."""


class Picker:
    """Fit the taste models and choose picks.

    One choice is made at a time; a fit goes on beside, and its models serve once it is done.
    """

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        schedule: ScheduleSettings,
        taste: TasteSettings,
        ranking: RankingSettings,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._schedule = schedule
        self._ranking = ranking
        self._learner = Learner(storage, clock, taste, schedule.refit_minutes)
        self._science = asyncio.Lock()
        self._shown: dict[int, list[int]] = {}

    async def refit(self) -> None:
        """Load opinions and blocks in one go, fit everybody and keep the model as a row."""
        await self._learner.refit()

    async def keep_fresh(self) -> bool:
        """Refit when the models are old and feedback has changed; tell whether that was so."""
        return await self._learner.keep_fresh()

    async def opinions_of(self, person_id: int) -> int:
        """Return how many opinions of the person the last fit learned from."""
        return len((await self._learner.last()).dataset.opinions_of(person_id))

    async def picks_for(
        self,
        person_id: int,
        server_ids: Sequence[int],
        count: int,
        week: str,
        extra_exclude: Collection[int] = (),
    ) -> list[Pick]:
        """Return that person's best picks, best first, from the last fit; fewer only when candidates run out.

        Candidates are tracks shared in these servers and tracks gathered from related artists. Reasons name
        people only when there is one server.
        """
        person = (await self._storage.people.get([person_id]))[person_id]
        async with self._science:
            knowledge = await self._learner.last()
            opinions = knowledge.dataset.opinions_of(person_id)
            return await self._choose(knowledge, person, opinions, server_ids, count, week, extra_exclude)

    async def picks_for_server(
        self, server_id: int, count: int, week: str, extra_exclude: Collection[int] = ()
    ) -> list[Pick]:
        """Return a fair mix of what a server's members are thought to like, crediting who shared a track."""
        since = self._clock.now() - timedelta(days=self._schedule.active_days)
        active = await self._storage.people.active(since, server_id)
        members = [person.id for person in active][:MEMBERS_MIXED]
        async with self._science:
            knowledge = await self._learner.last()
            pool = await self._storage.tracks.pool([server_id])
            dropped = await self._dropped(Owner("server", server_id))
            excluded = {*dropped, *extra_exclude}
            await self._learner.learn_tracks(knowledge, [*pool, *excluded])
            wish = Wish(server_id, week, count, pool.keys(), knowledge.known(excluded), excluded)
            chosen = await in_thread(choose_for_server, knowledge, members, wish, self._ranking)
            audience = Audience([server_id], None)
            return await make_picks(self._storage, chosen, knowledge.tracks, pool, audience)

    async def discover(self, discord_id: int, server_id: int, count: int) -> list[Pick]:
        """Return fresh picks for one person in one server; their feedback of a minute ago counts.

        Asking again shows other tracks, until there are no others.
        """
        known = await self._storage.people.by_discord_id(discord_id)
        person = known or Person(id=0, discord_id=discord_id, name="")
        shown = self._shown.setdefault(discord_id, [])
        async with self._science:
            knowledge = await self._learner.current()
            opinions = await self._learner.learn_person(knowledge, person.id) if known else {}
            day = f"discover {self._clock.now():%Y-%m-%d}"
            picks = await self._choose(knowledge, person, opinions, [server_id], count, day, shown)
            if len(picks) < count and shown:
                shown.clear()
                picks = await self._choose(knowledge, person, opinions, [server_id], count, day, ())
        shown.extend(pick.track.id for pick in picks if pick.track.id is not None)
        del shown[:-SHOWN_BEFORE]
        return list(all_visible_in(picks, server_id))

    @asynccontextmanager
    async def knowledge(self, track_ids: Collection[int]) -> AsyncIterator[Knowledge]:
        """Give a fresh snapshot that knows these tracks too, while nothing else is chosen."""
        async with self._science:
            knowledge = await self._learner.current()
            await self._learner.learn_tracks(knowledge, track_ids)
            yield knowledge

    async def _choose(
        self,
        knowledge: Knowledge,
        person: Person,
        opinions: Mapping[int, float],
        server_ids: Sequence[int],
        count: int,
        occasion: str,
        extra_exclude: Collection[int],
    ) -> list[Pick]:
        pool = await self._storage.tracks.pool(server_ids)
        excluded = {*opinions, *extra_exclude, *await self._dropped(Owner("person", person.id))}
        await self._learner.learn_tracks(knowledge, [*pool, *excluded])
        wish = Wish(person.discord_id, occasion, count, pool.keys(), knowledge.known(excluded), excluded)
        chosen = await in_thread(choose_for_person, knowledge, person.id, opinions, wish, self._ranking)
        few = len(opinions) < self._schedule.few_opinions
        audience = Audience(server_ids, person.discord_id, community=few)
        return await make_picks(self._storage, chosen, knowledge.tracks, pool, audience)

    async def _dropped(self, owner: Owner) -> set[int]:
        since = self._clock.now() - timedelta(days=self._schedule.repeat_days)
        return await self._storage.drops.dropped_since(owner, since)
