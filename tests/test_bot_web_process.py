"""The web server as part of `tastebud run`."""

import socket

import aiohttp
import pytest

from bot.errors import StartError
from tests.fixtures.process import Scene

WEB = {"TASTEBUD_WEB__ENABLED": "true", "TASTEBUD_WEB__PORT": "0"}


async def test_a_running_bot_tells_its_health_and_figures(scene: Scene) -> None:
    """From the start to the last moment; afterwards nothing listens."""
    life = await scene.awake(**WEB)
    port = (await life.said("Pages are served")).rstrip(".").rpartition(" ")[2]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        async with session.get("/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok", "discord": True})
        async with session.get("/metrics") as answer:
            text = await answer.text()
        assert "tastebud_discord_connected 1.0" in text
        assert "tastebud_servers 1.0" in text
        assert await life.stop() == 0
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("/healthz")


async def test_without_the_setting_nothing_is_served(scene: Scene) -> None:
    """Whoever does not want it has no open port."""
    life = await scene.awake()
    assert life.saying("Pages are served") == []


async def test_a_taken_port_ends_the_start_with_a_sentence(scene: Scene) -> None:
    """The owner is told which setting to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        life = await scene.begin(**WEB | {"TASTEBUD_WEB__PORT": str(taken.getsockname()[1])})
        assert await life.ended() == StartError.exit_code
    assert len(life.saying("choose another web.port")) == 1
