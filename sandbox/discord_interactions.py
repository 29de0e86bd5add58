"""Acts of members that the bot must answer: slash commands, buttons, menus, context menus, forms."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from simcord.backend import serializers
from simcord.backend.command_access import command_access
from simcord.backend.models import Message
from simcord.components import walk_components
from simcord.enums import AppCommandType, ComponentType, InteractionType
from simcord.interactions import base_payload, nest_options, walk_to_subcommand

from sandbox.discord_acts import RefusedError, Stage, act
from sandbox.discord_members import shown
from sandbox.discord_options import build_options

LINK_BUTTON, PREMIUM_BUTTON = 5, 6
EPHEMERAL_ANSWER = 1 << 6


@act
async def slash(
    stage: Stage, channel: int, member: int, name: str, options: dict[str, Any] | None = None, wait: float = 5.0
) -> dict[str, Any]:
    """Run a slash command ("group sub" for nested ones) and wait for the bot's answer."""
    path = name.split()
    root = _command(stage, channel, member, path[0], AppCommandType.CHAT_INPUT)
    leaf, nesting = walk_to_subcommand(root, path[1:])
    built, resolved = build_options(stage.backend, channel, name, leaf, options or {})
    data = _invocation(root) | {"options": nest_options(root, nesting, built)}
    if resolved:
        data["resolved"] = resolved
    return await _outcome(stage, _deliver(stage, InteractionType.APPLICATION_COMMAND, channel, member, data), wait)


@act
async def autocomplete(
    stage: Stage, channel: int, member: int, name: str, option: str, value: str, wait: float = 5.0
) -> dict[str, Any]:
    """Type into an option of a slash command and wait for what the bot offers."""
    path = name.split()
    root = _command(stage, channel, member, path[0], AppCommandType.CHAT_INPUT)
    leaf, nesting = walk_to_subcommand(root, path[1:])
    declared = next((o for o in leaf.get("options") or [] if o["name"] == option and o.get("autocomplete")), None)
    if declared is None:
        raise RefusedError(f"/{name} offers nothing for {option!r}.")
    typed = [{"name": option, "type": declared["type"], "value": value, "focused": True}]
    data = _invocation(root) | {"options": nest_options(root, nesting, typed)}
    kind = InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
    return await _outcome(stage, _deliver(stage, kind, channel, member, data), wait)


@act
async def context_menu(stage: Stage, member: int, name: str, message: int, wait: float = 5.0) -> dict[str, Any]:
    """Use a command of a message's context menu and wait for the bot's answer."""
    found = _visible(stage, message, member)
    root = _command(stage, found.channel_id, member, name, AppCommandType.MESSAGE)
    data = _invocation(root) | {
        "target_id": str(message),
        "resolved": {"messages": {str(message): dict(serializers.message_payload(stage.backend, found))}},
    }
    kind = InteractionType.APPLICATION_COMMAND
    return await _outcome(stage, _deliver(stage, kind, found.channel_id, member, data), wait)


@act
async def click(
    stage: Stage,
    message: int,
    member: int,
    label: str | None = None,
    custom_id: str | None = None,
    wait: float = 5.0,
) -> dict[str, Any]:
    """Click a button, named by its label or custom_id, and wait for the bot's answer."""
    found = _visible(stage, message, member)
    button = _component(found, (ComponentType.BUTTON,), label, custom_id)
    if button.get("style") in (LINK_BUTTON, PREMIUM_BUTTON):
        raise RefusedError("That button leads elsewhere: the bot hears nothing of it.")
    data = {"custom_id": button["custom_id"], "component_type": ComponentType.BUTTON}
    return await _outcome(stage, _press(stage, found, member, data), wait)


@act
async def select(
    stage: Stage, message: int, member: int, values: list[str], custom_id: str | None = None, wait: float = 5.0
) -> dict[str, Any]:
    """Choose from a menu of strings and wait for the bot's answer."""
    found = _visible(stage, message, member)
    menu = _component(found, (ComponentType.STRING_SELECT,), None, custom_id)
    offered = {option["value"] for option in menu.get("options") or []}
    if not set(values) <= offered or not menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1):
        raise RefusedError(f"That menu offers {sorted(offered)}.")
    data = {"custom_id": menu["custom_id"], "component_type": ComponentType.STRING_SELECT, "values": values}
    return await _outcome(stage, _press(stage, found, member, data), wait)


