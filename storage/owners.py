"""Whose drop or playlist it is: a person's, or a server's."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """A person by our own key, or a server by Discord's id."""

    kind: Literal["person", "server"]
    id: int
