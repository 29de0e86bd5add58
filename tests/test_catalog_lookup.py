"""What was answered before is not asked again; what was refused is no answer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from catalog.errors import Refused
from catalog.lookup import MISS_LASTS, Lookup, all_words, spell_words
from catalog.models import Kept
from catalog.tags import Tag
from sandbox.clock import FastClock
from tests.fixtures.sources import MemoryAnswers

TAGS = TypeAdapter(tuple[Tag, ...])


class Service:
    """A service that knows some keys, counts what it is asked, and refuses from a call on."""

    def __init__(self, **known: int) -> None:
        self.known = known
        self.asked: list[list[str]] = []
        self.refuse_at: int | None = None

    async def ask(self, keys: Sequence[str]) -> Mapping[str, tuple[Tag, ...]]:
        if self.refuse_at is not None and len(self.asked) >= self.refuse_at:
            raise Refused("No more.", 429)
        self.asked.append(list(keys))
        return {key: (Tag(key, self.known[key]),) for key in keys if key in self.known}


@pytest.fixture
def service() -> Service:
    """Return a service that knows a and b."""
    return Service(a=1, b=2)


def lookup(service: Service, answers: MemoryAnswers, clock: FastClock, **more: object) -> Lookup[str, tuple[Tag, ...]]:
    """Return a look-up of two keys a call."""
    return Lookup("tags", service.ask, answers, clock, **{"kept": TAGS, "size": 2, **more})  # type: ignore[arg-type]


async def test_every_key_has_a_result(service: Service, answers: MemoryAnswers, clock: FastClock) -> None:
    """Hits and misses, in the order asked for, each key once and in batches."""
    found = await lookup(service, answers, clock).fetch(["c", "a", "b", "a", "d"])
    assert found == {"c": None, "a": (Tag("a", 1),), "b": (Tag("b", 2),), "d": None}
    assert list(found) == ["c", "a", "b", "d"]
    assert service.asked == [["c", "a"], ["b", "d"]]


async def test_hits_are_kept_for_ever_and_misses_for_two_weeks(
    service: Service, answers: MemoryAnswers, clock: FastClock
) -> None:
    """Another look-up, as after a restart, asks for a miss again when it is old, and never for a hit."""
    await lookup(service, answers, clock).fetch(["a", "c"])
    clock.advance(MISS_LASTS - timedelta(seconds=1))
    assert await lookup(service, answers, clock).fetch(["a", "c"]) == {"a": (Tag("a", 1),), "c": None}
    assert len(service.asked) == 1
    service.known["c"] = 3
    clock.advance(timedelta(seconds=1))
    assert (await lookup(service, answers, clock).fetch(["a", "c"]))["c"] == (Tag("c", 3),)
    assert service.asked == [["a", "c"], ["c"]]
    clock.advance(timedelta(days=4000))
    await lookup(service, answers, clock).fetch(["a", "c"])
    assert len(service.asked) == 2


async def test_a_refusal_is_raised_and_never_kept(service: Service, answers: MemoryAnswers, clock: FastClock) -> None:
    """What was answered before it is kept; the rest is neither hit nor miss and is asked for again."""
    service.refuse_at = 1
    asked = lookup(service, answers, clock)
    with pytest.raises(Refused):
        await asked.fetch(["a", "c", "b", "d"])
    assert set(answers.of("tags")) == {"a", "c"}
    service.refuse_at = None
    assert await asked.fetch(["a", "c", "b", "d"]) == {"a": (Tag("a", 1),), "c": None, "b": (Tag("b", 2),), "d": None}
    assert service.asked == [["a", "c"], ["b", "d"]]


async def test_hits_that_are_kept_elsewhere_are_not_kept_twice(
    service: Service, answers: MemoryAnswers, clock: FastClock
) -> None:
    """Without a form to keep them in, misses alone are remembered."""
    asked = lookup(service, answers, clock, kept=None)
    await asked.fetch(["a", "c"])
    assert answers.of("tags") == {"c": None}
    await asked.fetch(["a", "c"])
    assert service.asked == [["a", "c"], ["a"]]


async def test_what_changes_is_asked_for_anew(service: Service, answers: MemoryAnswers, clock: FastClock) -> None:
    """A look-up may say how long its hits last."""
    asked = lookup(service, answers, clock, lasts=timedelta(days=30))
    await asked.fetch(["a"])
    clock.advance(timedelta(days=30))
    await asked.fetch(["a"])
    assert service.asked == [["a"], ["a"]]


async def test_keys_that_the_service_would_choke_on_are_not_asked(
    service: Service, answers: MemoryAnswers, clock: FastClock
) -> None:
    """One malformed key must not spoil a batch; it is a miss that need not be remembered."""
    asked = lookup(service, answers, clock, valid=str.isalpha)
    assert await asked.fetch(["a", "!", ""]) == {"a": (Tag("a", 1),), "!": None, "": None}
    assert service.asked == [["a"]]
    assert set(answers.of("tags")) == {"a"}
    assert await asked.fetch([]) == {}
    assert await lookup(service, answers, clock).fetch([""]) == {"": None}


async def test_batches_fit_into_an_address(service: Service, answers: MemoryAnswers, clock: FastClock) -> None:
    """Long keys make small batches; one that is too long for any goes alone."""
    asked = lookup(service, answers, clock, size=3, room=5)
    await asked.fetch(["aa", "bb", "cc", "d", "e", "f", "g", "toolong", "h"])
    assert service.asked == [["aa", "bb"], ["cc", "d", "e"], ["f", "g"], ["toolong"], ["h"]]


async def test_an_answer_of_another_form_is_asked_for_anew(
    service: Service, answers: MemoryAnswers, clock: FastClock
) -> None:
    """An update may keep more of an answer than the version before it did."""
    answers.kept["tags", "a"] = Kept('{"name": "of an older form"}', clock.now())
    answers.kept["tags", "b"] = Kept("no json", clock.now())
    assert await lookup(service, answers, clock).fetch(["a", "b"]) == {"a": (Tag("a", 1),), "b": (Tag("b", 2),)}


def test_names_are_remembered_without_case_and_spaces() -> None:
    """Two spellings of a name are one question; its parts cannot run into each other."""
    assert spell_words(("The  Band", "A Title ")) == spell_words(("the band", "a title"))
    assert spell_words(("a", "bc")) != spell_words(("ab", "c"))
    assert "\0" not in spell_words(("a\0b",))
    assert all_words(("a", "b"))
    assert not all_words(("a", " "))
