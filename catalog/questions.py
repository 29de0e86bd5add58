"""What is asked of a service over HTTP, and what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog import waits

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]


@dataclass(frozen=True, slots=True)
class Question:
    """One call, which may be made again: it changes nothing at the service.

    `bucket` is its line in the ledger. With a `payload` it is a POST of JSON. `told` are error statuses whose
    body says more than they do: the client reads it. `too_many` are those that mean too many calls, and `rest` is
    the wait after one that names no time.
    """

    service: str
    url: str
    bucket: str = "get"
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: object = None
    told: frozenset[int] = frozenset()
    too_many: frozenset[int] = frozenset({429})
    rest: float = waits.DEFAULT_WAIT


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` is its JSON, None for a 404 that says nothing more."""

    status: int
    headers: Mapping[str, str]
    body: object


def body_of(reply: Reply) -> object:
    """Return the body alone, for clients whose service needs no closer look."""
    return reply.body
