"""Offers: what a member was asked, once, and what they chose, for as long as their message stands."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, create_engine, text

from catalog.models import Artist, Service, Track, TrackRef
from sandbox.clock import FastClock
from storage.database import Database, StorageSettings
from storage.migrate import SCRIPTS
from storage.offers import Asked
from storage.stores import Storage
from tests.storage_helpers import ANN, SERVER, saved_ids

LINK = "https://www.youtube.com/watch?v=FGBhQbmPwH8"
OPTION = Track(
    "Title",
    (Artist("Zoë", "7"), Artist("Bea")),
    (TrackRef(Service.DEEZER, "5"),),
    duration_ms=200_000,
    isrc="GBDUW0000053",
    album="Album",
    year=2001,
    explicit=False,
)
ASKED = Asked(1, SERVER, SERVER + 1, ANN.discord_id, LINK, (OPTION, Track("Other")), (TrackRef(Service.YOUTUBE, "x"),))


async def test_an_offer_reads_as_it_was_made(storage: Storage) -> None:
    """Options come back whole, without having become tracks."""
    offer = await storage.offers.ask(ASKED)
    assert offer is not None
    await storage.offers.posted(offer.id, 77)
    again = await storage.offers.get(offer.id)
    assert again == replace(offer, reply_id=77)
    assert (again.asked, again.is_open, again.chosen) == (ASKED, True, ())
    assert await storage.tracks.all_ids() == []
    assert await storage.offers.get(404) is None


async def test_a_link_is_asked_about_once(storage: Storage) -> None:
    """The same link in the same message is not asked about again, also after an answer."""
    offer = await storage.offers.ask(ASKED)
    assert offer is not None
    assert await storage.offers.ask(ASKED) is None
    await storage.offers.close(offer.id)
    assert await storage.offers.ask(ASKED) is None
    assert await storage.offers.ask(replace(ASKED, message_id=2)) is not None
    assert await storage.offers.ask(replace(ASKED, link="https://other.example", album="Album")) is not None
    assert set(await storage.offers.of_message(1)) == {LINK, "https://other.example"}


async def test_the_first_answer_stands(storage: Storage) -> None:
    """Two presses at once are one answer."""
    (one, two) = await saved_ids(storage, 2)
    offer = await storage.offers.ask(ASKED)
    assert offer is not None
    assert await storage.offers.close(offer.id, [one])
    assert not await storage.offers.close(offer.id, [two])
    closed = (await storage.offers.of_message(1))[LINK]
    assert (closed.is_open, closed.chosen, closed.asked.options) == (False, (one,), ())


async def test_unanswered_are_the_old_open_ones(storage: Storage, clock: FastClock) -> None:
    """After a day an open offer is found, a closed one is not."""
    one = await storage.offers.ask(ASKED)
    two = await storage.offers.ask(replace(ASKED, message_id=2))
    assert one is not None
    assert two is not None
    await storage.offers.close(two.id)
    assert await storage.offers.unanswered(clock.now()) == []
    clock.advance(timedelta(days=1))
    await storage.offers.ask(replace(ASKED, message_id=3))
    assert [offer.id for offer in await storage.offers.unanswered(clock.now())] == [one.id]


async def test_offers_go_with_their_message(storage: Storage) -> None:
    """Forgetting returns the open ones, whose question still stands in the channel."""
    one = await storage.offers.ask(ASKED)
    two = await storage.offers.ask(replace(ASKED, message_id=2))
    assert one is not None
    assert two is not None
    await storage.offers.close(two.id)
    assert [offer.id for offer in await storage.offers.forget([1, 2, 3])] == [one.id]
    assert await storage.offers.of_message(1) == {}
    assert await storage.offers.of_message(2) == {}


async def test_titles_of_earlier_days_are_folded_by_the_migration(storage_settings: StorageSettings) -> None:
    """What was saved before recordings were found by title is found by it too."""
    from alembic import command
    from alembic.config import Config

    def to_second(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")

    path = storage_settings.url.partition(":///")[2]
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        to_second(connection)
        connection.execute(text("INSERT INTO tracks (title, search) VALUES ('Heroes - 2017 Remaster', 'x'), ('', '')"))
    engine.dispose()
    async with Database.open(storage_settings) as db, db.read() as conn:
        rows = (await conn.execute(text("SELECT title, recording FROM tracks ORDER BY id"))).all()
    assert [tuple(row) for row in rows] == [("Heroes - 2017 Remaster", "heroes"), ("", None)]
