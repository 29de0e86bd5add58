"""Backups of a PostgreSQL database, by the server's own programs."""

import asyncio
import os
import shutil
from pathlib import Path

from storage.engines import parse_url
from storage.errors import StorageError
from storage.snapshots import PART

NO_PROGRAM = (
    "{program} is not installed, so this database cannot be {done} from here: install PostgreSQL's client programs "
    "(Debian: apt-get install postgresql-client), or use what your database server offers."
)


async def dump(url: str, target: Path) -> None:
    """Write the database of one moment into a new file in pg_dump's own format, and see that it can be read."""
    part = target.with_name(target.name + PART)
    part.touch(mode=0o600)
    try:
        await _run(url, "pg_dump", "backed up", "--format=custom", "--no-owner", f"--file={part}")
        await _run(url, "pg_restore", "checked", "--list", "--file=/dev/null", str(part), connect=False)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


async def restore(url: str, source: Path) -> None:
    """Put what a dump holds in place of what the database holds, in one transaction."""
    name = str(parse_url(url).database)
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={name}")
    await _run(url, "pg_restore", "restored", *options, str(source))


async def _run(url: str, program: str, done: str, *arguments: str, connect: bool = True) -> None:
    found = shutil.which(program)
    if found is None:
        raise StorageError(NO_PROGRAM.format(program=program, done=done))
    process = await asyncio.create_subprocess_exec(
        found,
        *arguments,
        env=os.environ | (_login(url) if connect else {}),  # a password among the arguments could be read by others
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise StorageError(f"{program} failed: {lines[-1] if lines else f'exit code {process.returncode}'}")


def _login(url: str) -> dict[str, str]:
    parts = parse_url(url)
    query = {key: value for key, value in parts.query.items() if isinstance(value, str)}
    found = {
        "PGHOST": parts.host or query.get("host"),
        "PGPORT": str(parts.port) if parts.port else query.get("port"),
        "PGUSER": parts.username or query.get("user"),
        "PGPASSWORD": parts.password or query.get("password"),
        "PGDATABASE": parts.database,
    }
    return {name: value for name, value in found.items() if value}
