"""The acts that the control endpoints offer: plain functions of a stage and named arguments, in one register."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from simcord.backend import Backend

from sandbox.discord_gateway import Gateway
from sandbox.discord_world import Json, World

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Stage:
    """What an act plays on."""

    world: World
    gateway: Gateway

    @property
    def backend(self) -> Backend:
        """Return simcord's state."""
        return self.world.backend


class RefusedError(Exception):
    """An act that nobody could do on Discord; the message says why."""


_ACTS: dict[str, Callable[..., Any]] = {}


def act(function: F) -> F:
    """Register a function as an act under its own name."""
    _ACTS[function.__name__] = function
    return function


def acts() -> dict[str, str]:
    """Return the name and the arguments of every act, for people with curl."""
    return {
        name: ", ".join(str(p) for p in list(inspect.signature(function).parameters.values())[1:])
        for name, function in sorted(_ACTS.items())
    }


async def play(stage: Stage, name: str, arguments: dict[str, Any]) -> Json:
    """Do one act and return what it returns."""
    function = _ACTS.get(name)
    if function is None:
        raise RefusedError(f"There is no act {name!r}: GET /_control lists them.")
    try:
        bound = inspect.signature(function).bind(stage, **arguments)
    except TypeError as wrong:
        raise RefusedError(f"{name}: {wrong}.") from wrong
    result = function(*bound.args, **bound.kwargs)
    return await result if inspect.isawaitable(result) else result
