"""The gateway on loopback, seen through an unpatched discord.py: sessions, resuming, refusals, intents, shards."""

import asyncio
import json
import os
import sys
import zlib
from asyncio.subprocess import PIPE
from typing import Any

import aiohttp
import discord
import pytest

from sandbox.discord_client import ROOT, DiscordSandbox, until
from tests.fixtures.discord import PlainBot, StartBot


async def test_resumes_after_a_dropped_connection(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """What was said while the line was cut is replayed, once, and no new READY comes."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    await discord_sandbox.send(channel, ada, "before")
    await bot.heard_all(("message", "before"))
    await discord_sandbox.gateway(open=False)
    await discord_sandbox.drop_connections()
    await discord_sandbox.send(channel, ada, "meanwhile")
    await discord_sandbox.gateway(open=True)
    await bot.heard_all(("resumed", None))
    await discord_sandbox.send(channel, ada, "after")
    await bot.heard_all(("message", "after"))
    said = ["before", "meanwhile", "after"]
    assert [what for event, what in bot.heard if event == "message"] == said
    assert [event for event, _ in bot.heard].count("ready") == 1
    assert (await discord_sandbox.state())["counts"]["resumed"] == 1


async def test_op_7_leads_to_a_resume(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """Asked to reconnect, the bot comes back to its session."""
    await discord_sandbox.guild()
    bot = await discord_sandbox_bot()
    await discord_sandbox.ask_to_reconnect()
    await bot.heard_all(("resumed", None))
    assert [event for event, _ in bot.heard].count("ready") == 1


@pytest.mark.parametrize("how", ["lose_sessions", "invalidate_sessions"])
async def test_a_lost_session_starts_anew(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot, how: str
) -> None:
    """A session that is gone gives a new READY; what happened in between is not replayed."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    bot.heard.clear()
    await discord_sandbox.acts([{"act": how}, {"act": "send", "channel": channel, "member": ada, "content": "lost"}])
    await bot.heard_all(("ready", None))
    await discord_sandbox.send(channel, ada, "heard")
    await bot.heard_all(("message", "heard"))
    assert ("message", "lost") not in bot.heard
    assert ("resumed", None) not in bot.heard
    assert (await discord_sandbox.state())["counts"]["identified"] == 2


async def test_members_act_while_no_bot_is_there(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """The world goes on without the bot, which finds it all in the history later."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    first = await discord_sandbox_bot()
    await first.close()
    message = await discord_sandbox.send(channel, ada, "while you were away")
    await discord_sandbox.react(message, ada, "👍")
    second = await discord_sandbox_bot()
    (found,) = [m async for m in second.get_partial_messageable(channel).history()]
    assert (found.content, found.reactions[0].count) == ("while you were away", 1)
    assert ("message", "while you were away") not in second.heard


@pytest.mark.usefixtures("discord_sandbox_leads_here")
async def test_refuses_a_wrong_token() -> None:
    """The login fails as Discord's does."""
    async with PlainBot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("not the token")


@pytest.mark.usefixtures("discord_sandbox_leads_here")
async def test_refuses_intents_that_are_not_approved(discord_sandbox: DiscordSandbox) -> None:
    """Without the owner's switch, asking for message content ends in 4014."""
    await discord_sandbox.application(intents=["members"])
    async with PlainBot(message_content=True) as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(discord_sandbox.token)
        assert not bot.application_flags.gateway_message_content


@pytest.mark.usefixtures("discord_sandbox_leads_here")
async def test_a_token_reset_ends_the_session_for_good(discord_sandbox: DiscordSandbox) -> None:
    """A token that stopped working ends in 4004 on the gateway."""
    guild = await discord_sandbox.guild()
    await discord_sandbox.channel(guild)
    async with PlainBot() as bot:
        running = asyncio.create_task(bot.start(discord_sandbox.token))
        await bot.heard_all(("ready", None))
        await discord_sandbox.application(token="another")
        await discord_sandbox.drop_connections()
        with pytest.raises(discord.ConnectionClosed) as closed:
            await running
    assert closed.value.code == 4004


async def test_content_is_hidden_without_the_intent(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """Without message_content only what is meant for the bot can be read."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot(message_content=False)
    me = f"<@{bot.user.id if bot.user else 0}>"
    await discord_sandbox.send(channel, ada, "a secret")
    await discord_sandbox.send(channel, ada, f"{me} hello")
    await bot.heard_all(("message", f"{me} hello"))
    assert bot.heard[1:] == [("message", ""), ("message", f"{me} hello")]


async def test_hidden_channels_stay_silent(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """The bot hears nothing of a channel it may not see."""
    guild = await discord_sandbox.guild()
    hidden, shown = await discord_sandbox.channel(guild, "staff"), await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    await discord_sandbox.deny(hidden, "view_channel")
    bot = await discord_sandbox_bot()
    await discord_sandbox.send(hidden, ada, "psst")
    await discord_sandbox.send(shown, ada, "hello")
    await bot.heard_all(("message", "hello"))
    assert ("message", "psst") not in bot.heard


@pytest.mark.usefixtures("discord_sandbox_leads_here")
async def test_each_shard_hears_its_own_servers(discord_sandbox: DiscordSandbox) -> None:
    """An AutoShardedClient gets the recommended shards, and hears each server once."""
    guilds = [await discord_sandbox.guild(f"server {shard}", shard=shard, shards=2) for shard in range(2)]
    await discord_sandbox.application(shards=2)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    heard: list[str] = []
    async with discord.AutoShardedClient(intents=intents, guild_ready_timeout=0.05) as client:

        @client.event
        async def on_message(message: discord.Message) -> None:
            heard.append(message.content)

        async def all_there() -> bool:
            return len(client.guilds) == len(guilds)

        async def all_said() -> bool:
            return "last" in heard

        running = asyncio.create_task(client.start(discord_sandbox.token))
        await until(all_there)
        assert {guild.id: guild.shard_id for guild in client.guilds} == {guilds[0]: 0, guilds[1]: 1}
        for guild, content in zip((guilds[1], guilds[0], guilds[0]), ("one", "two", "last"), strict=True):
            channel = await discord_sandbox.channel(guild)
            await discord_sandbox.send(channel, await discord_sandbox.member(guild, "Ada"), content)
        await until(all_said)
        await client.close()
        await running
    assert sorted(heard) == ["last", "one", "two"]


async def test_large_servers_are_chunked(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """Members come in chunks when they are asked for."""
    guild = await discord_sandbox.guild()
    await discord_sandbox.members(guild, [f"fan {n}" for n in range(20)])
    bot = await discord_sandbox_bot(members=True)
    server = bot.get_guild(guild)
    assert server is not None
    assert len(await server.chunk()) == 22
    assert [m.name for m in await server.query_members("fan 7")] == ["fan 7"]


async def _receive(socket: aiohttp.ClientWebSocketResponse, stream: Any = None) -> dict[str, Any]:
    message = await socket.receive(timeout=10)
    data = message.data if stream is None else stream.decompress(message.data)
    frame: dict[str, Any] = json.loads(data)
    return frame


@pytest.mark.parametrize("compress", ["", "zlib-stream"])
async def test_speaks_the_wire_protocol(discord_sandbox: DiscordSandbox, compress: str) -> None:
    """HELLO, ACK, READY with unavailable servers, then the servers; plain or as one zlib stream."""
    guild = await discord_sandbox.guild()
    query = {"v": "10", "encoding": "json"} | ({"compress": compress} if compress else {})
    stream = zlib.decompressobj() if compress else None
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(discord_sandbox.gateway_url, params=query) as socket,
    ):
        assert (await _receive(socket, stream))["op"] == 10
        await socket.send_json({"op": 1, "d": None})
        assert (await _receive(socket, stream))["op"] == 11
        await socket.send_json({"op": 2, "d": {"token": discord_sandbox.token, "intents": 1, "properties": {}}})
        ready, created = await _receive(socket, stream), await _receive(socket, stream)
        assert (ready["t"], ready["s"], created["t"], created["s"]) == ("READY", 1, "GUILD_CREATE", 2)
        assert ready["d"]["guilds"] == [{"id": str(guild), "unavailable": True}]
        await socket.send_json({"op": 2, "d": {"token": discord_sandbox.token, "intents": 1, "properties": {}}})
        assert (await socket.receive(timeout=10)).data == 4005


async def test_refuses_frames_before_identify_and_unknown_ones(discord_sandbox: DiscordSandbox) -> None:
    """Each mistake has its close code."""
    codes = []
    async with aiohttp.ClientSession() as http:
        for frame in ('{"op": 3, "d": {}}', "nonsense", '{"op": 2, "d": {"token": "x", "intents": 1}}'):
            async with http.ws_connect(discord_sandbox.gateway_url) as socket:
                await _receive(socket)
                await socket.send_str(frame)
                codes.append((await socket.receive(timeout=10)).data)
    assert codes == [4003, 4002, 4004]


BOT = """
import os, discord, yarl
discord.http.Route.BASE = os.environ["TASTEBUD_DISCORD__API_BASE"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["TASTEBUD_DISCORD__GATEWAY_URL"])
discord.Client(intents=discord.Intents(guilds=True)).run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""


async def test_a_killed_bot_leaves_the_world_standing(discord_sandbox: DiscordSandbox) -> None:
    """A bot killed mid-air is gone at once, what was said stays, and its successor gets a session of its own."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")

    async def gone() -> bool:
        return not (await discord_sandbox.state())["connections"]

    for life in range(2):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", BOT), env=os.environ | discord_sandbox.environment
        )
        await discord_sandbox.bot_connected()
        await discord_sandbox.send(channel, ada, f"life {life}")
        process.kill()
        await process.wait()
        await until(gone)
    assert [m["content"] for m in await discord_sandbox.messages(channel)] == ["life 0", "life 1"]
    assert (await discord_sandbox.state())["counts"]["identified"] == 2


async def test_the_process_ends_cleanly_when_told() -> None:
    """SIGTERM ends it with code 0 and nothing on stderr, a connected client or not."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.discord_server"), stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    environment = dict(pair.split("=", 1) for pair in (await process.stdout.readline()).decode().split())
    async with aiohttp.ClientSession() as http, http.ws_connect(environment["TASTEBUD_DISCORD__GATEWAY_URL"]) as socket:
        await _receive(socket)
        process.terminate()
        assert (await socket.receive(timeout=10)).data == 1012
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, out, err) == (0, b"", b"")
