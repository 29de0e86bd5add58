"""Importing on Discord and at the terminal: private, shown as it goes, and taken back by a button."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import discord
import pytest
import simcord
from rich.console import Console

from bot.app import open_services
from bot.cli import ImportWish
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from bot.importing_cli import bring
from bot.lock import only_one
from catalog.spotify_session import LIBRARY_SCOPES
from sandbox.clock import FastClock
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from scheduler.settings import ImportSettings
from storage.imports import Import, ImportState
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.product import Tastebud
from tests.import_files import extended, packed
from tests.test_bot_link import Owner, free_port


def history(tracks: Sequence[SandboxTrack]) -> bytes:
    """Return an extended history in which each of these tracks was heard twice."""
    entries = [extended(track.title, track.artists[0].name, track.spotify_id) for track in tracks for _ in range(2)]
    return packed({"Spotify Extended Streaming History/Streaming_History_Audio_2019_0.json": entries})


def opinions(tracks: Sequence[SandboxTrack], opinion: str = "like") -> bytes:
    """Return a CSV in which each of these tracks has that opinion."""
    rows = [f"{track.spotify_url},{opinion}" for track in tracks]
    return "\n".join(["link,opinion", *rows, "nonsense,like", ""]).encode()


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


class Terminal:
    """Somebody who runs `tastebud import`."""

    def __init__(self, settings: Settings, secrets: Secrets, clock: FastClock, folder: Path) -> None:
        self.settings, self.secrets, self.clock, self.folder = settings, secrets, clock, folder

    async def bring(
        self, content: bytes | None = None, name: str = "mine.csv", member: str = "123456789012345678", **more: bool
    ) -> str:
        """Run the command and return what it prints."""
        path = None
        if content is not None:
            path = self.folder / name
            path.write_bytes(content)
        screen = io.StringIO()
        wish = ImportWish(path, member, **more)
        assert await bring(self.settings, self.secrets, self.clock, Console(file=screen, width=200), wish) == 0
        return screen.getvalue()


@pytest.fixture
def terminal(product_settings: Settings, product_secrets: Secrets, clock: FastClock, tmp_path: Path) -> Terminal:
    """Return a terminal beside an empty database."""
    return Terminal(product_settings, product_secrets, clock, tmp_path)


async def stored(terminal: Terminal, member: int = 123456789012345678) -> list[Import]:
    """Return the imports of a member."""
    async with open_services(terminal.settings, terminal.clock, terminal.secrets) as services:
        return await services.storage.imports.of(member)


async def test_the_terminal_imports_and_undoes(terminal: Terminal, sandbox: Sandbox) -> None:
    """It shows what was understood, looks everything up while one waits, and says what nobody knows."""
    csv = opinions(sandbox.catalogue.shareable[:5]) + b",like\nNo such title,like\n"
    text = await terminal.bring(csv)
    assert "mild likes" in text
    assert "line 7: its link leads to no track" in text
    assert "5 of 5 found" in text
    assert (await stored(terminal))[0].state is ImportState.DONE
    assert "5 tracks of it no longer count" in await terminal.bring(undo=True)
    assert (await stored(terminal))[0].state is ImportState.UNDONE
    with pytest.raises(StartError, match="no import of theirs"):
        await terminal.bring(undo=True)


async def test_a_dry_run_keeps_nothing(terminal: Terminal, sandbox: Sandbox) -> None:
    """Only what was understood is shown."""
    assert "mild likes" in await terminal.bring(opinions(sandbox.catalogue.shareable[:5]), dry_run=True)
    assert await stored(terminal) == []


async def test_beside_a_running_bot_the_lines_wait(terminal: Terminal, sandbox: Sandbox) -> None:
    """It looks them up itself: two would ask twice."""
    with only_one(terminal.settings.storage):
        assert "The running bot looks them up" in await terminal.bring(opinions(sandbox.catalogue.shareable[:2]))
    assert (await stored(terminal))[0].state is ImportState.RUNNING


async def test_a_member_goes_by_name_too(terminal: Terminal, sandbox: Sandbox) -> None:
    """Where it stands for one person."""
    async with open_services(terminal.settings, terminal.clock, terminal.secrets) as services:
        for number, name in enumerate(("Ann", "Bob", "bob")):
            await services.storage.people.set_opted_out(100 + number, name, False)
    await terminal.bring(opinions(sandbox.catalogue.shareable[:1]), member="ann")
    assert len(await stored(terminal, 100)) == 1
    with pytest.raises(SettingsError, match="101, 102"):
        await terminal.bring(opinions(sandbox.catalogue.shareable[:1]), member="Bob")
    with pytest.raises(SettingsError, match="nobody called Zoe"):
        await terminal.bring(opinions(sandbox.catalogue.shareable[:1]), member="Zoe")


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (ImportWish(Path("x.csv"), ""), "--member"),
        (ImportWish(None, "123456789012345678"), "Name a file"),
        (ImportWish(Path("nowhere.csv"), "123456789012345678"), "no file nowhere.csv"),
        (ImportWish(None, "123456789012345678", spotify=True), "tastebud link --import"),
    ],
)
async def test_half_a_command_says_what_is_missing(terminal: Terminal, wish: ImportWish, sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(StartError, match=sentence):
        await bring(terminal.settings, terminal.secrets, terminal.clock, Console(file=io.StringIO()), wish)


async def test_the_library_of_the_linked_account(terminal: Terminal, sandbox: Sandbox) -> None:
    """Once it has consented to that; what Spotify tells of its tracks needs no look-up."""
    tracks = sandbox.catalogue.shareable[:4]
    sandbox.spotify.saved = {f"spotify:track:{track.spotify_id}": terminal.clock.now() for track in tracks}
    grant = sandbox.accounts.consent(sandbox.accounts.owner, ("playlist-modify-public", *LIBRARY_SCOPES))
    async with open_services(terminal.settings, terminal.clock, terminal.secrets) as services:
        await services.tokens.adopt(grant.token)
    text = await terminal.bring(spotify=True)
    assert "4 of 4 found" in text
    assert sandbox.calls.count("spotify", path="/v1/tracks/*") == 0


async def test_the_command_as_it_is_typed(tastebud: Tastebud) -> None:
    """A process of its own, with nothing but a file: one sentence and an exit code where something is wrong."""
    (tastebud.folder / "mine.json").write_text(json.dumps([{"title": "A", "artist": "B", "liked": True}]))
    ended = await tastebud.run("import", "mine.json", "--member", "123456789012345678", "--dry-run")
    assert (ended.code, "mild likes" in ended.out) == (0, True)
    ended = await tastebud.run("import", "mine.json")
    assert (ended.code, ended.err.startswith("tastebud: Say whose it is")) == (2, True)


@pytest.mark.parametrize("library", [True, False])
async def test_linking_asks_for_the_library_only_when_it_is_wanted(
    product_settings: Settings, product_secrets: Secrets, clock: FastClock, library: bool
) -> None:
    """Whoever imports nothing from the account gives the bot its playlists and no more."""
    settings = replace(
        product_settings,
        spotify=replace(product_settings.spotify, redirect_uri=f"http://127.0.0.1:{free_port()}/callback"),
    )
    owner = Owner(settings, replace(product_secrets, spotify_refresh_token=None), clock, library=library)
    await owner.visit(await owner.address())
    grant = await owner.linking
    assert (set(LIBRARY_SCOPES) <= set(grant.scopes)) == library
    assert "playlist-modify-public" in grant.scopes
