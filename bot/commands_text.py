"""Write docs/commands.md from the commands themselves, so that what is written is what works."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.answers import EVERYBODY, ONLY_YOU
from bot.cogs import COGS
from bot.config import Settings
from bot.help_pages import HelpWords, grouped
from bot.pace import Pace

PAGE = Path("docs") / "commands.md"

HEAD = """# What members can say

Every command works typed (`{prefix}name`) and as a slash command (`/name`), which suggests what can be written.
This page is written from the code by `make docs`.
"""
SEEN = {
    ONLY_YOU["answer"]: "you alone; typed, by direct message",
    EVERYBODY["answer"]: "everybody in the channel",
    "chosen": "everybody in the channel, or you alone: as you choose",
    "": "you alone with `/`; typed, everybody in the channel",
}
MENUS = "## On a message\n\nRight-click a message (on a phone: hold it), then *Apps*:\n\n"


class _Anything:
    """Stands in for a bot where a cog is only looked at: whatever is asked of it is there, and does nothing."""

    def __getattr__(self, name: str) -> "_Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_kwargs: object) -> "_Anything":
        return self


@dataclass(frozen=True, slots=True)
class Spoken:
    """A typed command with its slash command and the pace that holds for both."""

    typed: commands.Command[Any, ..., Any]
    slash: app_commands.Command[Any, ..., Any] | None
    pace: Pace | None


def render() -> str:
    """Return the page as it should be."""
    settings = Settings()
    words = HelpWords(
        settings.discord.prefix, settings.discord.like[0], settings.discord.dislike[0], settings.schedule.drop_size
    )
    cogs = [cog(_Anything()) for cog in COGS]  # type: ignore[arg-type]  # nothing is asked of the bot
    spoken = {each.typed.name: each for cog in cogs for each in _spoken(cog)}
    parts = [HEAD.format(prefix=words.prefix)]
    for group, there in grouped(each.typed for each in spoken.values()).items():
        about = group.about.format(like=words.like, dislike=words.dislike, size=words.size)
        parts.append(f"## {group.emoji} {group.title}\n\n{about}\n")
        parts += [_section(spoken[command.name], words.prefix) for command in there]
    parts.append(f"## Help\n\n{_section(spoken['help'], words.prefix)}")
    menus = [value for cog in cogs for value in vars(cog).values() if isinstance(value, app_commands.ContextMenu)]
    lines = "".join(f"- **{menu.name}**\n" for menu in sorted(menus, key=lambda menu: menu.name))
    return "\n".join([*parts, MENUS + lines])


def _spoken(cog: commands.Cog) -> Iterator[Spoken]:
    """Yield a cog's commands; one that is typed and one with a slash are one if they have the same name."""
    slashes = {command.name: command for command in cog.get_app_commands()}
    paces = {name: value for name, value in vars(cog).items() if isinstance(value, Pace)}
    for command in cog.get_commands():
        slash = getattr(command, "app_command", None) or slashes.get(command.name)
        used = [paces[name] for name in command.callback.__code__.co_names if name in paces]
        pace = next(iter(used or paces.values()), None)
        yield Spoken(command, slash if isinstance(slash, app_commands.Command) else None, pace)


def _section(spoken: Spoken, prefix: str) -> str:
    typed = spoken.typed
    written = f"{prefix}{typed.name} {typed.usage or ''}".strip()
    facts = [f"`{written}`"]
    if typed.aliases:
        facts.append(f"also {', '.join(f'`{prefix}{alias}`' for alias in typed.aliases)}")
    if spoken.slash is not None:
        facts += _options(spoken.slash)
    facts.append(f"answer: {SEEN[str(typed.extras.get('answer', ''))]}")
    if spoken.pace is not None:
        facts.append(f"pace: {spoken.pace.uses} times in {_span(spoken.pace.seconds)}")
    listed = "".join(f"- {fact}\n" for fact in facts)
    return f"### {typed.name}\n\n{typed.short_doc}\n\n{listed}"


def _options(slash: app_commands.Command[Any, ..., Any]) -> Iterable[str]:
    for option in slash.parameters:
        choices = f" ({', '.join(f'`{choice.value}`' for choice in option.choices)})" if option.choices else ""
        needed = "" if not option.required else ", needed"
        yield f"`{option.display_name}`{needed}: {option.description}{choices}"


def _span(seconds: float) -> str:
    if seconds % 3600 == 0:
        return "an hour" if seconds == 3600 else f"{seconds / 3600:.0f} hours"
    if seconds % 60 == 0:
        return "a minute" if seconds == 60 else f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
