"""`tastebud drop`: this week's drops of everybody, now."""

from rich.console import Console
from rich.table import Table

from bot.app import open_services
from bot.config import Secrets, Settings
from bot.lock import AlreadyRunning, only_one
from catalog.clock import Clock
from scheduler.weekly import WeeklyReport


async def drop_now(settings: Settings, secrets: Secrets, clock: Clock, console: Console) -> int:
    """Bring everybody's drop of this week forward and make what is due; a drop that was made stays as it is.

    A bot that runs on the same database makes them itself, at its next tick: two writers would do things twice.
    """
    async with open_services(settings, clock, secrets) as services:
        planned = await services.weekly.bring_forward(clock.now())
        try:
            with only_one(settings.storage):
                report = await services.weekly.run(clock.now())
        except AlreadyRunning:
            console.print(f"{planned} drops brought forward; the running bot makes them within a minute or so.")
            return 0
    console.print(_in_words(report))
    return 1 if report.failed else 0


async def preview(settings: Settings, secrets: Secrets, clock: Clock, console: Console) -> int:
    """Show whose drops `drop_now` would work on, and write nothing."""
    async with open_services(settings, clock, secrets) as services:
        rows = await services.weekly.due(clock.now(), everybody=True)
    if not rows:
        console.print("Nobody is due: everybody active has this week's drop.")
        return 0
    table = Table("for", "week", "state", "due (UTC)")
    for name, drop in rows:
        table.add_row(name, drop.week, str(drop.state), f"{drop.due_at:%Y-%m-%d %H:%M}")
    console.print(table)
    return 0


def _in_words(report: WeeklyReport) -> str:
    steps = f"{report.picked} picked, {report.written} written, {report.skipped} skipped, {report.failed} failed"
    waiting = report.written > report.announced
    return f"Drops: {steps}." + (" They are announced when the bot runs." if waiting else "")
