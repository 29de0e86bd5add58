"""Reactions on shares, as long as they stand."""

import discord

from tests.fixtures.bot import DISLIKE, LIKE, OpenRoom, Room


async def test_a_thumb_is_an_opinion_until_it_is_taken_back(room: Room) -> None:
    """👍 is a like, 👎 a dislike; the newest standing one holds."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, LIKE)
    assert await room.opinion(bea, 0) == 1
    await bea.react(message, DISLIKE)
    assert await room.opinion(bea, 0) == -1
    await bea.unreact(message, DISLIKE)
    assert await room.opinion(bea, 0) == 1
    await bea.unreact(message, LIKE)
    assert await room.opinion(bea, 0) is None


async def test_skin_tones_and_variation_selectors_count(room: Room) -> None:
    """A thumb of any colour says the same, and each is taken back for itself."""
    ann, bea, cleo = room.member("ann"), room.member("bea"), room.member("cleo")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, "👍🏽")
    await bea.react(message, "👍🏿")
    await cleo.react(message, "👎️")
    assert await room.standing(message) == {(bea.id, "👍🏽", 1), (bea.id, "👍🏿", 1), (cleo.id, DISLIKE, -1)}
    await bea.unreact(message, "👍🏽")
    assert await room.opinion(bea, 0) == 1
    await cleo.unreact(message, "👎️")
    assert await room.standing(message) == {(bea.id, "👍🏿", 1)}


async def test_other_emoji_and_bots_say_nothing(room: Room) -> None:
    """🎉 is no opinion, and neither is a bot's thumb."""
    message = await room.member("ann").send(room.channel, room.link(0))
    robot = room.guild.add_member(room.env.create_user("robot", bot=True))
    await robot.react(message, LIKE)
    await room.member("bea").react(message, "🎉")
    assert await room.standing(message) == set()


async def test_the_emoji_that_count_are_a_setting(open_room: OpenRoom) -> None:
    """An owner may let 🔥 and a custom emoji count."""
    async with open_room(like=("🔥",), dislike=("🧊",)) as room:
        ann, bea = room.member("ann"), room.member("bea")
        message = await ann.send(room.channel, room.link(0))
        await bea.react(message, "🔥")
        await ann.react(message, LIKE)
        assert await room.standing(message) == {(bea.id, "🔥", 1)}
        assert {str(each.emoji) for each in room.channel.history()[0].reactions} == {"🔥", "🧊", LIKE}


async def test_cleared_reactions_are_all_taken_back(room: Room) -> None:
    """A moderator may clear one emoji, or all."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, room.link(0))
    for emoji in (LIKE, DISLIKE):
        await ann.react(message, emoji)
        await bea.react(message, emoji)
    stored = await channel_of(room).fetch_message(message.id)
    await stored.clear_reaction(DISLIKE)
    await room.env.settle()
    assert await room.standing(message) == {(ann.id, LIKE, 1), (bea.id, LIKE, 1)}
    await stored.clear_reactions()
    await room.env.settle()
    assert await room.standing(message) == set()


async def test_a_reaction_on_a_share_nobody_saw_brings_the_share(room: Room) -> None:
    """A missed message is fetched, with all who react to it."""
    ann, bea, cleo = room.member("ann"), room.member("bea"), room.member("cleo")
    message = await ann.send(room.channel, room.link(0))
    await bea.react(message, DISLIKE)
    await room.services.storage.shares.remove([message.id])
    await cleo.react(message, LIKE)
    assert await room.shared() == {message.id: [room.tracks[0].spotify_id]}
    assert await room.standing(message) == {(bea.id, DISLIKE, -1), (cleo.id, LIKE, 1)}


async def test_a_popular_joke_is_fetched_once(room: Room) -> None:
    """A message that is no share is not looked up again at every 👍."""
    message = await room.member("ann").send(room.channel, "a joke")
    for number in range(4):
        await room.member(f"fan{number}").react(message, LIKE)
    path = f"/channels/{room.channel.id}/messages/{message.id}"
    assert sum(1 for each in room.env.http_requests if each.method == "GET" and each.path == path) == 1


async def test_a_reaction_on_several_tracks_counts_for_each(room: Room) -> None:
    """One thumb under two tracks is an opinion on both."""
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, f"{room.link(0)} {room.link(1)}")
    await bea.react(message, LIKE)
    assert (await room.opinion(bea, 0), await room.opinion(bea, 1)) == (1, 1)


async def test_events_on_one_message_are_handled_in_order(room: Room) -> None:
    """A reaction that comes while the link is still being resolved is not lost, nor is its removal undone."""
    ann, bea, cleo = room.member("ann"), room.member("bea"), room.member("cleo")
    backend = room.env.backend
    message = backend.create_message(room.channel.id, ann.id, room.link(0))
    backend.set_reaction(room.channel.id, message.id, LIKE, bea.id, reacted=True)
    backend.set_reaction(room.channel.id, message.id, LIKE, cleo.id, reacted=True)
    backend.set_reaction(room.channel.id, message.id, LIKE, cleo.id, reacted=False)
    await room.env.settle()
    assert await room.standing(message.id) == {(bea.id, LIKE, 1)}


def channel_of(room: Room) -> discord.TextChannel:
    """Return the channel as the bot sees it."""
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel
