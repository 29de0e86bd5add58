"""The last touch on everything that is sent: what Discord writes into its objects and simcord leaves out."""

from typing import Any

from sandbox.discord_world import Json, World


def finished(data: Json) -> Json:
    """Return a copy of a payload in the shape that Discord's own description asks for."""
    if isinstance(data, list):
        return [finished(item) for item in data]
    if not isinstance(data, dict):
        return data
    copy = {key: finished(value) for key, value in data.items() if key != "nonce" or value is not None}
    if "discriminator" in copy:
        copy.setdefault("primary_guild", None)
    elif "permission_overwrites" in copy:
        copy.setdefault("flags", 0)
    elif "proxy_url" in copy and copy.get("description", "") is None:
        del copy["description"]
    elif "message_reference" in copy:
        copy["message_reference"].setdefault("type", 0)
    return copy


def finished_command(world: World, command: dict[str, Any]) -> dict[str, Any]:
    """Complete a registered command in place: its version, and null where discord.py left things open."""
    command.setdefault("version", str(world.backend.snowflake()))
    command.setdefault("nsfw", False)
    if command.get("integration_types") is None:
        command["integration_types"] = [0]
    return command


def application(world: World, basics: dict[str, Any]) -> dict[str, Any]:
    """Return the application as its owner's settings make it."""
    return {
        **basics,
        "type": None,
        "flags": world.application_flags,
        "flags_new": str(world.application_flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(world.backend.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }
