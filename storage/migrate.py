"""Bring the tables up to date at start, all in one transaction."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from storage.errors import NewerDatabase

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

SCRIPTS = Path(__file__).parent / "migrations"

NEWER = (
    "This {what} written by a newer version of Tastebud (revision {revision}): "
    "update Tastebud, or restore the backup made before the update."
)


def upgrade(connection: Connection) -> None:
    """Run the migrations that this database lacks, in the connection's open transaction."""
    # Alembic brings Mako and more along; only the start needs it.
    from alembic import command

    config, scripts = _scripts()
    config.attributes["connection"] = connection
    current = _heads(connection)
    if unknown := set(current) - revisions():
        raise NewerDatabase(NEWER.format(what="database was", revision=", ".join(sorted(unknown))))
    if set(current) != set(scripts.get_heads()):
        command.upgrade(config, "head")


def behind(connection: Connection) -> str | None:
    """Return the revision that a database with tables of an older one is to come to, else None."""
    _, scripts = _scripts()
    current, heads = set(_heads(connection)), scripts.get_heads()
    return heads[0] if current and current <= revisions() and current != set(heads) else None


def revisions() -> set[str]:
    """Return every revision that this version of Tastebud knows."""
    return {script.revision for script in _scripts()[1].walk_revisions()}


def _scripts() -> "tuple[Config, ScriptDirectory]":
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)


def _heads(connection: Connection) -> tuple[str, ...]:
    from alembic.runtime.migration import MigrationContext

    return tuple(MigrationContext.configure(connection).get_current_heads())
