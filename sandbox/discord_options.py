"""Options of a slash command: from plain values to what Discord sends."""

from collections.abc import Mapping
from typing import Any

from simcord.backend import Backend, serializers
from simcord.enums import OptionType
from simcord.interactions import validate_option_value

from sandbox.discord_acts import RefusedError
from sandbox.discord_world import Json

Resolved = dict[str, dict[str, Any]]


def build_options(
    backend: Backend, channel: int, command: str, leaf: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], Resolved]:
    """Return the wire's options and the objects they refer to; users, channels and roles are given by id."""
    declared = {option["name"]: option for option in leaf.get("options") or []}
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise RefusedError(f"/{command} has no option {unknown[0]!r}: it has {', '.join(declared) or 'none'}.")
    missing = [name for name, option in declared.items() if option.get("required") and name not in given]
    if missing:
        raise RefusedError(f"/{command} needs {missing[0]!r}.")
    resolved: Resolved = {}
    built = [
        {"name": name, "type": declared[name]["type"], "value": _value(backend, channel, command, option, resolved)}
        for name, option in ((name, declared[name] | {"value": value}) for name, value in given.items())
    ]
    return built, resolved


def _value(backend: Backend, channel: int, command: str, option: dict[str, Any], resolved: Resolved) -> Json:
    kind, value = OptionType(option["type"]), option.pop("value")
    if kind in (OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER, OptionType.BOOLEAN):
        return validate_option_value(command, option, value)
    guild_id = backend.get_channel(channel).guild_id
    guild = None if guild_id is None else backend.get_guild(guild_id)
    if kind is OptionType.CHANNEL:
        found = backend.get_channel(int(value))
        permissions = str(backend.compute_permissions(guild.id, backend.bot_user.id, found.id)) if guild else "0"
        payload = {**serializers.channel_payload(backend, found), "permissions": permissions}
        resolved.setdefault("channels", {})[str(value)] = payload
    elif kind is OptionType.ROLE and guild is not None:
        role = backend.get_role(guild.id, int(value))
        resolved.setdefault("roles", {})[str(value)] = dict(serializers.role_payload(role))
    elif kind is OptionType.USER:
        resolved.setdefault("users", {})[str(value)] = dict(serializers.user_payload(backend.get_user(int(value))))
        if guild is not None and int(value) in guild.members:
            member = serializers.member_payload(backend, guild, guild.members[int(value)], with_user=False)
            resolved.setdefault("members", {})[str(value)] = dict(member)
    else:
        raise RefusedError(f"The sandbox cannot fill an option of type {kind.name.lower()}.")
    return str(value)
