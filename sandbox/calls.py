"""The log of what was asked of the sandbox, for tests to look into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `status` is 0 when the connection was dropped, `fault` names the switch that struck."""

    service: str
    method: str
    path: str
    query: Mapping[str, str]
    body: object
    status: int
    fault: str | None
    at: datetime


class CallLog:
    """Every call in the order in which its answer was ready."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def find(self, service: str = "*", method: str = "*", path: str = "*") -> list[Call]:
        """Return the calls of that service and method whose path matches the shell pattern."""
        return [
            call
            for call in self.calls
            if service in ("*", call.service) and method in ("*", call.method) and fnmatchcase(call.path, path)
        ]

    def count(self, service: str = "*", method: str = "*", path: str = "*") -> int:
        """Count the calls that `find` would return."""
        return len(self.find(service, method, path))

    def clear(self) -> None:
        """Forget the calls so far."""
        self.calls.clear()
