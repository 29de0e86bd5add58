"""Acts of Discord itself: faults, broken connections, lost sessions, the application's switches, time."""

from datetime import datetime

from simcord.intents import PRIVILEGED_INTENTS

from sandbox.discord_acts import RefusedError, Stage, act
from sandbox.discord_faults import Fault
from sandbox.discord_world import Json


@act
def fault(stage: Stage, **what: Json) -> None:
    """Let matching requests go wrong: see `sandbox.discord_faults.Fault` for the fields."""
    known = {name for name in Fault.__dataclass_fields__ if name not in ("hits", "cleared")}
    unknown = sorted(what.keys() - known)
    if unknown:
        raise RefusedError(f"A fault has no field {unknown[0]!r}: it has {', '.join(sorted(known))}.")
    stage.world.faults.add(Fault(**what))


@act
def clear_faults(stage: Stage) -> None:
    """Let everything go right again."""
    stage.world.faults.clear()


@act
async def drop_connections(stage: Stage, shard: int | None = None, code: int | None = None) -> int:
    """Cut the gateway connections; their sessions can be resumed."""
    return await stage.gateway.drop(shard, code)


@act
async def lose_sessions(stage: Stage) -> int:
    """Cut the gateway connections and forget their sessions: nothing will be replayed."""
    return await stage.gateway.lose()


@act
async def ask_to_reconnect(stage: Stage) -> None:
    """Send op 7 to every connection."""
    await stage.gateway.ask_to_reconnect()


@act
async def invalidate_sessions(stage: Stage, resumable: bool = False) -> None:
    """Send op 9 to every connection."""
    await stage.gateway.invalidate(resumable=resumable)


@act
def gateway(
    stage: Stage,
    open: bool | None = None,
    acknowledges: bool | None = None,
    heartbeat_seconds: float | None = None,
) -> None:
    """Close or open the gateway to new connections, answer heartbeats or not, set their interval."""
    switches = {"open": open, "acknowledges": acknowledges, "heartbeat_seconds": heartbeat_seconds}
    for name, value in switches.items():
        if value is not None:
            setattr(stage.gateway, name, value)


@act
def application(
    stage: Stage,
    intents: list[str] | None = None,
    token: str | None = None,
    shards: int | None = None,
) -> None:
    """Switch privileged intents on (all that are named, no others), reset the token, recommend shards."""
    if intents is not None:
        unknown = sorted(set(intents) - set(PRIVILEGED_INTENTS))
        if unknown:
            raise RefusedError(f"{unknown[0]!r} is no privileged intent: they are {', '.join(PRIVILEGED_INTENTS)}.")
        stage.world.approved = set(intents)
    stage.world.token = token or stage.world.token
    stage.world.shards = shards or stage.world.shards


@act
def clock(stage: Stage, now: str | None = None, advance: float = 0.0) -> str:
    """Set the world's time or move it; return it. Message ids and timestamps follow."""
    if now is not None:
        instant = datetime.fromisoformat(now)
        if instant.tzinfo is None:
            raise RefusedError("An instant needs its offset, such as 2026-01-05T08:00:00+00:00.")
        stage.world.clock.move_to(instant)
    stage.world.clock.advance(advance)
    return stage.backend.now_iso()
