"""The next list before it is written, and a new one in place of the last."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from discord.ext import commands

from bot.answers import ONLY_YOU, answer_privately
from bot.apologies import Sentence
from bot.cogs.drops import NO_LIST_YET
from bot.coming_views import BEING_MADE, COMING
from bot.hit_lines import week_name
from bot.lists import LIST, PRIVATE, owner_of
from bot.pace import Pace
from bot.pager import answer_with_list
from scheduler.previewing import BeingMade
from storage.people import Person
from storage.rerolls import RerollState

if TYPE_CHECKING:
    from bot.client import TastebudBot

NO_PREVIEW = "There is nothing new to put on your next list yet: share some tracks or react to some, and ask again."
PAUSED = "You have paused your lists, so none is coming: `/schedule` goes on with them."
NOT_ACTIVE = "No list is coming, since you have said nothing for a while: one 👍 or 👎 and there will be."
ONE_WEEK = timedelta(days=7)
TOO_OLD = "Your last list is that of {}: only a list of the last seven days can be made anew."
ONCE = "You had a new list in place of that of {} already; that goes once a week."
UNDER_WAY = "I am making your new list: `/playlist` shows it in a few minutes, in the same playlist."
NO_OTHER = "I have nothing else to put on it, so your list stays as it is: {}"
DONE = "🎲 A new list, in the same playlist. It is the only one this week."


class Coming(commands.Cog):
    """`preview` shows your next list before it is written, and `reroll` makes the last one anew, once a week."""

    def __init__(self, bot: "TastebudBot") -> None:
        self.bot = bot
        self._pace = Pace(4, 60.0)

    @commands.hybrid_command(name="preview", aliases=["next"], extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def preview(self, context: commands.Context[Any]) -> None:
        """See your next list before it is written, and leave out up to three tracks."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            person = await self._expecting(context.author.id)
            try:
                week, _ = await self.bot.services.weekly.previewer.coming(person)
            except BeingMade:
                raise Sentence(BEING_MADE) from None
            await answer_with_list(self.bot, context, COMING, week, gone=NO_PREVIEW)

    @commands.hybrid_command(name="reroll", extras=dict(ONLY_YOU))  # type: ignore[arg-type]
    async def reroll(self, context: commands.Context[Any]) -> None:
        """Get a new list in place of your last one; once a week."""
        self._pace.take(context)
        async with context.typing(ephemeral=True):
            services = self.bot.services
            owner = await owner_of(services, context.author.id)
            drop = await services.storage.drops.latest(owner) if owner else None
            if drop is None or drop.written_at is None:
                raise Sentence(NO_LIST_YET)
            if services.clock.now() - drop.due_at >= ONE_WEEK:
                raise Sentence(TOO_OLD.format(week_name(drop.week)))
            reroll = await services.weekly.reroll(drop.id)
            if reroll is None:
                raise Sentence(ONCE.format(week_name(drop.week)))
            if reroll.state is RerollState.SKIPPED:
                raise Sentence(NO_OTHER.format(reroll.note))
            if reroll.state is not RerollState.WRITTEN:
                raise Sentence(UNDER_WAY)
            await answer_privately(context, DONE)
            await answer_with_list(self.bot, context, LIST, drop.week + PRIVATE)

    async def _expecting(self, discord_id: int) -> Person:
        """Return the member, if a list is coming to them; raise Sentence that says why not."""
        services = self.bot.services
        person = await services.storage.people.by_discord_id(discord_id)
        if person is None or person.opted_out:
            raise Sentence(NO_LIST_YET)
        if person.paused:
            raise Sentence(PAUSED)
        since = services.clock.now() - timedelta(days=services.settings.schedule.active_days)
        if not any(one.id == person.id for one in await services.storage.people.active(since)):
            raise Sentence(NOT_ACTIVE if await services.storage.people.first_feedback([person.id]) else NO_LIST_YET)
        return person
