"""Drive the Discord on loopback from tests and the demo: start its process, let members act, look into it."""

import asyncio
import base64
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

import aiohttp

Json: TypeAlias = Any
Found = TypeVar("Found")

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 10.0
# How often something that the bot is to do is looked for.
LOOK_SECONDS = 0.02


class ActRefusedError(Exception):
    """An act that the sandbox refused; the message says why."""


class Standing(NamedTuple):
    """One reaction that stands."""

    channel: int
    message: int
    member: int
    emoji: str


class DiscordSandbox:
    """A running `python -m sandbox.discord_server`; ids are ints, messages are Discord's JSON.

    Members act whether the bot is connected or not. What nobody could do on Discord raises ActRefusedError.
    """

    def __init__(self, process: asyncio.subprocess.Process, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.api_base = environment["TASTEBUD_DISCORD__API_BASE"]
        self.gateway_url = environment["TASTEBUD_DISCORD__GATEWAY_URL"]
        self.token = environment["DISCORD_TOKEN"]
        self._process = process
        self._control = self.api_base.removesuffix("/api/v10") + "/_control"
        self._http = aiohttp.ClientSession()

    @classmethod
    async def start(cls, *arguments: str, port: int = 0) -> Self:
        """Start the process, with further command-line arguments, and wait until it listens."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox.discord_server", "--port", str(port), "--until-stdin-closes", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        line = (await process.stdout.readline()).decode() if process.stdout is not None else ""
        if not line:
            raise RuntimeError(f"The Discord sandbox ended at its start with code {await process.wait()}.")
        return cls(process, dict(pair.split("=", 1) for pair in line.split()))

    async def stop(self) -> None:
        """End the process and wait for it."""
        await self._http.close()
        if self._process.returncode is None:
            self._process.terminate()
        await asyncio.wait_for(self._process.communicate(), STOP_SECONDS)

    async def __aenter__(self) -> Self:
        """Return the sandbox, which has started already."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        await self.stop()

    async def act(self, name: str, /, **arguments: Json) -> Json:
        """Play any act by its name; `GET /_control` lists them."""
        return await self._post(name, arguments)

    async def acts(self, steps: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Play many acts in one request, each `{"act": name, ...}`, and return what they return."""
        results: list[Any] = await self._post("acts", list(steps))
        return results

    async def _post(self, name: str, body: Json) -> Json:
        async with self._http.post(f"{self._control}/{name}", json=body) as response:
            answer = await response.json()
        if response.status != 200:
            raise ActRefusedError(answer["error"])
        return answer

    # The scene.

    async def guild(self, name: str = "Listening room", *, shard: int = 0, shards: int = 1) -> int:
        """Make a server with the bot in it, its id on that shard."""
        return int(await self.act("guild", name=name, shard=shard, shards=shards))

    async def channel(self, guild: int, name: str = "music", *, kind: str = "text") -> int:
        """Make a channel: text, voice, news, forum or category."""
        return int(await self.act("channel", guild=guild, name=name, type=kind))

    async def member(self, guild: int, name: str, *, user: int | None = None, bot: bool = False) -> int:
        """Let somebody join a server, a new person unless their user id is given."""
        return int(await self.act("member", guild=guild, name=name, user=user, bot=bot))

    async def members(self, guild: int, names: Sequence[str]) -> list[int]:
        """Let several new people join a server."""
        return await self.acts([{"act": "member", "guild": guild, "name": name} for name in names])

    async def thread(self, channel: int, member: int, name: str = "talk", *, message: int | None = None) -> int:
        """Let a member start a thread, on a message or without one."""
        return int(await self.act("thread", channel=channel, member=member, name=name, message=message))

    async def forum_post(self, channel: int, member: int, name: str, content: str) -> int:
        """Let a member post in a forum; the thread and its first message share the id."""
        return int(await self.act("forum_post", channel=channel, member=member, name=name, content=content))

    async def archive(self, thread: int, *, archived: bool = True, locked: bool = False) -> None:
        """Archive a thread, or bring it back."""
        await self.act("archive", thread=thread, archived=archived, locked=locked)

    async def deny(self, channel: int, *permissions: str, user: int | None = None) -> None:
        """Take permissions in a channel away, from the bot unless a user id is given."""
        await self.act("deny", channel=channel, permissions=list(permissions), user=user)

    async def allow(self, channel: int, *, user: int | None = None) -> None:
        """Undo every `deny` in a channel, for the bot unless a user id is given."""
        await self.act("allow", channel=channel, user=user)

    # Members.

    async def send(
        self,
        channel: int,
        member: int,
        content: str = "",
        *,
        reply_to: int | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> int:
        """Let a member write; return the message's id."""
        packed = {name: base64.b64encode(data).decode() for name, data in (files or {}).items()}
        return int(
            await self.act(
                "send", channel=channel, member=member, content=content, reply_to=reply_to, files=packed or None
            )
        )

    async def webhook_send(self, channel: int, name: str, content: str) -> int:
        """Let a webhook write; return the message's id."""
        return int(await self.act("webhook_send", channel=channel, name=name, content=content))

    async def edit(self, message: int, content: str) -> None:
        """Let the author change what they wrote."""
        await self.act("edit", message=message, content=content)

    async def unfurl(self, message: int, url: str, title: str = "A page") -> None:
        """Add the embed that Discord makes of a link moments later."""
        await self.act("unfurl", message=message, url=url, title=title)

    async def delete(self, message: int) -> None:
        """Delete a message."""
        await self.act("delete", message=message)

    async def bulk_delete(self, channel: int, messages: Sequence[int]) -> None:
        """Delete several messages in one event."""
        await self.act("bulk_delete", channel=channel, messages=list(messages))

    async def react(self, message: int, member: int, emoji: str) -> None:
        """Let a member react."""
        await self.act("react", message=message, member=member, emoji=emoji)

    async def unreact(self, message: int, member: int, emoji: str) -> None:
        """Let a member take their reaction back."""
        await self.act("unreact", message=message, member=member, emoji=emoji)

    async def clear(self, message: int, emoji: str | None = None) -> None:
        """Remove all reactions from a message, or all of one emoji."""
        await self.act("clear", message=message, emoji=emoji)

    async def click(
        self,
        message: int,
        member: int,
        *,
        label: str | None = None,
        custom_id: str | None = None,
        wait: float = 5.0,
    ) -> dict[str, Any]:
        """Click a button and return the bot's answer: responded, kind, messages, modal."""
        who = {"message": message, "member": member}
        answer: dict[str, Any] = await self.act("click", **who, label=label, custom_id=custom_id, wait=wait)
        return answer

    async def slash(
        self, channel: int, member: int, name: str, *, wait: float = 5.0, **options: Json
    ) -> dict[str, Any]:
        """Run a slash command and return the bot's answer: responded, kind, messages, modal."""
        where = {"channel": channel, "member": member}
        answer: dict[str, Any] = await self.act("slash", **where, name=name, options=options, wait=wait)
        return answer

    async def interaction(self, interaction: int, *, wait: float = 0.0) -> dict[str, Any]:
        """Return what the bot has answered to an interaction so far."""
        answer: dict[str, Any] = await self.act("interaction", interaction=interaction, wait=wait)
        return answer

    # Looking into it.

    async def messages(self, channel: int, *, member: int | None = None) -> list[dict[str, Any]]:
        """Return a channel's messages, oldest first; with a member also those only they can see."""
        found: list[dict[str, Any]] = await self.act("messages", channel=channel, member=member)
        return found

    async def reactions(self, message: int) -> dict[str, list[int]]:
        """Return who stands behind which emoji on a message, the bot included."""
        found: dict[str, list[int]] = await self.act("reactions", message=message)
        return found

    async def standing(self, *emoji: str) -> set[Standing]:
        """Return every standing 👍 and 👎 (or the given emoji) of people, bots left out."""
        return {Standing(*row) for row in await self.act("standing", emoji=list(emoji) or None)}

    async def requests(self, method: str = "*", path: str = "*", *, since: int = 0) -> list[dict[str, Any]]:
        """Return the bot's REST requests so far: number, method, path, query, body, at, status."""
        found: list[dict[str, Any]] = await self.act("requests", method=method, path=path, since=since)
        return found

    async def state(self) -> dict[str, Any]:
        """Return ids, sessions, connections, counts and gaps."""
        found: dict[str, Any] = await self.act("state")
        return found

    async def bot_connected(self, *, within: float = 20.0) -> None:
        """Wait until the bot has a session on an open connection."""

        async def look() -> bool:
            return bool((await self.state())["connections"])

        await until(look, within)

    async def requested(
        self, method: str, path: str = "*", *, count: int = 1, since: int = 0, within: float = 20.0
    ) -> list[dict[str, Any]]:
        """Wait until the bot has made that many such requests and return them; the path may hold *."""

        async def look() -> list[dict[str, Any]] | None:
            found = await self.requests(method, path, since=since)
            return found if len(found) >= count else None

        return await until(look, within)

    # What goes wrong.

    async def fault(self, method: str = "*", path: str = "*", **what: Json) -> None:
        """Let matching requests go wrong: the fields of `sandbox.discord_faults.Fault`."""
        await self.act("fault", method=method, path=path, **what)

    async def clear_faults(self) -> None:
        """Let everything go right again and release whoever is held."""
        await self.act("clear_faults")

    async def drop_connections(self, *, shard: int | None = None, code: int | None = None) -> None:
        """Cut the gateway connections; their sessions can be resumed."""
        await self.act("drop_connections", shard=shard, code=code)

    async def lose_sessions(self) -> None:
        """Cut the gateway connections and forget their sessions: nothing will be replayed."""
        await self.act("lose_sessions")

    async def ask_to_reconnect(self) -> None:
        """Send op 7."""
        await self.act("ask_to_reconnect")

    async def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Send op 9."""
        await self.act("invalidate_sessions", resumable=resumable)

    async def gateway(self, **switches: Json) -> None:
        """Set `open`, `acknowledges` or `heartbeat_seconds`."""
        await self.act("gateway", **switches)

    async def application(self, **switches: Json) -> None:
        """Set the privileged `intents` that are approved, the `token`, the `shards` recommended."""
        await self.act("application", **switches)

    async def clock(self, *, now: str | None = None, advance: float = 0.0) -> str:
        """Set the world's time or move it; return it."""
        return str(await self.act("clock", now=now, advance=advance))


async def until(look: Callable[[], Awaitable[Found | None]], within: float = 20.0) -> Found:
    """Look again and again until something is found, or raise TimeoutError."""
    async with asyncio.timeout(within):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(LOOK_SECONDS)
