"""Play the demo: four weeks of a small community, then the figures."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from catalog.models import Pick
from sandbox.demo.audit import (
    Week,
    count_announcements,
    count_duplicates,
    count_lost,
    iso_week,
    judge,
    lists_of,
    playlists_of,
)
from sandbox.demo.play import Play
from sandbox.demo.show import Show
from sandbox.demo.stage import NAMES, Stage, open_stage

WEEKS = 4
DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """The demo's figures; hit_rate and random are of the last week, over tracks new to the member."""

    members: int
    weeks: int
    shares: int
    reactions: int
    playlists: int
    picks: int
    hit_rate: float
    random: float
    lost: int
    duplicates: int

    @property
    def ok(self) -> bool:
        """Tell whether nothing was lost and nothing came twice."""
        return self.lost == 0 and self.duplicates == 0

    def __str__(self) -> str:
        return (
            f"demo: {'ok' if self.ok else 'failed'} members={self.members} weeks={self.weeks} shares={self.shares} "
            f"reactions={self.reactions} playlists={self.playlists} picks={self.picks} hit_rate={self.hit_rate:.2f} "
            f"random={self.random:.2f} lost={self.lost} duplicates={self.duplicates}"
        )


async def perform(stage: Stage, show: Show, weeks: int = WEEKS) -> Outcome:
    """Play the weeks on an open stage and count what came of them."""
    play = Play(stage, show)
    lists: dict[str, list[Pick]] = {}
    results: list[Week] = []
    for number in range(1, weeks + 1):
        with show.begin(number):
            await play.week(lists)
        lists = await lists_of(stage, iso_week(stage.clock.now()))
        announced = sum(count_announcements(stage).values()) - sum(week.announcements for week in results)
        results.append(judge(stage, number, lists, play.said, announced))
        _remember(stage, play, lists)
        show.week(results[-1])
    return Outcome(
        members=len(stage.members),
        weeks=weeks,
        shares=len(play.said.shares),
        reactions=play.said.reactions,
        playlists=len(playlists_of(stage)),
        picks=sum(week.picks for week in results),
        hit_rate=results[-1].hit_rate,
        random=results[-1].random_rate,
        lost=await count_lost(stage, play.said),
        duplicates=count_duplicates(stage),
    )


def _remember(stage: Stage, play: Play, lists: dict[str, list[Pick]]) -> None:
    """Let members know the tracks they were given, so that next week's figures count new ones alone."""
    by_id = stage.catalogue.by_spotify_id
    for name, picks in lists.items():
        play.said.met[name] |= {by_id[pick.track.spotify_id].recording for pick in picks if pick.track.spotify_id}


async def _evening(seed: int, weeks: int, console: Console, *, interactive: bool, open_page: bool) -> Outcome:
    show = Show(console)
    show.title(seed, NAMES, weeks)
    async with open_stage(seed) as stage:
        outcome = await perform(stage, show, weeks)
        await _last_list(stage, show)
        if interactive or open_page:
            from sandbox.demo.guest import welcome

            await welcome(stage, console, interactive=interactive, open_page=open_page)
    return outcome


async def _last_list(stage: Stage, show: Show) -> None:
    """Show the final playlist of the first member who has one."""
    lists = await lists_of(stage, iso_week(stage.clock.now()))
    member = next((member for member in stage.members if lists.get(member.name)), None)
    if member:
        show.playlist(member.name, member.taste.loved, lists[member.name])


def play(seed: int = DEFAULT_SEED, *, interactive: bool = False, open_page: bool = False, weeks: int = WEEKS) -> int:
    """Play the demo at the terminal and return the exit code: 1 if anything was lost or came twice."""
    console = Console()
    started = time.perf_counter()
    outcome = asyncio.run(_evening(seed, weeks, console, interactive=interactive, open_page=open_page))
    console.print(
        f"[grey50]{time.perf_counter() - started:.0f} seconds. Another community: make demo SEED={seed + 1}[/]"
    )
    print(outcome)
    return 0 if outcome.ok else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m sandbox.demo.run [seed]`."""
    seed = int(arguments[0]) if arguments else DEFAULT_SEED
    return play(seed)
