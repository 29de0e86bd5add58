"""The Discord on loopback against Discord's own description of its API, where that stands beside the project."""

import functools
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openapi_schema_validator import OAS31Validator

from sandbox.discord_client import DiscordSandbox
from tests.fixtures.discord import StartBot

DESCRIPTION = Path(__file__).parents[1].parent / "shared" / "openapi" / "discord.json"
# discord.py sends ids as numbers, which Discord takes; its description knows only strings.
SMALLEST_ID = 1 << 40

ABSENT = "Discord's OpenAPI description does not stand beside the project"

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason=ABSENT)


@functools.cache
def description() -> dict[str, Any]:
    """Return Discord's description."""
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return loaded


def wrong(schema: dict[str, Any], instance: Any) -> list[str]:
    """Return what a body has wrong."""
    validator = OAS31Validator({**schema, "components": description()["components"]})
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(instance)]


def answer_schema(template: str, method: str, status: str = "200") -> dict[str, Any]:
    """Return the schema of an answer."""
    answer = description()["paths"][template][method]["responses"][status]
    if "$ref" in answer:
        answer = description()["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def body_schema(template: str, method: str) -> dict[str, Any]:
    """Return the schema of a request's JSON body."""
    content = description()["paths"][template][method]["requestBody"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


def with_string_ids(value: Any) -> Any:
    """Return the value with its ids as strings."""
    if isinstance(value, dict):
        return {key: with_string_ids(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_string_ids(item) for item in value]
    return str(value) if isinstance(value, int) and value >= SMALLEST_ID else value


async def lively(sandbox: DiscordSandbox) -> tuple[int, int, int]:
    """Make a server where something has been said in several ways; return server, channel and message."""
    guild = await sandbox.guild()
    channel = await sandbox.channel(guild)
    ada = await sandbox.member(guild, "Ada")
    message = await sandbox.send(channel, ada, "track", files={"cover.png": b"png"})
    await sandbox.react(message, ada, "👍")
    await sandbox.send(channel, ada, "a reply", reply_to=message)
    await sandbox.webhook_send(channel, "news", "from elsewhere")
    await sandbox.thread(channel, ada, message=message)
    return guild, channel, message


async def test_answers_fit_the_description(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """What the sandbox answers is what Discord says it answers."""
    guild, channel, message = await lively(discord_sandbox)
    await discord_sandbox_bot()
    application = (await discord_sandbox.state())["application"]
    places = {"guild_id": guild, "channel_id": channel, "message_id": message, "application_id": application}
    headers = {"Authorization": f"Bot {discord_sandbox.token}"}
    faults: dict[str, list[str]] = {}
    async with aiohttp.ClientSession(headers=headers) as http:
        for template in (
            "/gateway",
            "/gateway/bot",
            "/users/@me",
            "/oauth2/applications/@me",
            "/channels/{channel_id}",
            "/channels/{channel_id}/messages",
            "/channels/{channel_id}/messages/{message_id}",
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
            "/guilds/{guild_id}/threads/active",
            "/applications/{application_id}/commands",
        ):
            async with http.get(discord_sandbox.api_base + template.format(**places, emoji_name="👍")) as response:
                assert response.headers["Content-Type"] == "application/json"
                faults[template] = wrong(answer_schema(template, "get"), await response.json())
    assert {template: found for template, found in faults.items() if found} == {}


async def test_refusals_fit_the_description(discord_sandbox: DiscordSandbox) -> None:
    """Errors and rate limits have the bodies that Discord describes."""
    template = "/channels/{channel_id}/messages"
    url = discord_sandbox.api_base + "/channels/1/messages"
    headers = {"Authorization": f"Bot {discord_sandbox.token}"}
    await discord_sandbox.fault("GET", "/channels/*", status=429, skip=1)
    async with aiohttp.ClientSession() as http:
        for sent, status, schema in (({}, 401, "4XX"), (headers, 404, "4XX"), (headers, 429, "429")):
            async with http.get(url, headers=sent) as response:
                assert response.status == status
                assert wrong(answer_schema(template, "get", schema), await response.json()) == []


async def test_the_log_shows_bodies_that_can_be_checked(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """What discord.py sends, as the log shows it, fits the description once ids are strings."""
    guild, channel, _ = await lively(discord_sandbox)
    await discord_sandbox_bot()
    ada = await discord_sandbox.member(guild, "Ben")
    await discord_sandbox.slash(channel, ada, "think", about="jazz")
    (commands,) = await discord_sandbox.requests("PUT", "/applications/*/commands")
    (callback,) = await discord_sandbox.requests("POST", "/interactions/*")
    followups = await discord_sandbox.requests("POST", "/webhooks/*")
    checks = [
        (body_schema("/applications/{application_id}/commands", "put"), commands),
        (body_schema("/interactions/{interaction_id}/{interaction_token}/callback", "post"), callback),
        *((body_schema("/webhooks/{webhook_id}/{webhook_token}", "post"), followup) for followup in followups),
    ]
    assert [wrong(schema, with_string_ids(request["body"])) for schema, request in checks] == [[]] * len(checks)
