"""You, as a member: at the terminal, or on simcord's page of the channel."""

import asyncio
import webbrowser
from datetime import timedelta

import discord
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text
from simcord.actors import MemberActor
from simcord.backend.errors import BackendError, SetupError
from simcord.results import InteractionResult

from sandbox.demo.show import GREEN, GREY
from sandbox.demo.stage import Stage

SHOWN_TRACKS = 6
HELP = """\
You are a member of #music now.
  paste a link          share a track: one of those below, or any of the catalogue's
  +3   -3               react 👍 or 👎 to message 3; once more takes it back
  !discover 5           any command with !: !rate <link> like, !playlist, !help
  /discover count=5     the same as a slash command, answered to you alone
  week                  let a week go by, up to the next drop
  quit                  leave"""


class Guest:
    """A member who sits at the terminal."""

    def __init__(self, stage: Stage, actor: MemberActor, console: Console) -> None:
        self.stage = stage
        self.actor = actor
        self.console = console
        self._seen = {message.id for message in stage.channel.history()}
        self._numbered: list[discord.Message] = []

    async def stay(self) -> None:
        """Read lines until the guest leaves."""
        self.console.print(Panel(HELP, border_style=GREEN, title="[bold]your turn[/]"))
        for track in self.stage.catalogue.shareable[:: len(self.stage.catalogue.shareable) // SHOWN_TRACKS]:
            self.console.print(
                f"  {track.spotify_url}  [bold]{track.title}[/] [grey50]{track.byline}, {track.genre}[/]"
            )
        while (line := await self._ask()) not in (None, "quit", "exit"):
            try:
                await self._do(line or "")
            except (BackendError, SetupError, ValueError) as error:
                self.console.print(f"[red]{error}[/]")
            self._show_new()

    async def _ask(self) -> str | None:
        try:
            return (await asyncio.to_thread(self.console.input, f"[bold {GREEN}]you ›[/] ")).strip()
        except (EOFError, KeyboardInterrupt):
            return None

    async def _do(self, line: str) -> None:
        if line == "week":
            await self._let_a_week_pass()
        elif line[:1] in "+-" and line[1:].isdigit():
            await self._react(int(line[1:]), "👍" if line[0] == "+" else "👎")
        elif line.startswith("/"):
            name, *words = line[1:].split()
            options = dict(word.split("=", 1) for word in words if "=" in word)
            typed = {key: int(value) if value.isdigit() else value for key, value in options.items()}
            self._show_answer(await self.actor.slash(self.stage.channel, name, **typed))
        elif line:
            await self.actor.send(self.stage.channel, line)

    async def _react(self, number: int, emoji: str) -> None:
        if not 0 < number <= len(self._numbered):
            raise ValueError(f"there is no message {number} above")
        message = self._numbered[number - 1]
        stored = self.stage.env.backend.get_message(self.stage.channel.id, message.id).reaction_for(emoji)
        standing = stored is not None and self.actor.id in stored.user_ids
        await (self.actor.unreact if standing else self.actor.react)(message, emoji)
        self.console.print(f"[{GREY}]{'took back' if standing else 'reacted'} {emoji}[/]")

    async def _let_a_week_pass(self) -> None:
        for _ in range(7):
            await self.stage.advance(timedelta(days=1))
            await self.stage.services.jobs.tick()
            await self.stage.env.settle()

    def _show_new(self) -> None:
        for message in self.stage.channel.history():
            if message.id not in self._seen:
                self._seen.add(message.id)
                self._numbered.append(message)
                head = Text.assemble((f"{len(self._numbered):>3} ", GREY), (message.author.display_name, "bold"))
                self.console.print(Group(head, Padding(_looks(message.content, message.embeds), (0, 0, 0, 4))))

    def _show_answer(self, result: InteractionResult) -> None:
        for answer in (*([result.response] if result.response else ()), *result.followups):
            self.console.print(
                Panel(_looks(answer.content, answer.embeds), title="only you see this", border_style=GREY)
            )


def _looks(content: str, embeds: list[discord.Embed]) -> RenderableType:
    parts = [Text(content)] if content else []
    for embed in embeds:
        words = [embed.title or "", embed.description or "", *(f"{item.name}\n{item.value}" for item in embed.fields)]
        parts.append(Text("\n".join(word for word in words if word)))
    return Group(*parts)


async def welcome(stage: Stage, console: Console, *, interactive: bool, open_page: bool) -> None:
    """Let somebody in as a member, at the terminal or on a page of the channel, until they leave."""
    actor = stage.guild.add_member(stage.env.create_user("You"))
    if open_page:
        async with stage.env.preview(stage.channel, viewers=[actor], layout="channel") as page:
            console.print(f"The channel is at [link={page.url}]{page.url}[/link]")
            webbrowser.open(page.url)
            await Guest(stage, actor, console).stay() if interactive else await _wait(console)
    else:
        await Guest(stage, actor, console).stay()


async def _wait(console: Console) -> None:
    try:
        await asyncio.to_thread(console.input, "Press Enter to end the demo. ")
    except (EOFError, KeyboardInterrupt):
        console.print("The demo ends.")
