"""`tastebud run` as an owner starts it: an environment and an empty folder, and stopped as a container is."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.discord_client import DiscordSandbox, until
from tests.fixtures.process import PATIENCE, Life, Scene
from tests.fixtures.product import Tastebud
from tests.process_reads import Opinion, ask, picked, standing

ROOT = Path(__file__).parents[1]
STOP_WITHIN = 10.0
TASTEBUD = Path(sys.executable).with_name("tastebud")
NAMES = {
    *("TASTEBUD_DISCORD__API_BASE", "TASTEBUD_DISCORD__GATEWAY_URL", "DISCORD_TOKEN"),
    *("TASTEBUD_SPOTIFY__API_BASE", "TASTEBUD_SPOTIFY__ACCOUNTS_BASE", "TASTEBUD_DEEZER__API_BASE"),
    *("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "SPOTIFY_REFRESH_TOKEN"),
}


@pytest.fixture
async def music() -> AsyncIterator[dict[str, str]]:
    """Run `python -m sandbox` and yield the environment that it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    printed: list[str] = []
    while not (printed and printed[-1].startswith("serving on")):
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert line, "the sandbox ended before it served"
        printed.append(line.decode().strip())
    yield dict(line.split("=", 1) for line in printed if line.partition("=")[0] in NAMES)
    process.terminate()
    await process.communicate()


async def reacted(discord: DiscordSandbox, message: int, count: int) -> list[str]:
    """Wait until so many emoji stand under a message, and return them."""

    async def look() -> list[str] | None:
        found = list(await discord.reactions(message))
        return found if len(found) == count else None

    return await until(look, PATIENCE)


async def answers(discord: DiscordSandbox, channel: int) -> list[dict[str, Any]]:
    """Wait until the bot has written something that everybody sees, and return it."""

    async def look() -> list[dict[str, Any]]:
        return [message for message in await discord.messages(channel) if message["author"]["bot"]]

    return await until(look, PATIENCE)


def hidden(environment: dict[str, str]) -> list[str]:
    """Return what no line of the log and no file may hold."""
    return [environment[name] for name in ("DISCORD_TOKEN", "SPOTIFY_CLIENT_SECRET", "SPOTIFY_REFRESH_TOKEN")]


async def test_an_environment_and_an_empty_folder_are_enough(
    discord_sandbox: DiscordSandbox, music: dict[str, str], tmp_path: Path
) -> None:
    """A link gets its thumbs, a reaction is kept, `/` and `!` are answered, a list is found, and it stops in time."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ann, bea = await discord_sandbox.members(guild, ["ann", "bea"])
    urls = await shareable(music)
    environment = discord_sandbox.environment | music
    assert set(environment) == NAMES
    bases = {name: f"{value}/" for name, value in environment.items() if name.endswith(("_BASE", "_URL"))}
    wordy = {"TASTEBUD_LOG__LEVEL": "DEBUG"}
    life = await Life.begin(tmp_path, environment | bases | wordy, program=(str(TASTEBUD), "run"))
    await discord_sandbox.bot_connected(within=PATIENCE)

    post = await discord_sandbox.send(channel, ann, f"have you heard {urls[0]}?si=abc")
    assert await reacted(discord_sandbox, post, 2) == ["👍", "👎"]
    await discord_sandbox.react(post, bea, "👎")
    database = tmp_path / "data" / "tastebud.db"
    await until(lambda: holds(database, {Opinion(post, bea, "👎", -1, 1)}), PATIENCE)

    names = {command["name"] for command in await discord_sandbox.act("commands")}
    assert names >= {"discover", "doctor", "help", "import", "playlist", "rate", "similar"}
    for name, options in (("help", {}), ("playlist", {}), ("rate", {"track": urls[1], "opinion": "like"})):
        answer = await discord_sandbox.slash(channel, bea, name, wait=PATIENCE, **options)
        assert answer["responded"], name
        assert answer["messages"], name
    await discord_sandbox.send(channel, ann, "!help")
    (said,) = await answers(discord_sandbox, channel)
    assert "playlist" in said["embeds"][0]["description"]

    more = [await discord_sandbox.send(channel, ann, url) for url in urls[2:6]]
    assert [await reacted(discord_sandbox, each, 2) for each in more] == [["👍", "👎"]] * 4
    found = await discord_sandbox.slash(channel, bea, "discover", wait=PATIENCE, count=2)
    (picks,) = found["messages"]
    assert len(picks["embeds"]) == 2
    button = picks["components"][0]["components"][0]["custom_id"]
    pressed = await discord_sandbox.click(int(picks["id"]), bea, custom_id=button, wait=PATIENCE)
    assert "Noted: you like" in pressed["messages"][0]["content"]
    assert ask(database, "SELECT source, value FROM feedback WHERE share_id = 0 ORDER BY 1") == [(3, 1), (4, 1)]

    async with asyncio.timeout(STOP_WITHIN):
        assert await life.stop() == 0
    assert (await discord_sandbox.state())["gaps"] == []
    assert life.saying("Traceback") == []
    assert [word for word in (*hidden(environment), "have you heard") if word in "\n".join(life.lines)] == []
    kept = b"".join([file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()])
    assert [word for word in hidden(environment) if word.encode() in kept] == []
    assert ask(database, "SELECT count(*) FROM shares") == [(5,)]
    assert os.listdir(tmp_path) == ["data"]  # noqa: PTH208  (a folder of one name)


async def test_drop_is_done_by_the_bot_that_runs(scene: Scene, tastebud: Tastebud) -> None:
    """`tastebud drop` beside a running bot brings the week's lists forward; the bot writes and announces them once."""
    people = await scene.discord.members(scene.guild, ["ann", "bea"])
    life = await scene.awake(TASTEBUD_SCHEDULE__TICK_SECONDS="0.5", TASTEBUD_SCHEDULE__DROP_SIZE="3")
    for number in range(8):
        await scene.discord.send(scene.channel, people[number % 2], scene.link(number))
    await scene.agrees()
    for _ in range(2):
        ended = await tastebud.run("drop", **scene.environment())
        assert ended.code == 0, ended.err
        assert "the running bot makes them" in ended.out
        await scene.announced()
    assert await life.stop() == 0
    assert {len(tracks) for tracks in picked(scene.database).values()} == {3}
    assert len(scene.music.spotify.playlists.all()) == len(people) + 1
    assert len(await answers(scene.discord, scene.channel)) == 1


async def holds(database: Path, wanted: set[Opinion]) -> bool:
    """Tell whether exactly these reactions are kept."""
    return standing(database) == wanted


async def shareable(music: dict[str, str]) -> list[str]:
    """Return links that people can share."""
    async with (
        aiohttp.ClientSession() as web,
        web.get(f"{music['TASTEBUD_DEEZER__API_BASE']}/_control/catalogue") as it,
    ):
        return [track["spotify_url"] for track in await it.json() if track["on_spotify"]]
