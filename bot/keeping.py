"""`tastebud backup`, `restore` and `rotate-key`: keeping what is kept."""

from pathlib import Path

from rich.console import Console

from bot.config import Secrets, Settings, plain
from bot.lock import only_one
from catalog.clock import Clock
from storage.backup import back_up
from storage.errors import WrongKey
from storage.restore import restore
from storage.rotation import rotate_key
from storage.stores import open_storage

WITHOUT_KEY = "It does not hold the key that tokens are encrypted with: keep {key} (or TASTEBUD_KEY) elsewhere too."


async def back_up_now(settings: Settings, clock: Clock, console: Console, file: Path | None) -> int:
    """Make a backup, also while the bot runs, and say what is in it."""
    backup = await back_up(settings.storage, clock.now(), file)
    held = f", {backup.contents.total:,} rows, checked by restoring it" if backup.contents else ", and it can be read"
    console.print(f"{backup.path}: {backup.size // 1024:,} kB{held}.", highlight=False, soft_wrap=True)
    console.print(WITHOUT_KEY.format(key=settings.storage.key_file), highlight=False, soft_wrap=True)
    return 0


async def restore_now(
    settings: Settings, secrets: Secrets, clock: Clock, console: Console, file: Path, *, force: bool
) -> int:
    """Put a backup in place of the database while no bot runs on it, and say what it holds."""
    with only_one(settings.storage):
        done = await restore(settings.storage, file, clock.now(), force=force)
        if done.contents is not None:
            newest = f", the newest of {done.contents.newest:%Y-%m-%d %H:%M} UTC" if done.contents.newest else ""
            console.print(f"Restored {done.contents.total:,} rows{newest}.", highlight=False)
        if done.aside is not None:
            console.print(f"What was there before is {done.aside}.", highlight=False, soft_wrap=True)
        async with open_storage(settings.storage, clock, plain(secrets.tastebud_key)) as storage:
            await storage.leases.forget()  # whoever led when the backup was made does not lead here
            try:
                await storage.accounts.grant()
            except WrongKey as error:
                console.print(str(error), highlight=False, soft_wrap=True)
    return 0


async def rotate_now(settings: Settings, secrets: Secrets, console: Console) -> int:
    """Change the key while no bot runs on the database, and say what follows."""
    key = plain(secrets.tastebud_key)
    with only_one(settings.storage):
        done = await rotate_key(settings.storage, key)
    console.print(f"{done.renewed} values are encrypted with the new key.", highlight=False)
    if done.unreadable:
        console.print(f"{done.unreadable} could be opened by no key that is known and stay as they are.")
    if key:
        console.print("Leave the first key alone in TASTEBUD_KEY now.", highlight=False)
    console.print("Addresses of pages that were handed out before do not open any more: the next lists bring new ones.")
    return 1 if done.unreadable else 0
