"""Ask in the channel what somebody shared: which track a link means, or which of an album's tracks they offer."""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.apologies import tell
from bot.embeds import track_name
from bot.intake import Lead, Taken
from bot.offer_views import MOST_CHOSEN, TAKEN, question, view_of
from catalog.errors import CatalogError
from catalog.links import LinkKind
from catalog.models import Track, TrackRef
from storage.offers import Asked, Offer

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)  # what nobody answers within a day is dropped without a word
MOST_QUESTIONS = 3  # about one message

NOT_YOURS = "Only who posted that link can say: post your own, and I will ask you."
CLOSED = "That question is closed: post the link again, and I will ask anew."
NOTHING = "Then it does not count as a share."


class Offering:
    """The questions and their answers; what is asked is kept first, so that buttons work after a restart too."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot
        self._offers = bot.services.storage.offers
        self._resolver = bot.services.resolver

    async def ask(self, message: discord.Message, taken: Taken) -> bool:
        """Ask about what in a message is in doubt or an album; tell whether there was anything to ask."""
        asked = 0
        for lead in (*taken.doubts, *taken.others):
            if asked < MOST_QUESTIONS and (about := await self._about(message, lead)) is not None:
                asked += 1
                await self._post(message, about)
        return asked > 0

    async def answer(self, interaction: discord.Interaction[Any], offer_id: int, places: Sequence[int]) -> None:
        """Take what was pressed: save the chosen tracks, and make the message a share of them."""
        offer = await self._offers.get(offer_id)
        if offer is None or not offer.is_open:
            await tell(interaction, CLOSED)
            return
        if interaction.user.id != offer.asked.asker_id:
            await tell(interaction, NOT_YOURS)
            return
        await interaction.response.defer()
        options = offer.asked.options
        chosen = [options[place] for place in dict.fromkeys(places[:MOST_CHOSEN]) if place < len(options)]
        tracks = [await self._resolver.choose(track, offer.asked.refs) for track in chosen]
        if not await self._offers.close(offer_id, [track.id for track in tracks if track.id is not None]):
            return  # pressed twice: the first answer is being carried out
        if tracks:
            await self._share(offer)
            names = ", ".join(track_name(track) for track in tracks)
            await interaction.edit_original_response(content=TAKEN.format(tracks=names), view=None)
        else:
            await interaction.delete_original_response()

    async def drop_overdue(self) -> int:
        """Take back the questions that nobody answered within a day; return how many."""
        overdue = await self._offers.unanswered(self._bot.services.clock.now() - PATIENCE)
        for offer in overdue:
            await self._offers.close(offer.id)
            await self._take_back(offer)
        return len(overdue)

    async def forget(self, message_ids: Collection[int]) -> None:
        """Take back what was asked about deleted messages."""
        for offer in await self._offers.forget(message_ids):
            await self._take_back(offer)

    async def _about(self, message: discord.Message, lead: Lead) -> Asked | None:
        """Return what to ask about a link, None where there is nothing to choose from, or nobody who could."""
        if message.guild is None or message.author.bot:
            return None
        options: tuple[Track, ...] = lead.found.near
        refs: tuple[TrackRef, ...] = tuple(ref for ref in (lead.link.ref, lead.found.link.ref) if ref is not None)
        album: str | None = None
        if lead.found.link.kind is LinkKind.ALBUM:
            try:
                release = await self._resolver.release(lead.found.link)
            except CatalogError as error:
                log.info("What is on %s cannot be asked now: %s", lead.found.link.url, error)
                return None
            if release is None:
                return None
            options, refs, album = release.tracks, (), release.title
        place = (message.id, message.guild.id, message.channel.id, message.author.id)
        return Asked(*place, lead.link.url, options, refs, album) if options else None

    async def _post(self, message: discord.Message, about: Asked) -> None:
        """Keep a question, then post it; after a crash between the two it is not asked, rather than asked twice."""
        offer = await self._offers.ask(about)
        if offer is None:
            return
        try:
            reply = await message.reply(question(offer), view=view_of(offer))
        except discord.HTTPException as error:
            log.info("No question about message %s: %s", message.id, error)
            await self._offers.close(offer.id)
        else:
            await self._offers.posted(offer.id, reply.id)

    async def _share(self, offer: Offer) -> None:
        """Take the message again, now that it is known what its link means, with the reactions that stand on it."""
        asked = offer.asked
        channel = self._bot.get_partial_messageable(asked.channel_id, guild_id=asked.server_id)
        try:
            message = await channel.fetch_message(asked.message_id)
        except discord.NotFound:
            await self._offers.forget([asked.message_id])
            return
        async with self._bot.turns.live(message.id):
            taken = await self._bot.intake.take(message)
            if taken.share:
                await self._bot.reconciler.settle(message, message.created_at)
        if taken.share:
            await self._bot.invitation.add(message)
            await self._bot.services.storage.servers.remember_channel(asked.server_id, asked.channel_id)

    async def _take_back(self, offer: Offer) -> None:
        if offer.reply_id is None:
            return
        channel = self._bot.get_partial_messageable(offer.asked.channel_id, guild_id=offer.asked.server_id)
        try:
            await channel.get_partial_message(offer.reply_id).delete()
        except discord.HTTPException as error:
            log.debug("The question %s stays where it is: %s", offer.reply_id, error)
