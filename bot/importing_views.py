"""What somebody sees of an import, and the buttons below it; like all of ours they work for ever."""

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN, VIOLET
from bot.text import counted, cut, shown
from catalog.imports import ImportKind, ImportLine
from storage.imports import Import, ImportState

IMPORT = "(?P<import>[0-9]{1,18})"  # at most 18 digits: fits into the database's integers
UNDO, LOOK = "undo", "look"
DEEDS = {
    UNDO: ("Undo", "↩️", discord.ButtonStyle.danger),
    LOOK: ("How far?", "🔎", discord.ButtonStyle.secondary),
}
BAR = 12
FIELD = 1_000  # Discord's limit is 1,024
PROBLEMS, MISSED = 6, 8
TEXT = 90

SOURCES = {
    ImportKind.CSV: "a list",
    ImportKind.SPOTIFY: "Spotify",
    ImportKind.LISTENBRAINZ: "ListenBrainz",
    ImportKind.LASTFM: "Last.fm",
    ImportKind.ACCOUNT: "your Spotify library",
}
PRIVATE = "Only you see this. What you say with 👍 and 👎 overrules it."
HOW = (
    "Give me a file with it: a CSV of tracks (columns such as title, artist, opinion, isrc, link), or an export.\n"
    "• **Spotify**: account, Privacy settings, Download your data; the zip as it comes, of either history\n"
    "• **ListenBrainz**: Settings, Export data; the zip as it comes\n"
    "• **Last.fm**: a CSV of [lastfm.ghan.nl/export](https://lastfm.ghan.nl/export/) or lastfmstats.com\n"
    "What you saved, loved or play often counts as a mild like, what you banned as a mild dislike. Only you ever learn "
    "of it, and one button takes it back."
)


class ImportButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"tb:import:(?P<deed>undo|look):{IMPORT}"):
    """Take an import back, or show how far it is; for its owner alone."""

    def __init__(self, deed: str, import_id: int) -> None:
        label, emoji, style = DEEDS[deed]
        super().__init__(
            discord.ui.Button(label=label, emoji=emoji, style=style, custom_id=f"tb:import:{deed}:{import_id}")
        )
        self.deed = deed
        self.import_id = import_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the deed and the import from the id."""
        return cls(match["deed"], int(match["import"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do it, and put the card as it is now in place of the one that they see."""
        await interaction.response.defer()
        importing = interaction.client.importing
        async with answering(interaction):
            await (importing.undo_pressed if self.deed == UNDO else importing.look_pressed)(interaction, self.import_id)


IMPORT_ITEMS = (ImportButton,)


def import_view(found: Import) -> discord.ui.View:
    """Return the buttons of an import."""
    view = discord.ui.View(timeout=None)
    if found.state is ImportState.RUNNING:
        view.add_item(ImportButton(LOOK, found.id))
    if found.state is not ImportState.UNDONE:
        view.add_item(ImportButton(UNDO, found.id))
    return view


def import_embed(found: Import, missed: Sequence[ImportLine] = ()) -> discord.Embed:
    """Return an import as a card: what was understood, how far it is, and what was not understood or found."""
    name = shown(found.name, TEXT)
    if found.state is ImportState.UNDONE:
        embed = discord.Embed(
            title="↩️ Undone", description=f"Nothing of {name} counts any more, and I keep none of it.", colour=VIOLET
        )
        return embed.set_footer(text="Only you see this.")
    report = found.report
    said = f"I understood **{counted(report['entries'], 'entry', 'entries')}** in {name}: "
    embed = discord.Embed(
        title=f"📥 From {SOURCES[found.kind]}", description=said + _taken(report), colour=GREEN
    ).set_footer(text=PRIVATE)
    embed.add_field(name="Looked up" if found.settled == found.total else "Being looked up", value=_progress(found))
    if missed:
        lines = [f"• {shown(line.label, TEXT)}" for line in missed[:MISSED]]
        embed.add_field(name="No service knows", value=_listed(lines, found.missed), inline=False)
    if report["problem_count"] or report["notes"]:
        lines = [shown(note, 2 * TEXT) for note in report["notes"]]
        lines += [f"• {shown(f'{place}: {why}', TEXT)}" for place, why in report["problems"][:PROBLEMS]]
        count = report["problem_count"] + len(report["notes"])
        title = f"Not understood: {counted(report['problem_count'], 'line')}" if report["problem_count"] else "Note"
        embed.add_field(name=title, value=_listed(lines, count), inline=False)
    return embed


def _taken(report: dict[str, Any] | Any) -> str:
    """Return what is taken of a file and what is not, in words."""
    parts = [counted(report["likes"], "mild like")]
    if report["dislikes"]:
        parts.append(counted(report["dislikes"], "mild dislike"))
    left = [f"{count:,} {why}" for why, count in report["left_out"].items() if count]
    return " and ".join(parts) + "." + (f"\nLeft out: {'; '.join(left)}." if left else "")


def _progress(found: Import) -> str:
    full = BAR * found.settled // max(found.total, 1)
    missed = f", {counted(found.missed, 'track')} unknown everywhere" if found.missed else ""
    return f"`{'▰' * full}{'▱' * (BAR - full)}` {found.resolved:,} of {found.total:,} found{missed}"


def _listed(lines: Sequence[str], count: int) -> str:
    more = count - len(lines)
    return cut("\n".join([*lines, *([f"… and {more:,} more"] if more > 0 else [])]), FIELD)
