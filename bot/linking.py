"""Link members' own Spotify accounts on Discord; everything is answered to its member alone."""

from typing import TYPE_CHECKING, Any

import discord

from bot.account_views import LIBRARY, UNLINK, asking_card, linked_card, unlinked_card
from bot.apologies import Sentence
from bot.intake import author_of
from catalog.imports import UnreadableFile
from catalog.spotify_session import LIBRARY_SCOPES
from scheduler.consenting import NotConsented
from storage.imports import NotImported
from storage.owners import Owner

if TYPE_CHECKING:
    from bot.client import TastebudBot

NONE_LINKED = "You have no Spotify account linked: `/link` does that."
NOTHING_THERE = "Spotify tells of nothing that you saved or hear, so there is nothing to bring along."


class Linking:
    """Begin, finish and end links; what a button or a command does is the same."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot
        self._accounts = bot.services.accounts
        self._consenting = bot.services.consenting
        self._kept = bot.services.storage.member_accounts

    @property
    def by_word(self) -> bool:
        """Tell whether our own page receives consents and shows a word; else their address is pasted."""
        return bool(self._bot.services.settings.web.base)

    async def card(self, user: discord.abc.User) -> dict[str, Any]:
        """Return how somebody's account stands, or how to link it; raise Sentence where that cannot be."""
        account = await self._kept.of(user.id)
        if account is not None and not account.ended:
            own = await self._bot.services.storage.playlists.get(Owner("own", account.person_id))
            return linked_card(account, own.url if own else None)
        return await self.ask(user)

    async def ask(self, user: discord.abc.User, *, library: bool = False) -> dict[str, Any]:
        """Begin a consent and return how to go on with it; raise Sentence where that cannot be."""
        try:
            address = await self._consenting.begin(user.id, library=library)
        except NotConsented as error:
            raise Sentence(str(error)) from error
        return asking_card(address, self._consenting.redirect_uri, by_word=self.by_word, library=library)

    async def finish(self, interaction: discord.Interaction[Any], typed: str) -> None:
        """Link the account whose consent somebody brings back, and bring their library along if they agreed to it."""
        try:
            linked = await self._consenting.finish(author_of(interaction.user), typed)
        except NotConsented as error:
            raise Sentence(str(error)) from error
        await interaction.followup.send(**linked_card(linked.account, None, fresh=True), ephemeral=True)
        if linked.library:
            await self._bring_library(interaction)

    async def pressed(self, interaction: discord.Interaction[Any], deed: str) -> None:
        """Do what a button says about the account of whoever pressed it."""
        user = interaction.user
        if deed == UNLINK:
            await interaction.followup.send(**await self.unlink(user), ephemeral=True)
            return
        account = await self._kept.of(user.id)
        has_scopes = account is not None and set(LIBRARY_SCOPES) <= set(account.scopes) and not account.ended
        if deed == LIBRARY and has_scopes:
            await self._bring_library(interaction)
            return
        wants_library = deed == LIBRARY or has_scopes  # renewing keeps what was agreed to
        await interaction.followup.send(**await self.ask(user, library=wants_library), ephemeral=True)

    async def unlink(self, user: discord.abc.User) -> dict[str, Any]:
        """End somebody's link and return what to tell them; raise Sentence where there is none."""
        account = await self._accounts.unlink(user.id)
        if account is None:
            raise Sentence(NONE_LINKED)
        kept = await self._bot.services.storage.playlists.get(Owner("person", account.person_id))
        return unlinked_card(kept.url if kept else None)

    async def _bring_library(self, interaction: discord.Interaction[Any]) -> None:
        services, importing = self._bot.services, self._bot.importing
        most = services.settings.imports.tracks
        try:
            found = await self._accounts.import_library(author_of(interaction.user), most, interaction.guild_id)
        except (UnreadableFile, NotImported) as error:
            raise Sentence(NOTHING_THERE if isinstance(error, UnreadableFile) else str(error)) from error
        if found is None:
            raise Sentence(NONE_LINKED)
        await interaction.followup.send(**_sendable(await importing.card(found)), ephemeral=True)


def _sendable(card: dict[str, Any]) -> dict[str, Any]:
    """Return a card without its empty parts: a new message has nothing to take away."""
    return {name: part for name, part in card.items() if part is not None}
