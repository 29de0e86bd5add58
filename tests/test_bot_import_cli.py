"""Importing at the terminal: understood, looked up while one waits, and taken back."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import open_services
from bot.cli import ImportWish
from bot.config import Secrets, Settings
from bot.errors import SettingsError, StartError
from bot.importing_cli import bring
from bot.lock import only_one
from catalog.spotify_session import LIBRARY_SCOPES
from sandbox.clock import FastClock
from sandbox.server import Sandbox
from storage.imports import Import, ImportState
from tests.fixtures.product import Tastebud
from tests.import_files import opinions
from tests.test_bot_link import Owner, free_port


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
