"""Feedback: what single methods promise beyond the model test."""

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sandbox.clock import FastClock
from storage.feedback import Source
from storage.people import Author
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, CAT, SERVER, saved_ids, share


async def test_a_reaction_counts_for_each_track_with_its_share_of_weight(storage: Storage) -> None:
    """A like on a message with four tracks is a like of each, weighing a quarter."""
    ids = await saved_ids(storage, 4)
    await share(storage, 1, ids)
    assert await storage.feedback.react(1, BOB, "👍", 1)
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    rows = await storage.feedback.of_person(bob.id, 10)
    assert [row.track_id for row in rows] == ids
    assert {(row.source, row.value, row.weight, row.emoji) for row in rows} == {(Source.REACTION, 1, 0.25, "👍")}


async def test_a_reaction_to_an_unknown_message_is_told(storage: Storage) -> None:
    """A reaction to a message that is no share writes nothing and says so."""
    assert not await storage.feedback.react(404, BOB, "👍", 1)
    assert await storage.feedback.count() == 0
    assert await storage.people.by_discord_id(BOB.discord_id) is None


async def test_a_replayed_reaction_keeps_its_first_instant(storage: Storage, clock: FastClock) -> None:
    """Hearing of a reaction twice changes nothing, whenever it is said to have been."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    await storage.feedback.react(1, BOB, "👍", 1)
    before = await storage.feedback.opinions()
    clock.advance(timedelta(days=1))
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.react(1, BOB, "👍", 1, at=datetime(2020, 1, 1, tzinfo=UTC))
    after = await storage.feedback.opinions()
    assert after.at.tolist() == before.at.tolist()


async def test_an_emoji_that_changed_its_meaning_changes_the_row(storage: Storage) -> None:
    """When the owner makes a like emoji a dislike, catch-up turns the rows that stand."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    await storage.feedback.react(1, BOB, "🔥", 1)
    assert await storage.feedback.settle(1, "🔥", -1, [BOB]) == (0, 0)
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    assert await storage.feedback.opinion_of(bob.id, track) == -1


async def test_the_newest_standing_word_is_the_opinion(storage: Storage) -> None:
    """Like, dislike, rate: the last one holds; taken back, the one before holds again."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track], author=BOB)
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None

    async def opinion() -> float | None:
        return await storage.feedback.opinion_of(bob.id, track)

    assert await opinion() == 0.5, "a share alone is a mild like"
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.feedback.react(1, BOB, "👎", -1)
    assert await opinion() == -1, "stamps of one instant still have an order"
    await storage.feedback.rate(BOB, track, 1)
    assert await opinion() == 1
    await storage.feedback.rate(BOB, track, -1, Source.BUTTON)
    await storage.feedback.rate(BOB, track, 1)
    assert await opinion() == 1, "rating the same again is a new word"
    await storage.feedback.rate(BOB, track, None)
    assert await opinion() == -1, "what was rated and clicked is gone, the reactions stand"
    await storage.feedback.unreact(1, BOB.discord_id, "👎")
    assert await opinion() == 1
    await storage.feedback.clear(1)
    assert await opinion() == 0.5
    await storage.shares.remove([1])
    assert await opinion() is None


async def test_rating_an_unknown_track_is_told(storage: Storage) -> None:
    """A rating of a track that does not exist writes nothing and says so."""
    assert not await storage.feedback.rate(BOB, 404, 1)
    assert await storage.feedback.count() == 0


async def test_opinions_are_columns_of_all_standing_words(storage: Storage) -> None:
    """Learning reads every row, typed and of one length, or those since an instant."""
    ids = await saved_ids(storage, 2)
    assert len(await storage.feedback.opinions()) == 0
    await share(storage, 1, ids)
    await storage.feedback.react(1, BOB, "👎", -1, at=datetime(2026, 2, 1, tzinfo=UTC))
    rows = await storage.feedback.opinions()
    assert len(rows) == 4
    assert rows.person_id.dtype == rows.track_id.dtype == rows.at.dtype == np.int64
    assert rows.weight.tolist() == [0.5] * 4
    assert sorted(rows.value.tolist()) == [-1, -1, 1, 1]
    late = await storage.feedback.opinions(since=datetime(2026, 1, 31, tzinfo=UTC))
    assert late.value.tolist() == [-1, -1]


async def test_people_who_opted_out_are_not_recorded(storage: Storage) -> None:
    """Nothing that somebody does after opting out is written, by whatever way it comes."""
    ids = await saved_ids(storage, 2)
    await share(storage, 1, ids, author=ANN)
    await storage.people.set_opted_out(BOB.discord_id, BOB.name, True)
    assert await storage.feedback.react(1, BOB, "👍", 1), "the share is known all the same"
    assert await storage.feedback.rate(BOB, ids[0], 1, server_id=SERVER)
    assert await storage.feedback.settle(1, "👎", -1, [BOB, CAT]) == (1, 0)
    await share(storage, 2, ids, author=BOB)
    bob = await storage.people.by_discord_id(BOB.discord_id)
    assert bob is not None
    assert bob.opted_out
    assert await storage.feedback.of_person(bob.id, 10) == []
    assert await storage.people.servers_of(bob.id, datetime(2000, 1, 1, tzinfo=UTC)) == []
    pool = await storage.tracks.pool([SERVER])
    assert {sharer.discord_id for sharers in pool.values() for sharer in sharers} == {ANN.discord_id}


async def test_what_was_said_before_opting_out_is_no_longer_used(storage: Storage) -> None:
    """Earlier words of somebody who opted out teach nobody and name nobody, and come back when they do."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    await storage.feedback.react(1, BOB, "👍", 1)
    await storage.people.set_opted_out(BOB.discord_id, BOB.name, True)
    ann = await storage.people.by_discord_id(ANN.discord_id)
    assert ann is not None
    assert (await storage.feedback.opinions()).person_id.tolist() == [ann.id]
    assert await storage.feedback.likers([track], [SERVER]) == {track: [ANN]}
    await storage.people.set_opted_out(BOB.discord_id, BOB.name, False)
    assert len(await storage.feedback.opinions()) == 2


