"""Proposals: which source proposed what, asked about what; kept through merges and moved by the migration."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from catalog.models import Artist, Service, Track, TrackRef
from sandbox.clock import FastClock
from storage.database import Database, StorageSettings
from storage.migrate import SCRIPTS
from storage.proposals import Proposal, Seed, SeedKind
from storage.stores import Storage
from tests.storage_helpers import make_track, saved_ids, spotify_ref

ARTIST, TRACK, PERSON = SeedKind.ARTIST, SeedKind.TRACK, SeedKind.PERSON


async def test_proposals_know_where_they_come_from(storage: Storage, clock: FastClock) -> None:
    """Each proposal names its sources and seeds once; a seed asked about in vain counts as asked about."""
    assert await storage.proposals.last_asked() is None
    one, two, three = await saved_ids(storage, 3)
    start = clock.now()
    await storage.proposals.record("related", {Seed(ARTIST, 7): [two, three, two, 404]})
    clock.advance(timedelta(days=1))
    await storage.proposals.record("lastfm", {Seed(TRACK, one): [three], Seed(TRACK, two): []})
    await storage.proposals.record("related", {Seed(ARTIST, 7): [one, two]})
    await storage.proposals.record("radio", {})
    near = Proposal("related", Seed(ARTIST, 7))
    assert await storage.proposals.by_track() == {
        one: [near],
        two: [near],
        three: [Proposal("lastfm", Seed(TRACK, one)), near],
    }
    assert await storage.proposals.asked("lastfm") == {
        Seed(TRACK, one): clock.now(),
        Seed(TRACK, two): clock.now(),
    }
    assert await storage.proposals.asked("related") == {Seed(ARTIST, 7): start + timedelta(days=1)}
    assert await storage.proposals.asked("radio") == {}
    assert await storage.proposals.last_asked("related") == start + timedelta(days=1)
    assert await storage.proposals.last_asked("radio") is None


async def test_a_merged_track_stays_a_seed_and_a_proposal(storage: Storage) -> None:
    """What was found by way of a row that is gone was found by way of the one that stays, once."""
    known, other = await saved_ids(storage, 2)
    gone = (await storage.tracks.placeholder(spotify_ref(9))).id or 0
    await storage.proposals.record("lastfm", {Seed(TRACK, gone): [other], Seed(TRACK, known): [other]})
    await storage.proposals.record("radio", {Seed(TRACK, gone): [other], Seed(ARTIST, gone): [other]})
    await storage.proposals.record("reccobeats", {Seed(PERSON, gone): [gone, known]})
    await storage.tracks.save(make_track(1, refs=(spotify_ref(9),)))
    assert await storage.tracks.all_ids() == [known, other]
    assert await storage.proposals.by_track() == {
        known: [Proposal("reccobeats", Seed(PERSON, gone))],
        other: [
            Proposal("lastfm", Seed(TRACK, known)),
            Proposal("radio", Seed(ARTIST, gone)),
            Proposal("radio", Seed(TRACK, known)),
        ],
    }
    assert list(await storage.proposals.asked("lastfm")) == [Seed(TRACK, known)]


async def test_what_is_proposed_is_known_by_its_refs_or_its_name(storage: Storage) -> None:
    """A name alone leads to the track that it names, another length or a live album to none."""
    by = (Artist("Ana Vale"),)
    ref = TrackRef(Service.DEEZER, "11")
    saved = await storage.tracks.save(Track("North Sea", by, (ref,), duration_ms=200_000, album="Maps"))
    asked = [
        Track("whatever it is called there", by, (ref,)),
        Track("North Sea", by, (TrackRef(Service.DEEZER, "12"),)),
        Track("north sea", (Artist("ANA VALE"),)),
        Track("North Sea", by, duration_ms=202_000),
        Track("North Sea", by, duration_ms=320_000),
        Track("North Sea", by, album="Live at the Docks"),
        Track("North Sea", (Artist("Somebody Else"),)),
        Track("South Sea", by),
    ]
    found = await storage.proposals.known(asked)
    assert found == [saved.id, None, saved.id, saved.id, None, None, None, None]
    assert await storage.proposals.known([]) == []


async def test_what_was_gathered_before_is_kept_by_the_migration(
    storage_settings: StorageSettings, tmp_path: Path
) -> None:
    """Artists asked about and tracks found near them become seeds and proposals, and the way back is open."""
    async with Database.open(storage_settings):
        pass
    file = tmp_path / "tastebud.db"
    _migrate(file, "0005")
    with sqlite3.connect(file) as conn:
        conn.execute("INSERT INTO artists (id, name, search) VALUES (3, 'Ana', 'ana')")
        conn.execute("INSERT INTO tracks (id, title, search) VALUES (5, 'North', 'north')")
        conn.execute("INSERT INTO asked_artists (artist_id, at) VALUES (3, 99)")
        conn.execute("INSERT INTO related_tracks (artist_id, track_id) VALUES (3, 5)")
    conn.close()
    _migrate(file, "head")
    assert _rows(file, "SELECT * FROM asked_seeds") == [("related", "artist", 3, 99)]
    assert _rows(file, "SELECT * FROM proposals") == [(5, "related", "artist", 3)]
    _migrate(file, "0005")
    assert _rows(file, "SELECT artist_id, at FROM asked_artists") == [(3, 99)]
    assert _rows(file, "SELECT artist_id, track_id FROM related_tracks") == [(3, 5)]


def _migrate(file: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{file}")

    def work(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        move = command.upgrade if revision == "head" else command.downgrade
        move(config, revision)

    with engine.begin() as connection:
        work(connection)
    engine.dispose()


def _rows(file: Path, query: str) -> list[tuple[object, ...]]:
    conn = sqlite3.connect(file)
    try:
        return [tuple(row) for row in conn.execute(query)]
    finally:
        conn.close()
