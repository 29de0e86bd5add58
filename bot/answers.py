"""Answers that only the asker reads: below a slash command, else in a direct message, never in the channel."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.ext import commands

log = logging.getLogger(__name__)

ONLY_YOU: Mapping[str, str] = {"answer": "you"}
"""A command's `extras` that say who sees its answer: errors keep to it, and the list of commands tells it."""

EVERYBODY: Mapping[str, str] = {"answer": "everybody"}
"""The same for a command whose answer everybody in the channel sees, with / too."""

NO_DIRECT_MESSAGES = "I cannot write to you in private: use `/{}`, whose answer only you see."
SENT = "📬"  # set below a typed command, so that its author looks into their direct messages


async def answer_privately(
    context: commands.Context[Any],
    content: str | None = None,
    *,
    embed: discord.Embed | None = None,
    embeds: Sequence[discord.Embed] = (),
    file: discord.File | None = None,
    files: Sequence[discord.File] = (),
    view: discord.ui.View | None = None,
) -> discord.Message | None:
    """Answer so that only the asker reads it, and return the message; None where they take no direct messages.

    Then one sentence in the channel names the slash command, and tells nothing else.
    """
    what = _what(content, [embed, *embeds] if embed else embeds, [file, *files] if file else files, view)
    if context.interaction is not None:
        return await context.send(**what, ephemeral=True)
    try:
        message = await context.author.send(**what)
    except discord.Forbidden:
        await context.send(no_direct_messages(context))
        return None
    if context.guild is not None:
        await _point_to_it(context)
    return message


def no_direct_messages(context: commands.Context[Any]) -> str:
    """Return the sentence for who takes no direct messages."""
    name = context.command.qualified_name if context.command else "help"
    return NO_DIRECT_MESSAGES.format(name)


def is_private(command: commands.Command[Any, ..., Any] | discord.app_commands.Command[Any, ..., Any] | None) -> bool:
    """Tell whether only the asker sees a command's answers."""
    return command is not None and command.extras.get("answer") == ONLY_YOU["answer"]


def _what(
    content: str | None,
    embeds: Sequence[discord.Embed],
    files: Sequence[discord.File],
    view: discord.ui.View | None,
) -> dict[str, Any]:
    """Return the parts that there are: discord.py tells None from left out."""
    what: dict[str, Any] = {"content": content, "embeds": list(embeds), "files": list(files), "view": view}
    return {name: part for name, part in what.items() if part}


async def _point_to_it(context: commands.Context[Any]) -> None:
    try:
        await context.message.add_reaction(SENT)
    except discord.HTTPException as error:
        log.debug("Message %s was answered in private without a sign: %s", context.message.id, error)