async def test_likers_are_named_within_their_servers_only(storage: Storage, clock: FastClock) -> None:
    """A reason names who said they like it there, latest first, and nobody who has since said otherwise."""
    (track,) = await saved_ids(storage, 1)
    dan, eve = Author(13, "Dan"), Author(14, "Eve")
    await share(storage, 1, [track], author=ANN)
    await share(storage, 2, [track], author=BOB, server_id=7)
    clock.advance(timedelta(days=1))
    await storage.feedback.react(1, CAT, "👍", 1)
    await storage.feedback.react(2, dan, "👍", 1)
    await storage.feedback.react(1, eve, "👍", 1)
    await storage.feedback.rate(eve, track, -1)
    assert await storage.feedback.likers([track], [SERVER]) == {track: [CAT, ANN]}, "Eve has rated it down since"
    assert await storage.feedback.likers([track], [7]) == {track: [dan, BOB]}
    assert await storage.feedback.likers([track], []) == {}


@pytest.mark.parametrize("times", [1, 3])
async def test_concurrent_reactions_all_land(storage: Storage, times: int) -> None:
    """Reactions that come in at once, some of them again and again, are each one row."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    authors = [Author(1000 + number, f"Member {number}") for number in range(100)]
    await asyncio.gather(*(storage.feedback.react(1, author, "👍", 1) for _ in range(times) for author in authors))
    assert await storage.feedback.counts(1) == {"👍": 100}
    assert await storage.feedback.count() == 101


async def test_settling_a_crowd_is_exact(storage: Storage) -> None:
    """Thousands on one emoji, most of them new, are settled as they stand."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    crowd = [Author(5000 + number, f"Member {number}") for number in range(3000)]
    assert await storage.feedback.settle(1, "👍", 1, crowd[:10]) == (10, 0)
    assert await storage.feedback.settle(1, "👍", 1, crowd[5:]) == (2990, 5)
    assert await storage.feedback.counts(1) == {"👍": 2995}
    assert await storage.feedback.settle(1, "👍", 1, []) == (0, 2995)
    assert await storage.feedback.counts(1) == {}
