"""The Discord on loopback, seen through an unpatched discord.py: messages, reactions, paging, interactions, faults."""

import asyncio
import io
from datetime import date

import aiohttp
import discord
import pytest

from sandbox.discord_client import ActRefusedError, DiscordSandbox, Standing
from tests.fixtures.discord import StartBot

LIKE, DISLIKE = "👍", "👎"


async def test_hears_messages_edits_and_deletions(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """A bot hears what members write, change and delete, in order."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    first, second, third = [await discord_sandbox.send(channel, ada, f"track {number}") for number in range(3)]
    await discord_sandbox.edit(first, "track 0, changed")
    await discord_sandbox.delete(first)
    await discord_sandbox.bulk_delete(channel, [second, third])
    await bot.heard_all(("bulk_delete", frozenset({second, third})))
    assert bot.heard[1:] == [
        ("message", "track 0"),
        ("message", "track 1"),
        ("message", "track 2"),
        ("edit", "track 0, changed"),
        ("delete", first),
        ("bulk_delete", frozenset({second, third})),
    ]
    assert first < second < third


async def test_hears_every_reaction_event(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """Add, remove, clear emoji and clear arrive raw, skin tones apart; what stands is known by member."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada, ben = await discord_sandbox.members(guild, ["Ada", "Ben"])
    message = await discord_sandbox.send(channel, ada, "track")
    bot = await discord_sandbox_bot()
    await (await bot.get_partial_messageable(channel).fetch_message(message)).add_reaction(LIKE)
    for emoji in (LIKE, DISLIKE, "👍🏽"):
        await discord_sandbox.react(message, ben, emoji)
    await discord_sandbox.unreact(message, ben, DISLIKE)
    assert await discord_sandbox.standing() == {Standing(channel, message, ben, LIKE)}
    await discord_sandbox.clear(message, "👍🏽")
    await discord_sandbox.clear(message)
    await bot.heard_all(("clear", message))
    me = bot.user.id if bot.user else 0
    assert bot.heard[1:] == [
        ("add", (message, me, LIKE)),
        ("add", (message, ben, LIKE)),
        ("add", (message, ben, DISLIKE)),
        ("add", (message, ben, "👍🏽")),
        ("remove", (message, ben, DISLIKE)),
        ("clear_emoji", (message, "👍🏽")),
        ("clear", message),
    ]
    assert await discord_sandbox.standing() == set()


async def test_pages_through_history_both_ways(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """All of 250 messages come, oldest first and newest first, and after a checkpoint."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    sent = await discord_sandbox.acts(
        [{"act": "send", "channel": channel, "member": ada, "content": str(n)} for n in range(250)]
    )
    bot = await discord_sandbox_bot()
    place = bot.get_partial_messageable(channel)
    assert [m.id async for m in place.history(limit=None, oldest_first=True)] == sent
    assert [m.id async for m in place.history(limit=None)] == sent[::-1]
    checkpoint = discord.Object(sent[99])
    assert [m.id async for m in place.history(limit=None, after=checkpoint)] == sent[100:]
    assert [m.id async for m in place.history(limit=30, before=checkpoint)] == sent[98:68:-1]
    assert [m.id async for m in place.history(limit=5, around=checkpoint)] == sent[101:96:-1]
    assert (await place.fetch_message(sent[0])).created_at <= (await place.fetch_message(sent[249])).created_at


async def test_pages_through_the_people_behind_a_reaction(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """All of 150 people come, each once, in two pages; bursts are somebody else's."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    crowd = await discord_sandbox.members(guild, [f"fan {n}" for n in range(150)])
    message = await discord_sandbox.send(channel, crowd[0], "track")
    await discord_sandbox.acts(
        [{"act": "react", "message": message, "member": fan, "emoji": LIKE} for fan in reversed(crowd)]
    )
    bot = await discord_sandbox_bot()
    (reaction,) = (await bot.get_partial_messageable(channel).fetch_message(message)).reactions
    assert reaction.count == 150
    people = [user.id async for user in reaction.users()]
    assert sorted(people) == sorted(crowd)
    assert [user.id async for user in reaction.users(limit=1, after=discord.Object(crowd[9]))] == [crowd[10]]
    assert [user async for user in reaction.users(type=discord.ReactionType.burst)] == []
    pages = await discord_sandbox.requests("GET", "*/reactions/*")
    assert [page["query"]["limit"] for page in pages[:2]] == ["100", "50"]


async def test_answers_a_slash_command_and_a_persistent_button(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """A deferred answer is completed, its follow-up is for one pair of eyes, its button finds a DynamicItem."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    await discord_sandbox_bot()
    answer = await discord_sandbox.slash(channel, ada, "think", about="jazz", times=3)
    assert (answer["kind"], answer["loading"]) == ("message", False)
    assert answer["messages"][0]["content"] == "jazz x 3"
    shown = int(answer["messages"][0]["id"])
    clicked = await discord_sandbox.click(shown, ada, label="Like")
    assert clicked["messages"][0]["content"] == "voted for 7"
    assert clicked["messages"][0]["ephemeral"]
    assert [m["content"] for m in await discord_sandbox.messages(channel)] == ["jazz x 3"]
    with pytest.raises(ActRefusedError, match="times"):
        await discord_sandbox.slash(channel, ada, "think", about="jazz", times=9)
    with pytest.raises(ActRefusedError, match="registered no command"):
        await discord_sandbox.slash(channel, ada, "dance")


async def test_sends_once_for_an_enforced_nonce(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """A repeat within minutes returns the message that is there; later it makes another."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    bot = await discord_sandbox_bot()
    place = bot.get_partial_messageable(channel)
    first = await place.send("drop", nonce="week-47")
    assert first.nonce == "week-47"
    assert (await place.send("drop", nonce="week-47")).id == first.id
    await discord_sandbox.clock(advance=600)
    assert (await place.send("drop", nonce="week-47")).id > first.id
    assert len(await discord_sandbox.messages(channel)) == 2


async def test_a_send_that_seemed_lost_is_made_once_with_a_nonce(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """When the line is cut after the message was made, sending it again makes no second one."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    bot = await discord_sandbox_bot()
    await discord_sandbox.fault("POST", f"/channels/{channel}/messages", action="drop", after=True)
    place = bot.get_partial_messageable(channel)
    with pytest.raises(aiohttp.ClientError):
        await place.send("drop", nonce="week-47")
    assert len(await discord_sandbox.messages(channel)) == 1
    again = await place.send("drop", nonce="week-47")
    assert [int(m["id"]) for m in await discord_sandbox.messages(channel)] == [again.id]


async def test_a_held_request_waits_until_the_fault_is_cleared(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """A request can be caught in flight: it is in the log without a status and nothing has been done."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    bot = await discord_sandbox_bot()
    await discord_sandbox.fault("POST", "/channels/*/messages", action="hold")
    sending = asyncio.create_task(bot.get_partial_messageable(channel).send("drop"))
    (caught,) = await discord_sandbox.requested("POST", "/channels/*/messages")
    assert (caught["status"], caught["body"]["content"]) == (None, "drop")
    assert await discord_sandbox.messages(channel) == []
    await discord_sandbox.clear_faults()
    with pytest.raises(aiohttp.ClientError):
        await sending


async def test_a_rate_limit_is_waited_out(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """discord.py honours a 429 and tries again; without Via it gives up at once."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    bot = await discord_sandbox_bot()
    place = bot.get_partial_messageable(channel)
    await discord_sandbox.fault("POST", "/channels/*/messages", status=429, retry_after=0.05, times=2)
    await place.send("patience")
    requests = await discord_sandbox.requests("POST", "/channels/*/messages")
    assert [request["status"] for request in requests] == [429, 429, 200]
    await discord_sandbox.fault("POST", "/channels/*/messages", status=429, via=False)
    with pytest.raises(discord.HTTPException, match="429"):
        await place.send("banned")


async def test_refuses_what_discord_refuses(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """Permissions, unknown things and bad emoji come back with Discord's status and code."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    place = bot.get_partial_messageable(channel)
    message = await place.fetch_message(await discord_sandbox.send(channel, ada, "track"))
    with pytest.raises(discord.NotFound) as unknown:
        await place.fetch_message(channel)
    with pytest.raises(discord.HTTPException) as emoji:
        await message.add_reaction("thumb")
    await discord_sandbox.deny(channel, "add_reactions", "embed_links")
    with pytest.raises(discord.Forbidden) as reacting:
        await message.add_reaction(LIKE)
    with pytest.raises(discord.Forbidden) as embedding:
        await place.send(embed=discord.Embed(title="drop"))
    codes = [caught.value.code for caught in (unknown, emoji, reacting, embedding)]
    assert codes == [10008, 10014, 50013, 50013]
    await discord_sandbox.allow(channel)
    await message.add_reaction(LIKE)
    assert list(await discord_sandbox.reactions(message.id)) == [LIKE]


async def test_takes_files(discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot) -> None:
    """A multipart message keeps its text, its file and the file's description."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    bot = await discord_sandbox_bot()
    file = discord.File(io.BytesIO(b"notes"), "notes.txt", description="what it is")
    message = await bot.get_partial_messageable(channel).send("read this", file=file)
    (attachment,) = message.attachments
    assert (message.content, attachment.filename, attachment.size) == ("read this", "notes.txt", 5)
    assert attachment.description == "what it is"


async def test_threads_and_forum_posts_carry_messages(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """A bot hears threads and forum posts and finds archived ones again, page by page."""
    guild = await discord_sandbox.guild()
    channel, forum = await discord_sandbox.channel(guild), await discord_sandbox.channel(guild, kind="forum")
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    talk = await discord_sandbox.thread(channel, ada)
    await discord_sandbox.send(talk, ada, "in a thread")
    post = await discord_sandbox.forum_post(forum, ada, "New music", "in a forum")
    await bot.heard_all(("message", "in a thread"), ("message", "in a forum"))
    assert [m.content async for m in bot.get_partial_messageable(post).history()] == ["in a forum"]
    for _ in range(3):
        await discord_sandbox.archive(await discord_sandbox.thread(channel, ada))
    place = await bot.fetch_channel(channel)
    assert isinstance(place, discord.TextChannel)
    first_page = [thread.id async for thread in place.archived_threads(limit=2)]
    assert len(first_page) == 2
    assert len({thread.id async for thread in place.archived_threads(limit=None)}) == 3
    server = bot.get_guild(guild)
    assert server is not None
    assert {thread.id for thread in await server.active_threads()} == {talk, post}


async def test_a_link_preview_is_an_update_but_no_edit(
    discord_sandbox: DiscordSandbox, discord_sandbox_bot: StartBot
) -> None:
    """Discord's embed arrives as an update with the same text and no edit time."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    bot = await discord_sandbox_bot()
    message = await discord_sandbox.send(channel, ada, "https://example.org/track")
    await discord_sandbox.unfurl(message, "https://example.org/track")
    await bot.heard_all(("edit", "https://example.org/track"))
    seen = await bot.get_partial_messageable(channel).fetch_message(message)
    assert seen.edited_at is None
    assert seen.embeds[0].url == "https://example.org/track"


async def test_ids_and_timestamps_follow_the_worlds_clock(discord_sandbox: DiscordSandbox) -> None:
    """A clock that is set gives messages of that time; later is larger."""
    guild = await discord_sandbox.guild()
    channel = await discord_sandbox.channel(guild)
    ada = await discord_sandbox.member(guild, "Ada")
    await discord_sandbox.clock(now="2026-03-02T09:00:00+00:00")
    old = await discord_sandbox.send(channel, ada, "old")
    await discord_sandbox.clock(advance=86_400)
    new = await discord_sandbox.send(channel, ada, "new")
    assert discord.utils.snowflake_time(old).date() == date(2026, 3, 2)
    assert discord.utils.snowflake_time(new).date() == date(2026, 3, 3)
    assert [m["timestamp"][:10] for m in await discord_sandbox.messages(channel)] == ["2026-03-02", "2026-03-03"]
