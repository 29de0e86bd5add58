"""What is not a member's taste: a share, a channel, the last week; and back again."""

from datetime import timedelta

import discord

from tests.drop_helpers import ids_of, letters, person_id, rated, saved, shared, texts
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of


async def learned(room: Room, person: int) -> set[int]:
    """Return the tracks that the model learns from of somebody."""
    rows = await room.services.storage.feedback.opinions()
    return set(rows.track_id[rows.person_id == person].tolist())


async def test_a_share_is_left_out_and_comes_back_exactly(room: Room) -> None:
    """By the menu on a message; feedback itself is untouched; the button brings it back after a restart."""
    ann = room.member("ann")
    message = await ann.send(room.channel, room.link(0))
    await rated(room, ann, 1, 1)
    person = await person_id(room, ann)
    before = await room.services.storage.feedback.of_person(person, 100)
    count = await room.services.storage.feedback.count()
    result = await ann.context_menu(room.channel, "Not my taste", message)
    assert result.ephemeral
    shown = result.response
    assert shown is not None
    assert "1 word of yours is left out" in shown.content
    assert room.tracks[0].title in shown.content
    assert await learned(room, person) == {await saved(room, 1)}
    assert await room.services.storage.feedback.of_person(person, 100, with_muted=True) == before
    assert await room.services.storage.feedback.count() == count - 1
    await room.leave()
    await room.come_back()
    await ann.click(shown.message, custom_id=ids_of(shown, "tb:unmute")[0])
    assert await learned(room, person) == {await saved(room, 0), await saved(room, 1)}
    assert await room.services.storage.feedback.of_person(person, 100) == before


async def test_the_model_learns_without_it_and_does_not_offer_it(room: Room) -> None:
    """A refit does not see it, and what was heard is not found as new."""
    ann, bea = room.member("ann"), room.member("bea")
    await shared(room, bea, range(10))
    await shared(room, ann, [0])
    await rated(room, ann, 1, 1)
    person = await person_id(room, ann)
    picker = room.services.picker
    await picker.refit()
    assert await picker.opinions_of(person) == 2
    room.product.clock.advance(timedelta(minutes=11))
    await ann.slash(room.channel, "not-my-taste", what="channel")
    assert await picker.keep_fresh()
    assert await picker.opinions_of(person) == 1
    found = await picker.discover(ann.id, room.guild.id, 10)
    assert await saved(room, 0) not in {pick.track.id for pick in found}


async def test_a_channel_is_left_out_for_what_comes_too(room: Room) -> None:
    """What is said there later counts neither; elsewhere all counts."""
    ann, bea = room.member("ann"), room.member("bea")
    party = room.guild.create_text_channel("party")
    await ann.send(room.channel, f"!not-my-taste <#{party.id}>")
    assert room.said() == []
    assert f"<#{party.id}>" in letters(ann)[-1].content
    assert "from now on" in letters(ann)[-1].content
    message = await bea.send(party, room.link(2))
    await ann.react(message, "👍")
    other = await bea.send(room.channel, room.link(3))
    await ann.react(other, "👍")
    assert await learned(room, await person_id(room, ann)) == {await room.track(3)}
    assert len(await learned(room, await person_id(room, bea))) == 2


async def test_the_last_week_and_the_list(room: Room) -> None:
    """What was said before it stays; the list names what is left out, each with undo."""
    ann = room.member("ann")
    await rated(room, ann, 0, 1)
    room.product.clock.advance(timedelta(days=10))
    await rated(room, ann, 1, -1)
    person = await person_id(room, ann)
    await ann.send(room.channel, "!not-my-taste last week")
    assert "1 word of yours is left out" in letters(ann)[-1].content
    assert await learned(room, person) == {await saved(room, 0)}
    await ann.send(room.channel, "!nmt list")
    listed = letters(ann)[-1]
    assert "What you said from <t:" in texts(listed)
    await ann.user.click(listed, custom_id=ids_of(listed, "tb:unmute")[0])
    assert await learned(room, person) == {await saved(room, 0), await saved(room, 1)}
    assert "It counts again" in letters(ann)[-1].content


async def test_a_message_with_several_tracks_offers_which(room: Room) -> None:
    """One of them, or all."""
    ann = room.member("ann")
    message = await ann.send(room.channel, f"{room.link(0)} {room.link(1)} {room.link(2)}")
    result = await ann.context_menu(room.channel, "Not my taste", message)
    shown = result.response
    assert shown is not None
    second = str(await room.track(1))
    await ann.select(shown.message, [second], custom_id=ids_of(shown, "tb:mute")[0])
    person = await person_id(room, ann)
    assert await learned(room, person) == {await room.track(0), await room.track(2)}
    again = await ann.context_menu(room.channel, "Not my taste", message)
    assert again.response is not None
    await ann.select(again.response.message, ["0"], custom_id=ids_of(again.response, "tb:mute")[0])
    assert await learned(room, person) == set()


async def test_an_answer_to_a_message_and_its_link_mean_it(room: Room) -> None:
    """What is typed below a message, or with its link, means that message."""
    ann = room.member("ann")
    message = await ann.send(room.channel, room.link(0))
    link = f"https://discord.com/channels/{room.guild.id}/{room.channel.id}/{message.id}"
    await ann.send(room.channel, f"!not-my-taste {link}")
    assert await learned(room, await person_id(room, ann)) == set()


async def test_nothing_said_is_nothing_left_out(open_room: OpenRoom) -> None:
    """Every way to mean nothing is answered with a sentence, and nothing is kept."""
    async with open_room(check_errors=False) as room:
        ann, bea = room.member("ann"), room.member("bea")
        message = await bea.send(room.channel, room.link(0))
        result = await ann.context_menu(room.channel, "Not my taste", message)
        assert "You have said nothing of that" in texts(result.followups[0] if result.followups else result.response)
        for typed, said in (
            ("!not-my-taste", "What is not your taste?"),
            ("!not-my-taste @everyone", "What is not your taste?"),
            ("!not-my-taste week", "nothing in the last week"),
            ("!not-my-taste list", "Nothing is left out"),
            ("!not-my-taste <#123456789012345678>", "no such channel"),
        ):
            await ann.send(room.channel, typed)
            assert said in letters(ann)[-1].content
        assert await room.services.storage.mutes.of_person(await person_id(room, ann)) == []


async def test_nobody_undoes_what_is_anothers(open_room: OpenRoom) -> None:
    """A forged id is refused by who presses, and by whose it is."""
    async with open_room(check_errors=False) as room:
        ann, bea = room.member("ann"), room.member("bea")
        await shared(room, ann, [0])
        result = await ann.slash(room.channel, "not-my-taste", what="channel")
        assert result.response is not None
        button = ids_of(result.response, "tb:unmute")[0]
        view = discord.ui.View(timeout=None)
        forged = button.replace(str(ann.id), str(bea.id))
        for custom_id in (button, forged):
            view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
        channel = room.bot.get_channel(room.channel.id)
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("forged", view=view)
        assert "somebody else" in answer_of(await bea.click(message, custom_id=button))
        refused = await bea.click(message, custom_id=forged)
        assert "undone already" in refused.followups[0].content
        assert await learned(room, await person_id(room, ann)) == set()
