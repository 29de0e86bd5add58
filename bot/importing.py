"""Take the files that members bring, and keep them informed; nobody else hears of it."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord

from bot.apologies import Sentence
from bot.importing_views import MISSED, import_embed, import_view
from bot.text import clean, cut
from catalog.imports import Understood, UnreadableFile
from catalog.imports_reading import digest_of, read_import
from storage.imports import Import, NotImported
from storage.people import Author

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)

ANSWERABLE = timedelta(minutes=14)  # what only one person sees can be changed for a quarter of an hour
NAME = 80
MB = 1024 * 1024

TOO_LARGE = (
    "That file has {size:,} MB; here I take up to {most:,}. Send one of the files in it at a time, or ask my owner to "
    "run `tastebud import` with it."
)
NOT_FETCHED = "Discord did not give me that file: send it once more."
NONE_TO_UNDO = "You have no import to undo."
GONE = "That import is undone already, or it is not yours."


@dataclass(slots=True)
class _Open:
    """An answer that only one person sees and that can still be changed: until when, and how far it tells."""

    interaction: discord.Interaction[Any]
    until: datetime
    shown: int = 0


class Importing:
    """Begin, show and undo imports. One file is read at a time: a large one takes half a minute of a core."""

    def __init__(self, bot: "TastebudBot") -> None:
        self._bot = bot
        self._imports = bot.services.storage.imports
        self._reading = asyncio.Lock()
        self._answers: dict[int, _Open] = {}  # buttons serve afterwards

    async def begin(self, author: Author, file: discord.Attachment, server_id: int | None) -> Import:
        """Read somebody's file and keep what it says; raise Sentence for what cannot be imported."""
        settings = self._bot.services.settings.imports
        if file.size > settings.upload_mb * MB:
            raise Sentence(TOO_LARGE.format(size=file.size // MB, most=settings.upload_mb))
        name = cut(clean(file.filename), NAME)
        try:
            with tempfile.TemporaryDirectory(prefix="tastebud-import-") as folder:
                path = Path(folder) / "file"
                await file.save(path)
                understood, digest = await self._read(path, name)
            return await self._imports.begin(author, name, digest, understood, server_id)
        except (UnreadableFile, NotImported) as error:
            raise Sentence(str(error)) from error
        except discord.HTTPException as error:
            log.info("A file to import could not be fetched: %s", error)
            raise Sentence(NOT_FETCHED) from error

    async def card(self, found: Import) -> dict[str, Any]:
        """Return an import as what a message is sent or edited with."""
        missed = await self._imports.missed(found.id, MISSED) if found.missed else ()
        return {"content": None, "embed": import_embed(found, missed), "view": import_view(found)}

    async def latest(self, discord_id: int) -> Import | None:
        """Return somebody's latest import."""
        found = await self._imports.of(discord_id)
        return found[0] if found else None

    async def undo_latest(self, discord_id: int) -> Import:
        """Take back somebody's latest import that stands; raise Sentence where there is none."""
        for found in await self._imports.of(discord_id):
            if await self._imports.undo(found.id, discord_id) is not None:
                return await self._imports.get(found.id) or found
        raise Sentence(NONE_TO_UNDO)

    async def undo_pressed(self, interaction: discord.Interaction[Any], import_id: int) -> None:
        """Take back the import whose button was pressed, if it is that person's."""
        if await self._imports.undo(import_id, interaction.user.id) is None:
            raise Sentence(GONE)
        self._answers.pop(import_id, None)
        await self._show_in(interaction, import_id)

    async def look_pressed(self, interaction: discord.Interaction[Any], import_id: int) -> None:
        """Show the import whose button was pressed as it is now, if it is that person's."""
        await self._show_in(interaction, import_id)

    def remember(self, import_id: int, interaction: discord.Interaction[Any]) -> None:
        """Keep an answer that only its person sees up to date, as long as Discord allows."""
        self._answers[import_id] = _Open(interaction, self._bot.services.clock.now() + ANSWERABLE)

    async def show_progress(self) -> int:
        """Write anew the cards of imports that have come further; return how many."""
        return await self._show_in_messages() + await self._show_in_answers()

    async def _read(self, path: Path, name: str) -> tuple[Understood, str]:
        services = self._bot.services
        async with self._reading:
            digest = await asyncio.to_thread(digest_of, path)
            most = services.settings.imports.tracks
            return await asyncio.to_thread(read_import, path, name, services.clock.now(), most), digest

    async def _show_in(self, interaction: discord.Interaction[Any], import_id: int) -> None:
        found = await self._imports.get(import_id)
        if found is None or found.discord_id != interaction.user.id:
            raise Sentence(GONE)
        await interaction.edit_original_response(**await self.card(found))

    async def _show_in_messages(self) -> int:
        """Edit the direct messages that tell less than there is to tell."""
        told = 0
        for found in await self._imports.untold():
            if found.channel_id is None or found.message_id is None:
                continue
            channel = self._bot.get_partial_messageable(found.channel_id)
            try:
                await channel.get_partial_message(found.message_id).edit(**await self.card(found))
            except discord.HTTPException as error:
                log.debug("The card of import %d stays as it is: %s", found.id, error)
            await self._imports.told(found.id, found.settled)
            told += 1
        return told

    async def _show_in_answers(self) -> int:
        told, now = 0, self._bot.services.clock.now()
        for import_id, answer in tuple(self._answers.items()):
            found = await self._imports.get(import_id)
            if found is None or now > answer.until or found.settled == found.total:
                self._answers.pop(import_id, None)
            if found is None or now > answer.until or found.settled == answer.shown:
                continue
            answer.shown = found.settled
            try:
                await answer.interaction.edit_original_response(**await self.card(found))
            except discord.HTTPException as error:
                log.debug("The card of import %d stays as it is: %s", import_id, error)
            told += 1
        return told
