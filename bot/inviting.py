"""The bot's own 👍 👎 under a share, so that one tap is enough."""

import logging

import discord

from bot.emoji import emoji_key
from bot.wishes import Wishes

log = logging.getLogger(__name__)

UNKNOWN_EMOJI = 10014


class Invitation:
    """Add the first like emoji and the first dislike emoji; say once per channel where that is forbidden."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._told: set[int] = set()

    async def add(self, message: discord.Message) -> None:
        """Add what the message does not have yet; a message that is gone meanwhile needs nothing."""
        there = {emoji_key(reaction.emoji) for reaction in message.reactions if reaction.me}
        try:
            for emoji in self._first(message):
                if emoji_key(emoji) not in there:
                    await message.add_reaction(emoji)
        except discord.NotFound as error:
            if error.code == UNKNOWN_EMOJI:
                log.warning("Discord does not know one of %s: change the server's emoji.", self._first(message))
        except discord.Forbidden:
            await self._tell(message)
        except discord.HTTPException as error:
            log.warning("Discord did not take the reactions for message %s: %s", message.id, error)

    def _first(self, message: discord.Message) -> tuple[str, ...]:
        like, dislike = self._wishes.emoji_in(message.guild.id if message.guild else None)
        return *like[:1], *dislike[:1]

    async def _tell(self, message: discord.Message) -> None:
        if message.channel.id in self._told:
            return
        self._told.add(message.channel.id)
        log.warning("The bot may not add reactions in channel %s: give it the permission there.", message.channel.id)
        example = " or ".join(self._first(message))
        try:
            await message.channel.send(
                f"I may not add reactions here, so please set {example} yourselves: they count all the same. "
                "A moderator can allow me *Add Reactions* in this channel."
            )
        except discord.HTTPException as error:
            log.warning("Nor can it write in channel %s: %s", message.channel.id, error)
