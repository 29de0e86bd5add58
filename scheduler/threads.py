"""Run the science beside the event loop, on one core: the bot answers meanwhile."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function returns, run in a worker thread with numpy's own threads kept to one."""

    def limited() -> T:
        with threadpool_limits(limits=1):
            return function(*args, **kwargs)

    return await asyncio.to_thread(limited)
