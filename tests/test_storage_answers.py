"""What services answered, on disk."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.models import Kept
from sandbox.clock import FastClock
from storage.database import Database, StorageSettings
from storage.stores import Storage


async def test_answers_come_back_by_kind_and_key(storage: Storage, clock: FastClock) -> None:
    """A hit has its text, a miss has none, and what was never answered is not there."""
    began = clock.now()
    await storage.answers.remember("a.kind", {"one": '{"x": "é"}', "two": None})
    await storage.answers.remember("another", {"one": "3"})
    await storage.answers.remember("a.kind", {})
    found = await storage.answers.recall("a.kind", ["one", "two", "three", "one"])
    assert found == {"one": Kept('{"x": "é"}', began), "two": Kept(None, began)}
    assert await storage.answers.recall("a.kind", []) == {}


async def test_a_newer_answer_takes_the_place_of_an_older(storage: Storage, clock: FastClock) -> None:
    """A miss may become a hit, and its time is the newer one's."""
    await storage.answers.remember("k", {"one": None})
    clock.advance(timedelta(days=15))
    await storage.answers.remember("k", {"one": "1"})
    assert await storage.answers.recall("k", ["one"]) == {"one": Kept("1", clock.now())}


async def test_many_answers_are_kept_at_once(storage: Storage) -> None:
    """More keys than one statement can hold."""
    many = {f"key {number}": str(number) for number in range(40_000)}
    await storage.answers.remember("many", many)
    found = await storage.answers.recall("many", list(many))
    assert {key: kept.text for key, kept in found.items()} == many


async def test_a_database_of_the_first_version_is_brought_up_to_date(
    storage_settings: StorageSettings, tmp_path: Path
) -> None:
    """Its rows stay, and the table of answers is made."""
    from alembic import command
    from alembic.config import Config

    from storage.migrate import SCRIPTS

    def downgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")

    async def job(conn: AsyncConnection) -> None:
        await conn.execute(text("INSERT INTO servers (id, name) VALUES (1, 'one')"))
        await conn.run_sync(downgrade)

    async with Database.open(storage_settings) as db:
        await db.write(job)
    with sqlite3.connect(tmp_path / "tastebud.db") as conn:
        assert not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'answers'").fetchall()
    conn.close()
    async with Database.open(storage_settings) as db, db.read() as reading:
        assert await reading.scalar(text("SELECT name FROM servers")) == "one"
        assert await reading.scalar(text("SELECT count(*) FROM answers")) == 0
