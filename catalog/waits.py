"""How long to wait for a service, and how to say so."""

import math
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from catalog.clock import Clock
from catalog.errors import Refused
from catalog.ledger import Ledger

# Spotify counts calls in windows of 30 s and Deezer in windows of 5 s: what is over sooner is waited for.
SHORT_WAIT = 30.0
# What a service that names no time gets.
DEFAULT_WAIT = 60.0
# The longest Retry-After seen was a day; more is a mistake of somebody's.
LONGEST_WAIT = 2 * 86_400.0
# The reason of a refusal that is our own: the service was not asked.
PAUSED = "paused"


# Names as their owners write them.
_NAMES = {
    "musicbrainz": "MusicBrainz",
    "listenbrainz": "ListenBrainz",
    "labs": "ListenBrainz Labs",
    "reccobeats": "ReccoBeats",
    "itunes": "iTunes",
    "lastfm": "Last.fm",
}


def spoken(service: str) -> str:
    """Return a service's name as people know it."""
    return _NAMES.get(service) or (service[:1].upper() + service[1:])


def retry_after(header: str | None, now: datetime) -> float:
    """Return the seconds that a Retry-After header asks for, be it a number or a date."""
    try:
        seconds = float(header or "")
    except ValueError:
        seconds = _until(header or "", now)
    if not math.isfinite(seconds):
        seconds = DEFAULT_WAIT
    return min(max(seconds, 1.0), LONGEST_WAIT)


async def wait_out_pause(service: str, clock: Clock, ledger: Ledger) -> None:
    """Return when the service may be called; wait for the end of a short pause, refuse in a long one."""
    until = await ledger.paused_until(service)
    if until is None:
        return
    left = (until - clock.now()).total_seconds()
    if left > SHORT_WAIT:
        raise paused(service, left)
    if left > 0:
        await clock.sleep(left)


async def pause(service: str, seconds: float, reason: str, clock: Clock, ledger: Ledger) -> None:
    """Store a pause, which outlives a restart; a longer one that stands already is kept."""
    until = clock.now() + timedelta(seconds=seconds)
    standing = await ledger.paused_until(service)
    if standing is None or standing < until:
        await ledger.pause(service, until, reason)


def paused(service: str, seconds: float, reason: str = PAUSED) -> Refused:
    """Return the refusal of a call that must not be made yet."""
    sentence = f"{spoken(service)} asked us to wait; it will be asked again in {in_words(seconds)}."
    return Refused(sentence, 429, seconds, reason)


def in_words(seconds: float) -> str:
    """Return a time to wait as people say it."""
    if seconds < 90:
        return f"{math.ceil(seconds)} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"


def _until(header: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(header) - now).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return DEFAULT_WAIT
