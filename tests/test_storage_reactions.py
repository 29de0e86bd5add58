"""Reactions that arrive together: written in one go, with the outcome of one after the other."""

import asyncio
import random
from collections.abc import Awaitable

import pytest

from storage.errors import StorageError
from storage.people import Author
from storage.stores import Storage
from tests.storage_helpers import ANN, BOB, saved_ids, share

EMOJI = {"👍": 1, "🔥": 1, "👎": -1}
PEOPLE = [Author(100 + n, f"Member {n}") for n in range(4)]
OUT = Author(200, "Otto")

Act = tuple[str, int, Author, str]


def random_acts(seed: int, count: int) -> list[Act]:
    """Return reactions given and taken, often at the same place, sometimes of messages that are no shares."""
    rng = random.Random(seed)
    return [
        (
            "take" if rng.random() < 0.4 else "give",
            rng.choice((1, 2, 404)),
            rng.choice([*PEOPLE, OUT]),
            rng.choice([*EMOJI]),
        )
        for _ in range(count)
    ]


def send(storage: Storage, act: Act) -> Awaitable[bool]:
    """Return the call for the act, not begun."""
    kind, message_id, author, emoji = act
    if kind == "give":
        return storage.feedback.react(message_id, author, emoji, EMOJI[emoji])
    return storage.feedback.unreact(message_id, author.discord_id, emoji)


def expected(acts: list[Act]) -> tuple[list[bool], set[tuple[int, str, str]]]:
    """Return what each call must answer, one after the other, and what stands at the end."""
    standing: set[tuple[int, str, str]] = set()
    answers: list[bool] = []
    for kind, message_id, author, emoji in acts:
        place = (message_id, author.name, emoji)
        if kind == "give":
            answers.append(message_id != 404)
            if message_id != 404 and author != OUT:
                standing.add(place)
        else:
            answers.append(place in standing)
            standing.discard(place)
    return answers, standing


async def stands(storage: Storage) -> set[tuple[int, str, str]]:
    """Return the reactions in the database, from the members' own rows."""
    found: set[tuple[int, str, str]] = set()
    for author in [*PEOPLE, OUT]:
        person = await storage.people.by_discord_id(author.discord_id)
        rows = await storage.feedback.of_person(person.id, 1000) if person else []
        messages = {one.id: one.message_id for one in await storage.shares.recent()}
        found |= {(messages[row.share_id], author.name, row.emoji) for row in rows if row.share_id and row.emoji}
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_acts_at_once_end_as_one_after_the_other(storage: Storage, seed: int) -> None:
    """Given, taken and given again in one breath: the answers and the rows are those of the order of the calls."""
    ids = await saved_ids(storage, 3)
    await share(storage, 1, ids[:1])
    await share(storage, 2, ids[1:])
    await storage.people.set_opted_out(OUT.discord_id, OUT.name, opted_out=True)
    acts = random_acts(seed, 80)
    answers = await asyncio.gather(*(send(storage, act) for act in acts))
    wanted, standing = expected(acts)
    assert answers == wanted
    assert await stands(storage) == standing


async def test_reactions_at_once_share_a_transaction(storage: Storage) -> None:
    """Two hundred that wait together are one job of the writer."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    before = storage.db.queued
    people = [Author(1000 + n, f"Fan {n}") for n in range(200)]
    assert all(await asyncio.gather(*(storage.feedback.react(1, one, "👍", 1) for one in people)))
    assert storage.db.queued - before == 1
    assert await storage.feedback.count() == 201


async def test_nothing_queued_between_is_overtaken(storage: Storage) -> None:
    """A reaction that comes after a share was taken away finds none, though an earlier batch still waits."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    calls = [
        storage.feedback.react(1, BOB, "👍", 1),
        storage.shares.remove([1]),
        storage.feedback.react(1, ANN, "👍", 1),
    ]
    assert await asyncio.gather(*calls) == [True, 1, False]
    assert await storage.feedback.count() == 0


async def test_one_that_cannot_be_written_stands_for_itself(storage: Storage) -> None:
    """A number that no database takes fails its own caller; the others of the batch are written."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    done = await asyncio.gather(
        storage.feedback.react(1, BOB, "👍", 1),
        storage.feedback.react(2**70, BOB, "👍", 1),
        storage.feedback.react(1, ANN, "👍", 1),
        return_exceptions=True,
    )
    assert done[0] is True
    assert done[2] is True
    assert isinstance(done[1], OverflowError | StorageError)
    assert await storage.feedback.count() == 3


async def test_a_caller_that_gives_up_leaves_the_others(storage: Storage) -> None:
    """Whoever began the batch may be cancelled: it is written all the same."""
    (track,) = await saved_ids(storage, 1)
    await share(storage, 1, [track])
    first = asyncio.create_task(storage.feedback.react(1, BOB, "👍", 1))
    second = asyncio.create_task(storage.feedback.react(1, ANN, "👍", 1))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await storage.feedback.count() == 3
