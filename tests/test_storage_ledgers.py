"""Feature blocks, models, checkpoints, quota, misses and provenance."""

from datetime import UTC, datetime, timedelta

import numpy as np

from sandbox.clock import FastClock
from storage.checkpoints import Checkpoint
from storage.stores import Storage
from tests.storage_helpers import saved_ids, share, spotify_ref


async def test_blocks_come_back_as_a_matrix(storage: Storage) -> None:
    """Numbers are kept by block and version; a newer version takes the place of the older."""
    one, two, three = await saved_ids(storage, 3)
    await storage.features.save(two, "audio", "1", np.array([0.5, -1.0, 3.0]))
    await storage.features.save(one, "audio", "1", np.array([1, 2, 3], dtype=np.float32))
    await storage.features.save(three, "audio", "1", None)
    await storage.features.save(three, "deezer", "1", np.array([9.0]))
    ids, numbers = await storage.features.load("audio", "1")
    assert (ids.tolist(), numbers.tolist()) == ([one, two], [[1, 2, 3], [0.5, -1, 3]])
    assert ids.dtype == np.dtype(np.int64)
    assert numbers.dtype == np.dtype(np.float32)
    await storage.features.save(one, "audio", "2", np.array([7.0, 7.0]))
    assert (await storage.features.load("audio", "1"))[0].tolist() == [two]
    assert (await storage.features.load("audio", "2"))[1].tolist() == [[7, 7]]
    assert (await storage.features.load("none", "1"))[1].shape == (0, 0)


async def test_wanting_asks_for_the_newest_shared_first(storage: Storage, clock: FastClock) -> None:
    """Work is what has no numbers of this version: shared before candidates, no placeholder, no refused."""
    one, two, three, four, five = await saved_ids(storage, 5)
    await storage.tracks.placeholder(spotify_ref(50))
    await share(storage, 1, [one, two])
    await share(storage, 2, [three])
    await storage.features.save(two, "audio", "1", np.zeros(2))
    await storage.features.save(five, "audio", "1", None)
    await storage.features.refuse(one, "audio", clock.now() + timedelta(hours=1))
    assert await storage.features.wanting("audio", "1", 9) == [three, four]
    assert await storage.features.wanting("audio", "1", 1) == [three]
    assert await storage.features.wanting("audio", "2", 9) == [three, two, five, four]
    assert set(await storage.features.wanting("deezer", "1", 9)) == {one, two, three, four, five}
    clock.advance(timedelta(hours=1))
    assert await storage.features.wanting("audio", "1", 9) == [three, one, four], "a refusal passes, a miss stands"
    assert await storage.features.wanting("audio", "1", 9, missed_before=clock.now()) == [three, one, five, four]


async def test_numbers_end_a_refusal(storage: Storage, clock: FastClock) -> None:
    """Once the source has answered, an earlier refusal no longer holds back the next version."""
    (one,) = await saved_ids(storage, 1)
    await storage.features.refuse(one, "audio", clock.now() + timedelta(days=9))
    await storage.features.save(one, "audio", "1", np.zeros(1))
    assert await storage.features.wanting("audio", "2", 9) == [one]
    await storage.features.save(404, "audio", "1", np.zeros(1))
    await storage.features.refuse(404, "audio", clock.now())
    assert (await storage.features.load("audio", "1"))[0].tolist() == [one]


async def test_models_are_bytes_of_one_version(storage: Storage) -> None:
    """A model of another version is as good as none."""
    assert await storage.models.load("taste", "1") is None
    await storage.models.save("taste", "1", b"\x00old")
    await storage.models.save("taste", "1", b"\x00new")
    assert await storage.models.load("taste", "1") == b"\x00new"
    await storage.models.save("taste", "2", b"two")
    assert await storage.models.load("taste", "1") is None


async def test_checkpoints_are_kept_per_channel(storage: Storage) -> None:
    """How far a channel was read is what was last saved."""
    first = Checkpoint(channel_id=5, server_id=1, newest_message_id=10**18, history_before=10**17)
    await storage.checkpoints.save(first)
    assert await storage.checkpoints.get(5) == first
    done = Checkpoint(5, 1, 10**18 + 1, None, history_done=True)
    await storage.checkpoints.save(done)
    await storage.checkpoints.save(Checkpoint(4, 1))
    assert await storage.checkpoints.all() == [Checkpoint(4, 1), done]
    assert await storage.checkpoints.get(6) is None


async def test_calls_are_counted_by_day(storage: Storage, clock: FastClock) -> None:
    """The budget of a bucket is what was spent since the beginning of a day, UTC."""
    start = clock.now()
    await storage.quota.spend("spotify", "get")
    await storage.quota.spend("spotify", "get", 4)
    await storage.quota.spend("spotify", "search")
    assert await storage.quota.spent("spotify", "get", start) == 5
    clock.move_to(datetime(2026, 1, 6, 0, 0, tzinfo=UTC))
    await storage.quota.spend("spotify", "get")
    assert await storage.quota.spent("spotify", "get", clock.now()) == 1
    assert await storage.quota.spent("spotify", "get", start) == 6
    assert await storage.quota.spent("deezer", "get", start) == 0
    assert await storage.quota.today() == [("spotify", "get", 1)]


async def test_a_pause_holds_until_it_is_over(storage: Storage, clock: FastClock) -> None:
    """Whoever asked us to wait is left alone until then, across restarts."""
    until = clock.now() + timedelta(hours=5)
    await storage.quota.pause("spotify", until, "quota")
    assert await storage.quota.paused_until("spotify") == until
    assert await storage.quota.paused_until("deezer") is None
    assert await storage.quota.pauses() == [("spotify", until, "quota")]
    await storage.quota.pause("spotify", clock.now() + timedelta(hours=1), "again")
    clock.advance(timedelta(hours=1))
    assert await storage.quota.paused_until("spotify") is None
    assert await storage.quota.pauses() == []


async def test_a_miss_stands_for_its_time(storage: Storage, clock: FastClock) -> None:
    """A miss is known since its instant; asking again renews it."""
    start = clock.now()
    assert not await storage.misses.known("deezer", "isrc:X", start)
    await storage.misses.remember("deezer", "isrc:X")
    assert await storage.misses.known("deezer", "isrc:X", start)
    clock.advance(timedelta(days=15))
    assert not await storage.misses.known("deezer", "isrc:X", start + timedelta(days=1))
    await storage.misses.remember("deezer", "isrc:X")
    assert await storage.misses.known("deezer", "isrc:X", start + timedelta(days=1))
    assert not await storage.misses.known("spotify", "isrc:X", start)
