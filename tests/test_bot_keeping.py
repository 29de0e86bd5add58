"""Backup, restore and rotate-key as an owner types them."""

import json

from bot.lock import only_one
from catalog.clock import SystemClock
from storage.database import StorageSettings
from storage.stores import open_storage
from tests.fixtures.product import Tastebud


def settings_of(tastebud: Tastebud) -> StorageSettings:
    """Return the settings of the folder that the processes run in."""
    data = tastebud.folder / "data"
    return StorageSettings(url=f"sqlite+aiosqlite:///{data}/tastebud.db", key_file=f"{data}/tastebud.key")


async def test_a_backup_is_made_and_restored(tastebud: Tastebud) -> None:
    """One sentence each, and what came after the backup is not lost by a slip."""
    settings = settings_of(tastebud)
    async with open_storage(settings, SystemClock()) as storage:
        await storage.servers.ensure(1, "one")
    made = await tastebud.run("backup", "mine.db")
    assert made.code == 0, made.err
    assert "checked by restoring it" in made.out
    assert (await tastebud.run("backup", "mine.db")).code == 1
    async with open_storage(settings, SystemClock()) as storage:
        await storage.servers.ensure(2, "two")
    with only_one(settings):
        refused = await tastebud.run("restore", "mine.db", "--force")
    assert (refused.code, "stop it first" in refused.err) == (1, True)
    done = await tastebud.run("restore", "mine.db", "--force")
    assert done.code == 0, done.err
    async with open_storage(settings, SystemClock()) as storage:
        assert [server.id for server in await storage.servers.all()] == [1]
    assert "tastebud-replaced-" in done.out


async def test_a_key_is_changed(tastebud: Tastebud) -> None:
    """While the bot runs it is refused; else it says what follows."""
    settings = settings_of(tastebud)
    async with open_storage(settings, SystemClock()) as storage:
        before = storage.vault.derive("pages")
    with only_one(settings):
        assert (await tastebud.run("rotate-key")).code == 1
    done = await tastebud.run("rotate-key")
    assert (done.code, "pages" in done.out) == (0, True), done.err
    async with open_storage(settings, SystemClock()) as storage:
        assert storage.vault.derive("pages") != before


async def test_the_doctor_says_what_to_do(tastebud: Tastebud) -> None:
    """On an empty machine it names what is missing, a line each, and ends in 1."""
    away = "http://127.0.0.1:9"
    services = ("DEEZER", "MUSICBRAINZ", "LISTENBRAINZ", "RECCOBEATS", "ITUNES", "LASTFM")
    elsewhere = {f"TASTEBUD_{name}__API_BASE": away for name in services}
    elsewhere["TASTEBUD_LISTENBRAINZ__LABS_BASE"] = elsewhere["TASTEBUD_DISCORD__API_BASE"] = away
    ended = await tastebud.run("doctor", "--json", **elsewhere)
    assert ended.code == 1, ended.err
    found = {each["what"]: each for each in json.loads(ended.out)}
    assert (found["discord"]["state"], found["discord"]["said"]) == ("bad", "DISCORD_TOKEN is not set.")
    assert found["database"]["state"] == "warning"
    assert found["deezer"]["said"] == "It does not answer just now."
    assert found["previews"]["state"] == "good"
    assert all(each["do"] for each in found.values() if each["state"] == "bad")
    shown = await tastebud.run("doctor", **elsewhere, COLUMNS="140", DISCORD_TOKEN="abc")
    assert "Discord cannot be reached" in shown.out
    assert "Traceback" not in shown.out + shown.err
