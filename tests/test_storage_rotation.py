"""A new key: every token can be read after it, and after a kill at any point on the way."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.models import Grant
from sandbox.clock import FastClock
from storage import rotation
from storage.database import StorageSettings
from storage.errors import StorageError, WrongKey
from storage.rotation import renew_all, rotate_key
from storage.stores import Storage, open_storage
from storage.vault import Vault, read_keys

GRANT = Grant("bot", "refresh-SECRET", ("x",), datetime(2026, 1, 5, tzinfo=UTC), "access-SECRET")


KILLED = """
import asyncio, os, sys
from storage import rotation
from storage.database import StorageSettings
from storage.vault import Vault, write_keys

left = int(sys.argv[3])
renew = Vault.renew

def step():
    global left
    if left == 0:
        os._exit(9)
    left -= 1

def killed_writing(path, keys):
    step()
    write_keys(path, keys)
    step()

def killed_among_rows(vault, secret):
    step()
    return renew(vault, secret)

rotation.write_keys, Vault.renew = killed_writing, killed_among_rows
asyncio.run(rotation.rotate_key(StorageSettings(sys.argv[1], sys.argv[2])))
"""


def keys_in(settings: StorageSettings) -> int:
    """Return how many keys the key file holds."""
    return len(read_keys(Path(settings.key_file)))


async def lives(settings: StorageSettings, clock: FastClock, key: str | None = None) -> bytes:
    """Assert that the tokens can be read and kept, and return what page links are made with."""
    async with open_storage(settings, clock, key) as storage:
        assert await storage.accounts.grant() == GRANT
        await storage.accounts.save(GRANT)
        return storage.vault.derive("pages")


async def test_every_token_is_encrypted_anew(storage_settings: StorageSettings, clock: FastClock) -> None:
    """The old key reads nothing any more, the new one everything, and page links change."""
    async with open_storage(storage_settings, clock) as storage:
        await storage.accounts.save(GRANT)
        await storage.models.save("taste", "1", b"gAAAAA-a model that looks like a token")
        links = storage.vault.derive("pages")
    (old,) = read_keys(Path(storage_settings.key_file))
    done = await rotate_key(storage_settings)
    assert done.renewed == 2
    assert read_keys(Path(storage_settings.key_file)) != [old]
    with pytest.raises(WrongKey):
        await lives(storage_settings, clock, old)
    assert await lives(storage_settings, clock) != links
    async with open_storage(storage_settings, clock) as storage:
        assert await storage.models.load("taste", "1") == b"gAAAAA-a model that looks like a token"


@pytest.mark.parametrize("point", range(6))
async def test_a_kill_at_any_point_leaves_what_can_be_read(
    storage_settings: StorageSettings, clock: FastClock, point: int
) -> None:
    """Before the first step, between any two, and in the middle of the rows; running it again finishes it."""
    async with open_storage(storage_settings, clock) as storage:
        await storage.accounts.save(GRANT)
    arguments = (sys.executable, "-c", KILLED, storage_settings.url, storage_settings.key_file, str(point))
    process = await asyncio.create_subprocess_exec(*arguments)
    assert await process.wait() == 9
    await lives(storage_settings, clock)
    assert (await rotate_key(storage_settings)).renewed == 2
    await lives(storage_settings, clock)
    assert keys_in(storage_settings) == 1


async def test_a_key_of_the_environment_is_changed_by_its_owner(
    storage_settings: StorageSettings, clock: FastClock
) -> None:
    """With one key the owner is told what to write; with two everything comes to the first."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    async with open_storage(storage_settings, clock, old) as storage:
        await storage.accounts.save(GRANT)
    with pytest.raises(StorageError, match="Put a new one before it"):
        await rotate_key(storage_settings, old)
    await lives(storage_settings, clock, f"{new},{old}")
    assert (await rotate_key(storage_settings, f"{new},{old}")).renewed == 2
    await lives(storage_settings, clock, new)


async def test_a_token_of_a_lost_key_is_counted_and_the_keys_stay(
    storage_settings: StorageSettings, clock: FastClock
) -> None:
    """What no key opens is left as it is, in case its key comes back."""
    async with open_storage(storage_settings, clock, Fernet.generate_key().decode()) as storage:
        await storage.accounts.save(GRANT)
    done = await rotate_key(storage_settings)
    assert (done.renewed, done.unreadable) == (0, 2)
    assert keys_in(storage_settings) == 2


async def test_a_kill_among_the_rows_changes_none_of_them(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows change in one transaction, on either database."""
    await storage.accounts.save(GRANT)
    seen = 0

    def renew(vault: Vault, secret: bytes) -> bytes | None:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise StorageError("killed")
        return whole(vault, secret)

    whole = Vault.renew
    other = Vault(" ".join(Fernet.generate_key().decode() for _ in range(2)))
    monkeypatch.setattr(Vault, "renew", renew)
    with pytest.raises(StorageError, match="killed"):
        await renew_all(storage.db, other)
    assert await storage.accounts.grant() == GRANT


async def test_what_looks_like_a_token_is_told_from_one(storage: Storage) -> None:
    """Rows are found by how tokens begin, on either database, and no other."""

    async def count(conn: AsyncConnection) -> tuple[int, int]:
        from storage.schema import accounts, models

        vault = Vault(Fernet.generate_key().decode())
        return (
            sum(await rotation._renew(conn, accounts, "refresh_token", vault)),
            sum(await rotation._renew(conn, models, "blob", vault)),
        )

    await storage.accounts.save(GRANT)
    await storage.models.save("taste", "1", b"\x00" * 100)
    assert await storage.db.write(count) == (1, 0)
