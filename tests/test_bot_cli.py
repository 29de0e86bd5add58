"""The command line, as processes that an owner starts."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config_text import render
from bot.health import BEAT_SUFFIX, Heartbeat
from bot.lock import beside_database
from catalog.clock import SystemClock
from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.stores import open_storage
from tests.fixtures.product import Tastebud, read_until

COMMANDS = ("run", "link", "drop", "health", "quota", "evaluate", "config", "demo")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


async def test_help_names_every_command(tastebud: Tastebud) -> None:
    """`tastebud --help` is where a newcomer looks."""
    ended = await tastebud.run("--help", COLUMNS="200")
    assert ended.code == 0
    assert all(command in ended.out for command in COMMANDS)


async def test_the_version_is_printed(tastebud: Tastebud) -> None:
    """`--version` names program and version."""
    assert (await tastebud.run("--version")).out.startswith("tastebud 0.")


async def test_config_prints_every_setting(tastebud: Tastebud) -> None:
    """`tastebud config > config.toml` gives a file to begin with."""
    assert (await tastebud.run("config")).out == render()


@pytest.mark.parametrize("arguments", [(), ("health",), ("drop", "--dry-run")])
async def test_a_misspelt_setting_ends_every_command(tastebud: Tastebud, arguments: tuple[str, ...]) -> None:
    """One sentence with a suggestion, exit code 2, no traceback."""
    ended = await tastebud.run(*arguments, TASTEBUD_DISCORD__PREFX="?")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "did you mean TASTEBUD_DISCORD__PREFIX" in ended.err


async def test_config_is_taken_before_and_after_the_command(tastebud: Tastebud) -> None:
    """People write --config in either place, or TASTEBUD_CONFIG."""
    (tastebud.folder / "mine.toml").write_text("[nonsense]\n")
    before = await tastebud.run("--config", "mine.toml", "health")
    after = await tastebud.run("health", "--config", "mine.toml")
    named = await tastebud.run("health", TASTEBUD_CONFIG="mine.toml")
    assert {ended.code for ended in (before, after, named)} == {2}
    assert all("mine.toml has a section or key 'nonsense'" in ended.err for ended in (before, after, named))


async def test_health_is_bad_without_a_bot(tastebud: Tastebud) -> None:
    """No heartbeat, no health."""
    ended = await tastebud.run("health")
    assert ended.code == 1
    assert "No bot is running" in ended.out


async def test_health_is_good_while_a_heartbeat_is_fresh(tastebud: Tastebud) -> None:
    """A fresh file is a living process; an old one is not."""
    path = beside_database(StorageSettings(url=f"sqlite+aiosqlite:///{tastebud.folder}/data/tastebud.db"), BEAT_SUFFIX)
    with Heartbeat(path, SystemClock(), lambda: True):
        alive = await tastebud.run("health")
    gone = await tastebud.run("health")
    assert (alive.code, gone.code) == (0, 1)
    assert "connected to Discord" in alive.out


async def test_health_is_bad_once_the_heartbeat_is_old(tastebud: Tastebud) -> None:
    """A process that hangs stops writing."""
    path = tastebud.folder / "data" / "tastebud.heartbeat"
    with Heartbeat(path, FastClock(), lambda: True):  # writes of January, long ago
        ended = await tastebud.run("health")
    assert ended.code == 1
    assert "last sign of life" in ended.out


async def test_the_heartbeat_goes_on_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written anew while the event loop turns, whatever the scheduler does."""
    monkeypatch.setattr("bot.health.BEAT_SECONDS", 0.01)
    path = tmp_path / "x.heartbeat"
    with Heartbeat(path, SystemClock(), lambda: False):
        first = path.read_text()
        async with asyncio.timeout(10):
            while path.read_text() == first:  # a file has no event
                await asyncio.sleep(0.01)
    assert not path.exists()


async def test_a_heartbeat_that_cannot_be_written_is_no_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A full disk or a wrong owner is said once, and the bot goes on."""
    (tmp_path / "file").write_text("")
    with Heartbeat(tmp_path / "file" / "x.heartbeat", SystemClock(), lambda: False) as heart:
        heart.beat()
    assert caplog.text.count("cannot be written") == 1


async def test_quota_shows_calls_and_pauses(tastebud: Tastebud) -> None:
    """What was spent today stands beside the budget, and a pause with its end."""
    clock = SystemClock()
    settings = StorageSettings(
        url=f"sqlite+aiosqlite:///{tastebud.folder}/data/tastebud.db", key_file=f"{tastebud.folder}/data/tastebud.key"
    )
    async with open_storage(settings, clock) as storage:
        await storage.quota.spend("spotify", "get", 123)
        await storage.quota.pause("deezer", clock.now().replace(year=2099), "rate limit")
    ended = await tastebud.run("quota")
    assert ended.code == 0
    assert "123" in ended.out
    assert "400" in ended.out
    assert "deezer is not asked before 2099" in ended.out


async def test_a_dry_run_on_an_empty_database_is_calm(tastebud: Tastebud) -> None:
    """Nobody is due where nobody has said anything."""
    ended = await tastebud.run("drop", "--dry-run")
    assert (ended.code, "Nobody is due" in ended.out) == (0, True)


async def test_a_drop_on_an_empty_database_makes_nothing(tastebud: Tastebud) -> None:
    """`tastebud drop` can be tried at any time."""
    ended = await tastebud.run("drop")
    assert (ended.code, "0 written" in ended.out) == (0, True), ended.err


def test_the_demo_says_what_to_install() -> None:
    """Without simcord the demo ends in a sentence."""
    code = "import sys; sys.modules['simcord'] = None; from bot.__main__ import main; main()"
    ended = python(code, "demo")
    assert ended.returncode == 1
    assert "pip install 'tastebud[demo]'" in ended.stderr


async def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    """Docker kills ten seconds after SIGTERM; we are gone before, though Python would wait for every thread."""
    code = """
import asyncio, time
from bot import cli
async def work():
    print("ready", flush=True)
    await asyncio.to_thread(time.sleep, 600)
    return 0
cli.STOP_SECONDS = 0.2
asyncio.run(cli._until_told(work()))
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    await read_until(process.stdout, "ready")
    process.terminate()
    async with asyncio.timeout(60):
        await process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize("module", ["bot.__main__", "bot.running", "bot.dropping"])
def test_start_up_imports_nothing_heavy(module: str) -> None:
    """What only learning needs is loaded when learning begins."""
    heavy = {"pandas", "sklearn", "matplotlib", "simcord"}
    ended = python(f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))")
    assert ended.stdout.strip() == "[]", ended.stderr
