"""Answers that a handler breaks off with, in the wording of each service."""

from typing import Any

from aiohttp import web


class Stop(Exception):
    """Break a handler off with this answer."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


def spotify_error(status: int, message: str, reason: str | None = None, retry_after: int | None = None) -> Stop:
    """Make the Web API's error object."""
    error: dict[str, Any] = {"status": status, "message": message}
    if reason is not None:
        error["reason"] = reason
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Stop(web.json_response({"error": error}, status=status, headers=headers))


def accounts_error(error: str, description: str, status: int = 400) -> Stop:
    """Make the token endpoint's error object."""
    return Stop(web.json_response({"error": error, "error_description": description}, status=status))


def deezer_error(kind: str, message: str, code: int) -> Stop:
    """Make Deezer's error object, which comes with status 200."""
    return Stop(web.json_response({"error": {"type": kind, "message": message, "code": code}}))


def no_data() -> Stop:
    """Make Deezer's way to say that there is no such thing."""
    return deezer_error("DataException", "no data", 800)
