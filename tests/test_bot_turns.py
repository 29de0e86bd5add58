"""The order of what happens to one message, and how far a channel has been read."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.turns import Turns
from bot.watermark import Watermark


async def test_turns_on_one_message_come_in_the_order_asked_for() -> None:
    """The second waits for the first, however long that takes; other messages do not."""
    turns, order = Turns(), list[str]()

    async def act(message_id: int, name: str, waits: int) -> None:
        async with turns.live(message_id):
            for _ in range(waits):
                await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(act(1, "create", 9), act(1, "add", 3), act(2, "other", 1), act(1, "remove", 0))
    assert order == ["other", "create", "add", "remove"]


async def test_a_turn_that_fails_or_is_cancelled_lets_the_next_one_in() -> None:
    """Nothing is left locked behind an error."""
    turns = Turns()

    async def fail() -> None:
        async with turns.turn(1):
            await asyncio.sleep(0)
            int("fails")

    async def wait() -> None:
        async with turns.turn(1):
            await asyncio.sleep(10)

    failing, cancelled = asyncio.create_task(fail()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(failing, cancelled, return_exceptions=True)
    async with asyncio.timeout(1), turns.turn(1):
        pass


async def test_a_reading_learns_what_live_events_touched() -> None:
    """Only live events from the reading's beginning to its end count."""
    turns = Turns()
    async with turns.live(1):
        pass
    with turns.reading() as outer, turns.reading() as inner:
        async with turns.live(2), turns.turn(3):
            pass
        assert outer == inner == {2}
    async with turns.live(4):
        pass
    assert outer == {2}


def test_a_message_in_work_holds_the_mark() -> None:
    """The checkpoint never passes a message that is not saved yet."""
    mark = Watermark()
    mark.follow(10, 0)
    mark.begin(11)
    mark.begin(12)
    mark.done(12)
    mark.done(13)
    assert mark.position == 10
    mark.done(11)
    assert mark.position == 13


def test_a_mark_that_lost_its_place_says_nothing() -> None:
    """After a gap the newest message is no measure of what is saved."""
    mark = Watermark()
    mark.follow(10, mark.losses)
    mark.lose()
    mark.done(20)
    assert mark.position is None
    mark.follow(15, losses=0)
    assert mark.position is None
    mark.follow(15, losses=1)
    assert mark.position == 20


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=60))
def test_the_mark_never_passes_open_messages(events: list[tuple[bool, int]]) -> None:
    """Whatever order messages begin and end in, nothing open lies at or before the mark."""
    mark, still_open = Watermark(), set[int]()
    mark.follow(0, 0)
    for begins, message_id in events:
        if begins:
            mark.begin(message_id)
            still_open.add(message_id)
        else:
            mark.done(message_id)
            still_open.discard(message_id)
        assert mark.position is not None
        assert all(mark.position < each for each in still_open)
