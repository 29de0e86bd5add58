"""What happened while the bot was not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.config import DiscordSettings
from tests.fixtures.bot import DISLIKE, LIKE, Room


async def test_150_messages_and_reactions_of_a_downtime_are_there_after_start(room: Room) -> None:
    """Nothing said while the bot was away is lost, beyond one page of history and one page of people too."""
    members = [room.member(f"member{number}") for number in range(5)]
    await members[0].send(room.channel, room.link(0))
    await room.leave()
    expected = set()
    for number in range(150):
        author, fan = members[number % 5], members[(number + 1) % 5]
        message = await author.send(room.channel, room.link(number % 40))
        emoji = LIKE if number % 3 else "👎🏿"
        await fan.react(message, emoji)
        expected.add((message.id, fan.id, emoji, 1 if number % 3 else -1))
    await room.come_back()
    assert len(await room.shared()) == 151
    assert await standing_everywhere(room) == expected


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


async def test_the_first_start_reads_the_whole_past(room: Room) -> None:
    """A bot that joins late knows what was shared before it came."""
    ann, bea = room.member("ann"), room.member("bea")
    await room.leave()
    other = room.guild.create_text_channel("vinyl")
    first = await ann.send(other, room.link(0))
    await bea.react(first, LIKE)
    await talk(room, ann, 320, other)
    await ann.send(other, room.link(1))
    await room.come_back()
    ids = [track.spotify_id for track in room.tracks]
    assert sorted((await room.shared()).values()) == sorted([[ids[0]], [ids[1]]])
    assert await room.standing(first) == {(bea.id, LIKE, 1)}
    checkpoint = await room.services.storage.checkpoints.get(other.id)
    assert checkpoint is not None
    assert checkpoint.history_done
    assert room.said() == []
    assert sum(each.count for message in other.history() for each in message.reactions) == 1


async def test_reading_the_past_goes_on_where_it_was_interrupted(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash in the middle the pages read before are not read again."""
    ann = room.member("ann")
    await room.leave()
    other = room.guild.create_text_channel("vinyl")
    oldest = await ann.send(other, room.link(0))
    await talk(room, ann, 450, other)
    with pytest.MonkeyPatch.context() as patch:
        refuse_after(patch, other.id, pages=3)
        await room.come_back()
    assert await room.shared() == {}
    checkpoint = await room.services.storage.checkpoints.get(other.id)
    assert checkpoint is not None
    assert not checkpoint.history_done
    await room.crash()
    mark = len(room.env.http_requests)
    monkeypatch.setattr("bot.catching_up.EDITS", timedelta(0))
    await room.come_back()
    assert list(await room.shared()) == [oldest.id]
    assert pages_read(room, mark, other.id) == 3  # the newest page, and the two that were left


async def test_a_gap_is_read_again_when_it_was_not_closed(room: Room) -> None:
    """The checkpoint stays in front of the gap until everything in it is saved."""
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    await room.leave()
    missed = await ann.send(room.channel, room.link(1))
    await talk(room, ann, 250)
    with pytest.MonkeyPatch.context() as patch:
        refuse_after(patch, room.channel.id, pages=1)
        await room.come_back()
        live = await ann.send(room.channel, room.link(2))
    assert missed.id not in await room.shared()
    assert live.id in await room.shared()
    await room.leave()
    await room.come_back()
    assert missed.id in await room.shared()


async def test_live_messages_move_the_checkpoint(room: Room) -> None:
    """A start after a quiet stop reads one page and writes nothing anew."""
    ann = room.member("ann")
    messages = [await ann.send(room.channel, room.link(number)) for number in range(3)]
    await ann.send(room.channel, "and that is it")
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert checkpoint.newest_message_id == messages[-1].id
    await room.leave()
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert (checkpoint.newest_message_id or 0) > messages[-1].id
    mark = len(room.env.http_requests)
    await room.come_back()
    assert pages_read(room, mark) == 1


