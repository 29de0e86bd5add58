"""The control endpoints: /_control lets tests, the demo and people with curl play the acts."""

import asyncio
from typing import Any

from aiohttp import web
from simcord.backend.errors import BackendError, OptionError, SetupError

from sandbox import discord_interactions, discord_looks, discord_members, discord_scene, discord_switches
from sandbox.discord_acts import RefusedError, Stage, acts, play
from sandbox.discord_rest import json_response

# Importing these registered their acts.
PLAYS = (discord_scene, discord_members, discord_interactions, discord_looks, discord_switches)
# A long list of acts must not keep the sockets waiting.
BREATH = 100


class Control:
    """Serve /_control of a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def index(self, request: web.Request) -> web.Response:  # noqa: ARG002 - aiohttp hands it to every handler
        """Tell which acts there are and what they take."""
        return json_response(acts())

    async def one(self, request: web.Request) -> web.Response:
        """Play one act, named in the path, with the body's arguments."""
        arguments = await request.json() if request.body_exists else {}
        return await self._play([(request.match_info["act"], arguments)], one=True)

    async def many(self, request: web.Request) -> web.Response:
        """Play a list of acts, each `{"act": name, ...}`, in order; the first that is refused ends it."""
        steps = [(str(step.pop("act", "")), step) for step in await request.json()]
        return await self._play(steps, one=False)

    async def _play(self, steps: list[tuple[str, dict[str, Any]]], *, one: bool) -> web.Response:
        results = []
        try:
            for number, (name, arguments) in enumerate(steps, 1):
                results.append(await play(self._stage, name, arguments))
                if number % BREATH == 0:
                    await asyncio.sleep(0)
        except (RefusedError, SetupError, OptionError, BackendError, LookupError) as error:
            return json_response({"error": str(error), "done": len(results)}, 400)
        return json_response(results[0] if one else results)
