"""Messages with links, as long as they stand."""

import discord
import simcord

from bot.config import DiscordSettings
from tests.fixtures.bot import DISLIKE, LIKE, OpenRoom, Room


async def test_a_link_is_a_share_and_gets_both_thumbs(room: Room) -> None:
    """The track is kept, the sharer likes it, and 👍 👎 stand below."""
    ann = room.member("ann")
    message = await ann.send(room.channel, f"listen to this: {room.link(0)}?si=abc")
    assert await room.shared() == {message.id: [room.tracks[0].spotify_id]}
    assert await room.opinion(ann, 0) == 0.5
    assert [str(reaction.emoji) for reaction in room.channel.history()[0].reactions] == [LIKE, DISLIKE]
    assert await room.standing(message) == set()
    assert room.said() == []


async def test_several_links_are_one_share(room: Room) -> None:
    """A message with two tracks is one share of both."""
    message = await room.member("ann").send(room.channel, f"{room.link(0)} and {room.link(1)} and {room.link(0)}")
    assert await room.shared() == {message.id: [room.tracks[0].spotify_id, room.tracks[1].spotify_id]}


async def test_words_and_other_bots_are_no_shares(room: Room) -> None:
    """Only people's links count, unless the owner says otherwise."""
    robot = room.guild.add_member(room.env.create_user("robot", bot=True))
    await room.member("ann").send(room.channel, "good morning")
    await robot.send(room.channel, room.link(0))
    await room.guild.create_webhook(room.channel).send(room.link(1))
    assert await room.shared() == {}


async def test_the_owner_may_let_bots_share(open_room: OpenRoom) -> None:
    """With allow_bots a feed's links count as shares."""
    async with open_room(allow_bots=True) as room:
        robot = room.guild.add_member(room.env.create_user("robot", bot=True))
        await robot.send(room.channel, room.link(0))
        assert len(await room.shared()) == 1


async def test_only_watched_channels_count_and_threads_with_their_parent(open_room: OpenRoom) -> None:
    """A setting narrows where the bot looks."""
    async with open_room() as room:
        elsewhere = room.guild.create_text_channel("elsewhere")
        await room.leave()
        await room.come_back(DiscordSettings(channels=(room.channel.id,)))
        ann = room.member("ann")
        await ann.send(elsewhere, room.link(0))
        assert await room.shared() == {}
        start = await ann.send(room.channel, "a thread about this")
        thread = await thread_on(room, start)
        inside = await ann.send(thread, room.link(1))
        assert list(await room.shared()) == [inside.id]


async def test_a_link_edited_in_and_out(room: Room) -> None:
    """The share follows the message: what is edited out takes its feedback along."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, "wait, which one was it")
    await ann.edit(message, f"this one {room.link(0)}")
    assert await room.shared() == {message.id: [room.tracks[0].spotify_id]}
    await bea.react(message, LIKE)
    assert await room.opinion(bea, 0) == 1
    await ann.edit(message, f"no, this one {room.link(1)}")
    assert await room.shared() == {message.id: [room.tracks[1].spotify_id]}
    assert await room.opinion(bea, 0) is None
    assert await room.opinion(bea, 1) == 1
    await ann.edit(message, "never mind")
    assert await room.shared() == {}
    assert await room.opinion(bea, 1) is None


async def test_a_deleted_message_takes_its_share_away(room: Room) -> None:
    """What was said only there is forgotten; what was rated elsewhere stays."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, f"{room.link(0)} {room.link(1)}")
    await bea.react(message, DISLIKE)
    await bea.send(room.channel, f"!rate {room.link(1)} like")
    await ann.delete(message)
    assert await room.shared() == {}
    assert await room.opinion(bea, 0) is None
    assert await room.opinion(bea, 1) == 1


async def test_a_bulk_delete_takes_all_shares_away(room: Room) -> None:
    """A moderator's purge is many deletions at once."""
    ann = room.member("ann")
    messages = [await ann.send(room.channel, room.link(number)) for number in range(5)]
    assert len(await room.shared()) == 5
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete_messages([discord.Object(message.id) for message in messages[:4]])
    await room.env.settle()
    assert list(await room.shared()) == [messages[4].id]


async def test_a_deleted_thread_and_a_deleted_channel_take_their_shares_away(room: Room) -> None:
    """Deleting a place deletes each message in it."""
    ann = room.member("ann")
    other = room.guild.create_text_channel("other")
    await ann.send(other, room.link(0))
    start = await ann.send(room.channel, room.link(1))
    thread = await thread_on(room, start)
    await ann.send(thread, room.link(2))
    assert len(await room.shared()) == 3
    for place in (thread.id, other.id):
        channel = room.bot.get_channel(place)
        assert isinstance(channel, discord.Thread | discord.TextChannel)
        await channel.delete()
        await room.env.settle()
    assert list(await room.shared()) == [start.id]


async def test_a_link_to_no_track_gets_one_sentence(room: Room) -> None:
    """A broken link is answered; nothing is kept."""
    await room.member("ann").send(room.channel, "https://open.spotify.com/track/0000000000000000000000")
    assert [message.content for message in room.said()] == ["I could not find that track: the link may be broken."]
    assert await room.shared() == {}


async def test_a_playlist_link_gets_one_hint_in_a_channel(room: Room) -> None:
    """Playlists are not swallowed whole; saying so once is enough."""
    ann = room.member("ann")
    for _ in range(3):
        await ann.send(room.channel, "https://open.spotify.com/playlist/6akEvsycLGftJxYudPjmqK")
    assert len(room.said()) == 1
    assert await room.shared() == {}


async def test_nothing_is_lost_while_spotify_cannot_be_asked(room: Room) -> None:
    """The share and what people think of it are kept; the track's name comes later."""
    room.product.sandbox.faults.inject("server_error", service="spotify", times=None)
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, LIKE)
    assert await room.shared() == {message.id: [room.tracks[0].spotify_id]}
    assert await room.standing(message) == {(bea.id, LIKE, 1)}
    assert room.said() == []


async def test_a_missing_permission_is_said_once_and_work_goes_on(room: Room) -> None:
    """Without the right to react the bot asks people to, once per channel."""
    overwrite = discord.PermissionOverwrite(add_reactions=False)
    assert room.bot.user is not None
    channel = room.guild.create_text_channel("quiet", overwrites={room.bot.user: overwrite})
    ann = room.member("ann")
    await ann.send(channel, room.link(0))
    await ann.send(channel, room.link(1))
    assert len(await room.shared()) == 2
    told = [message.content for message in channel.history() if message.author.id == room.bot.user.id]
    assert len(told) == 1
    assert "Add Reactions" in told[0]


async def test_a_command_with_a_link_is_no_share(room: Room) -> None:
    """Rating a track by its link does not share it."""
    await room.member("ann").send(room.channel, f"!rate {room.link(0)} 👍")
    assert await room.shared() == {}


async def test_a_forwarded_link_is_a_share(room: Room) -> None:
    """Forwarding a message into the channel shares its track."""
    ann = room.member("ann")
    other = room.guild.create_text_channel("other")
    source = await ann.send(other, room.link(0))
    forwarded = await ann.forward(source, room.channel)
    assert set(await room.shared()) == {source.id, forwarded.id}


async def thread_on(room: Room, message: discord.Message) -> simcord.ChannelHandle:
    """Start a thread on a message and return it."""
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await (await channel.fetch_message(message.id)).create_thread(name="about it")
    await room.env.settle()
    return room.channel.threads[-1]
