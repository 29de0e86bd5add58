"""What servers wish, in memory: asked for every message and every reaction."""

from dataclasses import replace
from typing import Any

import discord

from bot.emoji import Verdicts
from storage.server_wishes import ServerWishes, WishStore


class Wishes:
    """Every server's wishes, and what follows from them."""

    def __init__(self, store: WishStore, usual: Verdicts, like: tuple[str, ...], dislike: tuple[str, ...]) -> None:
        """`usual` is what emoji mean where a server wishes nothing else; the other two are the emoji themselves."""
        self._store = store
        self._usual = usual
        self._emoji = like, dislike
        self._wishes: dict[int, ServerWishes] = {}
        self._verdicts: dict[int, Verdicts] = {}

    async def load(self) -> None:
        """Read what was wished in earlier days."""
        self._wishes = await self._store.all()
        self._verdicts.clear()

    def of(self, server_id: int) -> ServerWishes:
        """Return a server's wishes; of one that never wished for anything, that everything be as usual."""
        return self._wishes.get(server_id) or ServerWishes(server_id)

    async def change(self, server_id: int, **changes: Any) -> ServerWishes:
        """Keep some wishes of a server in place of those before, and return all of them."""
        wishes = replace(self.of(server_id), **changes)
        await self._store.save(wishes)
        self._wishes[server_id] = wishes
        self._verdicts.pop(server_id, None)
        return wishes

    async def forget(self, server_id: int) -> None:
        """Forget what a server wished for."""
        await self._store.forget(server_id)
        self._wishes.pop(server_id, None)
        self._verdicts.pop(server_id, None)

    def emoji_in(self, server_id: int | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the emoji that count as a like and as a dislike in a server (None: in private)."""
        wishes = self._wishes.get(server_id or 0)
        likes, dislikes = (wishes.likes, wishes.dislikes) if wishes else ((), ())
        return likes or self._emoji[0], dislikes or self._emoji[1]

    def verdicts_in(self, server_id: int | None) -> Verdicts:
        """Return what emoji mean in a server (None: in private)."""
        wishes = self._wishes.get(server_id or 0)
        if wishes is None or not (wishes.likes or wishes.dislikes):
            return self._usual
        if wishes.server_id not in self._verdicts:
            self._verdicts[wishes.server_id] = Verdicts(*self.emoji_in(wishes.server_id))
        return self._verdicts[wishes.server_id]

    def may_change(self, member: discord.abc.User) -> bool:
        """Tell whether somebody may change what their server wishes: who manages it, or has the role for it."""
        return self._manages(member) or self._has(member, "settings_role_id")

    def may_speak_for_all(self, member: discord.abc.User) -> bool:
        """Tell whether somebody may use commands for the whole server: everybody, unless it named a role for it."""
        if not isinstance(member, discord.Member) or self.of(member.guild.id).server_role_id is None:
            return True
        return self._manages(member) or self._has(member, "server_role_id")

    def _has(self, member: discord.abc.User, wish: str) -> bool:
        if not isinstance(member, discord.Member):
            return False
        role_id = getattr(self.of(member.guild.id), wish)
        return role_id is not None and member.get_role(role_id) is not None

    @staticmethod
    def _manages(member: discord.abc.User) -> bool:
        return isinstance(member, discord.Member) and member.guild_permissions.manage_guild
