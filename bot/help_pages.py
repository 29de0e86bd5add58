"""The help: an overview, and a page for each thing that people want. Pure: commands say themselves what they do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.ext import commands

from bot.embeds import GREEN
from bot.text import cut

LIMIT_FIELD = 1_000  # Discord's limit is 1,024
MORE = "more"

Command = commands.Command[Any, ..., Any]


@dataclass(frozen=True, slots=True)
class Group:
    """What somebody wants: a key for the menu, a title, how it is done, and the commands for it in order."""

    key: str
    emoji: str
    title: str
    about: str
    names: tuple[str, ...] = ()


GROUPS = (
    Group(
        "say",
        "💬",
        "Share and say what you think",
        "Post a link to a track of any service, and everybody can say {like} or {dislike} below it. Take a reaction "
        "back, edit or delete the message, and I forget it too. On a computer: right-click a message, then *Apps*.",
        ("rate", "ratings", "not-my-taste"),
    ),
    Group(
        "find",
        "🔎",
        "Find new music",
        "Tracks you have not met yet, with why I chose them. What you said a minute ago counts.",
        ("discover", "similar", "second-chance"),
    ),
    Group(
        "list",
        "🎧",
        "Your weekly list",
        "Every week you get a list of {size} tracks of your own. It stays where it is, and every old one can be seen.",
        ("playlist", "week", "preview", "reroll", "hit-rate", "schedule", "dial", "link", "unlink"),
    ),
    Group(
        "taste",
        "🧭",
        "Your taste",
        "What I have learned of you, as a picture, and how it lies beside other people's.",
        ("taste", "compare", "twin", "opposite", "blend", "bridge"),
    ),
    Group(
        "us",
        "👥",
        "All of you together",
        "What this server loves, quarrels over, and looks back on.",
        ("server", "tastemakers", "recap"),
    ),
    Group(
        "warm",
        "📥",
        "Start warm",
        "Bring along what you like elsewhere. Only you ever learn of it, and one button takes it back.",
        ("import",),
    ),
    Group(
        "mine",
        "🔐",
        "Your data",
        "Whatever I keep is yours: have it, have it forgotten, or be left alone.",
        ("my-data", "forget-me", "opt-out", "opt-in"),
    ),
    Group(
        "run",
        "⚙️",
        "For who manages the server",
        "Channels, emoji, announcements, and who may do what.",
        ("settings", "doctor"),
    ),
)
REST = Group(MORE, "✨", "More", "What else there is.")


@dataclass(frozen=True, slots=True)
class HelpWords:
    """What the help has to name: the prefix, the emoji of this server, and the length of a list."""

    prefix: str
    like: str
    dislike: str
    size: int


def grouped(every: Iterable[Command]) -> dict[Group, list[Command]]:
    """Return the commands by group, in the groups' order; what no group names comes last."""
    by_name = {command.name: command for command in every if not command.hidden and command.name != "help"}
    found = {group: [by_name.pop(name) for name in group.names if name in by_name] for group in GROUPS}
    found[REST] = [by_name[name] for name in sorted(by_name)]
    return {group: there for group, there in found.items() if there}


def overview(groups: Mapping[Group, Sequence[Command]], words: HelpWords) -> discord.Embed:
    """Return the first page: what this is about, and every command by what people want."""
    embed = discord.Embed(
        title="Tastebud learns what you like",
        description=f"Share music and say {words.like} or {words.dislike}: every week I write each of you a playlist, "
        "and say why each track is on it.\nChoose below what you want to know more of.",
        colour=GREEN,
    )
    for group, there in groups.items():
        names = " ".join(f"`{words.prefix}{command.name}`" for command in there)
        embed.add_field(name=f"{group.emoji} {group.title}", value=cut(names, LIMIT_FIELD), inline=False)
    return embed.set_footer(text="Every command works with / too; most answers are then for your eyes alone.")


def page(group: Group, there: Sequence[Command], words: HelpWords) -> discord.Embed:
    """Return the page of one group: each command, how it is written, what it does, and its other names."""
    about = group.about.format(like=words.like, dislike=words.dislike, size=words.size)
    embed = discord.Embed(title=f"{group.emoji} {group.title}", description=about, colour=GREEN)
    for command in there:
        written = f"{words.prefix}{command.name} {command.usage or ''}".strip()
        others = ", ".join(f"`{words.prefix}{alias}`" for alias in command.aliases)
        also = f"\n-# also {others}" if others else ""
        text = f"{command.short_doc}{also}"
        embed.add_field(name=cut(written, 250), value=cut(text, LIMIT_FIELD), inline=False)
    return embed.set_footer(text="Every command works with / too; most answers are then for your eyes alone.")
