"""One kind of question, asked in batches: what was answered before is not asked again."""

import logging
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from catalog.clock import Clock
from catalog.ledger import Answers
from catalog.models import Kept

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
VOut = TypeVar("VOut", covariant=True)

# What a service does not know today it may know in two weeks.
MISS_LASTS = timedelta(days=14)
# What is alike changes as people listen; who recorded what does not.
NEIGHBOURS_LAST = timedelta(days=90)

Ask = Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]


class Provider(Protocol[K, VOut]):
    """Whatever knows something of many things at once."""

    async def fetch(self, keys: Iterable[K]) -> Mapping[K, VOut | None]:
        """Return a result for every key, None for a miss; raise CatalogError when it could not ask."""
        ...


class Lookup(Generic[K, V]):
    """Answer from memory, else ask the service, `size` keys a call; `ask` returns what it found of them.

    Hits are kept for ever (`lasts` says otherwise) in the form of `kept`; without it they are not, since whoever
    asks keeps them as blocks or refs. Misses are kept for two weeks. A refusal is raised and never kept; what was
    answered before it is. A key that is not `valid` is one that the service would choke on: a miss, unasked.
    """

    def __init__(
        self,
        kind: str,
        ask: Ask[K, V],
        answers: Answers,
        clock: Clock,
        *,
        kept: TypeAdapter[V] | None = None,
        size: int = 1,
        room: int | None = None,
        lasts: timedelta | None = None,
        valid: Callable[[K], bool] = bool,
        spell: Callable[[K], str] = str,
    ) -> None:
        self.kind = kind
        self.size = size
        self._ask = ask
        self._answers = answers
        self._clock = clock
        self._kept = kept
        self._room = room
        self._lasts = lasts
        self._valid = valid
        self._spell = spell

    async def fetch(self, keys: Iterable[K]) -> dict[K, V | None]:
        """Return a result for every key, None for a miss; raise CatalogError when it could not ask."""
        found: dict[K, V | None] = dict.fromkeys(keys)
        wanted = [key for key in found if self._valid(key)]
        known = await self._recall(wanted)
        found.update(known)
        for batch in self._batches([key for key in wanted if key not in known]):
            answered = await self._ask(batch)
            results = {key: answered.get(key) for key in batch}
            await self._remember(results)
            found.update(results)
        return found

    async def known(self, keys: Iterable[K]) -> dict[K, V | None]:
        """Return what is remembered of the keys, None for a miss that stands; nobody is asked about the others."""
        return await self._recall([key for key in dict.fromkeys(keys) if self._valid(key)])

    async def _recall(self, keys: Sequence[K]) -> dict[K, V | None]:
        spelt = {self._spell(key): key for key in keys}
        kept = await self._answers.recall(self.kind, list(spelt)) if spelt else {}
        known: dict[K, V | None] = {}
        for text, answer in kept.items():
            self._read(spelt[text], answer, known)
        return known

    def _read(self, key: K, answer: Kept, known: dict[K, V | None]) -> None:
        """Add what is kept to what is known, unless it is too old or of a form that is not used any more."""
        age = self._clock.now() - answer.at
        if answer.text is None:
            if age < MISS_LASTS:
                known[key] = None
        elif self._kept is not None and (self._lasts is None or age < self._lasts):
            try:
                known[key] = self._kept.validate_json(answer.text)
            except ValidationError:
                log.info("An answer of %s is of an older form and is asked for anew.", self.kind)

    async def _remember(self, results: Mapping[K, V | None]) -> None:
        texts: dict[str, str | None] = {}
        for key, value in results.items():
            if value is None:
                texts[self._spell(key)] = None
            elif self._kept is not None:
                texts[self._spell(key)] = self._kept.dump_json(value).decode()
        if texts:
            await self._answers.remember(self.kind, texts)

    def _batches(self, keys: Iterable[K]) -> Iterator[list[K]]:
        """Yield batches that fit into one call, by number and, in addresses, by length."""
        batch: list[K] = []
        length = 0
        for key in keys:
            needed = len(self._spell(key)) if self._room is not None else 0
            if batch and (len(batch) >= self.size or (self._room is not None and length + needed > self._room)):
                yield batch
                batch, length = [], 0
            batch.append(key)
            length += needed
        if batch:
            yield batch


def spell_words(key: tuple[str, ...]) -> str:
    """Return names as one text to remember them by; case is no difference."""
    return "\x1f".join(" ".join(word.replace("\0", "").split()).casefold() for word in key)


def all_words(key: tuple[str, ...]) -> bool:
    """Tell whether every name says something."""
    return all(word.strip() for word in key)
