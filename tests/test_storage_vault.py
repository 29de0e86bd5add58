"""The key, and the tokens it hides."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from catalog.models import Grant
from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.errors import StorageError, WrongKey
from storage.stores import open_storage
from storage.vault import Vault, open_vault

GRANT = Grant(
    account_id="tastebud-bot",
    refresh_token="refresh-me-SECRET",
    scopes=("playlist-modify-public", "playlist-read-private"),
    consented_at=datetime(2026, 1, 5, tzinfo=UTC),
    access_token="access-me-SECRET",
    expires_at=datetime(2026, 1, 5, 1, tzinfo=UTC),
)


def everything_in(folder: Path) -> bytes:
    """Return what all files of the folder hold."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_grant_is_kept_replaced_and_discarded(storage_settings: StorageSettings, clock: FastClock) -> None:
    """What the consent gave us survives a restart, with and without an access token."""
    async with open_storage(storage_settings, clock) as storage:
        assert await storage.accounts.grant() is None
        await storage.accounts.save(GRANT)
    async with open_storage(storage_settings, clock) as storage:
        assert await storage.accounts.grant() == GRANT
        bare = replace(GRANT, access_token=None, expires_at=None, refresh_token="rotated")
        await storage.accounts.save(bare)
        assert await storage.accounts.grant() == bare
        await storage.accounts.discard()
        assert await storage.accounts.grant() is None


async def test_tokens_cannot_be_read_in_the_files(
    storage_settings: StorageSettings, clock: FastClock, tmp_path: Path
) -> None:
    """Neither the database nor its log holds a token in the clear."""
    async with open_storage(storage_settings, clock) as storage:
        await storage.accounts.save(GRANT)
        during = everything_in(tmp_path)
    after = everything_in(tmp_path)
    assert b"tastebud-bot" in during
    assert b"tastebud-bot" in after
    assert b"SECRET" not in during + after


async def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The first start makes the key, mode 0600; later starts use it."""
    path = tmp_path / "deep" / "tastebud.key"
    first = open_vault(None, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_vault("", str(path)).decrypt(first.encrypt("hello")) == "hello"


async def test_a_key_from_the_environment_makes_no_file(tmp_path: Path) -> None:
    """With TASTEBUD_KEY set nothing is written beside the database."""
    key = Fernet.generate_key().decode()
    secret = open_vault(f"{key}\n", str(tmp_path / "key")).encrypt("hello")
    assert Vault(key).decrypt(secret) == "hello"
    assert not (tmp_path / "key").exists()


async def test_another_key_is_a_sentence(storage_settings: StorageSettings, clock: FastClock) -> None:
    """Tokens of another key are refused with what to do, and everything else works."""
    async with open_storage(storage_settings, clock) as storage:
        await storage.accounts.save(GRANT)
    async with open_storage(storage_settings, clock, Fernet.generate_key().decode()) as storage:
        with pytest.raises(WrongKey, match="tastebud link"):
            await storage.accounts.grant()
        assert await storage.people.by_discord_id(1) is None
        await storage.accounts.save(GRANT)
        assert await storage.accounts.grant() == GRANT


@pytest.mark.parametrize("key", ["short", "not base64 at all, not at all, not at all!!", "é" * 44])
async def test_a_malformed_key_is_a_sentence(key: str, tmp_path: Path) -> None:
    """A key that is no key is named as such at start, from the environment and from the file."""
    with pytest.raises(WrongKey, match="malformed"):
        open_vault(key, str(tmp_path / "key"))
    (tmp_path / "key").write_text(key, "utf-8")
    with pytest.raises(WrongKey, match="malformed"):
        open_vault(None, str(tmp_path / "key"))


async def test_a_key_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    """A folder or binary rubbish in place of the key is answered by what to check."""
    with pytest.raises(StorageError, match="cannot be read or made"):
        open_vault(None, str(tmp_path))
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StorageError, match="cannot be read or made"):
        open_vault(None, str(tmp_path / "key"))
