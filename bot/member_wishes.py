"""Keep what a member wishes of their drops, and show it."""

from typing import TYPE_CHECKING

import discord

from bot.apologies import Sentence
from bot.intake import author_of
from bot.schedule_views import dial_embed, dial_view, schedule_embed, schedule_view
from bot.schedules import PAUSE, PLACES, RESET, RESUME, ScheduleWish
from scheduler.planning import Planner
from storage.people import Person

if TYPE_CHECKING:
    from bot.client import TastebudBot

Shown = tuple[discord.Embed, discord.ui.View]

DIAL = "dial-"


class MemberWishes:
    """What one person wishes: when, where, and how adventurous."""

    def __init__(self, bot: "TastebudBot") -> None:
        services = bot.services
        self._people = services.storage.people
        self._clock = services.clock
        self._planner = Planner(services.storage, services.settings.schedule)

    async def schedule(self, user: discord.abc.User, wish: ScheduleWish) -> Shown:
        """Keep what somebody asks for, and return their schedule as it is then; raise Sentence for what cannot be."""
        author = author_of(user)
        person = await self._person(user)
        if wish.what == RESET or wish.weekday or wish.hour is not None or wish.timezone:
            before = Person(0, 0, "") if wish.what == RESET else person
            hour = before.hour if wish.hour is None else wish.hour
            weekday, zone = wish.weekday or before.weekday, wish.timezone or before.timezone
            person = await self._people.set_schedule(author.discord_id, author.name, weekday, hour, zone)
        if wish.what in {PAUSE, RESUME}:
            person = await self._people.set_paused(author, wish.what == PAUSE)
        if wish.where is not None:
            by_dm, hushed = PLACES[wish.where]
            person = await self._people.set_places(author, by_dm=by_dm, hushed=hushed)
        return await self._schedule_of(person)

    async def dial(self, user: discord.abc.User, value: int | None = None) -> Shown:
        """Turn somebody's dial if there is a value, and return how it stands then."""
        person = await self._person(user)
        if value is not None:
            try:
                person = await self._people.set_dial(author_of(user), value)
            except ValueError as error:
                raise Sentence(str(error)) from error
        return dial_embed(person.dial), dial_view(person.dial, user.id)

    async def pressed(self, user: discord.abc.User, name: str) -> Shown:
        """Keep the wish behind a button of that name, and return what to show in its place."""
        if name.startswith(DIAL):
            return await self.dial(user, int(name.removeprefix(DIAL)))
        wish = ScheduleWish(where=name) if name in PLACES else ScheduleWish(what=name)
        return await self.schedule(user, wish)

    async def _person(self, user: discord.abc.User) -> Person:
        """Return somebody as they are known; looking makes nobody known."""
        return await self._people.by_discord_id(user.id) or Person(0, user.id, user.display_name)

    async def _schedule_of(self, person: Person) -> Shown:
        due = await self._planner.next_of(person, self._clock.now())
        usual = person.weekday is None and person.hour is None and person.timezone is None
        embed = schedule_embed(person, self._planner.slot_of(person), due, usual=usual)
        return embed, schedule_view(person, person.discord_id)
