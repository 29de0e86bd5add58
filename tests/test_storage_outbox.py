"""Messages on their way: put in once, sent in their order, forgotten late."""

from datetime import timedelta

from sandbox.clock import FastClock
from storage.outbox import CLOSED, KEPT, LASTS, OutboxState
from storage.stores import Storage

HELLO = {"content": "hello"}


async def test_the_same_word_is_put_in_once(storage: Storage) -> None:
    """Whoever comes again after a crash puts in nothing new, sent or not."""
    assert await storage.outbox.put_dm("drop 2026-W02 7", 7, HELLO)
    assert not await storage.outbox.put_dm("drop 2026-W02 7", 7, HELLO)
    (letter,) = await storage.outbox.due()
    assert (letter.kind, letter.place_id, letter.payload, letter.tries) == ("dm", 7, HELLO, 0)
    await storage.outbox.sending(letter)
    await storage.outbox.sent(letter, 123)
    assert not await storage.outbox.put_dm("drop 2026-W02 7", 7, HELLO)
    assert await storage.outbox.due() == []
    assert await storage.outbox.counts() == {"waiting": 0, "sending": 0, "sent": 1, "dropped": 0}


async def test_what_may_have_arrived_comes_first_and_is_known_as_such(storage: Storage, clock: FastClock) -> None:
    """A crash between sending and the answer leaves a message that has to be looked for."""
    await storage.outbox.put_in_channel("a", 1, 10, HELLO)
    await storage.outbox.put_in_channel("b", 1, 10, HELLO)
    first, second = await storage.outbox.due()
    await storage.outbox.sending(second)
    found = await storage.outbox.due()
    assert [(letter.word, letter.state) for letter in found] == [
        ("b", OutboxState.SENDING),
        ("a", OutboxState.WAITING),
    ]
    assert first.nonce != second.nonce
    await storage.outbox.later(found[0], timedelta(minutes=5))
    assert [letter.word for letter in await storage.outbox.due()] == ["a"]
    clock.advance(timedelta(minutes=5))
    first = (await storage.outbox.due())[0]
    assert (first.word, first.state, first.tries) == ("b", "sending", 1)
    await storage.outbox.later(found[0], timedelta(), arrived=False)
    assert {letter.state for letter in await storage.outbox.due()} == {OutboxState.WAITING}


async def test_closed_messages_are_remembered_until_somebody_asks_again(storage: Storage, clock: FastClock) -> None:
    """A person who takes no direct messages stays known as such however long ago it was."""
    await storage.outbox.put_dm("a", 7, HELLO)
    (letter,) = await storage.outbox.due()
    await storage.outbox.dropped(letter, CLOSED)
    clock.advance(KEPT * 2)
    await storage.outbox.clear_old()
    assert await storage.outbox.closed_to_us(7)
    assert not await storage.outbox.closed_to_us(8)
    await storage.outbox.reopen(7)
    assert not await storage.outbox.closed_to_us(7)


async def test_old_messages_go(storage: Storage, clock: FastClock) -> None:
    """What could not be sent for a week is dropped, and what was sent is forgotten in the end."""
    await storage.outbox.put_dm("late", 7, HELLO)
    await storage.outbox.put_dm("sent", 8, HELLO)
    await storage.outbox.sent((await storage.outbox.due())[1], 1)
    clock.advance(LASTS + timedelta(hours=1))
    await storage.outbox.clear_old()
    assert await storage.outbox.counts() == {"waiting": 0, "sending": 0, "sent": 1, "dropped": 1}
    clock.advance(KEPT)
    await storage.outbox.clear_old()
    assert sum((await storage.outbox.counts()).values()) == 1
    clock.advance(LASTS)
    await storage.outbox.clear_old()
    assert sum((await storage.outbox.counts()).values()) == 0


async def test_a_persons_messages_can_be_forgotten(storage: Storage) -> None:
    """Nothing of them stays, and channels keep theirs."""
    await storage.outbox.put_dm("a", 7, HELLO)
    await storage.outbox.put_in_channel("b", 1, 7, HELLO)
    await storage.outbox.forget(7)
    assert [letter.word for letter in await storage.outbox.due()] == ["b"]


async def test_troubles_last_from_when_they_began(storage: Storage, clock: FastClock) -> None:
    """A new sentence changes neither since when it lasts nor when it was told."""
    since = clock.now()
    await storage.troubles.keep("disk", "900 MB left.")
    clock.advance(timedelta(hours=1))
    await storage.troubles.keep("disk", "800 MB left.", told_at=clock.now())
    clock.advance(timedelta(hours=1))
    await storage.troubles.keep("disk", "700 MB left.")
    (trouble,) = await storage.troubles.all()
    assert (trouble.since, trouble.told_at) == (since, since + timedelta(hours=1))
    assert trouble.sentence == "700 MB left."
    await storage.troubles.over("disk")
    assert await storage.troubles.all() == []
