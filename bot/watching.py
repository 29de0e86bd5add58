"""Which channels and whose messages count."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import discord

from storage.server_wishes import ServerWishes

Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
CHANNELS = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread)

WORDS = (discord.MessageType.default, discord.MessageType.reply)  # everything else is written by Discord itself


@dataclass(frozen=True, slots=True)
class Watch:
    """What the owner's settings let the bot look at, and what each server wishes instead."""

    channels: Collection[int] = ()
    allow_bots: bool = False
    wishes: Callable[[int], ServerWishes] = ServerWishes

    def watches(self, channel: object) -> bool:
        """Tell whether shares in this channel count; a thread counts with its parent."""
        server = getattr(channel, "guild", None)
        channels = (self.wishes(server.id).channels if server is not None else ()) or self.channels
        if not channels:
            return True
        ids = (getattr(channel, "id", None), getattr(channel, "parent_id", None))
        return any(channel_id in channels for channel_id in ids)

    def lets_bots(self, server_id: int) -> bool:
        """Tell whether links of other bots and of webhooks count in a server."""
        wish = self.wishes(server_id).bots
        return self.allow_bots if wish is None else wish

    def counts(self, message: discord.Message) -> bool:
        """Tell whether a message can be a share; guards stand cheapest first."""
        if message.guild is None or message.type not in WORDS:
            return False
        if (message.author.bot or message.webhook_id is not None) and not self.lets_bots(message.guild.id):
            return False
        return self.watches(message.channel)


def readable_channels(guild: discord.Guild, watch: Watch) -> list[Channel]:
    """Return the watched channels and active threads of a server whose history the bot may read."""
    every: list[Channel] = [
        *guild.text_channels,
        *guild.voice_channels,
        *guild.stage_channels,
        *guild.threads,
    ]
    return [channel for channel in every if watch.watches(channel) and may_read(channel)]


def parents_of_threads(guild: discord.Guild, watch: Watch) -> list[discord.TextChannel | discord.ForumChannel]:
    """Return the watched channels whose archived threads the bot may read."""
    every: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels, *guild.forums]
    return [channel for channel in every if watch.watches(channel) and may_read(channel)]


def may_read(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Tell whether the bot sees the channel and its past; Discord shows an empty past to whom it is forbidden."""
    try:
        allowed = channel.permissions_for(channel.guild.me)
    except discord.ClientException:  # a thread whose parent is not visible
        return False
    return allowed.view_channel and allowed.read_message_history
