"""Read when somebody wants their drop, and say it back. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.apologies import Sentence
from scheduler.weeks import WEEKDAYS

PAUSE, RESUME, RESET = "pause", "resume", "reset"
DM, SERVERS, BOTH = "dm", "servers", "both"
PLACES = {DM: (True, True), SERVERS: (False, False), BOTH: (True, False)}
"""Where somebody is told of their drop: by direct message or not, and left out of the servers' announcements or not."""

CHOICES = 25  # Discord's limit of suggestions
_ABBREVIATED = 3  # letters of a weekday that are enough
_HOUR = re.compile(r"(?P<hour>[0-9]{1,2})(?::00|h|:00h| ?uhr)?")
_ELSEWHERE = ("Etc/", "posix/", "right/", "SystemV/", "US/")

HOW = (
    "Write a weekday, an hour and a time zone, each of them if you like: `{}schedule friday 18 Europe/Berlin`. "
    "`pause`, `resume` and `reset` work too, and `dm`, `servers` or `both` for where I tell you."
)
NO_HOUR = "{!r} is no hour: write a whole hour from 0 to 23, such as 18."
NO_ZONE = "{!r} is no time zone I know: write a name such as Europe/Berlin, or its city."
SEVERAL_ZONES = "{!r} may be several time zones: write one of {}."


@dataclass(frozen=True, slots=True)
class ScheduleWish:
    """What somebody asked for; None is what they did not speak of. `what` is pause, resume or reset."""

    weekday: str | None = None
    hour: int | None = None
    timezone: str | None = None
    what: str | None = None
    where: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked for: they want to see how it is."""
        return self == ScheduleWish()


def read_wish(words: Iterable[str], how: str) -> ScheduleWish:
    """Return what typed words ask for; raise Sentence for a word that says nothing."""
    found: dict[str, str | int] = {}
    for word in words:
        low = word.casefold().strip(",.")
        if low in {"at", "on", "in", "uhr"}:
            continue
        if weekday := weekday_of(low):
            found["weekday"] = weekday
        elif low in {PAUSE, RESUME, RESET}:
            found["what"] = low
        elif low in PLACES:
            found["where"] = low
        elif word[0].isdigit():
            found["hour"] = hour_of(low)
        elif word[0].isalpha():
            found["timezone"] = zone_of(word)
        else:
            raise Sentence(how)
    return ScheduleWish(**found)  # type: ignore[arg-type]  # each key has the type of its field


def weekday_of(word: str) -> str | None:
    """Return the weekday that a word or its first letters name, or None."""
    return next((day for day in WEEKDAYS if len(word) >= _ABBREVIATED and day.startswith(word)), None)


def hour_of(word: str) -> int:
    """Return the hour that a word names; raise Sentence for anything but a whole hour of a day."""
    matched = _HOUR.fullmatch(word)
    if matched is None or int(matched["hour"]) > 23:
        raise Sentence(NO_HOUR.format(word))
    return int(matched["hour"])


def zone_of(word: str) -> str:
    """Return the time zone of that name or city, whatever its case; raise Sentence where there is none or several."""
    wanted = word.casefold().replace(" ", "_")
    if exact := [name for name in zones() if name.casefold() == wanted]:
        return exact[0]
    cities = [name for name in zones() if name.casefold().rpartition("/")[2] == wanted]
    if len(cities) == 1:
        return cities[0]
    if cities:
        raise Sentence(SEVERAL_ZONES.format(word, ", ".join(cities)))
    raise Sentence(NO_ZONE.format(word))


@cache
def zones() -> tuple[str, ...]:
    """Return the names of time zones, those of places alone and UTC."""
    return tuple(
        sorted(name for name in available_timezones() if name == "UTC" or ("/" in name and not _is_elsewhere(name)))
    )


def suggested_zones(typed: str, now: datetime) -> list[tuple[str, str]]:
    """Return what may be meant by the letters typed so far: what to show, with the time there, and the name."""
    wanted = typed.casefold().strip().replace(" ", "_")
    begins = [name for name in zones() if name.casefold().rpartition("/")[2].startswith(wanted)]
    holds = [name for name in zones() if wanted in name.casefold() and name not in begins]
    return [(f"{name} (now {now.astimezone(ZoneInfo(name)):%H:%M})", name) for name in (*begins, *holds)[:CHOICES]]


def _is_elsewhere(name: str) -> bool:
    return name.startswith(_ELSEWHERE)
