"""Answers to REQUEST_GUILD_MEMBERS."""

from collections.abc import Iterator, Mapping
from typing import Any

from simcord.backend import serializers
from simcord.backend.models import Guild, Member

from sandbox.discord_world import World

CHUNK = 1000


def member_chunks(world: World, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the GUILD_MEMBERS_CHUNK payloads for a request, at most 1,000 members each."""
    guild = world.backend.guilds.get(int(request["guild_id"]))
    if guild is None:
        return
    members = _chosen(world, guild, request)
    pieces = [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)] or [[]]
    for index, piece in enumerate(pieces):
        chunk: dict[str, Any] = {
            "guild_id": str(guild.id),
            "members": [serializers.member_payload(world.backend, guild, member) for member in piece],
            "chunk_index": index,
            "chunk_count": len(pieces),
            "not_found": _not_found(guild, request) if index == 0 else [],
        }
        if request.get("presences"):
            chunk["presences"] = []
        if request.get("nonce"):
            chunk["nonce"] = request["nonce"]
        yield chunk


def _wanted(request: Mapping[str, Any]) -> set[int]:
    user_ids = request.get("user_ids") or []
    return {int(user_id) for user_id in (user_ids if isinstance(user_ids, list) else [user_ids])}


def _not_found(guild: Guild, request: Mapping[str, Any]) -> list[str]:
    return [str(user_id) for user_id in sorted(_wanted(request) - guild.members.keys())]


def _chosen(world: World, guild: Guild, request: Mapping[str, Any]) -> list[Member]:
    members = list(guild.members.values())
    wanted, prefix = _wanted(request), str(request.get("query") or "").lower()
    if wanted:
        members = [member for member in members if member.user_id in wanted]
    elif prefix:
        members = [member for member in members if _names(world, member, prefix)]
    limit = int(request.get("limit") or 0)
    return members[:limit] if limit else members


def _names(world: World, member: Member, prefix: str) -> bool:
    name = world.backend.users[member.user_id].name
    return name.lower().startswith(prefix) or (member.nick or "").lower().startswith(prefix)
