"""A Discord on loopback in a process of its own: `python -m sandbox.discord_server --port N`."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys

from aiohttp import web

from sandbox.discord_acts import Stage
from sandbox.discord_control import Control
from sandbox.discord_gateway import HEARTBEAT_SECONDS, Gateway
from sandbox.discord_rest import API_PATH, Rest
from sandbox.discord_world import TOKEN, World

# Discord takes files up to 10 MiB; a little more for what is around them.
LARGEST_BODY = 12 << 20
# Requests that a fault holds must not keep the process from ending.
SHUTDOWN_SECONDS = 0.5


class DiscordServer:
    """The world, its REST side, its gateway and its control endpoints on one port."""

    def __init__(self, world: World, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self.world = world
        self.gateway = Gateway(world, heartbeat_seconds)
        control, rest = Control(Stage(world, self.gateway)), Rest(world)
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/_control", control.index)
        app.router.add_post("/_control/acts", control.many)
        app.router.add_post("/_control/{act}", control.one)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", API_PATH + "/{path:.*}", rest.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.world.base_url = f"http://{host}:{self._runner.addresses[0][1]}"

    def environment(self) -> dict[str, str]:
        """Return the environment that leads a bot here."""
        return {
            "TASTEBUD_DISCORD__API_BASE": self.world.base_url + API_PATH,
            "TASTEBUD_DISCORD__GATEWAY_URL": self.world.gateway_url,
            "DISCORD_TOKEN": self.world.token,
        }

    async def stop(self) -> None:
        """Release who is held, end the connections, stop listening."""
        self.world.faults.clear()
        await self.gateway.close()
        await self._runner.cleanup()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.discord_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="the only bot token that is accepted")
    parser.add_argument("--name", default="Tastebud", help="the bot's user name")
    parser.add_argument("--heartbeat", type=float, default=HEARTBEAT_SECONDS, help="seconds between heartbeats")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when the parent process does")
    return parser.parse_args()


async def _until_told(*, stdin_too: bool) -> None:
    """Wait for SIGTERM, SIGINT or, when asked, the end of standard input."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    if stdin_too:
        loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 1024) else told.set())
    try:
        await told.wait()
    finally:
        if stdin_too:
            loop.remove_reader(sys.stdin.fileno())


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until told to end, after printing one line with the environment to use."""
    server = DiscordServer(World(arguments.token, arguments.name), arguments.heartbeat)
    await server.start(arguments.host, arguments.port)
    line = " ".join(f"{name}={value}" for name, value in server.environment().items())
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    try:
        await _until_told(stdin_too=arguments.until_stdin_closes)
    finally:
        await server.stop()


def main() -> None:
    """Run the server from the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(_arguments()))


if __name__ == "__main__":
    main()
