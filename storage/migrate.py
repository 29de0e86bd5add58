"""Bring the tables up to date at start, all in one transaction."""

from pathlib import Path

from sqlalchemy import Connection

from storage.errors import NewerDatabase

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run the migrations that this database lacks, in the connection's open transaction."""
    # Alembic brings Mako and more along; only the start needs it.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_heads()
    if not known.issuperset(current):
        raise NewerDatabase(
            f"This database was written by a newer version of Tastebud (revision {', '.join(current)}): "
            "update Tastebud, or restore the backup made before the update."
        )
    if set(current) != set(scripts.get_heads()):
        command.upgrade(config, "head")
