"""Make the stored reactions of a message equal to those that stand on it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from bot.emoji import emoji_key
from bot.wishes import Wishes
from storage.feedback import Feedback
from storage.people import Author

if TYPE_CHECKING:
    from discord.types.user import User as UserPayload

PAGE = 100  # people per answer, Discord's most
NORMAL, BURST = 0, 1  # Discord lists super reactions apart


class Reconciler:
    """Compare counts first; read the people only where it is needed."""

    def __init__(self, client: discord.Client, feedback: Feedback, wishes: Wishes) -> None:
        self._client = client
        self._feedback = feedback
        self._wishes = wishes
        self._trusts_me = False

    def learn(self, messages: Iterable[discord.Message]) -> None:
        """Notice whether this server marks the bot's own reactions in its history.

        Discord does. Servers like it may not, and then a count says nothing about how many others there are.
        """
        self._trusts_me = self._trusts_me or any(reaction.me for message in messages for reaction in message.reactions)

    async def settle(self, message: discord.Message, at: datetime, *, every: bool = False) -> tuple[int, int]:
        """Settle one message and return how many rows were added and taken away.

        `every` reads the people even where counts agree: one may have come as another went. `at` is the
        stamp of what is found. The caller holds the message's turn, so that no live event is undone.
        """
        stored = await self._feedback.counts(message.id)
        verdicts = self._wishes.verdicts_in(message.guild.id if message.guild else None)
        standing: dict[str, list[discord.Reaction]] = {}
        for reaction in message.reactions:
            standing.setdefault(emoji_key(reaction.emoji), []).append(reaction)
        added = removed = 0
        for key in stored.keys() | standing.keys():
            value = verdicts.value(standing[key][0].emoji if key in standing else key)
            count = sum(_others(reaction) for reaction in standing.get(key, ()))
            agrees = count == stored.get(key, 0) and (self._trusts_me or not count)
            if value is None or (agrees and not (every and count)):
                continue
            people = await self._people(message, standing.get(key, ())) if count else []
            more, fewer = await self._feedback.settle(message.id, key, value, people, at)
            added, removed = added + more, removed + fewer
        return added, removed

    async def _people(self, message: discord.Message, reactions: Sequence[discord.Reaction]) -> list[Author]:
        """Return who stands on these reactions, bots apart."""
        people: dict[int, Author] = {}
        for reaction in reactions:
            for kind in (NORMAL, BURST) if reaction.burst_count else (NORMAL,):
                people |= await self._page_through(message, reaction, kind)
        return list(people.values())

    async def _page_through(self, message: discord.Message, reaction: discord.Reaction, kind: int) -> dict[int, Author]:
        """Read every page of people.

        `Reaction.users` stops at the count that the message had when it was read, and so would miss who
        came since; the route below it tells the end by a page that is not full.
        """
        emoji = reaction.emoji if isinstance(reaction.emoji, str) else f"{reaction.emoji.name}:{reaction.emoji.id}"
        people: dict[int, Author] = {}
        seen: set[int] = set()
        after: int | None = None
        while True:
            page = await self._client.http.get_reaction_users(
                message.channel.id,
                message.id,
                emoji,
                PAGE,
                after=after,
                type=kind or None,  # type: ignore[arg-type]
            )
            people |= {int(user["id"]): _author(message.guild, user) for user in page if not user.get("bot")}
            ids = {int(user["id"]) for user in page}
            if len(page) < PAGE or ids <= seen:
                return people
            seen |= ids
            after = int(page[-1]["id"])


def _others(reaction: discord.Reaction) -> int:
    """Return how many people stand on a reaction, without the bot itself."""
    return reaction.count - int(reaction.me) - int(reaction.me_burst)


def _author(guild: discord.Guild | None, user: "UserPayload") -> Author:
    """Return somebody under the name this server knows, else under the one they have everywhere."""
    member = guild.get_member(int(user["id"])) if guild else None
    return Author(int(user["id"]), member.display_name if member else user.get("global_name") or user["username"])
