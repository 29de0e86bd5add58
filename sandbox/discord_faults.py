"""Faults on demand: what the Discord on loopback answers instead of the truth."""

import asyncio
import fnmatch
import math
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["answer", "drop", "hold"]
RATE_LIMITED = 429


@dataclass
class Fault:
    """One thing that goes wrong, for the requests it matches.

    `answer` sends the status, `drop` closes the connection without a word, `hold` keeps the caller
    waiting until the fault is cleared and then drops it. With `after` the request is carried out
    first, so that the caller cannot know. The first `skip` matching requests pass unharmed.
    """

    method: str = "*"
    path: str = "*"
    action: Action = "answer"
    status: int = RATE_LIMITED
    code: int = 0
    message: str = ""
    retry_after: float = 0.2
    everywhere: bool = False
    via: bool = True
    after: bool = False
    times: int | None = 1
    skip: int = 0
    delay: float = 0.0
    hits: int = 0
    cleared: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request is meant; the path may hold * and ?."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)

    def body(self) -> dict[str, Any]:
        """Return what Discord would write into such an answer."""
        if self.status == RATE_LIMITED:
            return {
                "message": "You are being rate limited.",
                "retry_after": self.retry_after,
                "global": self.everywhere,
                "code": self.code,
            }
        return {"message": self.message or f"{self.status}: Sandbox fault", "code": self.code}

    def headers(self) -> dict[str, str]:
        """Return the headers of such an answer; without Via, discord.py takes a 429 for a ban by Cloudflare."""
        if self.status != RATE_LIMITED:
            return {}
        headers = {
            "Retry-After": str(math.ceil(self.retry_after)),
            "X-RateLimit-Scope": "global" if self.everywhere else "user",
        }
        return headers | ({"Via": "1.1 google"} if self.via else {})


class Faults:
    """The faults that are set, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let it go wrong from now on."""
        self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault this request meets, using one of its times up."""
        for fault in self._faults:
            if fault.times == 0 or not fault.matches(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            fault.hits += 1
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def clear(self) -> None:
        """Let everything go right again and release whoever is held."""
        for fault in self._faults:
            fault.cleared.set()
        self._faults.clear()
