"""What the bot sends to Discord, against Discord's own description of its API, where that stands beside the project."""

import re
from typing import Any

import pytest

from tests.fixtures.bot import LIKE, Room
from tests.test_bot_settings import manager
from tests.test_sandbox_discord_openapi import ABSENT, DESCRIPTION, body_schema, with_string_ids, wrong

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason=ABSENT)

ROUTES = {
    ("POST", r"/channels/\d+/messages"): "/channels/{channel_id}/messages",
    ("PATCH", r"/channels/\d+/messages/\d+"): "/channels/{channel_id}/messages/{message_id}",
    ("POST", r"/interactions/\d+/[^/]+/callback"): "/interactions/{interaction_id}/{interaction_token}/callback",
    ("POST", r"/webhooks/\d+/[^/]+"): "/webhooks/{webhook_id}/{webhook_token}",
    ("PATCH", r"/webhooks/\d+/[^/]+/messages/@original"): "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
    ("PUT", r"/applications/\d+/commands"): "/applications/{application_id}/commands",
}


def faults_of(room: Room) -> tuple[dict[str, list[str]], set[str]]:
    """Return what is wrong with the bodies that were sent, and which routes they went."""
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    for request in room.env.http_requests:
        for (method, pattern), template in ROUTES.items():
            if request.method == method and re.fullmatch(pattern, request.path) and request.json is not None:
                seen.add(template)
                body: Any = with_string_ids(request.json)
                for file in body.get("attachments", ()) if isinstance(body, dict) else ():
                    file["id"] = str(file["id"])  # discord.py counts files by numbers, which Discord takes
                found = wrong(body_schema(template, method.lower()), body)
                if found:
                    faults.setdefault(f"{method} {template}", []).extend(found[:2])
    return faults, seen


async def test_wishes_settings_help_and_privacy_send_what_discord_takes(room: Room) -> None:
    """Cards, menus, buttons, forms, and the registered commands."""
    boss, ann = manager(room), room.member("ann")
    await room.hear("guild_join", room.bot.guilds[0])
    await ann.react(await boss.send(room.channel, room.link(0)), LIKE)
    await ann.send(room.channel, "!schedule friday 18 berlin")
    shown = await ann.slash(room.channel, "schedule")
    assert shown.response is not None
    await ann.click(shown.response.message, label="Pause")
    await ann.slash(room.channel, "dial", value=3)
    await ann.slash(room.channel, "forget-me")
    await ann.slash(room.channel, "my-data")
    await ann.slash(room.channel, "opt-out")
    panel = await boss.slash(room.channel, "settings")
    assert panel.response is not None
    await boss.select(panel.response.message, [room.channel], custom_id="tb:set:channels")
    await boss.click(panel.response.message, custom_id="tb:switch:recaps:on")
    await boss.click(panel.response.message, custom_id="tb:set:emoji")
    await ann.send(room.channel, "!help")
    await ann.select(room.said()[-1], ["mine"], custom_id=f"tb:help:{ann.id}")
    faults, seen = faults_of(room)
    assert faults == {}
    assert "/applications/{application_id}/commands" in seen
    assert "/interactions/{interaction_id}/{interaction_token}/callback" in seen
    assert "/channels/{channel_id}/messages" in seen
