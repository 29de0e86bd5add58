"""`discover` as members meet it."""

from typing import Any

import discord
import pytest

from bot.apologies import Sentence
from bot.discovering import suggestions, wanted
from scheduler.wanting import Only
from tests.drop_helpers import ids_of, letters, settled, shared, texts
from tests.fixtures.bot import OpenRoom, Room
from tests.test_bot_commands import answer_of, buttons_of


def labels(message: Any) -> list[str]:
    """Return what is on the buttons under a message."""
    return [button.label or str(button.emoji) for button in buttons_of(message)]


async def test_each_pick_has_its_buttons_and_they_outlive_a_restart(room: Room) -> None:
    """A press says what that person thinks, the other button changes it, and anybody may press."""
    ann, bea = await settled(room, 12)
    await ann.send(room.channel, "!discover 4")
    shown = room.said()[-1]
    assert len(shown.embeds) == 4
    assert all((embed.url or "").startswith("https://open.spotify.com/track/") for embed in shown.embeds)
    assert labels(shown)[:8] == ["1", "👎", "⏭️", "why", "2", "👎", "⏭️", "why"]
    await room.leave()
    await room.come_back()
    number = next(n for n, track in enumerate(room.tracks) if track.spotify_url == shown.embeds[0].url)
    like, dislike = ids_of(shown, "tb:opinion")[:2]
    result = await ann.click(shown, custom_id=like)
    assert result.ephemeral
    assert await room.opinion(ann, number) == 1
    await ann.click(shown, custom_id=dislike)
    assert await room.opinion(ann, number) == -1
    await bea.click(shown, custom_id=dislike)
    assert await room.opinion(bea, number) == -1


async def test_ten_come_as_two_messages(room: Room) -> None:
    """Each of ten picks has its row of buttons, numbered through."""
    ann, _ = await settled(room, 20)
    result = await ann.slash(room.channel, "discover", count=10)
    first: Any = next(each.json for each in room.env.http_requests if each.path.endswith("/callback"))
    assert first["type"] == discord.InteractionResponseType.deferred_channel_message.value
    assert result.ephemeral
    messages = [result.response, *result.followups]
    titles = [embed.title or "" for message in messages if message for embed in message.embeds]
    assert [title.split(".")[0] for title in titles] == [str(number) for number in range(1, 11)]


async def test_asking_again_shows_others(room: Room) -> None:
    """What was shown is remembered, also by the next process."""
    ann, bea = await settled(room, 24)
    await ann.send(room.channel, "!discover 5")
    await room.leave()
    await room.come_back()
    await shared(room, bea, range(24))  # their messages are not there: the catch-up has taken the shares away
    await ann.send(room.channel, "!discover 5")
    one, other = ({embed.url for embed in message.embeds} for message in room.said()[-2:])
    assert len(one) == len(other) == 5
    assert one.isdisjoint(other)


async def test_another_in_its_place(room: Room) -> None:
    """⏭ replaces that one pick and its buttons, for whoever asked alone."""
    ann, bea = await settled(room, 20)
    await ann.send(room.channel, "!discover 3")
    before = room.said()[-1]
    second = ids_of(before, "tb:next")[1]
    stranger = await bea.click(before, custom_id=second)
    assert "somebody else" in answer_of(stranger)
    await ann.click(before, custom_id=second)
    after = room.said()[-1]
    assert after.id == before.id
    assert [a.url == b.url for a, b in zip(after.embeds, before.embeds, strict=True)] == [True, False, True]
    assert (after.embeds[1].title or "").startswith("2. ")
    assert ids_of(after, "tb:opinion:like")[1] != ids_of(before, "tb:opinion:like")[1]
    assert ids_of(after)[:4] == ids_of(before)[:4]


async def test_why_tells_all_reasons_in_private(room: Room) -> None:
    """Whoever asked reads why; others are told that it is not for them."""
    ann, bea = await settled(room, 12)
    await ann.send(room.channel, "!discover 2")
    shown = room.said()[-1]
    button = ids_of(shown, "tb:why")[0]
    result = await ann.click(shown, custom_id=button)
    assert result.ephemeral
    assert result.response is not None
    said = texts(result.response)
    assert "shared by bea" in said
    assert "% likely that you like it" in said
    stranger = await bea.click(shown, custom_id=button)
    assert answer_of(stranger).startswith("That was found for somebody else")


async def test_only_what_is_asked_for(room: Room) -> None:
    """An artist's name brings that artist alone; the next of them too."""
    ann, _ = await settled(room, 60)
    names = [track.artist.name for track in room.tracks[4:60]]
    name = max(set(names), key=names.count)
    await ann.send(room.channel, f"!discover 2 by {name.lower()}")
    shown = room.said()[-1]
    assert shown.embeds
    assert all(f"by {name}" in (embed.description or "") for embed in shown.embeds)


@pytest.mark.parametrize(
    ("words", "only"),
    [
        ("", Only()),
        ("Surprise", Only(surprise=True)),
        ("Hip-Hop", Only(tags=("hip hop",))),
        ("shoe gaze, 90's", Only(tags=("shoegaze", "90s"))),
    ],
)
async def test_words_become_what_is_meant(room: Room, words: str, only: Only) -> None:
    """Spellings of one tag are one tag."""
    assert await wanted(room.services, words, room.guild.id) == only


async def test_unknown_words_get_near_ones(open_room: OpenRoom) -> None:
    """A sentence with what was perhaps meant; nothing a stranger writes can ping or break it."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        await ann.send(room.channel, "!discover 3 shoegazze")
        assert "Did you mean **shoegaze**" in room.said()[-1].content
        with pytest.raises(Sentence) as raised:
            await wanted(room.services, "@everyone \u202e" + "x" * 3_000, room.guild.id)
        assert len(str(raised.value)) < 300
        assert "@everyone" not in str(raised.value)


async def test_suggestions_are_moods_tags_and_artists(room: Room) -> None:
    """What is offered can be chosen, and is found."""
    bea = room.member("bea")
    await shared(room, bea, range(6))
    empty = await bea.autocomplete(room.channel, "discover", "like", "")
    assert empty[0]["value"] == "surprise"
    tags = [choice["value"] for choice in await bea.autocomplete(room.channel, "discover", "like", "shoeg")]
    assert "shoegaze" in tags
    artist = room.tracks[0].artist.name
    named = [value for _, value in await suggestions(room.services, artist, room.guild.id)]
    assert any(artist in value for value in named)
    for value in (value for value in named if value.startswith("artist")):
        assert (await wanted(room.services, value, room.guild.id)).artist


async def test_a_forged_next_button_finds_nothing(room: Room) -> None:
    """An id that names a track which is not on the message changes nothing."""
    ann, _ = await settled(room, 12)
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    for custom_id in (f"tb:next:999999:1:{ann.id}:", f"tb:why:999999:{ann.id}"):
        view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
    message = await channel.send("forged", view=view)
    gone = await ann.click(message, custom_id=f"tb:next:999999:1:{ann.id}:")
    assert [each.content for each in gone.followups] + [texts(gone.response) if gone.response else ""]
    why = await ann.click(message, custom_id=f"tb:why:999999:{ann.id}")
    assert "I did not keep why" in texts(why.response)
    assert letters(ann) == []