@act
async def submit(stage: Stage, interaction: int, values: dict[str, str], wait: float = 5.0) -> dict[str, Any]:
    """Fill in the text fields of the form that an interaction was answered with."""
    record = stage.backend.interactions[interaction]
    if record.modal is None:
        raise RefusedError("That interaction was not answered with a form.")
    filled = [_filled(component, values) for component in record.modal["components"]]
    data = {"custom_id": record.modal["custom_id"], "components": filled}
    kind = InteractionType.MODAL_SUBMIT
    return await _outcome(stage, _deliver(stage, kind, record.channel_id, record.user_id, data), wait)


@act
async def interaction(stage: Stage, interaction: int, wait: float = 0.0) -> dict[str, Any]:
    """Return what the bot has answered so far."""
    return await _outcome(stage, interaction, wait)


def _invocation(root: Mapping[str, Any]) -> dict[str, Any]:
    data = {"id": root["id"], "name": root["name"], "type": root["type"]}
    return data | ({"guild_id": root["guild_id"]} if root.get("guild_id") else {})


def _command(stage: Stage, channel: int, member: int, name: str, kind: AppCommandType) -> dict[str, Any]:
    guild_id = stage.backend.get_channel(channel).guild_id
    stage.backend.require_permissions(guild_id, member, channel)
    root = stage.backend.find_command(name, guild_id, type=kind)
    if root is None:
        raise RefusedError(f"The bot has registered no command {name!r}.")
    access = command_access(stage.backend, root, user_id=member, channel_id=channel)
    if not access.allowed:
        raise RefusedError(f"The command {name!r} is hidden from that member here: {access.reason}.")
    return root


def _visible(stage: Stage, message: int, member: int) -> Message:
    found = stage.world.message(message)
    guild_id = stage.backend.get_channel(found.channel_id).guild_id
    stage.backend.require_permissions(guild_id, member, found.channel_id)
    if not found.visible_to(member):
        raise RefusedError("That message is for somebody else's eyes only.")
    return found


def _component(
    message: Message, kinds: tuple[ComponentType, ...], label: str | None, custom_id: str | None
) -> dict[str, Any]:
    found = [
        component
        for component in walk_components(message.components)
        if component.get("type") in kinds
        and custom_id in (None, component.get("custom_id"))
        and label in (None, component.get("label"), (component.get("emoji") or {}).get("name"))
    ]
    if len(found) != 1:
        raise RefusedError(f"{len(found)} components of that message fit label={label!r}, custom_id={custom_id!r}.")
    if found[0].get("disabled"):
        raise RefusedError("That component is disabled.")
    return found[0]


def _press(stage: Stage, message: Message, member: int, data: dict[str, Any]) -> int:
    extra = {"message": dict(serializers.message_payload(stage.backend, message))}
    kind = InteractionType.MESSAGE_COMPONENT
    return _deliver(stage, kind, message.channel_id, member, data, extra, message.id)


def _deliver(
    stage: Stage,
    kind: InteractionType,
    channel: int,
    member: int,
    data: dict[str, Any],
    extra: Mapping[str, Any] | None = None,
    source: int | None = None,
) -> int:
    guild_id = stage.backend.get_channel(channel).guild_id
    record, payload = base_payload(
        stage.backend, type=kind, channel_id=channel, guild_id=guild_id, user_id=member, data=data
    )
    record.source_message_id = source
    stage.backend.emit("INTERACTION_CREATE", payload | dict(extra or {}))
    return record.id


def _filled(component: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    kept = {key: component[key] for key in ("type", "id", "custom_id") if key in component}
    if component["type"] == ComponentType.TEXT_INPUT:
        kept["value"] = values.get(component["custom_id"], component.get("value") or "")
    if isinstance(component.get("component"), dict):
        kept["component"] = _filled(component["component"], values)
    if isinstance(component.get("components"), list):
        kept["components"] = [_filled(child, values) for child in component["components"]]
    return kept


async def _outcome(stage: Stage, interaction_id: int, wait: float) -> dict[str, Any]:
    record = stage.backend.interactions[interaction_id]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait):
            while not record.responded or record.loading:
                await stage.world.next_answer()
    return {
        "id": record.id,
        "responded": record.responded,
        "kind": None if record.response_kind is None else str(record.response_kind),
        "loading": record.loading,
        "messages": list(_answers(stage, interaction_id)),
        "modal": record.modal,
        "choices": record.autocomplete_choices,
    }


def _answers(stage: Stage, interaction_id: int) -> Iterator[dict[str, Any]]:
    """Yield the answer and its follow-ups that still exist."""
    record = stage.backend.interactions[interaction_id]
    known = stage.backend.messages.get(record.channel_id, {})
    for message_id in (record.message_id, *record.followup_ids):
        if message_id in known:
            payload = shown(stage, known[message_id])
            yield payload | {"ephemeral": bool(payload["flags"] & EPHEMERAL_ANSWER)}
