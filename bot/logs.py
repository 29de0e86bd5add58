"""Log lines for people and for files: one line an event, no tokens."""

import logging
import re
import sys
from collections.abc import Iterable

from pydantic import SecretStr
from rich.console import Console
from rich.logging import RichHandler

from bot.config import LogSettings

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


def set_up_logs(settings: LogSettings, secrets: Iterable[SecretStr | None] = ()) -> None:
    """Send logs to standard error: coloured on a terminal, plain otherwise."""
    handler = _terminal() if sys.stderr.isatty() else _plain()
    handler.addFilter(Redact(secrets))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, level in SILENT.items():
        logging.getLogger(name).setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING if settings.level.upper() != "DEBUG" else logging.INFO)


def _plain() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(PLAIN_FORMAT))
    return handler


def _terminal() -> logging.Handler:
    return RichHandler(console=Console(stderr=True), show_path=False, rich_tracebacks=False, log_time_format="[%X]")
