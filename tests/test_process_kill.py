"""kill -9 while feedback comes in: what was acknowledged is in the file, and after the next start all of Discord is."""

import random
import re
from collections.abc import Sequence
from datetime import timedelta

from tests.fixtures.process import THUMBS, Life, Scene, together
from tests.process_reads import ask, standing

SEED = 20_261_123
ROUNDS = 2
MEMBERS, POSTS = 6, 18
EACH = 18  # reactions that everybody gives or takes back in a round, as fast as they can
ACKNOWLEDGED = re.compile(r"(Kept|Took back) (\S+) of (\d+) on message (\d+)\.")

Step = dict[str, object]


class Crowd:
    """Members who share, edit, delete, react and take back, out of a seeded generator."""

    def __init__(self, scene: Scene, people: Sequence[int], rng: random.Random) -> None:
        self.scene = scene
        self.people = people
        self.rng = rng
        self.posts: list[int] = []
        self._stood: set[tuple[int, int, str]] = set()
        self._next_track = 0

    async def post(self, count: int) -> None:
        """Let members share tracks that nobody shared before."""
        steps = [self._sending() for _ in range(count)]
        self.posts += await self.scene.discord.acts(steps)

    async def chat(self) -> None:
        """Let two days pass, and much be said that is no share: older messages are on another page then."""
        await self.scene.discord.clock(advance=timedelta(days=2).total_seconds())
        words = {"act": "send", "channel": self.scene.channel, "member": self.people[0], "content": "words"}
        await self.scene.discord.acts([words] * 110)

    async def storm(self) -> None:
        """Let everybody act at once; nobody touches a reaction twice, so each has one state that comes of it."""
        changed, removed = self.rng.sample(self.posts, 2)
        self.posts.remove(removed)
        stable = [post for post in self.posts if post != changed]
        doings = [self._turns(person, stable) for person in self.people]
        doings[0].insert(EACH // 2, {"act": "edit", "message": changed, "content": self._words()})
        doings[1].insert(EACH // 2, {"act": "delete", "message": removed})
        for steps in doings[2:]:
            steps.insert(self.rng.randrange(EACH), self._sending())
        for made in await self._all_at_once(doings):
            self.posts += [post for post in made if post is not None]

    async def _all_at_once(self, doings: list[list[Step]]) -> list[list[int | None]]:
        made: list[list[int | None]] = [[] for _ in doings]
        await together(*(self._play(steps, results) for steps, results in zip(doings, made, strict=True)))
        return made

    async def _play(self, steps: list[Step], results: list[int | None]) -> None:
        for step in steps:
            results += await self.scene.discord.acts([step])

    def _turns(self, person: int, posts: list[int]) -> list[Step]:
        every = [(post, person, emoji) for post in posts for emoji in THUMBS]
        return [self._turn(*one) for one in self.rng.sample(every, EACH)]

    def _turn(self, post: int, person: int, emoji: str) -> Step:
        """Give a reaction that does not stand, or take back one that does."""
        stands = (post, person, emoji) in self._stood
        self._stood ^= {(post, person, emoji)}
        return {"act": "unreact" if stands else "react", "message": post, "member": person, "emoji": emoji}

    def _sending(self) -> Step:
        member = self.rng.choice(self.people)
        return {"act": "send", "channel": self.scene.channel, "member": member, "content": self._words()}

    def _words(self) -> str:
        self._next_track += 1
        return f"listen: {self.scene.link(self._next_track)}?si=x"


def lost(scene: Scene, life: Life) -> list[str]:
    """Return what the process said was kept, or taken back, and the file says otherwise."""
    stood = {(one.message, one.member, one.emoji) for one in standing(scene.database)}
    assert ask(scene.database, "PRAGMA integrity_check") == [("ok",)]
    return [
        line
        for line in life.lines
        if (match := ACKNOWLEDGED.search(line))
        and ((int(match[4]), int(match[3]), match[2]) in stood) is not (match[1] == "Kept")
    ]


async def test_kill_9_while_feedback_comes_in(scene: Scene) -> None:
    """Nothing acknowledged is lost, and the rest is caught up with, also after a catch-up that was killed too."""
    rng = random.Random(SEED)
    crowd = Crowd(scene, await scene.discord.members(scene.guild, [f"member {n}" for n in range(MEMBERS)]), rng)
    await crowd.post(POSTS)
    life = await scene.awake()
    for number in range(ROUNDS):
        await scene.agrees()
        life.kill_upon(" on message ", rng.randrange(5, EACH * MEMBERS // 2))
        await crowd.storm()
        await life.ended()
        assert life.saying(" on message ")
        assert lost(scene, life) == []
        await crowd.storm()
        await crowd.chat()
        if number == 0:
            await killed_while_catching_up(scene)
        life = await scene.awake()
    await scene.agrees()
    assert await life.stop() == 0
    await scene.check()


async def killed_while_catching_up(scene: Scene) -> None:
    """Start the process and kill it when it has read who stands on a few messages."""
    await scene.discord.fault("GET", "/channels/*/reactions/*", action="hold", skip=7, times=None)
    before = len(await scene.discord.requests("GET", "/channels/*/reactions/*"))
    life = await scene.begin()
    await scene.discord.requested("GET", "/channels/*/reactions/*", count=before + 8, within=60)
    await life.kill()
    await scene.discord.clear_faults()
