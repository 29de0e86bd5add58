"""What members type and press."""

from datetime import timedelta

import discord
import pytest
import simcord

from bot.emoji import Verdicts
from bot.ratings import parse_rating
from catalog.models import Pick
from storage.owners import Owner
from tests.fixtures.bot import DISLIKE, LIKE, OpenRoom, Room

THUMBS = Verdicts((LIKE,), (DISLIKE,))


@pytest.mark.parametrize(
    ("text", "subject", "value"),
    [
        ("some words 👍", "some words", 1),
        ("some words 👎🏿", "some words", -1),
        ("  Like a Prayer   like ", "Like a Prayer", 1),
        ("dislike dislike", "dislike", -1),
        ("https://open.spotify.com/track/x clear", "https://open.spotify.com/track/x", 0),
        ("word👍", "word", 1),
        ("word👍🏽", "word", 1),
        ("Up :thumbsdown:", "Up", -1),
    ],
)
def test_a_rating_ends_with_the_opinion(text: str, subject: str, value: int) -> None:
    """Everything before the last word is the track."""
    rating = parse_rating(text, THUMBS)
    assert rating is not None
    assert (rating.subject, rating.value) == (subject, value)


@pytest.mark.parametrize("text", ["", "   ", "👍", "like", "some words", "some words 🎉"])
def test_a_line_without_track_or_opinion_is_no_rating(text: str) -> None:
    """Half a rating is answered with how to write a whole one."""
    assert parse_rating(text, THUMBS) is None


async def test_rate_by_link_and_take_it_back(room: Room) -> None:
    """A track need not have been shared to be rated; the answer says what was understood."""
    ann = room.member("ann")
    await ann.send(room.channel, f"!rate {room.link(0)} 👍🏾")
    assert await room.opinion(ann, 0) == 1
    assert room.said()[-1].content.startswith("👍 Noted: you like **")
    await ann.send(room.channel, f"!rate {room.link(0)} dislike")
    assert await room.opinion(ann, 0) == -1
    await ann.send(room.channel, f"!rate {room.link(0)} clear")
    assert await room.opinion(ann, 0) is None
    assert "Forgotten" in room.said()[-1].content


async def test_rate_with_slash_is_seen_by_that_person_alone(room: Room) -> None:
    """The slash command does the same, and answers privately."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "rate", track=room.link(0), opinion="like")
    assert result.ephemeral
    assert await room.opinion(ann, 0) == 1


async def test_rate_by_words_of_a_shared_track(room: Room) -> None:
    """Words from title and artist find a track that somebody shared."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, room.link(0))
    track = room.tracks[0]
    await bea.send(room.channel, f"!rate {track.title.upper()} {track.artist.name} 👎")
    assert await room.opinion(bea, 0) == -1


async def test_words_that_fit_several_tracks_are_asked_about(room: Room) -> None:
    """Buttons name what may have been meant; only the asker may choose, also after a restart."""
    ann, bea = room.member("ann"), room.member("bea")
    numbers = same_artist(room)
    await ann.send(room.channel, " ".join(room.link(number) for number in numbers))
    await bea.send(room.channel, f"!rate {room.tracks[numbers[0]].artist.name} like")
    question = room.said()[-1]
    buttons = buttons_of(question)
    assert 2 <= len(buttons) <= 5
    assert await room.opinion(bea, numbers[0]) is None
    await room.leave()
    await room.come_back()
    stranger = await ann.click(question, custom_id=buttons[0].custom_id)
    assert stranger.ephemeral
    assert "somebody else" in answer_of(stranger)
    await bea.click(question, custom_id=buttons[0].custom_id)
    opinions = [await room.opinion(bea, number) for number in numbers]
    assert opinions.count(1) == 1
    assert buttons_of(room.said()[-1]) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("!rate", "Write `!rate <link or words>"),
        ("!rate 👍", "Write `!rate <link or words>"),
        ("!rate no such words at all 👍", "I know no track by those words"),
        ("!rate https://open.spotify.com/track/0000000000000000000000 👍", "I could not find that track"),
        ("!rate https://open.spotify.com/album/6akEvsycLGftJxYudPjmqK 👍", "album"),
        ("!discover 99", "I find 1 to 10 tracks at once: write `!discover 5`"),
        ("!discover many", "I know no mood, tag or artist called “many”"),
        ("!week", "You have no list yet"),
        ("!discover", "nothing new"),
        ("!playlist", "You have no list yet"),
    ],
)
async def test_what_cannot_be_done_is_answered_in_a_sentence(open_room: OpenRoom, typed: str, answer: str) -> None:
    """Every mistake gets one sentence that says what to do."""
    async with open_room(check_errors=False) as room:
        await room.member("ann").send(room.channel, typed)
        assert len(room.said()) == 1
        assert answer in room.said()[0].content


async def test_an_unknown_command_is_left_to_other_bots(open_room: OpenRoom) -> None:
    """Several bots may listen to the same prefix."""
    async with open_room(check_errors=False) as room:
        await room.member("ann").send(room.channel, "!play something")
        assert room.said() == []


