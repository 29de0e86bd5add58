"""What a person may do about their data: have all of it, have it forgotten, and be left alone."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from bot.apologies import Sentence
from bot.intake import author_of
from bot.my_data import pack
from bot.privacy_views import ANSWERABLE, KEPT, TOO_LATE, forgotten_embed, opt_embed
from catalog.errors import CatalogError
from scheduler.leaving import Leaving
from storage.errors import StorageError
from storage.forgetting import ForgottenAlready
from storage.people import Person
from storage.personal import Somebody

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

LARGEST = 9 * 1024 * 1024  # Discord takes 10 MiB
TOO_LARGE = "What I keep of you is more than Discord takes as a file: ask my owner for it."
NOTHING = "I know nothing of you: there is nothing to {}."
TWICE = "You were forgotten by that very button already."
HAVE, FORGET = "give you", "forget"


class Privacy:
    """Have, forget, and be left alone."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot
        self._storage = bot.services.storage
        self._clock = bot.services.clock
        self._leaving = Leaving(bot.services.spotify, bot.services.storage.forgetting)

    async def my_data(self, user: discord.abc.User) -> bytes:
        """Return everything that is kept of somebody as a zip; raise Sentence where there is nothing."""
        person = await self.known(user, HAVE)
        everything = await self._storage.personal.everything(Somebody(person.id, user.id))
        packed = await asyncio.to_thread(pack, person.name or user.name, everything, self._clock.now())
        if len(packed) > LARGEST:
            raise Sentence(TOO_LARGE)
        return packed

    async def known(self, user: discord.abc.User, wish: str) -> Person:
        """Return somebody as they are known; raise Sentence for a stranger."""
        person = await self._storage.people.by_discord_id(user.id)
        if person is None:
            raise Sentence(NOTHING.format(wish))
        return person

    async def opt(self, user: discord.abc.User, *, out: bool) -> discord.Embed:
        """Leave somebody alone from now on, or no longer."""
        author = author_of(user)
        if out:
            await self._storage.people.set_opted_out(author.discord_id, author.name, opted_out=True)
        else:
            await self._storage.forgetting.opt_in(author)
        return opt_embed(out=out)

    async def answered(self, user: discord.abc.User, asked: int, yes: bool) -> discord.Embed:
        """Do what the pressed button says; return what to read in place of the question."""
        if not yes:
            return discord.Embed(description=KEPT)
        asked_at = datetime.fromtimestamp(asked, UTC)
        if self._clock.now() - asked_at > ANSWERABLE:
            raise Sentence(TOO_LATE)
        person = await self._storage.people.by_discord_id(user.id)
        try:
            await self._forget(user, person, asked_at)
        except ForgottenAlready as error:
            raise Sentence(TWICE) from error
        left = bool(await self._storage.forgetting.left_playlists())
        return forgotten_embed(stays_out=person is not None and person.opted_out, has_playlist=left)

    async def _forget(self, user: discord.abc.User, person: Person | None, asked_at: datetime) -> None:
        """Forget, tokens first, in one transaction; then clean up outside. What fails there is logged."""
        if person is not None:
            await self._bot.services.accounts.forget(person.id)
        standing = await self._storage.forgetting.forget(user.id, asked_at)
        try:
            await self._bot.services.picker.forget()
            await self._leaving.run()
            await self._bot.services.weekly.announce_again(standing)
        except (CatalogError, StorageError, discord.HTTPException) as error:
            log.warning("Somebody was forgotten, but not everywhere yet: %s", error)