async def test_a_lost_session_is_caught_up_with(room: Room) -> None:
    """A READY that is no resume means that everything in between was missed."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, room.link(0))
    await room.hear("disconnect")
    with deaf(room):
        missed = room.env.backend.create_message(room.channel.id, ann.id, room.link(1))
        room.env.backend.set_reaction(room.channel.id, missed.id, LIKE, bea.id, reacted=True)
    await ann.send(room.channel, room.link(2))
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert (checkpoint.newest_message_id or 0) < missed.id
    await room.hear("ready")
    assert await room.standing(missed.id) == {(bea.id, LIKE, 1)}
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert (checkpoint.newest_message_id or 0) > missed.id


async def test_a_resumed_session_needs_no_catching_up(room: Room) -> None:
    """Discord replays what was missed, so no history is read and the checkpoint moves on."""
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    mark = len(room.env.http_requests)
    await room.hear("disconnect")
    replayed = await ann.send(room.channel, room.link(1))
    await room.hear("resumed")
    await ann.send(room.channel, room.link(2))
    assert pages_read(room, mark) == 0
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert (checkpoint.newest_message_id or 0) > replayed.id


@pytest.mark.parametrize("change", ["unreact", "react", "delete", "edit"])
async def test_a_live_event_wins_over_a_page_read_before_it(room: Room, change: str) -> None:
    """History is applied a moment after it was read; what happened in that moment is not undone."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, LIKE)
    backend = room.env.backend
    acts = {
        "unreact": lambda: backend.set_reaction(room.channel.id, message.id, LIKE, bea.id, reacted=False),
        "react": lambda: backend.set_reaction(room.channel.id, message.id, DISLIKE, ann.id, reacted=True),
        "delete": lambda: backend.delete_message(room.channel.id, message.id),
        "edit": lambda: backend.edit_message(room.channel.id, message.id, {"content": room.link(1)}),
    }
    with pytest.MonkeyPatch.context() as patch:
        after_next_page(patch, room, acts[change])
        await room.hear("ready")
    expected = {
        "unreact": (0, set()),
        "react": (0, {(bea.id, LIKE, 1), (ann.id, DISLIKE, -1)}),
        "delete": (None, set()),
        "edit": (1, {(bea.id, LIKE, 1)}),
    }[change]
    track = expected[0]
    assert await room.shared() == ({} if track is None else {message.id: [room.tracks[track].spotify_id]})
    assert await room.standing(message) == expected[1]


async def test_missed_shares_get_thumbs_and_missed_ratings_count(room: Room) -> None:
    """People find 👍 👎 under what they posted meanwhile, and their !rate is carried out once."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, room.link(0))
    await room.leave()
    await ann.send(room.channel, room.link(1))
    await bea.send(room.channel, f"!rate {room.link(0)} dislike")
    await room.come_back()
    assert {str(each.emoji) for each in room.channel.history()[1].reactions} == {LIKE, DISLIKE}
    assert await room.opinion(bea, 0) == -1
    assert len(room.said()) == 1
    await room.leave()
    await room.come_back()
    assert len(room.said()) == 1


async def test_threads_are_read_too_also_archived_ones(room: Room) -> None:
    """A thread that was used and archived in a downtime is part of it."""
    ann = room.member("ann")
    start = await ann.send(room.channel, "a thread")
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    opened = await (await channel.fetch_message(start.id)).create_thread(name="open")
    second = await ann.send(room.channel, "another")
    archived = await (await channel.fetch_message(second.id)).create_thread(name="closed")
    await room.env.settle()
    threads = {handle.id: handle for handle in room.channel.threads}
    await ann.send(threads[archived.id], room.link(0))
    await room.leave()
    inside = [await ann.send(threads[thread.id], room.link(number)) for number, thread in ((1, opened), (2, archived))]
    metadata = room.env.backend.channels[archived.id].thread_metadata
    assert metadata is not None
    metadata.archived, metadata.archive_timestamp = True, room.env.now().isoformat()
    room.env.backend.guilds[room.guild.id].thread_ids.remove(archived.id)  # Discord's READY lists the active ones
    await room.come_back()
    assert {message.id for message in inside} <= set(await room.shared())


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


async def test_a_channel_opened_to_the_bot_is_read(room: Room) -> None:
    """What was said while the bot was shut out is read as soon as it may come in."""
    assert room.bot.user is not None
    ann = room.member("ann")
    shut = discord.PermissionOverwrite(view_channel=False)
    other = room.guild.create_text_channel("other", overwrites={room.bot.user: shut})
    await room.env.settle()
    with deaf(room):  # simcord shows a bot also what it may not see
        hidden = room.env.backend.create_message(other.id, ann.id, room.link(0))
    room.env.backend.edit_channel(other.id, {}, overwrites=[])
    await room.env.settle()
    assert set(await room.shared()) == {hidden.id}


async def test_a_server_back_from_an_outage_is_caught_up_with(room: Room) -> None:
    """Live messages after an outage do not hide what was missed in it."""
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    guild = room.bot.get_guild(room.guild.id)
    await room.hear("guild_unavailable", guild)
    with deaf(room):
        missed = room.env.backend.create_message(room.channel.id, ann.id, room.link(1))
    live = await ann.send(room.channel, room.link(2))
    assert set(await room.shared()).isdisjoint({missed.id})
    checkpoint = await room.services.storage.checkpoints.get(room.channel.id)
    assert checkpoint is not None
    assert (checkpoint.newest_message_id or 0) < missed.id
    await room.hear("guild_available", guild)
    assert {missed.id, live.id} <= set(await room.shared())


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


async def test_reactions_found_later_are_stamped_in_the_gap(room: Room) -> None:
    """A reaction of a downtime is not older than the gap, so it is newer than what was said before it."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, LIKE)
    await room.env.advance_time(3_600)
    last = await ann.send(room.channel, room.link(1))
    await room.leave()
    await bea.react(message, DISLIKE)
    await room.come_back()
    person = await room.services.storage.people.by_discord_id(bea.id)
    assert person is not None
    newest = (await room.services.storage.feedback.of_person(person.id, 1))[0]
    assert newest.value == -1
    assert newest.at == last.created_at
    assert await room.opinion(bea, 0) == -1


