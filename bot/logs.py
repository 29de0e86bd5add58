"""Log lines for people and for files: one line an event, no tokens."""

import json
import logging
import re
import sys
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import SecretStr
from rich.console import Console
from rich.logging import RichHandler

from bot.config import LogSettings
from catalog.clock import Clock

PLAIN_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# What each of these tells at INFO is of interest to its authors alone.
QUIET = ("discord", "apscheduler", "spotipy", "urllib3", "asyncio", "PIL")
# Statements are logged with their values, which are people's names and ids, and each twice.
# A tick that outlasts its interval is meant to skip the next; what a tick raises is logged by the tick itself, so that
# the executor has only the cancellation at the end to tell.
SILENT = {
    "sqlalchemy": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler.scheduler": logging.ERROR,
    "apscheduler.executors": logging.CRITICAL,
}
# A bot token (three parts), a bearer header, a token in a form or in JSON.
TOKENS = re.compile(
    r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|(?<=Bearer )\S+|(?<=Bot )[\w.-]{20,}"
    r"|(?<=refresh_token=)[^&\s]+|(?<=access_token=)[^&\s]+|(?<=code=)[^&\s]{20,}"
)
HIDDEN = "[hidden]"
FEEDS = {ord(sign): " " for sign in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}  # whatever ends a line somewhere

REPEATED = 10
"""Errors of one place within an hour that are one too many."""

ERROR_SPAN = timedelta(hours=1)
MOST_ERRORS = 1_000
SHORTEST_SECRET = 8  # a shorter one is a placeholder, and hiding it would riddle every line


class Redact(logging.Filter):
    """Take secrets out of every line, those of exceptions too."""

    def __init__(self, secrets: Iterable[SecretStr | None] = ()) -> None:
        super().__init__()
        texts = (each.get_secret_value() for each in secrets if each)
        self._known = tuple(text for text in texts if len(text) >= SHORTEST_SECRET)

    def clean(self, text: str) -> str:
        """Return the text without our secrets and without anything that looks like a token."""
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        return TOKENS.sub(HIDDEN, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is never dropped."""
        record.msg, record.args = self.clean(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.clean(logging.Formatter().formatException(record.exc_info))
        return True


class JsonLines(logging.Formatter):
    """One line of JSON an event, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as an object: at (UTC), level, logger, message, and error where there is one."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


class OneLine(logging.Formatter):
    """One line an event, whatever is in it: a name with a line feed cannot write a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback follows it, as it is read."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record).translate(FEEDS)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        return f"{line}\n{record.exc_text}" if record.exc_text else line


class ErrorMeter(logging.Handler):
    """Count what is logged as an error, so that one that comes again and again is told to the owner."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(logging.ERROR)
        self._clock = clock
        self._seen: deque[tuple[datetime, str]] = deque(maxlen=MOST_ERRORS)

    @classmethod
    def attached(cls, clock: Clock) -> Self:
        """Return a meter that hears every logger, in place of an earlier one."""
        root = logging.getLogger()
        for handler in [each for each in root.handlers if isinstance(each, cls)]:
            root.removeHandler(handler)
        meter = cls(clock)
        root.addHandler(meter)
        return meter

    def emit(self, record: logging.LogRecord) -> None:
        """Note the instant and the place; what was said may name people and is not kept."""
        self._seen.append((self._clock.now(), f"{record.name}, {record.funcName}"))

    async def sign(self, now: datetime) -> Mapping[str, str]:
        """Say which place logged errors again and again in an hour."""
        places = Counter(place for at, place in tuple(self._seen) if timedelta() <= now - at < ERROR_SPAN)
        if not places:
            return {}
        place, count = places.most_common(1)[0]
        if count < REPEATED:
            return {}
        return {"errors": f"The same error came {count} times in an hour ({place}): look into the log."}


def set_up_logs(settings: LogSettings, secrets: Iterable[SecretStr | None] = ()) -> None:
    """Send logs to standard error: as JSON if so set, else coloured on a terminal and plain otherwise."""
    handler = _json() if settings.json else _terminal() if sys.stderr.isatty() else _plain()
    handler.addFilter(Redact(secrets))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, level in SILENT.items():
        logging.getLogger(name).setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING if settings.level.upper() != "DEBUG" else logging.INFO)


def _plain() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(PLAIN_FORMAT))
    return handler


def _json() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


def _terminal() -> logging.Handler:
    return RichHandler(console=Console(stderr=True), show_path=False, rich_tracebacks=False, log_time_format="[%X]")
