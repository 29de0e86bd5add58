"""A new key: everything that is encrypted is encrypted anew, and a kill at any point leaves what can be read."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import LargeBinary, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import StorageError
from storage.schema_all import metadata
from storage.settings import StorageSettings
from storage.vault import Vault, read_keys, split_keys, write_keys

SEALED = b"gAAAAA"  # what everything that Fernet encrypts begins with, for a hundred years to come

ONE_KEY = (
    "TASTEBUD_KEY holds one key. Put a new one before it, with a comma between, and run this again: "
    "the new one can be {key}"
)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was done: values encrypted anew, and how many could be opened by no key that is known."""

    renewed: int
    unreadable: int


async def rotate_key(settings: StorageSettings, key: str | None = None) -> Rotation:
    """Make a new key and encrypt every value with it; nobody else may be at work on the database.

    The key file takes the new key before the old one, then the rows change in one transaction, then the old key
    goes. In between both are read, so whatever a kill leaves works, and running it again finishes it. With
    `key`, which is TASTEBUD_KEY, the owner puts the new key before the old one; raise StorageError to say so.
    """
    if key and key.strip():
        if len(split_keys(key)) == 1:
            raise StorageError(ONE_KEY.format(key=Fernet.generate_key().decode()))
        return await _renewed(settings, Vault(key))
    path = Path(settings.key_file)
    old = read_keys(path)
    Vault(" ".join(old))  # a malformed one is refused before anything changes
    fresh = Fernet.generate_key().decode()
    write_keys(path, [fresh, *old])
    done = await _renewed(settings, Vault(" ".join([fresh, *old])))
    if not done.unreadable:
        write_keys(path, [fresh])
    return done


async def _renewed(settings: StorageSettings, vault: Vault) -> Rotation:
    async with Database.open(settings) as db:
        return await renew_all(db, vault)


async def renew_all(db: Database, vault: Vault) -> Rotation:
    """Encrypt every encrypted value of every table with the vault's first key, all in one transaction."""

    async def job(conn: AsyncConnection) -> Rotation:
        renewed = unreadable = 0
        for table in metadata.sorted_tables:
            for name in [column.name for column in table.columns if isinstance(column.type, LargeBinary)]:
                good, bad = await _renew(conn, table, name, vault)
                renewed, unreadable = renewed + good, unreadable + bad
        return Rotation(renewed, unreadable)

    return await db.write(job)


async def _renew(conn: AsyncConnection, table: Table, name: str, vault: Vault) -> tuple[int, int]:
    column, keys = table.c[name], list(table.primary_key.columns)
    found = await conn.execute(select(*keys, column).where(func.substr(column, 1, len(SEALED)) == SEALED))
    renewed = unreadable = 0
    for row in found.all():
        fresh = vault.renew(bytes(row[-1]))
        if fresh is None:
            unreadable += 1
            continue
        same = [one == value for one, value in zip(keys, row[:-1], strict=True)]
        await conn.execute(update(table).where(*same).values({name: fresh}))
        renewed += 1
    return renewed, unreadable
