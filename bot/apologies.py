"""Every error becomes one sentence: what to do about it, or an apology with an id that stands in the log too."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.text import counted
from catalog.errors import CatalogError

log = logging.getLogger(__name__)

MAYBE_LATER = "Try again in {}."
SILENT = ""


class Sentence(commands.CommandError):
    """A command cannot go on; the text is the answer."""


def answer_for(error: BaseException, usage: str = "") -> str:
    """Return the sentence for an error; SILENT for what needs no answer. What nobody expected is logged."""
    error = _cause(error)
    if isinstance(error, commands.CommandNotFound | app_commands.CommandNotFound):
        return SILENT  # other bots listen to the same prefix
    if isinstance(error, Sentence | CatalogError):
        return str(error)
    if isinstance(error, commands.CommandOnCooldown | app_commands.CommandOnCooldown):
        return MAYBE_LATER.format(counted(max(1, round(error.retry_after)), "second"))
    if isinstance(error, commands.NoPrivateMessage | app_commands.NoPrivateMessage):
        return "That works in a server only, where people share tracks."
    if isinstance(error, commands.UserInputError | app_commands.TransformerError):
        return f"I did not understand that: write `{usage}`." if usage else "I did not understand that."
    if isinstance(error, commands.CheckFailure | app_commands.CheckFailure):
        return "You may not do that here."
    return _apologise(error)


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Answer a pressed button with a sentence, whatever goes wrong behind it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a sentence and the log all of it
        await tell(interaction, answer_for(error))


async def tell(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Say something to the one who acted, whether or not they were answered before."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except discord.HTTPException as error:
        log.warning("The answer did not get through: %s", error)


def _cause(error: BaseException) -> BaseException:
    """Return what lies behind the wrappers that the command frameworks put around an error."""
    wrappers = (commands.CommandInvokeError, commands.HybridCommandError, app_commands.CommandInvokeError)
    while isinstance(error, wrappers):
        error = error.original
    return error


def _apologise(error: BaseException) -> str:
    number = secrets.token_hex(3)
    log.error("Error %s", number, exc_info=error)
    return f"Sorry, that went wrong on my side. The owner finds it in the log as `{number}`."
