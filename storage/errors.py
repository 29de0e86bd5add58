"""What can go wrong with storage, each with a sentence that says what to do.

StorageError
├── NewerDatabase
└── WrongKey
"""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLite's and PostgreSQL's own words -> what the owner should do.
_SENTENCES = (
    (
        ("database or disk is full", "disk i/o error", "no space left"),
        "The disk is full, so nothing new can be saved: free some space; what was saved before is safe.",
    ),
    (
        ("database is locked", "database table is locked"),
        "Another program holds the database for too long: stop it, or wait until it is done.",
    ),
    (
        ("readonly database", "unable to open database file", "permission denied"),
        "The database file cannot be written: check the folder, its owner and its permissions.",
    ),
    (
        ("file is not a database", "disk image is malformed"),
        "The database file is damaged or not a Tastebud database: restore a backup, or point storage.url elsewhere.",
    ),
    (
        (
            "connection refused",
            "connect call failed",
            "could not connect",
            "password authentication failed",
            "name or service not known",
        ),
        "The database server cannot be reached: check storage.url and that the server is running.",
    ),
)


class StorageError(Exception):
    """Something could not be saved or read; the message is a sentence for the owner."""


class NewerDatabase(StorageError):
    """The database was written by a newer version of Tastebud."""


class WrongKey(StorageError):
    """The key is malformed, or is not the one that the tokens were encrypted with."""


# What the database, its driver or the system raise; other errors of SQLAlchemy are mistakes in our code.
REFUSALS = (DBAPIError, PoolTimeout, OSError)


def explain(error: Exception) -> StorageError:
    """Return what the database refused with as a sentence that says what to do; the refusal is its cause."""
    text = str(getattr(error, "orig", None) or error)
    sentence = next((told for signs, told in _SENTENCES if any(sign in text.lower() for sign in signs)), None)
    told = StorageError(sentence or f"The database refused: {text.splitlines()[0] if text else type(error).__name__}.")
    told.__cause__ = error
    return told
