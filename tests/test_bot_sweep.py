"""Known shares looked at again: what was taken back while nobody listened."""

from datetime import timedelta

import pytest

from bot.config import DiscordSettings
from tests.fixtures.bot import DISLIKE, LIKE, Room
from tests.fixtures.gaps import (
    forbid_history,
    mark_own_reactions,
    pages_read,
    standing_everywhere,
    talk,
)


async def test_what_was_taken_back_in_a_downtime_is_taken_back(room: Room) -> None:
    """Deleted messages, removed reactions and edits of a downtime hold, and new ones come in beside them."""
    ann, bea, cleo = room.member("ann"), room.member("bea"), room.member("cleo")
    kept, deleted, edited = [await ann.send(room.channel, room.link(number)) for number in range(3)]
    newest = await ann.send(room.channel, room.link(3))
    for message in (kept, deleted, edited, newest):
        await bea.react(message, LIKE)
        await cleo.react(message, DISLIKE)
    await room.leave()
    await ann.delete(deleted)
    await ann.delete(newest)
    await ann.edit(edited, room.link(4))
    await bea.unreact(kept, LIKE)
    await cleo.react(kept, LIKE)
    await room.come_back()
    ids = [track.spotify_id for track in room.tracks]
    assert await room.shared() == {kept.id: [ids[0]], edited.id: [ids[4]]}
    assert await room.standing(kept) == {(cleo.id, LIKE, 1), (cleo.id, DISLIKE, -1)}
    assert await room.standing(edited) == {(bea.id, LIKE, 1), (cleo.id, DISLIKE, -1)}
    assert await room.opinion(bea, 0) is None


async def test_a_swap_of_people_is_seen_although_counts_agree(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """One took a thumb away, another set one: near the gap the people are read, not only counted."""
    mark_own_reactions(monkeypatch, room)
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await ann.react(message, LIKE)
    await room.leave()
    await ann.unreact(message, LIKE)
    await bea.react(message, LIKE)
    await room.come_back()
    assert await room.standing(message) == {(bea.id, LIKE, 1)}


async def test_long_before_the_gap_counts_are_enough(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares older than recheck_days cost no request for people while counts agree, and one page for many."""
    mark_own_reactions(monkeypatch, room)
    ann, bea = room.member("ann"), room.member("bea")
    messages = [await ann.send(room.channel, room.link(number)) for number in range(5)]
    for message in messages:
        await bea.react(message, LIKE)
    await room.env.advance_time(20 * 86_400)
    room.product.clock.advance(timedelta(days=20))
    await ann.send(room.channel, room.link(7))
    await room.leave()
    await bea.unreact(messages[2], LIKE)
    mark = len(room.env.http_requests)
    await room.come_back()
    asked = [each.path for each in room.env.http_requests[mark:] if each.method == "GET"]
    assert await room.standing(messages[2]) == set()
    assert await room.standing(messages[1]) == {(bea.id, LIKE, 1)}
    assert sum("/reactions/" in path for path in asked) == 0
    assert sum(path.endswith("/messages") for path in asked) <= 2


async def test_shares_behind_much_talk_are_found_with_few_pages(room: Room) -> None:
    """A sweep reads the pages that hold shares and leaves the talk between them out."""
    ann, bea = room.member("ann"), room.member("bea")
    old = await ann.send(room.channel, room.link(0))
    await talk(room, ann, 400)
    await room.env.advance_time(3 * 86_400)
    room.product.clock.advance(timedelta(days=3))
    young = await ann.send(room.channel, room.link(1))
    await room.leave()
    await bea.react(old, LIKE)
    await bea.react(young, DISLIKE)
    mark = len(room.env.http_requests)
    await room.come_back()
    assert await standing_everywhere(room) == {(old.id, bea.id, LIKE, 1), (young.id, bea.id, DISLIKE, -1)}
    assert pages_read(room, mark) == 2


async def test_a_channel_deleted_in_a_downtime_takes_its_shares_away(room: Room) -> None:
    """Nobody sees the deletion, so the next start asks for the channel."""
    ann = room.member("ann")
    other = room.guild.create_text_channel("other")
    await room.env.settle()
    await ann.send(other, room.link(0))
    kept = await ann.send(room.channel, room.link(1))
    await room.leave()
    room.env.backend.delete_channel(other.id)
    await room.come_back()
    assert list(await room.shared()) == [kept.id]


async def test_a_channel_that_cannot_be_read_loses_nothing(room: Room) -> None:
    """Discord shows an empty past to whom it is forbidden: that is no deletion."""
    ann = room.member("ann")
    message = await ann.send(room.channel, room.link(0))
    await room.leave()
    forbid_history(room)
    await room.come_back()
    assert list(await room.shared()) == [message.id]


async def test_the_weekly_sweep_looks_at_old_shares_a_few_at_a_time(room: Room) -> None:
    """What is too old for the sweep at start is looked at once a week, and the round is remembered."""
    ann, bea = room.member("ann"), room.member("bea")
    messages = [await ann.send(room.channel, room.link(number)) for number in range(6)]
    for message in messages:
        await bea.react(message, LIKE)
    await room.env.advance_time(100 * 86_400)
    room.product.clock.advance(timedelta(days=100))
    await room.leave()
    for message in messages[::2]:
        await bea.unreact(message, LIKE)
    await ann.delete(messages[1])
    await room.come_back()
    assert len(await room.shared()) == 6
    looked = []
    while found := await room.bot.weekly_sweep(limit=4):
        looked.append(found)
        await room.leave()
        await room.come_back()
    assert looked == [4, 2]
    assert set(await room.shared()) == {message.id for message in messages} - {messages[1].id}
    assert await standing_everywhere(room) == {(message.id, bea.id, LIKE, 1) for message in messages[3::2]}
    room.product.clock.advance(timedelta(days=8))
    assert await room.bot.weekly_sweep(limit=10) == 5


async def test_the_sweep_at_start_reaches_back_as_far_as_the_setting_says(room: Room) -> None:
    """Days beyond sweep_days are left to the weekly sweep."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, LIKE)
    await talk(room, ann, 120)
    await room.env.advance_time(10 * 86_400)
    room.product.clock.advance(timedelta(days=10))
    await ann.send(room.channel, room.link(1))
    await room.leave()
    await bea.unreact(message, LIKE)
    await talk(room, ann, 120)
    await room.come_back(DiscordSettings(sweep_days=5))
    assert await room.standing(message) == {(bea.id, LIKE, 1)}
    await room.leave()
    await room.come_back(DiscordSettings(sweep_days=30))
    assert await room.standing(message) == set()
