"""`tastebud import`: bring along what a member likes elsewhere, from the terminal."""

import asyncio

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot.app import open_services
from bot.cli import ImportWish
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from bot.importing_views import SOURCES
from bot.lock import AlreadyRunning, only_one
from bot.services import Services
from bot.text import clean, counted, cut
from catalog.clock import Clock
from catalog.errors import CatalogError
from catalog.imports import Understood, UnreadableFile
from catalog.imports_account import read_account
from catalog.imports_reading import digest_of, read_import
from catalog.spotify_session import LIBRARY_SCOPES
from storage.imports import Import, NotImported
from storage.people import Author

PROBLEMS, MISSED = 10, 10
DISCORD_ID = range(15, 21)  # digits

WHO = "Say whose it is: --member with a Discord id, or with a name that I know."
WHAT = "Name a file, or --spotify for the linked account's library, or --undo."
NOBODY = "I know nobody called {name}: give their Discord id (developer mode, right click, Copy User ID)."
SEVERAL = "There are several called {name}: give one of their Discord ids, {ids}."
NO_SCOPES = "The linked account has not consented to that: run `tastebud link --import`, then this again."


async def bring(settings: Settings, secrets: Secrets, clock: Clock, console: Console, wish: ImportWish) -> int:
    """Import a file or the linked account's library for a member, or take their last import back.

    Raises:
        StartError: with what to do.
    """
    if not wish.member.strip():
        raise SettingsError(WHO)
    if not (wish.file or wish.spotify or wish.undo):
        raise SettingsError(WHAT)
    async with open_services(settings, clock, secrets) as services:
        author = await _member(services, wish.member.strip())
        if wish.undo:
            return await _undo(services, author, console)
        try:
            found = await (
                _from_account(services, author, wish, console)
                if wish.spotify
                else _from_file(services, author, wish, console)
            )
        except (UnreadableFile, NotImported) as error:
            raise StartError(str(error)) from error
        if found is not None:
            await _look_up(services, settings, found, console)
    return 0


async def _member(services: Services, text: str) -> Author:
    if text.isdecimal() and len(text) in DISCORD_ID:
        return Author(int(text), "")
    found = await services.storage.people.named(text)
    if not found:
        raise SettingsError(NOBODY.format(name=text))
    if len(found) > 1:
        raise SettingsError(SEVERAL.format(name=text, ids=", ".join(str(person.discord_id) for person in found)))
    return Author(found[0].discord_id, "")


async def _undo(services: Services, author: Author, console: Console) -> int:
    imports = services.storage.imports
    for found in await imports.of(author.discord_id):
        gone = await imports.undo(found.id, author.discord_id)
        if gone is not None:
            _say(console, f"Undone: {found.name}. {counted(gone, 'track')} of it no longer count.")
            return 0
    raise StartError("There is no import of theirs to undo.")


async def _from_file(services: Services, author: Author, wish: ImportWish, console: Console) -> Import | None:
    path = wish.file
    if path is None or not path.is_file():
        raise SettingsError(f"There is no file {path}: check its name.")
    name, most = cut(clean(path.name), 80), services.settings.imports.tracks
    with console.status("Reading ..."):
        understood = await asyncio.to_thread(read_import, path, name, services.clock.now(), most)
        digest = await asyncio.to_thread(digest_of, path)
    _show(name, understood, console)
    return None if wish.dry_run else await services.storage.imports.begin(author, name, digest, understood)


async def _from_account(services: Services, author: Author, wish: ImportWish, console: Console) -> Import | None:
    try:
        await services.tokens.access_token()  # takes a token of the environment over
    except CatalogError as error:
        raise StartError(str(error)) from error
    grant = await services.storage.accounts.grant()
    if grant is None or not set(LIBRARY_SCOPES) <= set(grant.scopes):
        raise StartError(NO_SCOPES)
    now = services.clock.now()
    understood, tracks = await read_account(services.spotify, now, services.settings.imports.tracks)
    name = f"the library of {grant.account_id}"
    _show(name, understood, console)
    if wish.dry_run:
        return None
    await services.storage.tracks.ensure(tracks)
    return await services.storage.imports.begin(author, name, f"account {now.isoformat()}", understood)


async def _look_up(services: Services, settings: Settings, begun: Import, console: Console) -> None:
    """Resolve the lines now; where the bot runs, or somebody does not answer, that is left to it."""
    imports = services.storage.imports
    try:
        with only_one(settings.storage), _progress(console) as progress:
            task = progress.add_task("Looking up", total=begun.total)
            while (report := await services.importer.run()).settled:
                progress.advance(task, report.settled)
    except AlreadyRunning:
        console.print("The running bot looks them up, some each minute. --undo takes all of it back.")
        return
    found = await imports.get(begun.id) or begun
    left = found.total - found.settled
    _say(console, f"{found.resolved:,} of {found.total:,} found; they count from the next fit on.")
    for line in await imports.missed(found.id, MISSED):
        _say(console, f"no service knows {line.label}")
    if found.missed > MISSED:
        _say(console, f"... and {found.missed - MISSED:,} more")
    if left:
        _say(console, f"{counted(left, 'track')} cannot be asked for now: the bot goes on when it runs.")


def _show(name: str, understood: Understood, console: Console) -> None:
    """Print what was understood, and what was not with the numbers of its lines."""
    table = Table(title=escape(f"{name}, {SOURCES[understood.kind]}"), title_justify="left", show_header=False)
    likes = sum(line.value > 0 for line in understood.lines)
    table.add_row("read", counted(understood.entries, "entry", "entries"))
    table.add_row("mild likes", f"{likes:,}")
    table.add_row("mild dislikes", f"{len(understood.lines) - likes:,}")
    for why, count in understood.left_out.items():
        if count:
            table.add_row(f"left out: {why}", f"{count:,}")
    if understood.problem_count:
        table.add_row("not understood", f"{understood.problem_count:,}")
    console.print(table)
    for note in understood.notes:
        _say(console, note)
    for problem in understood.problems[:PROBLEMS]:
        _say(console, f"{problem.place}: {problem.why}")
    if understood.problem_count > PROBLEMS:
        _say(console, f"... and {understood.problem_count - PROBLEMS:,} more")


def _say(console: Console, text: str) -> None:
    """Print other people's words as they are, and nothing that a terminal would obey."""
    console.print(clean(text), markup=False, highlight=False)


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)
