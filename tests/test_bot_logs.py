"""Log lines: one an event, in JSON where wanted, and no secret in any."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.config import LogSettings
from bot.logs import REPEATED, ErrorMeter, set_up_logs
from sandbox.clock import FastClock

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


@pytest.fixture
def plain_logging() -> Iterator[None]:
    """Put logging back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what came to standard error."""
    return capsys.readouterr().err.splitlines()


@pytest.mark.usefixtures("plain_logging")
def test_json_is_a_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Hostile names and tracebacks stay in their one line, secrets in none."""
    set_up_logs(LogSettings(json=True), [SecretStr("a-secret-of-ours")])
    log = logging.getLogger("room")
    log.info("%s says %s", "Eve\n2026 ERROR fake", "a-secret-of-ours")
    try:
        int(f"Bearer abc {TOKEN}")
    except ValueError:
        log.exception("It failed.")
    first, second = (json.loads(line) for line in lines(capsys))
    assert first["message"] == "Eve\n2026 ERROR fake says [hidden]"
    assert (first["level"], first["logger"], set(first)) == ("INFO", "room", {"at", "level", "logger", "message"})
    assert "ValueError" in second["error"]
    assert TOKEN not in second["error"]


@pytest.mark.usefixtures("plain_logging")
def test_plain_lines_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    """A name with a line feed writes no line of its own."""
    set_up_logs(LogSettings())
    logging.getLogger("room").info("Hello %s", "Eve\r\n2026-01-01 ERROR room: fake\u2028more")
    assert len(lines(capsys)) == 1


async def test_an_error_that_comes_again_and_again_is_a_sign(clock: FastClock) -> None:
    """Ten in an hour from one place are told, with the place and without what was said."""
    meter = ErrorMeter(clock)
    record = logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, "%s", ("secret words",), None, "react")
    for _ in range(REPEATED - 1):
        meter.emit(record)
    assert await meter.sign(clock.now()) == {}
    meter.emit(record)
    assert await meter.sign(clock.now()) == {
        "errors": "The same error came 10 times in an hour (bot.x, react): look into the log."
    }
    assert await meter.sign(clock.now() + timedelta(hours=2)) == {}
