"""Importing on Discord: private, shown as it goes, and taken back by a button."""

from dataclasses import replace

import discord
import pytest
import simcord

from scheduler.settings import ImportSettings
from storage.imports import Import, ImportState
from tests.fixtures.bot import OpenRoom, Room
from tests.import_files import history, opinions, packed


def letters(member: simcord.MemberActor) -> list[discord.Message]:
    """Return what the bot wrote to somebody in private."""
    return list(member.user.dm_channel.history())


def card(message: discord.Message) -> str:
    """Return all that is written on a card."""
    (embed,) = message.embeds
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


def buttons(message: discord.Message) -> list[str]:
    """Return the labels below a message."""
    return [child.label for row in message.components for child in row.children]  # type: ignore[union-attr]


async def latest(room: Room, member: simcord.MemberActor) -> Import:
    """Return somebody's latest import."""
    return (await room.services.storage.imports.of(member.id))[0]


async def go_on(room: Room) -> None:
    """Let a tick pass: lines are looked up, cards written anew."""
    await room.services.importer.run()
    await room.bot.importing.show_progress()


async def test_a_slash_import_is_answered_to_its_member_alone(room: Room) -> None:
    """What was understood, and what was not with the numbers of its lines; nothing stands in the channel."""
    ann = room.member("ann")
    tracks = room.tracks[:3]
    result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(tracks)))
    assert result.response is not None
    assert result.response.ephemeral
    text = card(result.response.message)
    assert "I understood **4 entries** in mine.csv: 3 mild likes" in text
    assert "Not understood: 1 line" in text
    assert "line 5: its link leads to no track" in text
    assert "0 of 3 found" in text
    assert "Only you see this" in text
    assert buttons(result.response.message) == ["How far?", "Undo"]
    assert room.said() == []


async def test_its_progress_is_shown_in_place(room: Room) -> None:
    """The very answer is written anew, until all is looked up."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:3])))
    assert result.response is not None
    await go_on(room)
    text = card(result.response.message)
    assert "3 of 3 found" in text
    assert "▱" not in text
    assert buttons(result.response.message) == ["Undo"]
    assert await room.opinion(ann, 0) == 0.5
    assert await room.bot.importing.show_progress() == 0


async def test_undo_takes_it_back_after_a_restart(room: Room) -> None:
    """All that the button needs is in its id; the card says what became of it."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:2], "dislike")))
    await go_on(room)
    assert await room.opinion(ann, 1) == -0.5
    await room.leave()
    await room.come_back()
    assert result.response is not None
    await ann.click(result.response.message, label="Undo")
    assert await room.opinion(ann, 1) is None
    text = card(result.response.message)
    assert text.startswith("↩️ Undone")
    assert "mine.csv" in text
    assert buttons(result.response.message) == []


async def test_how_far_is_shown_when_asked(room: Room) -> None:
    """Answers that only one person sees cannot be changed after a quarter of an hour; their buttons still can."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:2])))
    await room.product.clock.sleep(3_600)
    await go_on(room)
    assert result.response is not None
    assert "0 of 2 found" in card(result.response.message)
    await ann.click(result.response.message, label="How far?")
    assert "2 of 2 found" in card(result.response.message)


async def test_a_typed_import_is_answered_in_private(room: Room) -> None:
    """Not a word of it comes into the channel; its owner is told that their file stands there."""
    ann = room.member("ann")
    await ann.send(room.channel, "!import", attachments=[("mine.zip", history(room.tracks[:3]))])
    (letter,) = letters(ann)
    assert "From Spotify" in card(letter)
    assert f"<#{room.channel.id}>" in letter.content
    assert "delete your message" in letter.content
    await go_on(room)
    (letter,) = letters(ann)
    assert "3 of 3 found" in card(letter)
    assert await room.bot.importing.show_progress() == 0
    assert room.said() == []


async def test_the_card_of_a_letter_goes_on_after_a_restart(room: Room) -> None:
    """The import's row knows its message, and only what has changed is written anew."""
    ann = room.member("ann")
    await ann.send(room.channel, "!import", attachments=[("mine.csv", opinions(room.tracks[:3]))])
    await room.crash()
    await room.come_back()
    assert await room.bot.importing.show_progress() == 0
    await go_on(room)
    (letter,) = letters(ann)
    assert "3 of 3 found" in card(letter)
    await ann.user.click(letter, label="Undo")
    assert (await latest(room, ann)).state is ImportState.UNDONE
    assert await room.bot.importing.show_progress() == 0


async def test_who_takes_no_letters_is_pointed_to_the_slash_command(open_room: OpenRoom) -> None:
    """A sentence in the channel that says nothing of the file, and nothing is imported."""
    async with open_room(check_errors=False) as room:
        ann = room.member("ann")
        room.env.inject_error("POST", f"/channels/{ann.user.dm_channel.id}/messages", status=403, code=50007)
        await ann.send(room.channel, "!import", attachments=[("secret-name.csv", opinions(room.tracks[:1]))])
        (said,) = room.said()
        assert "`/import`" in said.content
        assert "secret-name" not in said.content
        assert await room.services.storage.imports.of(ann.id) == []


