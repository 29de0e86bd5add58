"""The process killed inside each outside effect of a drop, and started again: written and announced once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.discord_client import until
from sandbox.faults import Fault
from tests.fixtures.process import DROP, PATIENCE, RUN, Life, Scene, due
from tests.process_reads import ask, picked, playlists, states

SIZE = 4
STOP_WITHIN = 10.0
SEVERAL_TICKS = 2.0
OWNERS = 5  # three people and two servers
NONCE_SECONDS = 600.0  # Discord has forgotten a nonce by then
CREATE, ITEMS = ("POST", "/v1/me/playlists"), ("PUT", "/v1/playlists/*/items")
POST = ("POST", "/channels/*/messages")


@pytest.fixture
async def town(scene: Scene) -> Scene:
    """Let three people share in two servers, days ago, so that everybody's drop is due this very hour."""
    now = datetime.now(UTC)
    discord = scene.discord
    await discord.clock(now=(now - timedelta(days=3)).isoformat())
    ann, bea = await discord.members(scene.guild, ["ann", "bea"])
    other = await discord.guild("Basement")
    scene.channels.append(await discord.channel(other, "vinyl"))
    cat = await discord.member(other, "cat")
    await discord.member(other, "bea", user=bea)
    sharing = [(scene.channel, ann), (scene.channel, bea), (scene.channels[1], bea), (scene.channels[1], cat)]
    posts = await discord.acts(
        [
            {"act": "send", "channel": channel, "member": member, "content": scene.link(number)}
            for number, (channel, member) in enumerate(sharing * 6)
        ]
    )
    for post in posts[:8:4]:
        await discord.react(post, bea, "👍")
    await discord.clock(now=datetime.now(UTC).isoformat())
    scene.settings |= due(now)
    scene.settings |= {"TASTEBUD_SCHEDULE__DROP_SIZE": str(SIZE), "TASTEBUD_SCHEDULE__TICK_SECONDS": "0.5"}
    return scene


async def struck(
    scene: Scene, kind: str, request: tuple[str, str], skip: int = 0, program: Sequence[str] = RUN, **settings: str
) -> Life:
    """Start a process and wait until it is in the middle of a request to Spotify."""
    fault = scene.music.faults.inject(kind, "spotify", request[1], request[0], skip=skip)
    life = await scene.begin(program, **settings)
    await until(lambda: has_struck(fault), PATIENCE)
    return life


async def has_struck(fault: Fault) -> bool:
    """Tell whether a fault has happened."""
    return fault.struck > 0


async def held(scene: Scene, *, after: bool, skip: int = 0) -> Life:
    """Start the process and wait until it is in the middle of posting an announcement."""
    before = len(await scene.discord.requests(*POST))
    await scene.discord.fault(*POST, action="hold", after=after, skip=skip, times=None)
    life = await scene.begin()
    await scene.discord.requested(*POST, count=before + skip + 1, within=PATIENCE)
    return life


async def announcements(scene: Scene) -> list[list[dict[str, Any]]]:
    """Return what the bot wrote in each channel."""
    return [
        [message for message in await scene.discord.messages(channel) if message["author"]["bot"]]
        for channel in scene.channels
    ]


def written(scene: Scene) -> dict[str, list[str]]:
    """Return the tracks of every playlist there is on Spotify."""
    return {book.id: book.track_ids for book in scene.music.spotify.playlists.all()}


async def test_killed_inside_each_effect_of_a_drop(town: Scene) -> None:
    """One playlist an owner with exactly the picks, one announcement a server, wherever `run` or `drop` ended."""
    await (await struck(town, "hang", CREATE)).kill()
    assert written(town) == {}
    await (await struck(town, "hang_after", CREATE, skip=1, program=DROP)).kill()
    assert len(written(town)) == 2
    await (await struck(town, "hang", ITEMS, skip=1, program=DROP)).kill()
    assert len(written(town)) == 3
    life = await struck(town, "hang_after", ITEMS, TASTEBUD_SPOTIFY__TIMEOUT="3")
    async with asyncio.timeout(STOP_WITHIN):
        assert await life.stop() == 0
    town.music.faults.clear()
    assert states(town.database)[1] == set()

    await (await held(town, after=False)).kill()
    await town.discord.clear_faults()
    assert await announcements(town) == [[], []]
    await (await held(town, after=True, skip=1)).kill()
    await town.discord.clear_faults()
    assert [len(each) for each in await announcements(town)] == [1, 1]
    await town.discord.clock(advance=NONCE_SECONDS)

    life = await town.begin()
    await town.announced()
    await check(town)
    await asyncio.sleep(SEVERAL_TICKS)
    assert await life.stop() == 0
    await check(town)


async def check(scene: Scene) -> None:
    """See that everything stands once and says what was picked."""
    picks, ids = picked(scene.database), playlists(scene.database)
    assert len(picks) == len(set(ids.values())) == OWNERS
    assert written(scene) == {ids[owner]: tracks for owner, tracks in picks.items()}
    assert {len(set(tracks)) for tracks in picks.values()} == {SIZE}
    every = scene.music.spotify.playlists.all()
    assert all(tracks for book in every for tracks in book.history), "never emptied"
    assert ask(scene.database, "SELECT count(*), count(DISTINCT week) FROM drops") == [(OWNERS, 1)]
    for (message,) in await announcements(scene):
        text = message["embeds"][0]["description"]
        assert text.count("https://open.spotify.com/playlist/") == 3  # two people and the server
