"""When a drop is due: pure arithmetic on ISO weeks and time zones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Slot:
    """The hour of the week at which somebody's drop is due, on the clocks of their time zone."""

    weekday: str
    hour: int
    timezone: str

    def __post_init__(self) -> None:
        """Refuse what names no hour of a week.

        Raises:
            ValueError: with a sentence that says what to write instead.
        """
        if self.weekday.lower() not in WEEKDAYS:
            raise ValueError(f"{self.weekday!r} is no weekday: write one of {', '.join(WEEKDAYS)}.")
        if not 0 <= self.hour <= 23:
            raise ValueError(f"{self.hour} is no hour of a day: write a number from 0 to 23.")
        zone(self.timezone)


@dataclass(frozen=True, slots=True)
class Due:
    """An ISO week and the instant in it (UTC) at which a drop is due."""

    week: str
    at: datetime


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises:
        ValueError: with a sentence that says what to write instead.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"{name!r} is no time zone: write a name such as Europe/Berlin or UTC.") from error


def iso_week(day: date) -> str:
    """Return the ISO week of a day, such as 2026-W01."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_at(now: datetime, slot: Slot) -> str:
    """Return the ISO week that an instant falls in, on the slot's clocks."""
    return iso_week(now.astimezone(zone(slot.timezone)).date())


def due_in_week(week: str, slot: Slot) -> Due:
    """Return when a slot is due in that ISO week.

    An hour that the clocks skip counts as the same stretch of time after the change (02:00 is then
    03:00), one that they show twice as the first: so every week has exactly one due instant.
    """
    year, number = int(week[:4]), int(week[6:])
    day = date.fromisocalendar(year, number, WEEKDAYS.index(slot.weekday.lower()) + 1)
    local = datetime.combine(day, time(slot.hour), tzinfo=zone(slot.timezone))  # fold=0
    return Due(week, local.astimezone(UTC))


def latest_due(now: datetime, slot: Slot) -> Due:
    """Return the newest due instant of a slot that is not after `now`."""
    today = now.astimezone(zone(slot.timezone)).date()
    # A week ahead too: a skipped hour or day may leave the local date behind the due one.
    candidates = (due_in_week(iso_week(today + timedelta(weeks=shift)), slot) for shift in (1, 0, -1, -2))
    return next(due for due in candidates if due.at <= now)


def next_due(now: datetime, slot: Slot, made: Collection[str] = ()) -> datetime:
    """Return the first due instant of a slot after `now` in a week whose drop is not made yet."""
    today = now.astimezone(zone(slot.timezone)).date()
    coming = (due_in_week(iso_week(today + timedelta(weeks=shift)), slot) for shift in range(-1, 4 + len(made)))
    return next(due.at for due in coming if due.at > now and due.week not in made)