@pytest.mark.parametrize("typed", [True, False])
async def test_undo_and_status_as_words(room: Room, typed: bool) -> None:
    """Without a button at hand, and in private too."""
    ann = room.member("ann")

    async def ask(what: str) -> str:
        if typed:
            await ann.send(room.channel, f"!import {what}")
            letter = letters(ann)[-1]
            return card(letter) if letter.embeds else letter.content
        result = await ann.slash(room.channel, "import", what=what)
        assert result.response is not None
        assert result.response.ephemeral
        return card(result.response.message) if result.response.embeds else result.response.content

    assert "no import to undo" in await ask("undo")
    assert "not imported anything yet" in await ask("status")
    await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:1])))
    await go_on(room)
    assert "1 of 1 found" in await ask("status")
    assert "Undone" in await ask("undo")
    assert await room.opinion(ann, 0) is None
    assert room.said() == []


async def test_without_a_file_it_says_how(room: Room) -> None:
    """Where each export is to be had."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import")
    assert result.response is not None
    assert all(word in result.response.content for word in ("Spotify", "ListenBrainz", "Last.fm", "CSV"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.png", b"\x89PNG\r\n\x1a\n", "That is a picture."),
        ("x.csv", b"foo,bar\n1,2\n", "name the columns in the first line"),
        (
            "x.zip",
            packed({"StreamingHistory0.json": "[" + " " * 5_000_000 + "]"}),
            "I do not open StreamingHistory0.json",
        ),
    ],
)
async def test_what_cannot_be_imported_is_a_sentence(room: Room, name: str, content: bytes, sentence: str) -> None:
    """In private, and nothing is kept."""
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import", file=(name, content))
    assert result.response is not None
    assert sentence in result.response.content
    await ann.send(room.channel, "!import", attachments=[(name, content)])
    assert sentence in letters(ann)[-1].content
    assert room.said() == []
    assert await room.services.storage.imports.of(ann.id) == []


async def test_a_file_that_is_too_large_is_not_fetched(room: Room) -> None:
    """It says how much is taken, and what else can be done."""
    settings = replace(room.services.settings, imports=ImportSettings(upload_mb=1))
    room.bot.services = replace(room.bot.services, settings=settings)
    ann = room.member("ann")
    result = await ann.slash(room.channel, "import", file=("big.zip", b"x" * 1_200_000))
    assert result.response is not None
    assert "here I take up to 1" in result.response.content
    assert "`tastebud import`" in result.response.content


async def test_the_same_file_twice_is_told(room: Room) -> None:
    """It would count twice."""
    ann = room.member("ann")
    for _ in range(2):
        result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:1])))
        await go_on(room)
    assert result.response is not None
    assert "imported that very file" in result.response.content


async def test_who_opted_out_imports_nothing(room: Room) -> None:
    """And is told why."""
    ann = room.member("ann")
    await room.services.storage.people.set_opted_out(ann.id, "ann", True)
    result = await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:1])))
    assert result.response is not None
    assert "leave you alone" in result.response.content
    assert await room.services.storage.imports.of(ann.id) == []


async def test_nobody_presses_anothers_button(room: Room) -> None:
    """Ids can be guessed: only the owner's presses do anything."""
    ann, bea = room.member("ann"), room.member("bea")
    await ann.slash(room.channel, "import", file=("mine.csv", opinions(room.tracks[:1])))
    own = await bea.slash(room.channel, "import", file=("hers.csv", opinions(room.tracks[1:2])))
    await go_on(room)
    assert own.response is not None
    mine = await latest(room, ann)
    kept = room.env.backend.get_message(room.channel.id, own.response.id)
    for what in ("look", "undo"):
        forged = f"tb:import:{what}:{mine.id}"
        kept.components[0]["components"][0]["custom_id"] = forged
        refused = await bea.click(own.response.message, custom_id=forged)
        assert "mine.csv" not in card(own.response.message)
        assert refused.followups[-1].content == "That import is undone already, or it is not yours."
    assert (await latest(room, ann)).state is ImportState.DONE
    assert await room.opinion(ann, 0) == 0.5


async def test_names_in_a_file_are_shown_as_they_are(room: Room) -> None:
    """Neither markup nor mentions of a hostile list do anything."""
    ann = room.member("ann")
    text = "title,artist\n**@everyone** [x](https://evil.example),||spoiler||\n"
    result = await ann.slash(room.channel, "import", file=("`@here`.csv", text.encode()))
    await room.services.importer.run()
    await room.bot.importing.show_progress()
    assert result.response is not None
    shown = card(result.response.message)
    assert "No service knows" in shown
    assert "@everyone" not in shown.replace("@\u200beveryone", "")
    assert "](https://" not in shown
    assert "||" not in shown.replace("\\|\\|", "")
