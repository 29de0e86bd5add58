"""Opening: migrations, and databases and settings that cannot be used."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, StorageSettings
from storage.errors import NewerDatabase, StorageError
from storage.schema_all import metadata

# A column that a later migration added stands at the end of a line, behind a comma.
ADDED = re.compile(r"\n|, (?=\w+ [A-Z]+)")


def tables_of(path: Path) -> dict[str, str]:
    """Return the SQL of every table and index in a SQLite file, without what differs by layout alone."""
    with sqlite3.connect(path) as conn:
        rows = conn.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    conn.close()
    return {
        name: "\n".join(sorted(line.strip(" ,\t") for line in re.split(ADDED, sql)))
        for name, sql in rows
        if not name.startswith(("alembic", "sqlite"))
    }


async def test_migrations_make_the_schema(storage_settings: StorageSettings, tmp_path: Path) -> None:
    """A database migrated from nothing has, to the letter, the tables that schema.py describes."""
    async with Database.open(storage_settings):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'described.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert tables_of(tmp_path / "tastebud.db") == tables_of(tmp_path / "described.db")


async def test_alembic_finds_nothing_left_to_migrate(storage_settings: StorageSettings) -> None:
    """Autogenerate, which the next migration will start from, sees no difference."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with Database.open(storage_settings) as db, db.read() as conn:
        assert await conn.run_sync(differences) == []


async def test_the_first_migration_can_be_undone(storage_settings: StorageSettings) -> None:
    """Downgrading drops every table, in an order that foreign keys allow."""
    from alembic import command
    from alembic.config import Config

    from storage.migrate import SCRIPTS

    def downgrade(connection: Connection) -> list[str]:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = MetaData()
        left.reflect(connection)
        return sorted(left.tables)

    async def job(conn: AsyncConnection) -> list[str]:
        return await conn.run_sync(downgrade)

    async with Database.open(storage_settings) as db:
        assert await db.write(job) == ["alembic_version"]


async def test_opening_again_keeps_everything(storage_settings: StorageSettings) -> None:
    """A second start migrates nothing and finds the rows of the first."""
    async with Database.open(storage_settings) as db:
        await db.write(lambda conn: conn.execute(text("INSERT INTO servers (id, name) VALUES (1, 'one')")))
    async with Database.open(storage_settings) as db, db.read() as conn:
        assert await conn.scalar(text("SELECT name FROM servers")) == "one"


async def test_a_newer_database_is_refused(storage_settings: StorageSettings) -> None:
    """A database of a revision we do not know is left alone, with a sentence that says what to do."""
    async with Database.open(storage_settings) as db:
        await db.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NewerDatabase, match=r"newer version of Tastebud.*update Tastebud"):
        async with Database.open(storage_settings):
            pass


async def test_a_failed_migration_leaves_nothing_behind(
    storage_settings: StorageSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that stops half-way is rolled back whole, since its DDL is in one real transaction."""
    from alembic import op

    make = op.create_table

    def stumble(name: str, *columns: object, **options: object) -> object:
        if name == "misses":
            raise OSError(28, "No space left on device")
        return make(name, *columns, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", stumble)
        with pytest.raises(StorageError, match="disk is full"):
            async with Database.open(storage_settings):
                pass
    assert tables_of(tmp_path / "tastebud.db") == {}
    async with Database.open(storage_settings):
        pass


async def test_a_file_that_is_no_database_is_a_sentence(storage_settings: StorageSettings, tmp_path: Path) -> None:
    """Garbage in place of the database is named as such, and not overwritten."""
    (tmp_path / "tastebud.db").write_bytes(b"this is a shopping list" * 100)
    with pytest.raises(StorageError, match="damaged or not a Tastebud database"):
        async with Database.open(storage_settings):
            pass
    assert (tmp_path / "tastebud.db").read_bytes().startswith(b"this is")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://localhost/x", "not supported"),
        ("sqlite://", "must name a file"),
        ("sqlite+aiosqlite:///:memory:", "must name a file"),
        ("sqlite:////proc/nowhere/x.db", "cannot be made"),
    ],
)
async def test_a_wrong_url_is_a_sentence(url: str, said: str) -> None:
    """Each way to misspell the URL is answered by what to write instead."""
    with pytest.raises(StorageError, match=said):
        async with Database.open(StorageSettings(url=url)):
            pass


async def test_an_unreachable_server_is_a_sentence() -> None:
    """PostgreSQL that does not answer is named as such."""
    pytest.importorskip("asyncpg")
    with pytest.raises(StorageError, match="cannot be reached"):
        async with Database.open(StorageSettings(url="postgresql://nobody:x@127.0.0.1:9/none")):
            pass
