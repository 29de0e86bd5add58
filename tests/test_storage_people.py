"""People and servers."""

from datetime import UTC, datetime, timedelta

from sandbox.clock import FastClock
from storage.people import Author, Person
from storage.servers import Server
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CAT, SERVER, saved_ids, share


async def test_names_follow_and_an_empty_one_changes_nothing(storage: Storage) -> None:
    """People are known under the name they last used."""
    ids = await saved_ids(storage, 1)
    await share(storage, 1, ids)
    for name, known in (("Annie", "Annie"), ("", "Annie"), ("Ann", "Ann")):
        await storage.feedback.react(1, Author(ANN.discord_id, name), "👍", 1)
        person = await storage.people.by_discord_id(ANN.discord_id)
        assert person is not None
        assert person.name == known


async def test_a_schedule_is_kept_and_taken_back(storage: Storage) -> None:
    """Weekday, hour and timezone are kept for somebody who never did anything else, until set to None."""
    set_ = await storage.people.set_schedule(BOB.discord_id, "Bob", "friday", 18, "Europe/Oslo")
    assert set_ == Person(set_.id, BOB.discord_id, "Bob", "Europe/Oslo", "friday", 18)
    assert await storage.people.get([set_.id, 404]) == {set_.id: set_}
    back = await storage.people.set_schedule(BOB.discord_id, "Bob", None, None, None)
    assert (back.timezone, back.weekday, back.hour) == (None, None, None)
    assert await storage.people.by_discord_id(404) is None


async def test_active_are_those_with_own_feedback_since(storage: Storage, clock: FastClock) -> None:
    """Sharers, reactors and raters count, in the server where they did it; not who took all back or opted out."""
    ids = await saved_ids(storage, 1)
    start = clock.now()
    await share(storage, 1, ids, author=ANN)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.rate(CAT, ids[0], 1, server_id=7)
    await storage.feedback.rate(Author(13, "Dan"), ids[0], 1)
    await storage.feedback.react(1, Author(14, "Eve"), "👍", 1)
    await storage.feedback.unreact(1, 14, "👍")
    await storage.feedback.react(1, Author(15, "Flo"), "👍", 1)
    await storage.people.set_opted_out(15, "Flo", True)

    async def active(since: datetime, server_id: int | None = None) -> list[str]:
        return [person.name for person in await storage.people.active(since, server_id)]

    assert await active(start) == ["Ann", "Bob", "Cat", "Dan"]
    assert await active(start, SERVER) == ["Ann", "Bob"]
    assert await active(start, 7) == ["Cat"]
    assert await active(start + timedelta(days=1)) == []


async def test_servers_of_a_person_are_where_they_did_something(storage: Storage, clock: FastClock) -> None:
    """The latest comes first; what was done in private is no server."""
    ids = await saved_ids(storage, 1)
    start = clock.now()
    await storage.feedback.rate(BOB, ids[0], 1, server_id=7)
    clock.advance(timedelta(days=2))
    await storage.feedback.rate(BOB, ids[0], -1, server_id=8)
    await storage.feedback.rate(BOB, ids[0], -1)
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    assert await storage.people.servers_of(bob.id, start) == [8, 7]
    assert await storage.people.servers_of(bob.id, start + timedelta(days=1)) == [8]


async def test_first_feedback_is_the_oldest_that_stands(storage: Storage) -> None:
    """A person's first word decides when their first drop is due; who never spoke is left out."""
    ids = await saved_ids(storage, 1)
    made = await share(storage, 1, ids, author=ANN)
    await storage.feedback.react(1, ANN, "👍", 1, at=datetime(2026, 5, 1, tzinfo=UTC))
    quiet = await storage.people.set_schedule(BOB.discord_id, "Bob", None, None, None)
    assert await storage.people.first_feedback([made.person_id, quiet.id]) == {made.person_id: made.at}


async def test_servers_are_kept_renamed_and_forgotten(storage: Storage) -> None:
    """A server has its present name and the channel that last shared tracks."""
    await storage.servers.ensure(2, "Two")
    await storage.servers.remember_channel(1, 11)
    await storage.servers.ensure(1, "One")
    await storage.servers.ensure(2, "Second")
    assert await storage.servers.all() == [Server(1, "One", 11), Server(2, "Second", None)]
    await storage.servers.remember_channel(1, 12)
    await storage.servers.forget(2)
    assert await storage.servers.all() == [Server(1, "One", 12)]
