"""Whose drop or playlist it is: a person's, a server's, a person's in their own account, or that of several people."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """A person by our own key, a server by Discord's id, or a blend by the id of its message."""

    kind: Literal["person", "server", "own", "blend"]
    id: int
