"""`tastebud quota`: what was asked of each service today."""

from rich.console import Console
from rich.table import Table

from bot.config import Secrets, Settings, plain
from catalog.clock import Clock
from storage.stores import open_storage

BUDGETED = ("spotify", "get")  # the bucket that spotify.daily_budget limits


async def show_quota(settings: Settings, secrets: Secrets, clock: Clock, console: Console) -> None:
    """Print today's calls (UTC) a service and kind, and the pauses that hold."""
    async with open_storage(settings.storage, clock, plain(secrets.tastebud_key)) as storage:
        spent = await storage.quota.today()
        pauses = await storage.quota.pauses()
    table = Table("service", "kind", "calls today", "budget")
    for service, bucket, calls in spent or [(*BUDGETED, 0)]:
        budget = str(settings.spotify.daily_budget) if (service, bucket) == BUDGETED else ""
        table.add_row(service, bucket, str(calls), budget)
    console.print(table)
    for service, until, reason in pauses:
        console.print(f"{service} is not asked before {until:%Y-%m-%d %H:%M} UTC: {reason}.", highlight=False)
