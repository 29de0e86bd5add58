"""What the commands do: read the settings, do the work, turn what the owner must put right into a sentence.

The work imports what it needs once the settings are found good, so that a slip is told at once.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.config import Secrets, Settings, all_secrets
from bot.config_source import CONFIG_VARIABLE, load_environ, load_settings
from bot.errors import StartError
from bot.logs import set_up_logs
from catalog.clock import SystemClock
from catalog.errors import CatalogError
from storage.errors import StorageError

log = logging.getLogger(__name__)

STOP_SECONDS = 9.0  # Docker kills after 10

Work = Callable[[Settings, Secrets], Coroutine[Any, Any, int]]


def run(config: Path | None) -> int:
    """Run bot and scheduler; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.running import run as run_bot

        await run_bot(settings, secrets, SystemClock())
        return 0

    return _carry_out(config, work)


def link(config: Path | None, *, browser: bool, library: bool = False) -> int:
    """Link the account that owns the playlists; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.link import describe_grant
        from bot.link import link as link_account

        console = Console()
        grant = await link_account(settings, secrets, SystemClock(), console, browser=browser, library=library)
        console.print(describe_grant(grant), highlight=False)
        return 0

    return _carry_out(config, work)


def drop(config: Path | None, *, dry_run: bool) -> int:
    """Make this week's drops now; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.dropping import drop_now, preview

        act = preview if dry_run else drop_now
        return await act(settings, secrets, SystemClock(), Console())

    return _carry_out(config, work)


@dataclass(frozen=True, slots=True)
class ImportWish:
    """What `tastebud import` was asked for."""

    file: Path | None
    member: str
    spotify: bool = False
    undo: bool = False
    dry_run: bool = False


def bring(config: Path | None, wish: ImportWish) -> int:
    """Import a file or the linked account's library, or undo an import; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.importing_cli import bring as bring_along

        return await bring_along(settings, secrets, SystemClock(), Console(), wish)

    return _carry_out(config, work)


def health(config: Path | None) -> int:
    """Say whether the bot is alive; return 0 if it is."""

    async def work(settings: Settings, _: Secrets) -> int:
        from bot.health import BEAT_SUFFIX, judge
        from bot.lock import beside_database

        alive, sentence = judge(beside_database(settings.storage, BEAT_SUFFIX), SystemClock().now())
        Console().print(sentence, highlight=False)
        return 0 if alive else 1

    return _carry_out(config, work)


def quota(config: Path | None) -> int:
    """Show today's calls; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.quotas import show_quota

        await show_quota(settings, secrets, SystemClock(), Console())
        return 0

    return _carry_out(config, work)


def backup(config: Path | None, file: Path | None) -> int:
    """Make a backup; return the exit code."""

    async def work(settings: Settings, _: Secrets) -> int:
        from bot.keeping import back_up_now

        return await back_up_now(settings, SystemClock(), Console(), file)

    return _carry_out(config, work)


def restore(config: Path | None, file: Path, *, force: bool) -> int:
    """Put a backup in place of the database; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.keeping import restore_now

        return await restore_now(settings, secrets, SystemClock(), Console(), file, force=force)

    return _carry_out(config, work)


def rotate_key(config: Path | None) -> int:
    """Encrypt everything with a new key; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.keeping import rotate_now

        return await rotate_now(settings, secrets, Console())

    return _carry_out(config, work)


def doctor(config: Path | None, *, as_json: bool) -> int:
    """Look at everything that Tastebud hangs on; return 0 if nothing is wrong."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.doctor import show_doctor

        return await show_doctor(settings, secrets, SystemClock(), Console(), as_json=as_json)

    return _carry_out(config, work)


def similar(config: Path | None, words: str, count: int) -> int:
    """Show the tracks nearest to one; return the exit code."""

    async def work(settings: Settings, secrets: Secrets) -> int:
        from bot.similar_show import show_similar

        await show_similar(settings, secrets, SystemClock(), Console(), words, count)
        return 0

    return _carry_out(config, work)


def audio_install(config: Path | None, wheel: Path | None) -> int:
    """Put the network's weights where the settings want them; return the exit code."""

    async def work(settings: Settings, _: Secrets) -> int:
        from bot.audio_install import install

        await install(settings.audio, wheel, Console())
        return 0

    return _carry_out(config, work)


def audio_show(config: Path | None, file: Path) -> int:
    """Show what the network hears in a clip; return the exit code."""

    async def work(settings: Settings, _: Secrets) -> int:
        from bot.audio_show import show
        from scheduler.threads import in_thread

        await in_thread(show, settings.audio, file, Console())
        return 0

    return _carry_out(config, work)


@dataclass(frozen=True, slots=True)
class EvaluateWish:
    """What `tastebud evaluate` was asked for: a folder, or with `database` the configured one or the one at a URL."""

    where: str | None
    seeds: str
    database: bool = False
    full: bool = False
    as_json: bool = False
    plot: Path | None = None
    joined: Path | None = None


def evaluate(config: Path | None, wish: EvaluateWish) -> int:
    """Judge the ways to recommend by a folder of feedback or by the database; return the exit code."""

    async def work(settings: Settings, _: Secrets) -> int:
        from bot.evaluating import Output, seeds_of, show
        from recommender.evaluation import Plan
        from scheduler.threads import in_thread

        plan = Plan(taste=settings.taste, seeds=seeds_of(wish.seeds), full=wish.full)
        output, console, errors = Output(as_json=wish.as_json, plot=wish.plot), Console(), Console(stderr=True)
        if wish.database:
            from bot.evaluating_database import show_database

            await show_database(settings, SystemClock(), wish.where, plan, output, console, errors)
        elif wish.where is None:
            raise StartError("Name a folder that holds feedback.csv and tracks.csv, or say --database.")
        else:
            await in_thread(show, Path(wish.where), plan, output, console, errors, wish.joined)
        return 0

    return _carry_out(config, work)


def _carry_out(config: Path | None, work: Work) -> int:
    """Do the work with the settings; what the owner must put right is one sentence on standard error."""
    try:
        environ = load_environ()
        named = environ.get(CONFIG_VARIABLE)
        settings = load_settings(config or (Path(named) if named else None), environ)
        secrets = Secrets.from_environ(environ)
        set_up_logs(settings.log, all_secrets(secrets))
        return asyncio.run(_until_told(work(settings, secrets)))
    except (StartError, StorageError, CatalogError) as error:
        print(f"tastebud: {error}", file=sys.stderr)
        return error.exit_code if isinstance(error, StartError) else 1


async def _until_told(work: Coroutine[Any, Any, int]) -> int:
    """Do the work until it is done or SIGTERM or SIGINT comes; a second signal ends the process at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        log.info("Stopping.")
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)
        _leave_in_time()
        task.cancel()

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if told:
            return 0
        raise


def _leave_in_time() -> None:
    """End the process when closing takes too long, say for a thread that fits or waits for a service.

    Nothing is lost by it: what was acknowledged is on the disk, and every step of a drop resumes at its row.
    """
    timer = threading.Timer(STOP_SECONDS, os._exit, args=(0,))
    timer.daemon = True
    timer.start()
