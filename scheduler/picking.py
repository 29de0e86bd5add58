"""Choose picks for people and servers: data loaded here, science in a worker thread."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from catalog.clock import Clock
from catalog.models import Pick
from recommender.ranking import MIDDLE, RankingSettings
from recommender.taste import TasteSettings
from scheduler.choosing import Wish, choose_for_people, choose_for_person, choose_for_server
from scheduler.knowledge import Knowledge
from scheduler.leads import LIKES
from scheduler.leaning import fading
from scheduler.learning import Learner
from scheduler.moving import disliked_days
from scheduler.privacy import all_visible_in
from scheduler.reasons import Audience, make_picks
from scheduler.settings import ScheduleSettings
from scheduler.threads import in_thread
from scheduler.wanting import Only
from storage.drops import Owner
from storage.people import Person
from storage.showings import DISCOVER
from storage.stores import Storage

MEMBERS_MIXED = 200
"""Members whose scores make a server's list: more change the mean little and cost time."""

SHOWN_BEFORE = 60
"""Picks that `discover` remembers having shown to somebody of whom nothing is kept."""

SHOWN_AGAIN = timedelta(days=14)
"""How long `discover` does not show a track again, while there are others."""

DISLIKES_READ = 200
"""Rows of a person's newest feedback in which the days of their dislikes are looked for."""


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

    async def forget(self) -> None:
        """Drop the models and fit anew: somebody they learned from was forgotten."""
        await self._learner.forget()

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
        """Return a list fair to all tastes in a server, crediting who shared a track and whom it is for."""
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
            audience = Audience([server_id], None, members={person.id: person for person in active})
            return await make_picks(self._storage, chosen, knowledge.tracks, pool, audience)

    async def picks_for_people(
        self, person_ids: Sequence[int], server_ids: Sequence[int], count: int, occasion: str
    ) -> list[Pick]:
        """Return a list for these people, the least happy first; each pick's `made_for` says whom it is for.

        What one of them dislikes does not come, nor what all of them have rated.
        """
        people = await self._storage.people.get(person_ids)
        wanted = [person_id for person_id in dict.fromkeys(person_ids) if person_id in people]
        async with self._science:
            knowledge = await self._learner.last()
            pool = await self._storage.tracks.pool(server_ids)
            said = [knowledge.dataset.opinions_of(person_id) for person_id in wanted]
            disliked = {track for opinions in said for track, value in opinions.items() if value <= LIKES}
            kept_out = [await self._storage.vetoes.kept_out(person_id) for person_id in wanted]
            known = set.intersection(*(set(opinions) for opinions in said)) if said else set()
            excluded = disliked.union(known, *kept_out)
            await self._learner.learn_tracks(knowledge, [*pool, *excluded])
            wish = Wish(sum(wanted), occasion, count, pool.keys(), knowledge.known(excluded), excluded)
            chosen = await in_thread(choose_for_people, knowledge, wanted, wish, self._ranking)
            audience = Audience(server_ids, None, members=people)
            return await make_picks(self._storage, chosen, knowledge.tracks, pool, audience)

    async def discover(self, discord_id: int, server_id: int, count: int, only: Only | None = None) -> list[Pick]:
        """Return fresh picks for one person in one server; their feedback of a minute ago counts.

        What was shown is remembered: asking again shows other tracks, until there are no others.
        """
        known = await self._storage.people.by_discord_id(discord_id)
        person = known or Person(id=0, discord_id=discord_id, name="")
        async with self._science:
            knowledge = await self._learner.current()
            opinions = await self._learner.learn_person(knowledge, person.id) if known else {}
            shown = await self._shown_to(person)
            day = f"{DISCOVER} {self._clock.now():%Y-%m-%d} {len(shown)}"
            picks = await self._choose(knowledge, person, opinions, [server_id], count, day, shown, only)
            if len(picks) < count and shown:
                self._shown.pop(discord_id, None)
                others = {pick.track.id for pick in picks if pick.track.id is not None}
                again = await self._choose(knowledge, person, opinions, [server_id], count, day, others, only)
                picks = [*picks, *again][:count]
        await self._remember(person, picks)
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
        only: Only | None = None,
    ) -> list[Pick]:
        pool = await self._storage.tracks.pool(server_ids)
        recent, repeats = await self._dropped_before(person, opinions)
        kept_out = await self._storage.vetoes.kept_out(person.id)
        excluded = {*opinions.keys() - repeats.keys(), *extra_exclude, *recent, *kept_out}
        await self._learner.learn_tracks(knowledge, [*pool, *excluded])
        said = await self._storage.feedback.of_person(person.id, DISLIKES_READ)
        days = disliked_days(said, self._clock.now(), person.timezone or self._schedule.timezone)
        wish = Wish(
            person.discord_id,
            occasion,
            count,
            pool.keys(),
            knowledge.known(excluded),
            excluded,
            person.dial,
            only,
            repeats,
            days,
        )
        chosen = await in_thread(choose_for_person, knowledge, person.id, opinions, wish, self._ranking)
        few = len(opinions) < self._schedule.few_opinions
        audience = Audience(server_ids, person.discord_id, community=few)
        return await make_picks(self._storage, chosen, knowledge.tracks, pool, audience)

    async def _dropped_before(self, person: Person, opinions: Mapping[int, float]) -> tuple[set[int], dict[int, float]]:
        """Return what was dropped too lately to come again, and what may, with how fresh that still is.

        What was never rated may; what was liked, for those alone who turned their dial to the familiar.
        """
        now, days = self._clock.now(), self._schedule.repeat_days
        dial = self._ranking.dial if person.dial is None else person.dial
        recent = await self._dropped(Owner("person", person.id))
        repeats = {}
        for track_id, at in (await self._storage.drops.last_dropped(Owner("person", person.id))).items():
            rated = track_id in opinions
            again = not rated or (opinions[track_id] > LIKES and dial < MIDDLE)
            if track_id not in recent and again:
                repeats[track_id] = fading((now - at) / timedelta(days=1), days)
        return recent, repeats

    async def _shown_to(self, person: Person) -> set[int]:
        """Return what `discover` showed to somebody lately."""
        since = self._clock.now() - SHOWN_AGAIN
        kept = await self._storage.showings.shown_since(person.id, since, DISCOVER)
        return kept.union(self._shown.get(person.discord_id, ()))

    async def _remember(self, person: Person, picks: Sequence[Pick]) -> None:
        """Remember what was shown: in storage, but of who is not to be recorded in memory alone."""
        if person.id and not person.opted_out:
            await self._storage.showings.record(person.id, DISCOVER, picks)
            return
        shown = self._shown.setdefault(person.discord_id, [])
        shown.extend(pick.track.id for pick in picks if pick.track.id is not None)
        del shown[:-SHOWN_BEFORE]

    async def _dropped(self, owner: Owner) -> set[int]:
        since = self._clock.now() - timedelta(days=self._schedule.repeat_days)
        return await self._storage.drops.dropped_since(owner, since)
