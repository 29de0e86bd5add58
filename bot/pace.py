"""How often one person may use a command."""

from typing import Any

from discord.ext import commands


class Pace:
    """Let one person use a command `uses` times in `seconds`.

    discord.py's own decorator keeps its counts on the function, so they would outlive the bot and be
    shared by every bot in the process; these belong to one cog of one bot.
    """

    def __init__(self, uses: int, seconds: float) -> None:
        self.uses = uses
        self.seconds = seconds
        self._mapping: commands.CooldownMapping[commands.Context[Any]] = commands.CooldownMapping.from_cooldown(
            uses, seconds, commands.BucketType.user
        )

    def take(self, context: commands.Context[Any]) -> None:
        """Count one use; raise CommandOnCooldown when it is one too many."""
        now = context.message.created_at.timestamp()
        bucket = self._mapping.get_bucket(context, now)
        if bucket and (wait := bucket.update_rate_limit(now)):
            raise commands.CommandOnCooldown(bucket, wait, commands.BucketType.user)
