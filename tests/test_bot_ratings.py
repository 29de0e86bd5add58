"""What members rated last, and taking it back exactly."""

from storage.people import Author
from tests.drop_helpers import ids_of, letters, person_id, rated, saved, texts
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of


async def rows(room: Room, person: int) -> set[tuple[int, int, int, int]]:
    """Return what stands of somebody: track, source, value and instant in ms."""
    found = await room.services.storage.feedback.of_person(person, 1_000, with_muted=True)
    return {(row.track_id, int(row.source), row.value, round(row.at.timestamp() * 1000)) for row in found}


async def test_ratings_are_listed_and_undone_exactly(room: Room) -> None:
    """The newest first, with what was before; undo brings back the very row, or none, also after a restart."""
    ann = room.member("ann")
    await rated(room, ann, 0, 1)
    first = await rows(room, await person_id(room, ann))
    await ann.send(room.channel, f"!rate {room.link(0)} 👎")
    await rated(room, ann, 1, 1)
    await ann.send(room.channel, "!ratings")
    (letter,) = letters(ann)
    said = texts(letter)
    assert "1. 👍" in said
    assert "2. 👎" in said
    assert "before that 👍" in said
    await room.leave()
    await room.come_back()
    await ann.user.click(letter, custom_id=ids_of(letter, "tb:unrate")[1])
    assert "Undone" in letters(ann)[0].content
    assert await room.opinion(ann, 0) == 1
    await ann.user.click(letters(ann)[0], custom_id=ids_of(letters(ann)[0], "tb:unrate")[0])
    assert await rows(room, await person_id(room, ann)) == first
    await ann.user.click(letters(ann)[0], custom_id=ids_of(letters(ann)[0], "tb:unrate")[0])
    assert await rows(room, await person_id(room, ann)) == set()
    assert letters(ann)[0].embeds == []


async def test_what_was_taken_back_comes_back(room: Room) -> None:
    """`clear` is an act like any other: undone, both a rating and a click stand as they stood."""
    ann = room.member("ann")
    await rated(room, ann, 0, 1)
    author = Author(ann.id, "ann")
    from storage.feedback import Source

    track = await saved(room, 0)
    await room.services.storage.feedback.rate(author, track, -1, Source.BUTTON)
    stood = await rows(room, await person_id(room, ann))
    await room.services.storage.feedback.rate(author, track, None)
    assert await rows(room, await person_id(room, ann)) == set()
    result = await ann.slash(room.channel, "ratings")
    assert result.ephemeral
    assert result.response is not None
    await ann.click(result.response.message, custom_id=ids_of(result.response, "tb:unrate")[0])
    assert await rows(room, await person_id(room, ann)) == stood


async def test_only_the_newest_word_on_a_track_can_be_undone(open_room: OpenRoom) -> None:
    """An older button says so, and somebody else's undoes nothing."""
    async with open_room(check_errors=False) as room:
        ann, bea = room.member("ann"), room.member("bea")
        await rated(room, ann, 0, 1)
        await ann.send(room.channel, "!ratings")
        old = letters(ann)[0]
        button = ids_of(old, "tb:unrate")[0]
        await rated(room, ann, 0, -1)
        refused = await ann.user.click(old, custom_id=button)
        assert "undo that first" in refused.followups[0].content
        assert await room.opinion(ann, 0) == -1
        done, _ = await room.services.storage.ratings.undo(int(button.split(":")[2]), bea.id)
        assert done == "not there"
        channel = room.bot.get_channel(room.channel.id)
        assert channel is not None
        import discord

        view = discord.ui.View(timeout=None)
        forged = button.replace(str(ann.id), str(bea.id))
        view.add_item(discord.ui.Button(label="x", custom_id=button))
        view.add_item(discord.ui.Button(label="y", custom_id=forged))
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("forged", view=view)
        assert "somebody else" in answer_of(await bea.click(message, custom_id=button))
        result = await bea.click(message, custom_id=forged)
        assert "undone already" in result.followups[0].content
        assert await room.opinion(ann, 0) == -1


async def test_many_ratings_have_pages(room: Room) -> None:
    """Five a page; a reaction is not listed."""
    ann = room.member("ann")
    for number in range(7):
        await rated(room, ann, number, 1)
    result = await ann.slash(room.channel, "ratings")
    assert result.response is not None
    assert len(ids_of(result.response, "tb:unrate")) == 5
    await ann.click(result.response.message, custom_id=ids_of(result.response, "tb:list")[1])
    assert result.response is not None
    assert len(ids_of(result.response, "tb:unrate")) == 2


async def test_rate_this_track_on_a_message(open_room: OpenRoom) -> None:
    """A message with several tracks offers each; one without any says so."""
    async with open_room(check_errors=False) as room:
        ann, bea = room.member("ann"), room.member("bea")
        message = await bea.send(room.channel, f"{room.link(0)} {room.link(1)}")
        result = await ann.context_menu(room.channel, "Rate this track", message)
        assert result.ephemeral
        shown = result.response
        assert shown is not None
        assert room.tracks[0].title in shown.content
        buttons = ids_of(shown, "tb:opinion")
        assert len(buttons) == 4
        await ann.click(shown.message, custom_id=buttons[3])
        assert await room.opinion(ann, 1) == -1
        assert await room.opinion(ann, 0) is None
        plain = await bea.send(room.channel, "no music here")
        none = await ann.context_menu(room.channel, "Rate this track", plain)
        assert "no track in that message" in (none.followups[0].content if none.followups else answer_of(none))
