"""Switches that make the sandbox's services fail as the real ones do."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

DAY_SECONDS = 86_236  # the longest Retry-After that people have seen for Spotify's quota
HANG_SECONDS = 30.0


class FaultKind(StrEnum):
    """A way to fail. DROP and HANG come before the request has any effect, their _AFTER twins when it has had it."""

    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_BARE = "rate_limited_bare"
    RATE_LIMITED_TEXT = "rate_limited_text"
    QUOTA = "quota"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    HANG_AFTER = "hang_after"
    DROP = "drop"
    DROP_AFTER = "drop_after"
    INVALID_GRANT = "invalid_grant"
    NOT_PREMIUM = "not_premium"
    NOT_ALLOW_LISTED = "not_allow_listed"
    MALFORMED = "malformed"


@dataclass(slots=True)
class Fault:
    """One switch: what happens, to which requests, how often.

    `service` is `spotify`, `accounts`, `deezer`, a knowledge service or `*`; `path` a shell pattern over the whole
    path, such as `/v1/playlists/*`; `skip` lets the first matching requests through; `times` is how often it strikes
    (None: for ever); `probability` is tossed at each match with the seeded generator; `retry_after` and `delay` in
    seconds.
    """

    kind: FaultKind
    service: str = "*"
    path: str = "*"
    method: str = "*"
    times: int | None = 1
    probability: float = 1.0
    skip: int = 0
    status: int = 503
    retry_after: int = 5
    delay: float = HANG_SECONDS
    struck: int = 0

    def matches(self, service: str, method: str, path: str) -> bool:
        """Tell whether the fault concerns that request and still has strikes left."""
        if self.times is not None and self.struck >= self.times:
            return False
        return self.service in ("*", service) and self.method in ("*", method.upper()) and fnmatchcase(path, self.path)


class Faults:
    """The switches that are on, tried in the order they were set."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = random.Random(f"faults {seed}")
        self._faults: list[Fault] = []

    @property
    def active(self) -> Sequence[Fault]:
        """Return the faults that were set and not cleared."""
        return tuple(self._faults)

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on; its `struck` counts how often it happened."""
        self._faults.append(fault)
        return fault

    def inject(
        self,
        kind: FaultKind | str,
        service: str = "*",
        path: str = "*",
        method: str = "*",
        *,
        times: int | None = 1,
        probability: float = 1.0,
        skip: int = 0,
        status: int = 503,
        retry_after: int | None = None,
        delay: float = HANG_SECONDS,
    ) -> Fault:
        """Switch a fault on, described in words; `Fault` says what each word means."""
        kind = FaultKind(kind)
        if retry_after is None:
            retry_after = DAY_SECONDS if kind is FaultKind.QUOTA else 5
        return self.add(
            Fault(kind, service, path, method.upper(), times, probability, skip, status, retry_after, delay)
        )

    def clear(self) -> None:
        """Switch everything off."""
        self._faults.clear()

    def strike(self, service: str, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, counting the strike, or None."""
        for fault in self._faults:
            if not fault.matches(service, method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.probability >= 1.0 or self._rng.random() < fault.probability:
                fault.struck += 1
                return fault
        return None
