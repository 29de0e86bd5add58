"""What happened while the bot was not there."""

from datetime import timedelta

import discord
import pytest

from tests.fixtures.bot import DISLIKE, LIKE, Room
from tests.fixtures.gaps import (
    after_next_page,
    deaf,
    pages_read,
    refuse_after,
    standing_everywhere,
    talk,
)


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
