"""`tastebud evaluate --database`: a community judged by its own rows, read while the bot runs."""

import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bot.config import Settings
from bot.errors import StartError
from bot.evaluating import Output
from bot.evaluating_database import load_stream, show_database
from catalog.models import Pick, Slot
from recommender.evaluation import Plan
from recommender.evaluation_drops import answers, picks_table
from recommender.taste import TasteSettings
from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.errors import StorageError
from storage.owners import Owner
from storage.people import Author
from storage.schema import feedback
from storage.stores import Storage, look_at_storage, open_storage
from tests.storage_helpers import saved_ids

QUICK = Plan(taste=TasteSettings(rounds=1), seeds=(0,), draws=1)
PEOPLE, TRACKS, WEEKS = 8, 40, 5
SECRET_NAMES = ("Annabel", "Bartholomew")


async def lived(storage: Storage, clock: FastClock) -> None:
    """Let five weeks pass in which two camps rate, and the first member gets a drop of which she likes half."""
    ids = await saved_ids(storage, TRACKS)
    rng = np.random.default_rng(0)
    authors = [Author(100 + number, f"{SECRET_NAMES[number % 2]} {number}") for number in range(PEOPLE)]
    orders = [rng.permutation(TRACKS) for _ in authors]
    for week in range(WEEKS):
        for author, order in zip(authors, orders, strict=True):
            for track in order[week * 6 : week * 6 + 6].tolist():
                await storage.feedback.rate(author, ids[track], 1 if track % 2 == author.discord_id % 2 else -1)
        clock.advance(timedelta(days=7))
    first = await storage.people.by_discord_id(authors[0].discord_id)
    assert first is not None
    owner = Owner("person", first.id)
    drop = await storage.drops.plan("2026-W10", owner, clock.now())
    tracks = await storage.tracks.get(ids)
    fresh = [ids[track] for track in orders[0][30:34].tolist()]
    rated_before = ids[orders[0][0]]
    picks = [
        Pick(tracks[track], 0.5, explores=place == 0, slot=Slot.WILDCARD if place == 0 else Slot.BEST, propensity=0.5)
        for place, track in enumerate([*fresh, rated_before])
    ]
    await storage.drops.record_picks(drop.id, picks)
    await storage.drops.mark_written(drop.id)
    clock.advance(timedelta(hours=5))
    for place, track in enumerate(fresh[:3]):
        await storage.feedback.rate(authors[0], track, 1 if place % 2 == 0 else -1)
    clock.advance(timedelta(days=1))


@pytest.fixture
def plain_settings(storage_settings: StorageSettings) -> Settings:
    """Return settings of nothing but the database."""
    return Settings(storage=storage_settings)


async def test_a_running_community_is_judged_without_names(
    storage: Storage, clock: FastClock, storage_settings: StorageSettings, tmp_path: Path
) -> None:
    """While the writer is open: drops, weeks, how opinions came about, new members; and nobody's name."""
    await lived(storage, clock)
    before = (tmp_path / "tastebud.db").read_bytes()
    console = Console(file=io.StringIO(), width=80)
    output = Output(as_json=True)
    await show_database(Settings(storage=storage_settings), clock, None, QUICK, output, console, Console(quiet=True))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    titles = [table["title"] for table in json.loads(text)["tables"]]
    assert titles[:4] == [
        "Drops as they were received",
        "Week by week, what people liked next",
        "Over time",
        "Opinions by how they came about",
    ]
    assert "A new member" in titles
    assert not any(name in text for name in SECRET_NAMES)
    assert (tmp_path / "tastebud.db").read_bytes() == before


async def test_drops_are_joined_with_what_was_said_afterwards(storage: Storage, clock: FastClock) -> None:
    """Three of five picks answered, two liked; what was said before counts for none; the exploring one stands apart."""
    await lived(storage, clock)
    stream = await load_stream(storage, QUICK)
    assert np.nan_to_num(answers(stream).liked, nan=-1).tolist() == [1, 0, 1, -1, -1]
    table = picks_table(stream)
    assert table is not None
    means = {line.method: [figure.mean for figure in line.figures] for line in table.lines}
    assert means["all picks"][:4] == pytest.approx([5, 3 / 5, 2 / 5, 2 / 3])
    assert means["exploring picks"][:4] == pytest.approx([1, 1, 1, 1])
    assert means["other picks"][:4] == pytest.approx([4, 1 / 2, 1 / 4, 1 / 2])
    assert means["all picks"][4] == pytest.approx(2 / 3), "alike propensities weigh alike"


async def test_looking_writes_nothing(storage: Storage, storage_settings: StorageSettings, clock: FastClock) -> None:
    """Whoever tries to write through a look is refused by the database."""
    async with look_at_storage(storage_settings, clock) as looking:
        assert await looking.feedback.count() == 0
        with pytest.raises(StorageError):
            await looking.db.write(lambda conn: conn.execute(feedback.delete()))
    assert await storage.feedback.count() == 0


async def test_no_database_is_told(plain_settings: Settings, clock: FastClock, tmp_path: Path) -> None:
    """None is made by looking for it."""
    with pytest.raises(StorageError, match="There is no database"):
        await show_database(plain_settings, clock, None, QUICK, Output(), Console(quiet=True), Console(quiet=True))
    assert not (tmp_path / "tastebud.db").exists()


async def test_a_file_of_others_is_told(plain_settings: Settings, clock: FastClock, tmp_path: Path) -> None:
    """An empty file is no database of ours, and stays as it is."""
    (tmp_path / "tastebud.db").touch()
    with pytest.raises(StorageError, match="holds nothing of Tastebud's"):
        await show_database(plain_settings, clock, None, QUICK, Output(), Console(quiet=True), Console(quiet=True))


async def test_an_empty_community_is_told(storage_settings: StorageSettings, clock: FastClock) -> None:
    """What is missing is said in a sentence."""
    async with open_storage(storage_settings, clock):
        pass
    with pytest.raises(StartError, match="too little to judge by yet"):
        await show_database(
            Settings(storage=storage_settings), clock, None, QUICK, Output(), Console(quiet=True), Console(quiet=True)
        )