async def test_a_rating_survives_a_service_that_cannot_be_asked(room: Room) -> None:
    """A rating by link is kept even while Spotify is away."""
    room.product.sandbox.faults.inject("server_error", service="spotify", times=None)
    ann = room.member("ann")
    await ann.send(room.channel, f"!rate {room.link(0)} 👍")
    assert await room.opinion(ann, 0) == 1
    assert "Noted" in room.said()[-1].content


async def test_an_unexpected_error_gets_an_apology_with_an_id_of_the_log(
    open_room: OpenRoom, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner finds what a member saw."""
    async with open_room(check_errors=False) as room:

        async def fail(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(type(room.services.picker), "discover", fail)
        ann = room.member("ann")
        await ann.send(room.channel, "!discover")
        result = await ann.slash(room.channel, "discover")
        answers = [room.said()[-1].content, answer_of(result)]
        for answer in answers:
            assert "Sorry" in answer
            assert answer.split("`")[1] in caplog.text


async def test_too_many_commands_are_told_to_wait(open_room: OpenRoom) -> None:
    """Cooldowns answer with the seconds to wait."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        for _ in range(6):
            await ann.send(room.channel, "!discover")
        assert room.said()[-1].content.startswith("Try again in ")


async def test_a_forged_button_does_nothing(room: Room) -> None:
    """A track id that is not in the database is answered, not believed."""
    view = discord.ui.View(timeout=None)
    for forged in ("tb:opinion:like:999999999999999999", "tb:opinion:like:1:2", "tb:page:2026-W01:99:on:1"):
        view.add_item(discord.ui.Button(label=forged[:20], custom_id=forged))
    channel = room.bot.get_channel(room.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("forged", view=view)
    result = await room.member("ann").click(message, custom_id="tb:opinion:like:999999999999999999")
    assert result.response is not None
    assert result.response.content == "I do not know that track any more."
    assert await room.services.storage.feedback.count() == 0


async def test_help_names_every_command(room: Room) -> None:
    """Help is for people, and complete."""
    await room.member("ann").send(room.channel, "!help")
    embed = room.said()[-1].embeds[0]
    text = str(embed.to_dict())
    for command in room.bot.commands:
        assert f"!{command.name}" in text or command.name == "help"


async def test_help_has_a_page_for_each_thing_that_people_want(room: Room) -> None:
    """Chosen from a menu, also after a restart; who did not ask for it gets the page apart."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.send(room.channel, "!help")
    shown = room.said()[-1]
    await room.leave()
    await room.come_back()
    menu = f"tb:help:{ann.id}"
    apart = await bea.select(shown, ["list"], custom_id=menu)
    assert apart.ephemeral
    assert room.said()[-1].embeds[0].title == "Tastebud learns what you like"
    await ann.select(shown, ["list"], custom_id=menu)
    page = room.said()[-1].embeds[0]
    assert page.title == "🎧 Your weekly list"
    fields = {str(field.name): str(field.value) for field in page.fields}
    assert "!dial [0-10]" in fields
    assert "-# also `!adventure`" in fields["!dial [0-10]"]


async def test_slash_commands_are_registered_once_per_change(room: Room) -> None:
    """A restart registers nothing: Discord allows few registrations a day."""
    await room.leave()
    mark = len(room.env.http_requests)
    await room.come_back()
    assert not [each for each in room.env.http_requests[mark:] if each.method == "PUT" and "commands" in each.path]


async def test_suggestions_for_a_slash_rating(room: Room) -> None:
    """Words typed into the option bring tracks, and the chosen one is rated."""
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    choices = await ann.autocomplete(room.channel, "rate", "track", room.tracks[0].title[:5])
    assert choices
    await ann.slash(room.channel, "rate", track=choices[0]["value"], opinion="dislike")
    assert await room.opinion(ann, 0) == -1


def buttons_of(message: discord.Message) -> list[discord.Button]:
    """Return the buttons under a message."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [child for row in rows for child in row.children if isinstance(child, discord.Button)]


def answer_of(result: simcord.InteractionResult) -> str:
    """Return what an interaction was answered with."""
    assert result.response is not None
    return result.response.content


def same_artist(room: Room) -> list[int]:
    """Return the numbers of up to four tracks of one artist."""
    by_artist: dict[str, list[int]] = {}
    for number, track in enumerate(room.tracks):
        by_artist.setdefault(track.artist.name, []).append(number)
    return next(numbers for numbers in by_artist.values() if len(numbers) >= 4)[:4]


async def write_list(room: Room, member: simcord.MemberActor, count: int) -> None:
    """Write a drop for a member into the ledger."""
    storage = room.services.storage
    for number in range(count):
        await member.send(room.channel, room.link(number))
    person = await storage.people.by_discord_id(member.id)
    assert person is not None
    owner = Owner("person", person.id)
    now = room.product.clock.now()
    drop = await storage.drops.plan("2026-W01", owner, now - timedelta(hours=1))
    tracks = (await storage.tracks.get(range(1, count + 1))).values()
    await storage.drops.record_picks(
        drop.id, [Pick(track, 0.5, (f"because of {number}",)) for number, track in enumerate(tracks)]
    )
    await storage.playlists.intend(owner, "marker")
    await storage.playlists.save(owner, "abc", "https://open.spotify.com/playlist/abc")
    await storage.drops.mark_written(drop.id)
