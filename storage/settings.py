"""Where things are kept, and their backups."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where things are kept.

    url: the database; SQLite's file by default, or postgresql+asyncpg://user:password@host/name.
    key_file: the key that tokens are encrypted with, made at first start unless TASTEBUD_KEY is set.
    backups: the folder of backups; empty means `backups` beside the database.
    backup_days: days that a daily backup is kept; 0 makes none of them (before tables change one is made anyway).
    """

    url: str = "sqlite+aiosqlite:///data/tastebud.db"
    key_file: str = "data/tastebud.key"
    backups: str = ""
    backup_days: int = 14

    def __post_init__(self) -> None:
        """Refuse what cannot work; the message is shown to the owner."""
        if self.backup_days < 0:
            raise ValueError("backup_days cannot be below 0.")
