"""What members said of tracks: kept with the share, gone with it."""

from storage.said import MOST_TRACKS
from storage.stores import Storage
from tests.storage_helpers import ANN, CHANNEL, SERVER, saved_ids, share


async def say(storage: Storage, message_id: int, track_ids: list[int], said: str | None) -> None:
    """Record a share with these words."""
    made = await share(storage, message_id, track_ids)
    await storage.shares.record(SERVER, CHANNEL, message_id, ANN, track_ids, made.at, said)


async def test_words_are_kept_with_the_share(storage: Storage) -> None:
    """And follow it when it is edited."""
    (one,) = await saved_ids(storage, 1)
    await say(storage, 5, [one], "so dreamy")
    assert await storage.said.load() == {one: ("so dreamy",)}
    stored = await storage.shares.by_message(5)
    assert stored is not None
    assert stored.said == "so dreamy"
    await say(storage, 5, [one], "rather loud")
    assert await storage.said.load() == {one: ("rather loud",)}
    await say(storage, 5, [one], None)
    assert await storage.said.load() == {}


async def test_words_go_with_the_message(storage: Storage) -> None:
    """Nothing of it stays."""
    (one,) = await saved_ids(storage, 1)
    await say(storage, 5, [one], "so dreamy")
    await storage.shares.remove([5])
    assert await storage.said.load() == {}


async def test_words_are_in_no_repr(storage: Storage) -> None:
    """What is printed by accident, into a log say, holds none of them."""
    (one,) = await saved_ids(storage, 1)
    await say(storage, 5, [one], "so dreamy")
    assert "dreamy" not in repr(await storage.shares.recent())


async def test_words_of_many_messages_are_gathered_by_track(storage: Storage) -> None:
    """In the order of the shares; a message with many tracks is about none of them."""
    ids = await saved_ids(storage, MOST_TRACKS + 1)
    await say(storage, 1, ids[:1], "one")
    await say(storage, 2, ids[:2], "two")
    await say(storage, 3, ids, "a whole evening")
    await say(storage, 4, ids[1:2], "")
    assert await storage.said.load() == {ids[0]: ("one", "two"), ids[1]: ("two",)}


async def test_words_follow_a_merged_track(storage: Storage) -> None:
    """They are about the recording, whichever row it has."""
    kept, gone = await saved_ids(storage, 2)
    await say(storage, 5, [gone], "so dreamy")
    twin = (await storage.tracks.get([gone]))[gone].refs[0]
    await storage.tracks.add_ref(kept, twin)
    assert await storage.said.load() == {kept: ("so dreamy",)}


async def test_who_opted_out_says_nothing(storage: Storage) -> None:
    """Neither what they write from now on, nor what they wrote before."""
    (one,) = await saved_ids(storage, 1)
    await say(storage, 5, [one], "so dreamy")
    await storage.people.set_opted_out(ANN.discord_id, ANN.name, True)
    assert await storage.said.load() == {}
    await say(storage, 6, [one], "rather loud")
    await storage.people.set_opted_out(ANN.discord_id, ANN.name, False)
    assert await storage.said.load() == {one: ("so dreamy",)}


async def test_everything_said_can_be_forgotten(storage: Storage) -> None:
    """The shares stand."""
    (one,) = await saved_ids(storage, 1)
    await say(storage, 5, [one], "so dreamy")
    await storage.said.forget()
    assert await storage.said.load() == {}
    assert await storage.shares.count() == 1