async def test_catching_up_sets_its_flag(room: Room) -> None:
    """The scheduler waits for the first catch-up."""
    assert room.bot.caught_up.is_set()


# What the tests above act with.


async def talk(room: Room, member: Any, count: int, channel: Any = None) -> None:
    """Let somebody say many things at once."""
    for number in range(count):
        room.env.backend.create_message((channel or room.channel).id, member.id, f"word {number}")
    if room.env._started:
        await room.env.settle()


async def standing_everywhere(room: Room) -> set[tuple[int, int, str, int]]:
    """Return every standing reaction: message, Discord id, emoji, value."""
    messages = {share.id: share.message_id for share in await room.services.storage.shares.recent()}
    return {(messages[share], person, emoji, value) for share, person, emoji, value in await room.reactions()}


def pages_read(room: Room, mark: int, channel_id: int | None = None) -> int:
    """Return how many pages of a channel's history were asked for since then."""
    path = f"/channels/{channel_id or room.channel.id}/messages"
    return sum(1 for each in room.env.http_requests[mark:] if each.method == "GET" and each.path == path)


def refuse_after(patch: pytest.MonkeyPatch, channel_id: int, pages: int) -> None:
    """Let Discord fail once so many pages of a channel's history were read."""
    real = discord.http.HTTPClient.logs_from
    left = {"pages": pages}

    async def logs_from(client: Any, channel: int, limit: int, **options: Any) -> Any:
        if int(channel) == channel_id:
            left["pages"] -= 1
            if left["pages"] < 0:
                raise OSError("the line is cut")
        return await real(client, channel, limit, **options)

    patch.setattr(discord.http.HTTPClient, "logs_from", logs_from)


def mark_own_reactions(patch: pytest.MonkeyPatch, room: Room) -> None:
    """Tell the bot in history which reactions are its own, as Discord does and simcord does not."""
    real = discord.http.HTTPClient.logs_from

    async def logs_from(client: Any, channel: int, limit: int, **options: Any) -> Any:
        page = await real(client, channel, limit, **options)
        for message in page:
            stored = room.env.backend.get_message(int(channel), int(message["id"]))
            for shown, reaction in zip(message.get("reactions", []), stored.reactions, strict=True):
                shown["me"] = room.env.backend.bot_user.id in reaction.user_ids
        return page

    patch.setattr(discord.http.HTTPClient, "logs_from", logs_from)


def after_next_page(patch: pytest.MonkeyPatch, room: Room, act: Any) -> None:
    """Let something happen, and the bot hear of it, between the next page's reading and its use."""
    real = discord.http.HTTPClient.logs_from
    waiting = [act]

    async def logs_from(client: Any, channel: int, limit: int, **options: Any) -> Any:
        page = await real(client, channel, limit, **options)
        if waiting:
            waiting.pop()()
            for _ in range(200):
                await room.bot.services.storage.shares.count()  # lets the live event's handler end
        return page

    patch.setattr(discord.http.HTTPClient, "logs_from", logs_from)


@contextmanager
def deaf(room: Room) -> Iterator[None]:
    """Keep the bot from hearing anything."""
    subscribers = list(room.env.backend.subscribers)
    room.env.backend.subscribers.clear()
    yield
    room.env.backend.subscribers.extend(subscribers)


def forbid_history(room: Room) -> None:
    """Take the right to read the past away from everybody."""
    backend = room.env.backend
    for role in backend.guilds[room.guild.id].roles.values():
        role.permissions &= ~discord.Permissions.read_message_history.flag & ~discord.Permissions.administrator.flag
