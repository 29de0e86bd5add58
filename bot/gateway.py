"""Point discord.py at another server than Discord's own."""

from typing import Any, Literal

import discord
import discord.client
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.config import DiscordSettings

_DISCORDS_OWN = DiscordWebSocket.from_client


def use_server(settings: DiscordSettings) -> None:
    """Make every later connection go where the settings say; the defaults put Discord's own back.

    discord.py keeps both addresses on classes, so this holds for the whole process.
    """
    Route.BASE = settings.api_base.rstrip("/")
    if settings.gateway_url:
        _always_connect_to(gateway_address(settings))
    else:
        DiscordWebSocket.from_client = _DISCORDS_OWN  # type: ignore[method-assign]


def gateway_address(settings: DiscordSettings) -> URL:
    """Return the gateway's address; a slash at the end means nothing."""
    return URL(settings.gateway_url.rstrip("/"))


def cap_waits(seconds: float) -> None:
    """Let discord.py wait at most that long between two attempts to reconnect; by itself it goes up to 17 minutes."""

    class CappedBackoff(ExponentialBackoff[Literal[False]]):
        """Grow as usual, up to the cap."""

        def delay(self) -> float:
            """Return the seconds to wait before the next attempt."""
            return min(super().delay(), seconds)

    discord.client.ExponentialBackoff = CappedBackoff  # type: ignore[assignment, attr-defined]


def _always_connect_to(gateway: URL) -> None:
    """Force one gateway, whatever GET /gateway/bot and READY's resume_gateway_url say.

    A server behind a proxy or a tunnel names addresses that its clients cannot reach. Every connection, first,
    resumed or of a shard, is made through `from_client`.
    """

    async def from_client(client: discord.Client, **kwargs: Any) -> DiscordWebSocket:
        return await _DISCORDS_OWN(client, **{**kwargs, "gateway": gateway})

    DiscordWebSocket.from_client = from_client  # type: ignore[method-assign]
