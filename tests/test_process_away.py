"""What happens while the bot is away, or its session is lost, is there afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.discord_client import until
from tests.fixtures.process import CAUGHT_UP, PATIENCE, Scene
from tests.process_reads import rated

NAMES = ["ann", "bea", "cat", "dan", "eve"]
DIFFERENT = 60  # tracks: a known one costs no look-up
LIKE, DISLIKE, TONED = "👍", "👎", "👍🏽"

Step = dict[str, Any]


@pytest.fixture
async def people(scene: Scene) -> list[int]:
    """Let people join."""
    return await scene.discord.members(scene.guild, NAMES)


def sharing(scene: Scene, people: list[int], count: int, first: int = 0, channel: int = 0) -> list[Step]:
    """Let everybody in turn share a track."""
    return [
        {
            "act": "send",
            "channel": channel or scene.channel,
            "member": people[number % len(people)],
            "content": f"number {number}: {scene.link(number % DIFFERENT)}",
        }
        for number in range(first, first + count)
    ]


def reacting(posts: list[int], people: list[int], emoji: str = LIKE) -> list[Step]:
    """Let the first people react to the first post, and so on."""
    return [
        {"act": "react", "message": post, "member": people[number % len(people)], "emoji": emoji}
        for number, post in enumerate(posts)
    ]


async def test_all_that_was_said_and_unsaid_while_it_was_down(scene: Scene, people: list[int]) -> None:
    """150 messages with reactions, edits, deletions, cleared and taken back reactions, and a stop while catching up."""
    known = await scene.discord.acts(sharing(scene, people, 40))
    await scene.discord.acts(reacting(known, people) + reacting(known, people[1:], DISLIKE))
    life = await scene.awake()
    (live,) = await scene.discord.acts(sharing(scene, people, 1, first=40))
    await until(lambda: is_invited(scene, [live]), PATIENCE)
    await scene.agrees()
    assert await life.stop() == 0

    await scene.discord.clock(advance=timedelta(days=3).total_seconds())
    await say_and_unsay(scene, people, known)
    await stopped_while_catching_up(scene)
    life = await scene.awake()
    await scene.agrees()
    await until(lambda: is_rated(scene, {(people[0], scene.tracks[70].spotify_id, 1)}))
    assert await has_answered(scene, 1), "a rating is obeyed late and answered once, other commands are stale by now"
    assert await life.stop() == 0
    assert len(await scene.discord.requests("PUT", "/applications/*/commands")) == 1
    await scene.check()


async def say_and_unsay(scene: Scene, people: list[int], known: list[int]) -> None:
    """Do everything that people can do to messages and reactions."""
    discord, (ann, bea, cat, *_) = scene.discord, people
    thread = await discord.thread(scene.channel, ann, "more of it")
    scene.channels += [thread, await discord.channel(scene.guild, "vinyl")]
    new: list[int] = []
    for channel, count in zip(scene.channels, (110, 15, 25), strict=True):
        new += await discord.acts(sharing(scene, people, count, first=len(new), channel=channel))
    await discord.acts(reacting(new, people) + reacting(new, people[1:]) + reacting(new[::3], people, TONED))
    await discord.acts(reacting(new[::4], people[1:], DISLIKE))
    await discord.acts([{"act": "edit", "message": post, "content": "never mind"} for post in (known[0], new[0])])
    await discord.acts([{"act": "edit", "message": post, "content": scene.link(65)} for post in (known[1], new[1])])
    two = f"{scene.link(66)} and {scene.link(67)}"
    await discord.acts([{"act": "edit", "message": post, "content": two} for post in (known[2], new[2])])
    words = await discord.send(scene.channel, bea, "words")
    await discord.edit(words, f"no: {scene.link(68)}")
    for post in (known[3], new[3]):
        await discord.delete(post)
    await discord.bulk_delete(scene.channel, [*known[4:8], *new[4:8]])
    for post in (known[8], new[8]):
        await discord.clear(post)
    await discord.clear(known[9], DISLIKE)
    await discord.acts([{**step, "act": "unreact"} for step in reacting(known[10:15], people)])
    await discord.react(known[15], ann, TONED)  # whose 👍 stands there too
    await discord.unreact(known[20], ann, LIKE)  # one goes and another comes: the count stays as it was
    await discord.react(known[20], cat, LIKE)
    await discord.archive(thread)
    await discord.send(scene.channel, ann, f"!rate {scene.link(70)} 👍")
    await discord.send(scene.channel, ann, "!help")
    await discord.send(scene.channel, bea, "good night")


async def stopped_while_catching_up(scene: Scene) -> None:
    """Start the process, and tell it to stop when it is done with one channel and reads another."""
    pages = f"/channels/{scene.channels[-1]}/messages"
    await scene.discord.fault("GET", pages, action="hold", times=None)
    life = await scene.begin()
    await scene.discord.requested("GET", pages, within=PATIENCE)
    assert await life.stop() == 0
    assert not life.saying(CAUGHT_UP)
    await scene.discord.clear_faults()


async def is_rated(scene: Scene, wanted: set[tuple[int, str, int]]) -> bool:
    """Tell whether exactly these ratings are kept."""
    return rated(scene.database) == wanted


async def answers_of(scene: Scene) -> list[Step]:
    """Return what the bot wrote."""
    return [each for each in await scene.discord.messages(scene.channel) if each["author"]["bot"]]


async def test_a_dropped_session_is_replayed_and_a_lost_one_caught_up_with(scene: Scene, people: list[int]) -> None:
    """With events in between nothing is missing, and nothing is done twice."""
    known = await scene.discord.acts(sharing(scene, people, 20))
    await scene.discord.acts(reacting(known, people))
    life = await scene.awake()
    await scene.agrees()
    pages = len(await scene.discord.requests("GET", "/channels/*/messages"))

    posts = await meanwhile(scene, people, known[:10], "drop_connections")
    await until(lambda: has_counted(scene, "resumed", 1), PATIENCE)
    await scene.agrees()
    await until(lambda: has_answered(scene, 2), PATIENCE)  # the rating and the call for help
    assert len(await scene.discord.requests("GET", "/channels/*/messages")) == pages
    assert await is_invited(scene, posts)

    posts = await meanwhile(scene, people, known[10:20], "lose_sessions")
    await life.said(CAUGHT_UP, 2)
    await scene.agrees()
    await until(lambda: has_answered(scene, 3), PATIENCE)  # the rating alone: help is not asked for any more
    assert await is_invited(scene, posts)
    counts = (await scene.discord.state())["counts"]
    assert (counts["identified"], counts["resumed"]) == (2, 1)
    assert await is_rated(scene, {(people[0], scene.tracks[70].spotify_id, 1)})
    assert await life.stop() == 0
    assert await has_answered(scene, 3)
    assert len(life.saying(CAUGHT_UP)) == 2
    await scene.check()


async def meanwhile(scene: Scene, people: list[int], known: list[int], cut: str) -> list[int]:
    """Cut the connection, and let this happen before the bot can be back; return the new shares."""
    ann, bea, *_ = people
    asking = [f"!rate {scene.link(70)} like", "!help"]
    steps: list[Step] = [
        {"act": cut},
        *sharing(scene, people, 5, first=40),
        *reacting(known[:4], people[1:], DISLIKE),
        *({**step, "act": "unreact"} for step in reacting(known[5:7], people)),
        {"act": "edit", "message": known[7], "content": scene.link(61)},
        {"act": "delete", "message": known[8]},
        {"act": "clear", "message": known[9]},
        *({"act": "send", "channel": scene.channel, "member": ann, "content": words} for words in asking),
        {"act": "react", "message": known[0], "member": bea, "emoji": TONED},
    ]
    return [int(post) for post in (await scene.discord.acts(steps))[1:6]]


async def is_invited(scene: Scene, posts: list[int]) -> bool:
    """Tell whether the bot has put its two emoji under each message, and asked for that once."""
    asked = await scene.discord.requests("PUT", "/channels/*/reactions/*/@me")
    return all(sum(f"/{post}/" in each["path"] for each in asked) == 2 for post in posts)


async def has_counted(scene: Scene, what: str, count: int) -> bool:
    """Tell whether the gateway has counted so many."""
    return bool((await scene.discord.state())["counts"][what] == count)


async def has_answered(scene: Scene, count: int) -> bool:
    """Tell whether the bot has written so many messages."""
    return len(await answers_of(scene)) == count
