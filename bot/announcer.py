"""Post the week's lists: one message a server and week, which later lists of that week join."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.announcement import announcement_embeds, letter_embed
from bot.handing import announcement_view, links_to_drops
from bot.pictures.draw import Picture
from bot.recapping import recap_before
from bot.showing import as_file
from bot.web.links import Sight
from scheduler.announcing import AnnouncedDrop

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

LOOK_BACK = 200  # messages looked through for an announcement that may have been posted
NONCE = 24  # characters, Discord takes 25

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class DiscordAnnouncer:
    """The scheduler's voice in each server."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot

    async def announce(
        self,
        week: str,
        server_id: int,
        entries: Sequence[AnnouncedDrop],
        marker: str,
        *,
        channel_id: int | None = None,
        message_id: int | None = None,
        maybe_sent: bool = False,
    ) -> int | None:
        """Return the id of the message that shows these lists, or None when there is nowhere to post.

        Raise what passes by itself (Discord is down, or the server is not visible just now): try again later.
        """
        guild = self._bot.get_guild(server_id)
        if guild is None:
            log.info("Server %s let the bot go: its lists of %s are not announced.", server_id, week)
            return None
        if guild.unavailable:
            raise ConnectionError(f"Discord does not show server {server_id} just now.")
        if not self._bot.wishes.of(server_id).announces:
            log.info("Server %s wishes no announcements: that of %s is left out.", server_id, week)
            return None
        places = await self._places(guild, channel_id)
        services = self._bot.services
        links = links_to_drops(services)
        paged = [replace(entry, page=links.url(entry.drop_id, Sight.DROP) or "") for entry in entries]
        embeds = announcement_embeds(week, paged, marker, services.settings.discord.prefix)
        ours = next((entry.drop_id for entry in entries if entry.is_server), 0)
        view = announcement_view(services, week, ours)
        if message_id is not None and await self._edit(places, message_id, embeds, view):
            return message_id
        if maybe_sent and (posted := await self._find(places, marker)):
            await posted.edit(embeds=embeds, view=view)
            return posted.id
        return await self._post(places, embeds, view, marker, await recap_before(self._bot, guild, week))

    async def write_to(self, week: str, entry: AnnouncedDrop) -> None:
        """Put a direct message about somebody's drop into the outbox, once a week."""
        if entry.discord_id is None:
            return
        page = links_to_drops(self._bot.services).url(entry.drop_id, Sight.MINE) or ""
        payload = {"embeds": [letter_embed(week, entry, page).to_dict()]}
        await self._bot.services.storage.outbox.put_dm(f"drop {week} {entry.discord_id}", entry.discord_id, payload)

    async def _places(self, guild: discord.Guild, channel_id: int | None) -> list[Place]:
        """Return where to post, best first: what the server wishes, where it shares, its system channel."""
        wished = self._bot.wishes.of(guild.id).announce_channel_id
        wish = guild.get_channel_or_thread(wished) if wished else None
        servers = await self._bot.services.storage.servers.all()
        chosen = next((server.announce_channel_id for server in servers if server.id == guild.id), None)
        places: dict[int, Place] = {wish.id: wish} if isinstance(wish, Place) else {}
        for place_id in (chosen, channel_id):
            place = guild.get_channel_or_thread(place_id) if place_id else None
            if isinstance(place, discord.Thread) and isinstance(place.parent, discord.TextChannel):
                place = place.parent  # a thread is read by few
            if isinstance(place, Place):
                places[place.id] = place
        if guild.system_channel:
            places[guild.system_channel.id] = guild.system_channel
        return list(places.values())

    async def _edit(
        self, places: Sequence[Place], message_id: int, embeds: list[discord.Embed], view: discord.ui.View
    ) -> bool:
        """Edit the announcement, wherever it stands; False if it was deleted."""
        for place in places:
            try:
                await place.get_partial_message(message_id).edit(embeds=embeds, view=view)
            except (discord.NotFound, discord.Forbidden):
                continue
            return True
        return False

    async def _find(self, places: Sequence[Place], marker: str) -> discord.Message | None:
        """Return our own message with that marker: a send that seemed to fail may have got through."""
        for place in places:
            try:
                async for message in place.history(limit=LOOK_BACK):
                    if message.author == self._bot.user and _has(message, marker):
                        return message
            except (discord.NotFound, discord.Forbidden) as error:
                log.info("Channel %s cannot be read back: %s", place.id, error)
        return None

    async def _post(
        self,
        places: Sequence[Place],
        embeds: list[discord.Embed],
        view: discord.ui.View,
        marker: str,
        recap: Picture | None = None,
    ) -> int | None:
        """Post in the first place that lets us; Discord itself drops a repeat of the same nonce for some minutes."""
        nonce = hashlib.sha256(marker.encode()).hexdigest()[:NONCE]
        for place in places:
            try:
                files = [as_file(recap)] if recap else []  # anew each time: what failed to be sent is closed
                return (await place.send(embeds=embeds, view=view, nonce=nonce, files=files)).id
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("The lists cannot be posted in channel %s: %s", place.id, error)
        log.warning("There is no channel to announce in: allow the bot to write in one of them.")
        return None


def _has(message: discord.Message, marker: str) -> bool:
    footers: list[Any] = [embed.footer.text for embed in message.embeds]
    return any(marker in (text or "") for text in footers)
