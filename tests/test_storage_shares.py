"""Shares: recorded, edited, removed, and read back."""

from datetime import UTC, datetime, timedelta

from storage.feedback import Source
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CHANNEL, SERVER, make_track, saved_ids, share, spotify_ref


async def test_a_share_is_its_message_and_a_mild_like(storage: Storage) -> None:
    """Recording keeps who, where, when and which tracks in order, and that the sharer mildly likes them."""
    ids = await saved_ids(storage, 3)
    order = [ids[2], ids[0], ids[2], ids[1]]
    made = await share(storage, 5, order)
    assert made.track_ids == (ids[2], ids[0], ids[1])
    assert (made.server_id, made.channel_id, made.message_id, made.discord_id) == (SERVER, CHANNEL, 5, ANN.discord_id)
    assert await storage.shares.by_message(5) == made
    rows = await storage.feedback.of_person(made.person_id, 10)
    assert {(row.source, row.value, round(row.weight, 3), row.share_id) for row in rows} == {
        (Source.SHARE, 1, 0.333, made.id)
    }


async def test_recording_again_changes_nothing(storage: Storage) -> None:
    """A replayed message keeps its first instant and sharer."""
    ids = await saved_ids(storage, 1)
    made = await share(storage, 5, ids)
    again = await storage.shares.record(SERVER, CHANNEL, 5, ANN, ids, made.at + timedelta(hours=5))
    assert again == made
    assert await storage.shares.count() == 1
    assert await storage.feedback.count() == 1


async def test_an_edit_to_no_tracks_removes_the_share(storage: Storage) -> None:
    """When the last link is edited out, the share goes with its feedback."""
    ids = await saved_ids(storage, 1)
    await share(storage, 5, ids)
    await storage.feedback.react(5, BOB, "👍", 1)
    assert (await share(storage, 5, [])).track_ids == ()
    assert await storage.shares.by_message(5) is None
    assert await storage.feedback.count() == 0


async def test_removing_takes_only_what_came_through_it(storage: Storage) -> None:
    """A deleted message takes its own feedback away; other shares, ratings and the tracks stay."""
    ids = await saved_ids(storage, 1)
    await share(storage, 1, ids)
    await share(storage, 2, ids, author=BOB)
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.rate(BOB, ids[0], 1)
    assert await storage.shares.remove([1, 404]) == 1
    assert await storage.shares.remove([1]) == 0
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    assert {row.source for row in await storage.feedback.of_person(bob.id, 10)} == {Source.RATING, Source.SHARE}
    assert await storage.tracks.all_ids() == ids


async def test_recent_reads_newest_first_within_bounds(storage: Storage) -> None:
    """Sweeps read shares backwards from now, of one channel or all, between two instants."""
    ids = await saved_ids(storage, 1)
    for message_id in (1, 2, 3, 4):
        await share(storage, message_id, ids)
    second = timedelta(seconds=1)
    base = datetime(2026, 1, 5, 8, tzinfo=UTC)
    await storage.shares.record(SERVER, 77, 9, ANN, ids, base)

    async def found(**bounds: object) -> list[int]:
        return [one.message_id for one in await storage.shares.recent(**bounds)]  # type: ignore[arg-type]

    assert await found() == [4, 3, 2, 1, 9]
    assert await found(channel_id=CHANNEL, limit=2) == [4, 3]
    assert await found(since=base + 2 * second, until=base + 4 * second) == [3, 2]
    assert await found(channel_id=77) == [9]


async def test_a_share_may_name_a_track_that_was_merged_meanwhile(storage: Storage) -> None:
    """Between resolving and recording the row may have become another: the share finds it."""
    known = await storage.tracks.save(make_track(1))
    placeholder = await storage.tracks.placeholder(spotify_ref(2))
    await storage.tracks.save(make_track(1, refs=(spotify_ref(2),)))
    assert placeholder.id is not None
    made = await share(storage, 5, [placeholder.id])
    assert made.track_ids == (known.id,)
