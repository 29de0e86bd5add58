"""The key that tokens are encrypted with at rest, and what is done with it."""

import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storage.engines import make_folder
from storage.errors import StorageError, WrongKey
from storage.snapshots import flush

_OWNER_ONLY = 0o600


class Vault:
    """Encrypt and decrypt short texts.

    The first of several keys is the one in use; the others, separated by spaces, lines or commas, are those that it
    takes the place of, and still open what they closed.
    """

    def __init__(self, keys: str) -> None:
        parts = split_keys(keys)
        try:
            self._fernet = MultiFernet([Fernet(key.encode()) for key in parts])
        except ValueError as error:
            raise WrongKey(
                "The encryption key is malformed: TASTEBUD_KEY or the key file must hold the 44 characters "
                "that Tastebud made; remove it to have a new one made, then run tastebud link."
            ) from error
        self._key = parts[0].encode()
        self.keys = len(parts)
        """How many keys it has: more than one while they are being changed."""

    def derive(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for another purpose, which tells nothing about ours."""
        return hmac.digest(self._key, f"tastebud {purpose}".encode(), "sha256")

    def encrypt(self, text: str) -> bytes:
        """Return the text as bytes that only the key can read."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, secret: bytes) -> str:
        """Return the text again, or raise WrongKey."""
        try:
            return self._fernet.decrypt(secret).decode()
        except InvalidToken as error:
            raise WrongKey(
                "The stored Spotify tokens were encrypted with another key: bring the old TASTEBUD_KEY or key "
                "file back, or run tastebud link to link the account again."
            ) from error

    def renew(self, secret: bytes) -> bytes | None:
        """Return what one of the keys closed, closed by the first, with its instant; None for what none of them did."""
        try:
            return self._fernet.rotate(secret)
        except InvalidToken:
            return None


def read_keys(path: Path) -> list[str]:
    """Return the keys in the key file, the one in use first; the file is made if it is not there."""
    return split_keys(_read_or_make(path))


def split_keys(text: str) -> list[str]:
    """Return the keys in a text, the one in use first."""
    return text.replace(",", " ").split() or [""]


def write_keys(path: Path, keys: list[str]) -> None:
    """Put keys into the key file in place of what it held; after a kill it holds either these or the old ones."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(handle)
        fresh.replace(path)
        flush(path.parent)
    except OSError as error:
        raise StorageError(f"The key file {path} cannot be written ({error.strerror}): check its folder.") from error


def open_vault(key: str | None, key_file: str) -> Vault:
    """Return the vault of that key, else of the one in the file, which is made at first start for its owner alone."""
    return Vault(key.strip() if key and key.strip() else _read_or_make(Path(key_file)))


def _read_or_make(path: Path) -> str:
    make_folder(path)
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        except FileExistsError:
            return path.read_text("utf-8").strip()
        with os.fdopen(handle, "wb") as file:
            key = Fernet.generate_key()
            file.write(key)
            file.flush()
            os.fsync(handle)
        return key.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The key file {path} cannot be read or made: check its owner and permissions, or set TASTEBUD_KEY."
        ) from error
