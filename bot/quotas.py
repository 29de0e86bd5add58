"""`tastebud quota`: what was asked of each service today, and in a week."""

from datetime import timedelta

from rich.console import Console
from rich.table import Table

from bot.config import Secrets, Settings, plain
from catalog.clock import Clock
from storage.stores import open_storage

BUDGETED = ("spotify", "get")  # the bucket that spotify.daily_budget limits
SEARCHED = ("spotify", "search")  # the bucket that schedule.id_searches limits
WEEK = timedelta(days=6)  # and today


async def show_quota(settings: Settings, secrets: Secrets, clock: Clock, console: Console) -> None:
    """Print the calls of today and of seven days (UTC) a service and kind, and the pauses that hold."""
    async with open_storage(settings.storage, clock, plain(secrets.tastebud_key)) as storage:
        today = {(service, bucket): calls for service, bucket, calls in await storage.quota.today()}
        week = await storage.quota.since(clock.now() - WEEK)
        pauses = await storage.quota.pauses()
    budgets = {BUDGETED: settings.spotify.daily_budget, SEARCHED: settings.schedule.id_searches}
    table = Table("service", "kind", "calls today", "budget", "in 7 days")
    for service, bucket, calls in week or [(*BUDGETED, 0)]:
        key = (service, bucket)
        table.add_row(service, bucket, str(today.get(key, 0)), str(budgets.get(key, "")), str(calls))
    console.print(table)
    for service, until, reason in pauses:
        console.print(f"{service} is not asked before {until:%Y-%m-%d %H:%M} UTC: {reason}.", highlight=False)
