"""The bot on a real gateway and real REST: paging, lost and resumed sessions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.client import TastebudBot
from sandbox.discord_client import DiscordSandbox
from storage.opinions import Source
from tests.fixtures.product import Product

PATIENCE_SECONDS = 30.0
LIKE, DISLIKE = "👍", "👎"

pytestmark = pytest.mark.usefixtures("discord_sandbox_leads_here")


async def test_every_page_of_people_and_messages_is_read(discord_sandbox: DiscordSandbox, product: Product) -> None:
    """230 people on one share and 230 shares in one channel are more than two pages of each."""
    server = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(server)
    members = await discord_sandbox.members(server, [f"member {number}" for number in range(230)])
    link = product.sandbox.catalogue.shareable[0].spotify_url
    first = await discord_sandbox.send(channel, members[0], link)
    steps = [{"act": "send", "channel": channel, "member": member, "content": link} for member in members]
    await discord_sandbox.acts(steps)
    steps = [{"act": "react", "message": first, "member": member, "emoji": LIKE} for member in members]
    await discord_sandbox.acts(steps)
    async with running(discord_sandbox, product) as bot:
        await asyncio.wait_for(bot.caught_up.wait(), PATIENCE_SECONDS)
        assert await product.services.storage.shares.count() == 231
        assert await standing(product) == await discord_sandbox.standing()


async def test_what_happens_around_a_lost_session_is_not_lost(
    discord_sandbox: DiscordSandbox, product: Product
) -> None:
    """A new READY brings nothing of what came before it; the history does."""
    server = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(server)
    ann, bea = await discord_sandbox.members(server, ["ann", "bea"])
    links = [track.spotify_url for track in product.sandbox.catalogue.shareable[:3]]
    async with running(discord_sandbox, product) as bot:
        await asyncio.wait_for(bot.caught_up.wait(), PATIENCE_SECONDS)
        message = await discord_sandbox.send(channel, ann, links[0])
        await discord_sandbox.react(message, bea, LIKE)
        await eventually(lambda: same(product, discord_sandbox))
        await discord_sandbox.gateway(open=False)
        await discord_sandbox.lose_sessions()
        missed = await discord_sandbox.send(channel, ann, links[1])
        await discord_sandbox.react(missed, bea, DISLIKE)
        await discord_sandbox.unreact(message, bea, LIKE)
        await discord_sandbox.gateway(open=True)
        await discord_sandbox.bot_connected()
        later = await discord_sandbox.send(channel, bea, links[2])
        await discord_sandbox.react(later, ann, LIKE)
        await eventually(lambda: same(product, discord_sandbox))
        assert await product.services.storage.shares.count() == 3


async def test_a_resumed_session_goes_on_where_it_was(discord_sandbox: DiscordSandbox, product: Product) -> None:
    """What happens while the connection is down is replayed, and no history is read for it."""
    server = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(server)
    ann, bea = await discord_sandbox.members(server, ["ann", "bea"])
    link = product.sandbox.catalogue.shareable[0].spotify_url
    async with running(discord_sandbox, product) as bot:
        await asyncio.wait_for(bot.caught_up.wait(), PATIENCE_SECONDS)
        pages = len(await discord_sandbox.requests("GET", f"/channels/{channel}/messages"))
        await discord_sandbox.gateway(open=False)
        await discord_sandbox.drop_connections()
        message = await discord_sandbox.send(channel, ann, link)
        await discord_sandbox.react(message, bea, "👍🏽")
        await discord_sandbox.gateway(open=True)
        await eventually(lambda: same(product, discord_sandbox))
        assert len(await discord_sandbox.requests("GET", f"/channels/{channel}/messages")) == pages


@asynccontextmanager
async def running(sandbox: DiscordSandbox, product: Product) -> AsyncIterator[TastebudBot]:
    """Run the bot in this process against the Discord on loopback."""
    bot = TastebudBot(product.services)
    task = asyncio.create_task(bot.start(sandbox.token))
    try:
        yield bot
    finally:
        await bot.close()
        await task


async def standing(product: Product) -> set[tuple[int, int, int, str]]:
    """Return every reaction that the database has: channel, message, person, emoji."""
    storage = product.services.storage
    shares = {share.id: share for share in await storage.shares.recent()}
    found = set()
    for person in (await storage.people.get(range(1, 1_000))).values():
        for row in await storage.feedback.of_person(person.id, 10_000):
            if row.source == Source.REACTION:
                share = shares[row.share_id]
                found.add((share.channel_id, share.message_id, person.discord_id, row.emoji))
    return found


async def same(product: Product, sandbox: DiscordSandbox) -> bool:
    """Tell whether the database equals what stands on Discord."""
    there = await sandbox.standing(LIKE, DISLIKE, "👍🏽")
    return bool(there) and await standing(product) == there


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():
            await asyncio.sleep(0.02)
