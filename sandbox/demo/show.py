"""The demo's terminal: the channel as it goes by, and what came of each week."""

from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from catalog.models import Pick
from sandbox.demo.audit import Week
from sandbox.records import SandboxTrack

FEED_LINES = 9
BAR_WIDTH = 30
GREEN, GREY, PINK = "#1ed760", "grey50", "#ff6f91"
COLOURS = ("#ff6f91", "#ffc75f", "#4ec9b0", "#9cdcfe", "#c586c0", "#f9f871", "#ff9671", "#7bdff2", "#b8f2e6", "#cdb4db")


class Show:
    """Show what happens; on a terminal the channel scrolls by, elsewhere a line a week is printed."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._feed: deque[Text] = deque(maxlen=FEED_LINES)
        self._thumbs: deque[str] = deque(maxlen=48)
        self._week, self._day, self._shares, self._reactions = 0, 0, 0, 0
        self._weeks = 0
        self._live: Live | None = None

    def title(self, seed: int, members: Sequence[str], weeks: int) -> None:
        """Say what is going to be played."""
        self._weeks = weeks
        words = Text.assemble(
            ("Tastebud", f"bold {GREEN}"), " · the whole system on loopback\n",
            (f"{len(members)} members, {weeks} weeks, seed {seed}. ", "default"),
            ("What they really like is hidden from the bot.", GREY),
        )  # fmt: skip
        words.justify = "center"
        self.console.print(Panel(words, border_style=GREEN, box=box.ROUNDED))

    def begin(self, week: int) -> Self:
        """Open the view of one week; use it as a context manager."""
        self._week, self._day = week, 0
        self._feed.clear()
        return self

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live = Live(self._view(), console=self.console, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def shared(self, name: str, track: SandboxTrack) -> None:
        """Show a share."""
        self._shares += 1
        self._say(name, Text.assemble(("♪ ", GREEN), (track.title, "bold"), (f"  {track.byline}", GREY)))

    def reacted(self, *, likes: bool) -> None:
        """Show an opinion as one more thumb."""
        self._reactions += 1
        self._thumbs.append("👍" if likes else "👎")
        self._refresh()

    def asked(self, name: str) -> None:
        """Show that somebody asked for more."""
        self._say(name, Text("/discover", style="italic"))

    def day(self, day: int) -> None:
        """Show how far the week is."""
        self._day = day
        self._refresh()

    def week(self, result: Week) -> None:
        """Show what came of a week: the drops, and how well they meet the hidden tastes."""
        table = Table.grid(padding=(0, 1))
        for style in ("default", "default", "bold", GREY):
            table.add_column(style=style, no_wrap=True)
        table.add_row("  picks ", _bar(result.hit_rate, GREEN), f"{result.hit_rate:4.0%}", "are to their hidden taste")
        table.add_row(
            "  random", _bar(result.random_rate, GREY), f"{result.random_rate:4.0%}", "of random unheard ones are"
        )
        posts = "1 announcement" if result.announcements == 1 else f"{result.announcements} announcements"
        head = Text.assemble(
            (f" Week {result.number} ", f"bold black on {GREEN}"),
            f"  {result.drops} drops, {posts}",
            (f"  after {self._shares} shares, {self._reactions} opinions", GREY),
        )
        self.console.print(Group(head, table, Text()))

    def playlist(self, name: str, loved: Sequence[str], picks: Sequence[Pick], *, limit: int = 12) -> None:
        """Show one person's final playlist with its reasons."""
        table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
        table.add_column("#", justify="right", style=GREY, width=3)
        table.add_column("track", ratio=5)
        table.add_column("score", justify="right", width=6)
        table.add_column("why", ratio=6, style="italic")
        for position, pick in enumerate(picks[:limit], 1):
            mark = Text(" ✦", style=PINK) if pick.explores else Text()
            what = Text.assemble((pick.track.title, "bold"), mark, (f"\n{pick.track.byline}", GREY))
            table.add_row(str(position), what, f"{pick.score:.0%}", "; ".join(pick.reasons[:2]))
        caption = Text(f"first {min(limit, len(picks))} of {len(picks)}   ✦ a labelled wildcard", style=GREY)
        title = f"[bold]{name}'s playlist[/] [grey50]· hidden taste: {', '.join(loved)}[/]"
        self.console.print(Panel(Group(table, caption), title=title, border_style=GREEN, box=box.ROUNDED))

    def _say(self, name: str, words: Text) -> None:
        colour = COLOURS[sum(map(ord, name)) % len(COLOURS)]
        line = Text.assemble((f"{name:>7} ", f"bold {colour}"), words)
        line.no_wrap, line.overflow = True, "ellipsis"
        self._feed.append(line)
        self._refresh()

    def _refresh(self) -> None:
        if self._live:
            self._live.update(self._view())

    def _view(self) -> RenderableType:
        blank = [Text()] * (FEED_LINES - len(self._feed))
        thumbs = Text("".join(self._thumbs), no_wrap=True, overflow="crop")
        done = ProgressBar(total=7, completed=self._day, width=BAR_WIDTH, complete_style=GREEN)
        return Panel(
            Group(*self._feed, *blank, Text(), thumbs, Text(), done),
            title=f"[bold]#music[/] · week {self._week} of {self._weeks}, day {self._day}",
            subtitle=f"{self._shares} shares   {self._reactions} opinions",
            border_style=GREY,
            box=box.ROUNDED,
        )


def _bar(share: float, colour: str) -> ProgressBar:
    return ProgressBar(total=1.0, completed=share, width=BAR_WIDTH, complete_style=colour, finished_style=colour)
